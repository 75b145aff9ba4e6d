/* fetch.c: one item: from the cache, or from the services in their order. collateral-service.md 8.
 */
#include <stdio.h>

#include "base/memory.h"
#include "fetch/asking.h"
#include "fetch/cache.h"
#include "fetch/fetcher_object.h"
#include "fetch/headers.h"
#include "fetch/reply.h"

enum {
    HEADERS_MAX = 64 * 1024,
    BODY_MAX = 2 * 1024 * 1024,
    SERVICES_MAX = ASSAY_FETCH_SERVICE_MAX + 1,
    HOUR = 3600,
    HOURS_MAX = 2160,
    PLATFORM_NAME_SIZE = 280
};
static const int64_t century = (int64_t)36525 * 24 * HOUR;

/* ---- Who is asked ---- */

typedef struct services {
    assay_fetch_service at[SERVICES_MAX];
    size_t count;
} services;

static bool is_amd(assay_fetch_kind kind)
{
    return kind == ASSAY_FETCH_VCEK || kind == ASSAY_FETCH_AMD_CHAIN || kind == ASSAY_FETCH_AMD_CRL;
}

static void services_add(services *s, const assay_fetch_service *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        s->at[s->count++] = list[i];
}

/* For AMD's items AMD's own service comes behind Azure's, where that is configured. */
static void services_of(const assay_fetch_config *config, assay_fetch_kind kind, services *out)
{
    const bool is_pck = kind == ASSAY_FETCH_PCK_CERTIFICATE || kind == ASSAY_FETCH_PCK_CERTIFICATES;
    out->count = 0;
    if (kind == ASSAY_FETCH_URL) {
        out->at[out->count++] = (assay_fetch_service) { .service = ASSAY_SERVICE_NONE };
        return;
    }
    if (is_pck)
        services_add(out, config->pck, config->pck_count);
    else
        services_add(out, config->collateral, config->collateral_count);
    if (!is_amd(kind) || config->kds_url[0] == '\0')
        return;
    assay_fetch_service *kds = &out->at[out->count++];
    *kds = (assay_fetch_service) { .service = ASSAY_SERVICE_KDS };
    snprintf(kds->url, sizeof(kds->url), "%s", config->kds_url);
}

/* ---- One call ---- */

typedef struct call {
    asking asking;
    assay_fetch_request request; /* with the baseline of the configuration where it has none */
    services services;
    source_kind kind;
    char url[SOURCE_URL_SIZE];
    cache_answer cached; /* the best that the cache had to say */
    unsigned offers;     /* services that have such an item */
} call;

static assay_status url_keep(const char *url, assay_fetched *out, assay_error *err)
{
    const size_t size = strlen(url) + 1;
    out->url = memory_new(size);
    if (out->url == NULL)
        return fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory");
    memcpy(out->url, url, size);
    return ASSAY_OK;
}

/* ---- From the cache ---- */

/* A VCEK never changes for its chip and TCB, and AMD gives one in ten seconds. */
static bool is_kept_for_ever(const call *c)
{
    return c->request.kind == ASSAY_FETCH_VCEK;
}

static int64_t longest_of(const call *c)
{
    const assay_fetch_config *config = c->asking.config;
    const unsigned hours = c->kind.cache == SOURCE_CACHE_PCK ? config->pck_cache_hours
                                                             : config->collateral_cache_hours;
    if (hours == 0 && !config->cache_only)
        return 0;
    if (is_kept_for_ever(c))
        return century;
    return (int64_t)(hours != 0 ? hours : HOURS_MAX) * HOUR;
}

/* The name that Intel's tools give a file for local_cache_only; false for other kinds. */
static bool platform_name(const call *c, char out[PLATFORM_NAME_SIZE])
{
    const assay_fetch_request *r = c->asking.request;
    const uint8_t pce_id[] = { (uint8_t)(r->pce_id & 0xff), (uint8_t)(r->pce_id >> 8) };
    if (!c->asking.config->cache_only || r->kind != ASSAY_FETCH_PCK_CERTIFICATE ||
        r->qe_id.size == 0 || 2 * r->qe_id.size + 6 > PLATFORM_NAME_SIZE)
        return false;
    assay_hex_encode(r->qe_id, out);
    out[2 * r->qe_id.size] = '_';
    assay_hex_encode(SPAN(pce_id), out + 2 * r->qe_id.size + 1);
    return true;
}

