/* import.c: what all forms of imports share: items and platforms are proved, then kept.
 * collateral-service.md 7.1, 7.13. */
#include "serve/import.h"

#include <stdio.h>

#include "serve/answers.h"
#include "serve/log.h"
#include "serve/metrics.h"

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "import", ASSAY_NO_OFFSET, "no memory");
}

void import_refuse(import_report *report, const char *what, const assay_error *why)
{
    if (report->refused < IMPORT_REFUSED_MAX) {
        import_refused *row = &report->at[report->refused];
        snprintf(row->what, sizeof(row->what), "%s", what);
        row->why = *why;
    }
    report->refused++;
}

assay_status import_text(assay_span in, arena *memory, assay_span *out, assay_error *err)
{
    size_t size = 0;
    if (in.size == 0 || memchr(in.data, '%', in.size) == NULL) {
        *out = in;
        return ASSAY_OK;
    }
    uint8_t *decoded = arena_new(memory, in.size + 1, 1);
    if (decoded == NULL)
        return no_memory(err);
    TRY(http_percent_decode(in, HTTP_PLUS_LITERAL, decoded, &size, err));
    *out = span_of(decoded, size);
    return ASSAY_OK;
}

/* ---- Items ---- */

/* The store keeps what is newer: that is no fault of a file that was made last week. */
static bool is_older(const assay_error *why)
{
    return why->name != NULL && strcmp(why->name, "rollback") == 0;
}

typedef struct admitted_items {
    store_item *at;
    size_t count;
} admitted_items;

static assay_status item_prepare(call *c, const import_item *from, store_item *out)
{
    char *key = arena_new(c->memory, ITEM_KEY_SIZE, 1);
    char *chain = arena_text(c->memory, from->chain);
    if (key == NULL || chain == NULL)
        return no_memory(&c->error);
    item_key(&from->name, key);
    *out = (store_item) {
        .key = key, .body = from->body, .chain = chain, .source = "import", .fetched = c->now
    };
    return ASSAY_OK;
}

static assay_status item_add(call *c, const import_item *from, import_mood mood,
                             admitted_items *all, import_report *report)
{
    store_item *item = &all->at[all->count];
    assay_error why = { .status = ASSAY_OK };
    TRY(item_prepare(c, from, item));
    assay_status status = item_admit(c->service, &from->name, item, c->memory, c->now, &why);
    if (status == ASSAY_OK) {
        all->count++;
        return ASSAY_OK;
    }
    if (is_older(&why)) {
        report->older++;
        return ASSAY_OK;
    }
    import_refuse(report, item->key, &why);
    if (mood == IMPORT_WHAT_HOLDS && status != ASSAY_NO_MEMORY && status != ASSAY_ENVIRONMENT)
        return ASSAY_OK;
    c->error = why;
    return error_inside(&c->error, status, item->key);
}

static assay_status items_keep(call *c, const admitted_items *all, import_report *report)
{
    if (all->count == 0)
        return ASSAY_OK;
    TRY(items_store(c->service, all->at, all->count, &c->error));
    report->items += all->count;
    return ASSAY_OK;
}

/* A root CRL that holds is worth keeping whatever stands beside it: revocations count at once. */
static assay_status root_crls_first(call *c, const import_item *items, size_t count,
                                    import_mood mood, import_report *report)
{
    admitted_items roots = { .at = arena_new(c->memory, count + 1, sizeof(store_item)) };
    if (roots.at == NULL)
        return no_memory(&c->error);
    for (size_t i = 0; i < count; i++) {
        if (items[i].name.kind == ITEM_ROOT_CRL)
            TRY(item_add(c, &items[i], mood, &roots, report));
    }
    return items_keep(c, &roots, report);
}

assay_status import_items(call *c, const import_item *items, size_t count, import_mood mood,
                          import_report *report)
{
    admitted_items all = { .at = arena_new(c->memory, count + 1, sizeof(store_item)) };
    if (all.at == NULL)
        return no_memory(&c->error);
    TRY(root_crls_first(c, items, count, mood, report));
    for (size_t i = 0; i < count; i++) {
        if (items[i].name.kind != ITEM_ROOT_CRL)
            TRY(item_add(c, &items[i], mood, &all, report));
    }
    return items_keep(c, &all, report);
}

/* ---- Platforms ---- */

assay_status import_begin(call *c, const assay_span *chains, import_context *out)
{
    memset(out, 0, sizeof(*out));
    out->call = c;
    out->issuers.roots = &c->service->roots;
    out->issuers.now = c->now;
    for (pck_ca ca = PCK_CA_PROCESSOR; ca <= PCK_CA_PLATFORM; ca++) {
        const assay_span came = chains == NULL ? (assay_span) { NULL, 0 } : chains[ca];
        assay_error why = { .status = ASSAY_OK };
        assay_status status = pck_issuers_load(c, &out->issuers, ca, came, &why);
        if (status == ASSAY_NO_MEMORY || (status != ASSAY_OK && came.size > 0)) {
            c->error = why;
            import_end(out);
            return status;
        }
    }
    c->code = 0;
    c->error = (assay_error) { .status = ASSAY_OK };
    return ASSAY_OK;
}

void import_end(import_context *im)
{
    pck_issuers_free(&im->issuers);
}

