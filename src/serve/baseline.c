/* baseline.c: which evaluation number or channel is served for which TEE and FMSPC.
 * collateral-service.md 7.7. */
#include "serve/baseline.h"

#include <pthread.h>
#include <stdio.h>

#include "serve/baseline_text.h"

struct baselines {
    pthread_rwlock_t lock;
    char configured[64];
    char default_name[64];
    baseline *own; /* of records, in the order of their names */
    size_t count;
};

/* ---- Reading the records ---- */

static assay_status record_read(const store_record *record, baseline *out, assay_error *err)
{
    static const char *const also[] = { "history", NULL };
    json_document document;
    TRY(json_document_parse(record->body, NULL, &document, "baseline", err));
    assay_status status = baseline_read(document.root, "baseline", also, out, err);
    json_document_free(&document);
    snprintf(out->name, sizeof(out->name), "%s", record->name);
    out->version = record->version;
    return status == ASSAY_OK ? ASSAY_OK : error_inside(err, status, record->name);
}

static assay_status own_load(store *s, arena *memory, baseline **out, size_t *count,
                             assay_error *err)
{
    store_record *records;
    size_t found;
    TRY(store_records_list(s, "baseline", memory, &records, &found, err));
    baseline *own = memory_new((found + 1) * sizeof(*own));
    if (own == NULL)
        return fail(err, ASSAY_NO_MEMORY, "baselines", ASSAY_NO_OFFSET, "no memory");
    for (size_t i = 0; i < found; i++) {
        assay_status status = record_read(&records[i], &own[i], err);
        if (status == ASSAY_OK)
            continue;
        memory_free(own);
        return status;
    }
    *out = own;
    *count = found;
    return ASSAY_OK;
}

/* The record's name of the default, or what was configured. */
static assay_status default_load(store *s, arena *memory, const char *configured, char out[64],
                                 assay_error *err)
{
    store_record record;
    bool found;
    json_document document;
    assay_span name;
    snprintf(out, 64, "%s", configured);
    TRY(store_record_get(s, "setting", BASELINE_DEFAULT_RECORD, memory, &record, &found, err));
    if (!found)
        return ASSAY_OK;
    TRY(json_document_parse(record.body, NULL, &document, "setting", err));
    assay_status status = json_take_text(document.root, "name", "setting", &name, err);
    if (status == ASSAY_OK)
        snprintf(out, 64, "%.*s", (int)name.size, (const char *)name.data);
    json_document_free(&document);
    return status;
}

/* ---- Looking up ---- */

static const baseline *find(const baselines *b, const char *name, baseline *room)
{
    if (baseline_built_in(name, room))
        return room;
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->own[i].name, name) == 0)
            return &b->own[i];
    }
    return NULL;
}

static assay_status unknown(const baselines *b, const char *name, assay_error *err)
{
    enum { SUGGESTIONS = 64 };
    const char *names[SUGGESTIONS + 3] = { "standard", "early" };
    size_t count = 2;
    for (size_t i = 0; i < b->count && i < SUGGESTIONS; i++)
        names[count++] = b->own[i].name;
    names[count] = NULL;
    return fail_named(err, ASSAY_MISMATCH, "unknown_baseline", assay_suggest(name, names),
                      "baseline", "there is no baseline \"%.64s\"", name);
}

static bool rule_fits(const baseline_rule *rule, assay_tee tee, const uint8_t *fmspc, int64_t now)
{
    if (rule->tee != ASSAY_TEE_NONE && rule->tee != tee)
        return false;
    if (!rule->all_fmspcs &&
        (fmspc == NULL || memcmp(rule->fmspc, fmspc, sizeof(rule->fmspc)) != 0))
        return false;
    return (rule->from == 0 || rule->from <= now) && (rule->until == 0 || now < rule->until);
}

static baseline_choice choice_by(const baseline *b, assay_tee tee, const uint8_t *fmspc,
                                 int64_t now)
{
    baseline_choice choice = { .number = 0 };
    memcpy(choice.name, b->name, sizeof(choice.name));
    for (size_t i = 0; i < b->rule_count; i++) {
        if (!rule_fits(&b->rules[i], tee, fmspc, now))
            continue;
        choice.number = b->rules[i].number;
        choice.early = b->rules[i].number == 0 && b->rules[i].early;
        break;
    }
    return choice;
}

assay_status baselines_choose(baselines *b, const char *name, assay_tee tee, const uint8_t *fmspc,
                              int64_t now, baseline_choice *out, assay_error *err)
{
    baseline room;
    pthread_rwlock_rdlock(&b->lock);
    if (name[0] == '\0')
        name = b->default_name;
    const baseline *chosen = find(b, name, &room);
    assay_status status = chosen == NULL ? unknown(b, name, err) : ASSAY_OK;
    if (chosen != NULL)
        *out = choice_by(chosen, tee, fmspc, now);
    pthread_rwlock_unlock(&b->lock);
    return status;
}

bool baselines_knows(baselines *b, const char *name)
{
    baseline room;
    pthread_rwlock_rdlock(&b->lock);
    bool known = find(b, name, &room) != NULL;
    pthread_rwlock_unlock(&b->lock);
    return known;
}

void baselines_default(baselines *b, char out[64])
{
    pthread_rwlock_rdlock(&b->lock);
    memcpy(out, b->default_name, sizeof(b->default_name));
    pthread_rwlock_unlock(&b->lock);
}

assay_status baselines_get(baselines *b, const char *name, baseline *out, assay_error *err)
{
    pthread_rwlock_rdlock(&b->lock);
    const baseline *found = find(b, name, out);
    assay_status status = found == NULL ? unknown(b, name, err) : ASSAY_OK;
    if (found != NULL && found != out)
        *out = *found;
    pthread_rwlock_unlock(&b->lock);
    return status;
}

/* ---- Life ---- */

assay_status baselines_reload(baselines *b, store *s, assay_error *err)
{
    arena memory = { NULL };
    baseline *own = NULL;
    size_t count = 0;
    char default_name[64];
    assay_status status = own_load(s, &memory, &own, &count, err);
    if (status == ASSAY_OK)
        status = default_load(s, &memory, b->configured, default_name, err);
    arena_free(&memory);
    if (status != ASSAY_OK) {
        memory_free(own);
        return status;
    }
    pthread_rwlock_wrlock(&b->lock);
    baseline *before = b->own;
    b->own = own;
    b->count = count;
    memcpy(b->default_name, default_name, sizeof(b->default_name));
    pthread_rwlock_unlock(&b->lock);
    memory_free(before);
    return ASSAY_OK;
}

assay_status baselines_new(store *s, const char *default_name, baselines **out, assay_error *err)
{
    baseline_choice choice;
    baselines *b = memory_new(sizeof(*b));
    if (b == NULL || pthread_rwlock_init(&b->lock, NULL) != 0) {
        memory_free(b);
        return fail(err, ASSAY_NO_MEMORY, "baselines", ASSAY_NO_OFFSET, "no memory");
    }
    snprintf(b->configured, sizeof(b->configured), "%s",
             default_name[0] == '\0' ? "standard" : default_name);
    assay_status status = baselines_reload(b, s, err);
    if (status == ASSAY_OK)
        status = baselines_choose(b, "", ASSAY_TEE_SGX, NULL, 0, &choice, err);
    if (status != ASSAY_OK) {
        baselines_free(b);
        return status;
    }
    *out = b;
    return ASSAY_OK;
}

void baselines_free(baselines *b)
{
    if (b == NULL)
        return;
    pthread_rwlock_destroy(&b->lock);
    memory_free(b->own);
    memory_free(b);
}