static assay_status item_of_entry(const call *c, const cache_entry *entry,
                                  const assay_fetch_service *service, int64_t now,
                                  assay_fetched *out, assay_error *err)
{
    const fetch_reply r = { .code = 200, .headers = entry->headers, .body = entry->body };
    TRY(reply_read(&r, c->asking.request, c->url, out, err));
    out->http_code = 200;
    out->from_cache = true;
    out->age = now > entry->stored ? now - entry->stored : 0;
    out->service = service->service;
    return url_keep(c->url, out, err);
}

/* True when the item came from there. A file that is no good counts as none. */
static bool from_cache(call *c, const assay_fetch_service *service, assay_fetched *out)
{
    char platform[PLATFORM_NAME_SIZE];
    cache_item item;
    const cache_question q = { .base = c->asking.config->cache_folder,
                               .kind = &c->kind,
                               .url = c->url,
                               .platform = platform_name(c, platform) ? platform : NULL,
                               .now = fetch_now(),
                               .longest = longest_of(c) };
    if (q.longest == 0 || c->asking.request->platform_manifest.size > 0)
        return false;
    cache_answer answer = cache_find(&q, &item);
    if (answer == CACHE_FOUND &&
        item_of_entry(c, &item.entry, service, q.now, out, NULL) != ASSAY_OK) {
        assay_fetched_free(out);
        answer = CACHE_MISSING;
    }
    cache_item_free(&item);
    if (answer > c->cached)
        c->cached = answer;
    return answer == CACHE_FOUND;
}

/* By Cache-Control, less the time that the reply has lain in a cache on its way. */
static int64_t longest_by_server(const assay_fetched *item, assay_span headers)
{
    assay_span text;
    int64_t age = 0;
    if (item->max_age < 0)
        return INT64_MAX;
    if (header_value(headers, "age", &text) == HEADER_ABSENT ||
        !header_number(text, INT32_MAX, &age))
        age = 0;
    return item->max_age - age;
}

static void keep(const call *c, const assay_fetched *item)
{
    const int64_t now = fetch_now();
    const int64_t by_server = longest_by_server(item, buffer_span(&c->asking.headers));
    int64_t longest = longest_of(c);
    if (longest > by_server && !is_kept_for_ever(c))
        longest = by_server;
    if (longest <= 0 || c->asking.request->platform_manifest.size > 0)
        return;
    const cache_entry entry = { .class_ = c->kind.cache,
                                .stored = now,
                                .expires = now + longest,
                                .url = SPAN_TEXT(c->url),
                                .headers = buffer_span(&c->asking.headers),
                                .body = buffer_span(&c->asking.body) };
    (void)cache_keep(c->asking.config->cache_folder, &entry);
}

/* ---- All services ---- */

typedef bool (*try_one)(call *c, const assay_fetch_service *service, const source_offer *offer,
                        assay_fetched *out, assay_status *status, assay_error *err);

static bool try_cache(call *c, const assay_fetch_service *service, const source_offer *offer,
                      assay_fetched *out, assay_status *status, assay_error *err)
{
    (void)offer;
    (void)err;
    if (!from_cache(c, service, out))
        return false;
    *status = ASSAY_OK;
    return true;
}

static bool is_last_word(assay_status status, const assay_error *error)
{
    return status != ASSAY_ENVIRONMENT || strcmp(error->name, "fetch_cancelled") == 0;
}

static bool try_network(call *c, const assay_fetch_service *service, const source_offer *offer,
                        assay_fetched *out, assay_status *status, assay_error *err)
{
    assay_fetched_free(out); /* of the service before it */
    *status = ask_service(&c->asking, service, offer, c->url, out, err);
    out->service = service->service;
    if (*status == ASSAY_OK)
        keep(c, out);
    assay_error ignored;
    if (url_keep(c->url, out, &ignored) != ASSAY_OK && *status == ASSAY_OK)
        *status = fail(err, ASSAY_NO_MEMORY, c->url, ASSAY_NO_OFFSET, "no memory");
    return is_last_word(*status, err);
}

/* Until one of them ends it. A service that lacks what it needs to be asked (an encrypted PPID)
 * does not stop the next one. */
static bool each_service(call *c, try_one one, assay_fetched *out, assay_status *status,
                         assay_error *err)
{
    c->offers = 0;
    for (size_t i = 0; i < c->services.count; i++) {
        const source_offer *offer = NULL;
        const assay_fetch_service *service = &c->services.at[i];
        assay_error lacking;
        assay_status asked = source_url(service, c->asking.config, c->asking.request, c->url,
                                        sizeof(c->url), &offer, &lacking);
        if (asked != ASSAY_OK && c->offers == 0) {
            *status = asked;
            *err = lacking;
        }
        if (asked != ASSAY_OK || offer == NULL)
            continue;
        c->offers++;
        if (one(c, service, offer, out, status, err))
            return true;
    }
    return false;
}