assay_status import_verify(const import_context *im, arena *memory, const import_platform *from,
                           pck_set *out, assay_error *err)
{
    pck_set set;
    TRY(pck_set_new(memory, from->certificate_count, &set, err));
    for (size_t i = 0; i < from->certificate_count; i++) {
        assay_span text = { NULL, 0 };
        char where[32];
        assay_status status = import_text(from->certificates[i].text, memory, &text, err);
        if (status == ASSAY_OK)
            status = pck_set_add(&im->issuers, memory, text, from->certificates[i].tcbm, &set, err);
        snprintf(where, sizeof(where), "certs[%zu]", i);
        if (status != ASSAY_OK)
            return error_inside(err, status, where);
    }
    if (set.count == 0)
        return fail(err, ASSAY_MALFORMED, "certs", ASSAY_NO_OFFSET,
                    set.revoked > 0 ? "all certificates are revoked" : "there is no certificate");
    *out = set;
    return ASSAY_OK;
}

static assay_status info_of(import_context *im, const uint8_t fmspc[6], const tcb_info **out,
                            assay_error *err)
{
    for (size_t i = 0; i < im->info_count; i++) {
        if (memcmp(im->infos[i].fmspc, fmspc, sizeof(im->infos[i].fmspc)) == 0) {
            *out = &im->infos[i].info;
            return ASSAY_OK;
        }
    }
    if (im->info_count == IMPORT_FMSPC_MAX)
        return fail(err, ASSAY_MALFORMED, "fmspc", ASSAY_NO_OFFSET,
                    "more than %d FMSPCs in one import", IMPORT_FMSPC_MAX);
    TRY(platform_tcb_info(im->call, item_obtain, fmspc, &im->infos[im->info_count].info, err));
    im->call->code = 0;
    memcpy(im->infos[im->info_count].fmspc, fmspc, sizeof(im->infos[0].fmspc));
    *out = &im->infos[im->info_count++].info;
    return ASSAY_OK;
}

static assay_status selections_add(const import_platform *from, const pck_set *set,
                                   const tcb_info *info, arena *memory,
                                   store_platform_record *record, assay_error *err)
{
    store_selection *all =
        arena_new(memory, from->other_count + record->selection_count + 1, sizeof(*all));
    if (all == NULL)
        return no_memory(err);
    for (size_t i = 0; i < record->selection_count; i++)
        all[i] = record->selections[i];
    for (size_t i = 0; i < from->other_count; i++) {
        const import_raw_tcb *raw = &from->others[i];
        size_t chosen;
        if (pck_set_choose(set, info, raw->cpu_svn, raw->pce_svn, from->platform.pce_id, &chosen,
                           NULL) != ASSAY_OK)
            continue;
        store_selection *selection = &all[record->selection_count++];
        memcpy(selection->cpu_svn, raw->cpu_svn, sizeof(selection->cpu_svn));
        selection->pce_svn = raw->pce_svn;
        memcpy(selection->tcbm, set->certificates[chosen].tcbm, sizeof(selection->tcbm));
    }
    record->selections = all;
    return ASSAY_OK;
}

/* A platform that is here already is still the same machine, and goes on with its time and, when
 * the file has none, its manifest. */
static assay_status merge(call *c, arena *memory, const pck_set *set, store_platform *platform,
                          assay_error *err)
{
    store_platform before;
    bool found = false;
    TRY(store_platform_get(c->service->store, platform->qe_id, platform->pce_id, memory, &before,
                           &found, err));
    if (found)
        TRY(platform_same(c->service, platform, set, memory, err));
    platform->registered = found ? before.registered : c->now;
    platform->updated = c->now;
    if (!found || platform->platform_manifest.size > 0 || before.platform_manifest.size == 0)
        return ASSAY_OK;
    platform->platform_manifest = before.platform_manifest;
    platform->encrypted_ppid = (assay_span) { NULL, 0 };
    return ASSAY_OK;
}

assay_status import_record(import_context *im, arena *memory, const import_platform *from,
                           const pck_set *set, store_platform_record *out, assay_error *err)
{
    const tcb_info *info = NULL;
    const platform_offer offer = { .set = *set };
    store_platform_record record;
    TRY(info_of(im, set->fmspc, &info, err));
    TRY(platform_record(&from->platform, &offer, info, memory, &record, err));
    if (from->other_count > 0)
        TRY(selections_add(from, set, info, memory, &record, err));
    TRY(merge(im->call, memory, set, &record.platform, err));
    *out = record;
    return ASSAY_OK;
}

/* Answers of so many platforms that naming each would cost more than making them again. */
enum { DROP_ONE_BY_ONE = 64 };

static void answers_forget(service *s, const store_platform_record *records, size_t count)
{
    if (count > DROP_ONE_BY_ONE) {
        answers_clear(s->answers);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char tag[PLATFORM_TAG_SIZE];
        platform_tag(records[i].platform.qe_id, records[i].platform.pce_id, tag);
        answers_drop(s->answers, answers_tag(tag));
    }
}

assay_status import_keep(import_context *im, const store_platform_record *records, size_t count,
                         import_report *report)
{
    service *s = im->call->service;
    TRY(store_platforms_put(s->store, records, count, NULL, &im->call->error));
    answers_forget(s, records, count);
    metrics_count(s->metrics, "imported", count);
    report->platforms += count;
    for (size_t i = 0; i < count; i++)
        report->certificates += records[i].certificate_count;
    return ASSAY_OK;
}
