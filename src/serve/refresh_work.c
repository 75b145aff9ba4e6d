/* refresh_work.c: the items of the store, one after the other, and everything asked for again at
 * once. collateral-service.md 1 "refresh", 7.2, 7.8. */
#include "serve/refresh_work.h"
#include <stdio.h>

#include "serve/hash.h"
#include "serve/item_rows.h"
#include "serve/log.h"
#include "serve/platforms.h"

enum { PAGE = 200, HOUR = 3600, AGAIN_LEAST = 300, AGAIN_MOST = 3600 };

/* ---- When ---- */

/* Between 100 and 100 + percent of `seconds`, always the same for one key. */
static int64_t jittered(int64_t seconds, unsigned percent, const char *key)
{
    const uint64_t share = hash_bytes(0, SPAN_TEXT(key)) % 1000;
    return seconds + seconds * (int64_t)percent / 100 * (int64_t)share / 1000;
}

static int64_t between(int64_t least, int64_t value, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

bool refresh_due(const serve_config *config, const store_item *item, const item_name *name,
                 int64_t now)
{
    const unsigned percent = config->cache.jitter_percent;
    const int64_t age = now - item->fetched;
    if (name->kind == ITEM_VCEK)
        return false;
    if (age >= jittered((int64_t)config->cache.refresh_hours * HOUR, percent, item->key))
        return true;
    if (item->next_update == 0)
        return false;
    const int64_t left = item->next_update - now;
    const int64_t before =
        jittered((int64_t)config->cache.refresh_before_hours * HOUR, percent, item->key);
    /* The vendor may have nothing newer yet: the nearer the end, the more often. */
    return left <= before && age >= between(AGAIN_LEAST, left / 4, AGAIN_MOST);
}

bool refresh_host_down(const assay_error *error)
{
    static const char *const names[] = {
        "upstream_circuit_open", "upstream_offline", "fetch_unavailable", "fetch_timeout",
        "fetch_resolve",         "fetch_connect",    "fetch_tls",         "fetch_cancelled"
    };
    for (size_t i = 0; error->name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(error->name, names[i]) == 0)
            return true;
    return false;
}

/* ---- Which ---- */

static assay_status page_walk(const store_item *items, size_t count, refresh_each each,
                              void *context, assay_error *err)
{
    for (size_t i = 0; i < count; i++) {
        item_name name;
        if (item_parse_key(items[i].key, &name, NULL) == ASSAY_OK &&
            item_rows[name.kind].fetch != ASSAY_FETCH_NONE)
            TRY(each(context, &items[i], &name, err));
    }
    return ASSAY_OK;
}

assay_status refresh_walk(service *s, refresh_each each, void *context, assay_error *err)
{
    char after[ITEM_KEY_SIZE] = "";
    for (;;) {
        arena memory = { NULL };
        store_item *items = NULL;
        size_t count = 0;
        assay_status status = store_items_list(s->store, "", after[0] != '\0' ? after : NULL, PAGE,
                                               STORE_HEADS, &memory, &items, &count, err);
        if (status == ASSAY_OK)
            status = page_walk(items, count, each, context, err);
        if (status == ASSAY_OK && count > 0) {
            after[0] = '\0';
            strncat(after, items[count - 1].key, sizeof(after) - 1);
        }
        arena_free(&memory);
        TRY(status);
        if (count < PAGE)
            return ASSAY_OK;
    }
}

/* ---- All of them, now ---- */

typedef struct sweep {
    service *service;
    int64_t now;
    refresh_progress *progress; /* never NULL */
    bool has_root_crl;
    bool has_any;
} sweep;

static void failure_note(refresh_progress *progress, const assay_error *why)
{
    const size_t size = sizeof(progress->last_error);
    progress->failed++;
    snprintf(progress->last_error, size, "%.60s: %.96s", why->where, why->detail);
}

static void refresh_one(sweep *of, const item_name *name)
{
    arena memory = { NULL };
    assay_error why = { .status = ASSAY_OK };
    bool changed = false;
    unsigned retry_after = 0;
    const assay_status status =
        item_refresh(of->service, name, &memory, of->now, &changed, &retry_after, &why);
    of->progress->done++;
    of->progress->changed += status == ASSAY_OK && changed;
    if (status != ASSAY_OK)
        failure_note(of->progress, &why);
    arena_free(&memory);
}

static assay_status count_each(void *context, const store_item *item, const item_name *name,
                               assay_error *err)
{
    sweep *of = context;
    (void)item;
    (void)err;
    of->has_root_crl |= name->kind == ITEM_ROOT_CRL;
    of->has_any = true;
    of->progress->total += name->kind != ITEM_VCEK;
    return ASSAY_OK;
}

static assay_status sweep_each(void *context, const store_item *item, const item_name *name,
                               assay_error *err)
{
    (void)item;
    (void)err;
    if (name->kind != ITEM_VCEK)
        refresh_one(context, name);
    return ASSAY_OK;
}

static assay_status sweep_end(const sweep *of, assay_error *err)
{
    if (of->progress->failed == 0)
        return ASSAY_OK;
    return fail_named(err, ASSAY_ENVIRONMENT, "refresh_incomplete", NULL, "refresh",
                      "%llu of %llu failed, the old ones stay; the last: %s",
                      (unsigned long long)of->progress->failed,
                      (unsigned long long)of->progress->total, of->progress->last_error);
}

assay_status refresh_items(service *s, int64_t now, refresh_progress *progress, assay_error *err)
{
    refresh_progress own = { .total = 0 };
    sweep of = { .service = s, .now = now, .progress = progress != NULL ? progress : &own };
    TRY(refresh_walk(s, count_each, &of, err));
    /* Whoever has anything of Intel's needs to know which signers are revoked. */
    if (!of.has_root_crl && of.has_any) {
        of.progress->total++;
        refresh_one(&of, &(item_name) { .kind = ITEM_ROOT_CRL });
    }
    TRY(refresh_walk(s, sweep_each, &of, err));
    return sweep_end(&of, err);
}

/* ---- Certificates ---- */

static void refresh_platform(sweep *of, const store_platform *platform)
{
    arena memory = { NULL };
    assay_error why = { .status = ASSAY_OK };
    bool changed = false;
    unsigned retry_after = 0;
    const assay_status status =
        platform_refresh(of->service, platform, &memory, of->now, &changed, &retry_after, &why);
    of->progress->done++;
    of->progress->changed += status == ASSAY_OK && changed;
    if (status != ASSAY_OK)
        failure_note(of->progress, &why);
    if (status != ASSAY_OK)
        log_failure(LEVEL_WARNING, "platform.refresh_failed", &why, NULL);
    arena_free(&memory);
}

static assay_status platforms_page(sweep *of, store_platform_filter *filter, char *cursor,
                                   size_t cursor_size, bool *more, assay_error *err)
{
    arena memory = { NULL };
    store_platform *platforms = NULL;
    size_t count = 0;
    const char *next = NULL;
    const assay_status status =
        store_platforms_list(of->service->store, filter, &memory, &platforms, &count, &next, err);
    for (size_t i = 0; status == ASSAY_OK && i < count; i++)
        refresh_platform(of, &platforms[i]);
    *more = status == ASSAY_OK && next != NULL && strlen(next) < cursor_size;
    cursor[0] = '\0';
    if (*more)
        strncat(cursor, next, cursor_size - 1);
    arena_free(&memory);
    return status;
}

assay_status refresh_certificates(service *s, const uint8_t *fmspc, int64_t now,
                                  refresh_progress *progress, assay_error *err)
{
    refresh_progress own = { .total = 0 };
    sweep of = { .service = s, .now = now, .progress = progress != NULL ? progress : &own };
    char cursor[ITEM_KEY_SIZE] = "";
    store_platform_filter filter = { .fmspc = fmspc, .limit = PAGE };
    bool more = true;
    if (fmspc == NULL)
        TRY(store_platform_count(s->store, 0, &of.progress->total, err));
    while (more) {
        filter.cursor = cursor[0] != '\0' ? cursor : NULL;
        TRY(platforms_page(&of, &filter, cursor, sizeof(cursor), &more, err));
    }
    if (of.progress->total < of.progress->done)
        of.progress->total = of.progress->done;
    return sweep_end(&of, err);
}