static assay_status not_offered(const call *c, assay_error *err)
{
    const char *name =
        c->services.count > 0 ? assay_service_name(c->services.at[0].service) : "the configuration";
    return fetch_failure(err, "fetch_not_offered",
                         c->services.count > 0 ? c->services.at[0].url : "config",
                         "%s offers no %s; configure a service that does", name, c->kind.name);
}

static assay_status only_in_cache(const call *c, assay_error *err)
{
    if (c->cached == CACHE_EXPIRED)
        return fetch_failure(err, "fetch_cache_expired", c->url,
                             "the copy of the %s in the cache is stale, and connections are "
                             "forbidden; fetch it once online",
                             c->kind.name);
    return fetch_failure(err, "fetch_cache_missing", c->url,
                         "no copy of the %s is in a cache under %s, and connections are "
                         "forbidden; fetch it once online",
                         c->kind.name,
                         c->asking.config->cache_folder[0] != '\0' ? c->asking.config->cache_folder
                                                                   : "(no folder)");
}

static assay_status run(call *c, assay_fetched *out, assay_error *err)
{
    assay_status status = ASSAY_OK;
    if (c->asking.control->cache == FETCH_CACHE_AS_CONFIGURED &&
        each_service(c, try_cache, out, &status, err))
        return ASSAY_OK;
    if (c->offers == 0 && status != ASSAY_OK)
        return status; /* the request lacks something */
    if (c->asking.config->cache_only)
        return c->offers == 0 ? not_offered(c, err) : only_in_cache(c, err);
    (void)each_service(c, try_network, out, &status, err);
    return c->offers == 0 && status == ASSAY_OK ? not_offered(c, err) : status;
}

/* In questions for certificates the query names the machine: its encrypted PPID is for no log. */
static void query_hidden(assay_fetch_kind kind, assay_error *err)
{
    if (kind == ASSAY_FETCH_PCK_CERTIFICATE || kind == ASSAY_FETCH_PCK_CERTIFICATES)
        err->where[strcspn(err->where, "?")] = '\0';
}

assay_status fetch_item(assay_fetcher *fetcher, const assay_fetch_request *request,
                        const fetch_control *control, assay_fetched *out, assay_error *err)
{
    assay_error own;
    assay_fetched item = { .max_age = -1 };
    call *c = memory_new(sizeof(*c));
    if (c == NULL)
        return fail(err, ASSAY_NO_MEMORY, "fetch", ASSAY_NO_OFFSET, "no memory");
    c->kind = *source_kind_of(request->kind);
    c->request = *request;
    if (c->request.evaluation_number == 0)
        c->request.evaluation_number = fetcher->config.evaluation_number;
    c->asking = (asking) { .line = fetcher->line,
                           .config = &fetcher->config,
                           .request = &c->request,
                           .control = control,
                           .headers.limit = HEADERS_MAX,
                           .body.limit = BODY_MAX };
    services_of(&fetcher->config, request->kind, &c->services);
    (void)pthread_mutex_lock(&fetcher->turn);
    err = err != NULL ? err : &own;
    assay_status status = run(c, &item, err);
    if (status != ASSAY_OK)
        query_hidden(request->kind, err);
    (void)pthread_mutex_unlock(&fetcher->turn);
    buffer_free(&c->asking.headers);
    buffer_free(&c->asking.body);
    memory_free(c);
    *out = item;
    return status;
}

assay_status assay_fetch(assay_fetcher *fetcher, const assay_fetch_request *request,
                         assay_fetched *out, assay_error *error)
{
    const fetch_control usual = { 0 };
    return fetch_item(fetcher, request, &usual, out, error);
}

void fetch_first_url(const assay_fetcher *fetcher, const assay_fetch_request *request, char *out,
                     size_t size)
{
    services all;
    const source_offer *offer = NULL;
    services_of(&fetcher->config, request->kind, &all);
    out[0] = '\0';
    for (size_t i = 0; i < all.count && out[0] == '\0'; i++) {
        if (source_url(&all.at[i], &fetcher->config, request, out, size, &offer, NULL) != ASSAY_OK)
            out[0] = '\0';
    }
}
