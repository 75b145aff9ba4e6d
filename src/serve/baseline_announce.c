/* baseline_announce.c: tells of new evaluation numbers before they bite.
 * collateral-service.md 7.7. */
#include <stdio.h>

#include "serve/baseline.h"
#include "serve/items.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "wire/json.h"

static const char *record_name(assay_tee tee)
{
    return tee == ASSAY_TEE_SGX ? "numbers.sgx" : "numbers.tdx";
}

/* The newest number that was told of; 0: none yet. */
static assay_status seen_read(store *s, assay_tee tee, arena *memory, uint64_t *out,
                              uint64_t *version, assay_error *err)
{
    store_record record;
    bool found;
    json_document document;
    *out = 0;
    *version = 0;
    TRY(store_record_get(s, "setting", record_name(tee), memory, &record, &found, err));
    if (!found)
        return ASSAY_OK;
    *version = record.version;
    TRY(json_document_parse(record.body, NULL, &document, "setting", err));
    assay_status status =
        json_take_unsigned(document.root, "newest", "setting", UINT32_MAX, out, err);
    json_document_free(&document);
    return status;
}

static assay_status seen_write(store *s, assay_tee tee, uint64_t newest, uint64_t version,
                               int64_t now, assay_error *err)
{
    char body[48];
    snprintf(body, sizeof(body), "{\"newest\":%llu}", (unsigned long long)newest);
    const store_record record = {
        .kind = "setting", .name = record_name(tee), .body = SPAN_TEXT(body), .updated = now
    };
    assay_status status = store_record_put(s, &record, version, NULL, err);
    /* Another replica was faster and has told of it. */
    return status == ASSAY_MISMATCH ? ASSAY_OK : status;
}

static void tell(service *s, assay_tee tee, const evaluation_number *number)
{
    char text[16], recovery[ASSAY_TIME_SIZE], date[ASSAY_TIME_SIZE];
    snprintf(text, sizeof(text), "%u", number->number);
    assay_time_format(number->recovery_event_date, recovery);
    assay_time_format(number->tcb_date, date);
    log_event(LEVEL_NOTICE, "baseline.announced", "tee", assay_tee_name(tee), "number", text,
              "recovery_event", recovery, "tcb_date", date, "do",
              "plan it before it becomes standard: assay admin baseline plan", NULL);
    metrics_count(s->metrics, "numbers_announced", 1);
}

static assay_status announce(service *s, assay_tee tee, int64_t now, arena *memory,
                             assay_error *err)
{
    const item_name name = { .kind = ITEM_EVALUATION_NUMBERS, .tee = tee };
    char key[ITEM_KEY_SIZE];
    store_item item;
    bool found;
    evaluation_numbers numbers;
    uint64_t seen, version;
    item_key(&name, key);
    TRY(store_item_get(s->store, key, memory, &item, &found, err));
    if (!found)
        return ASSAY_OK;
    TRY(evaluation_numbers_parse(item.body, memory, &numbers, err));
    TRY(seen_read(s->store, tee, memory, &seen, &version, err));
    uint64_t newest = seen;
    for (size_t i = 0; i < numbers.count; i++) {
        if (numbers.at[i].number > seen && seen > 0)
            tell(s, tee, &numbers.at[i]);
        newest = numbers.at[i].number > newest ? numbers.at[i].number : newest;
    }
    return newest == seen ? ASSAY_OK : seen_write(s->store, tee, newest, version, now, err);
}

assay_status baseline_announce(service *s, assay_tee tee, int64_t now, assay_error *err)
{
    arena memory = { NULL };
    assay_status status = announce(s, tee, now, &memory, err);
    arena_free(&memory);
    return status;
}
