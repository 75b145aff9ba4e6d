/* upstream.c: one call to a vendor: is it allowed, known to be in vain, and what did it say about
 * the host? collateral-service.md 7.3. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "fetch/fetcher.h"
#include "serve/circuit.h"
#include "serve/metrics.h"
#include "serve/negative.h"
#include "serve/upstream.h"

enum { FETCHER_MAX = 257, URL_SIZE = 2048 };

struct upstream {
    metrics *metrics;
    circuits *circuits;
    negative *negative;
    assay_fetch_config fetching;
    assay_fetch_service pcs, kds;
    bool offline;
    unsigned negative_seconds, total_seconds;
    atomic_bool cancelled;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t back;
    assay_fetcher *idle[FETCHER_MAX];
    size_t idle_count;
};

/* ---- Making ---- */

static void fetching_of(const serve_config *config, assay_fetch_config *out)
{
    assay_fetch_config_default(out);
    out->pck[0] = config->upstream.pcs;
    out->collateral[0] = config->upstream.pcs;
    out->pck_count = out->collateral_count = 1;
    snprintf(out->kds_url, sizeof(out->kds_url), "%s", config->upstream.kds_url);
    snprintf(out->ca_file, sizeof(out->ca_file), "%s", config->upstream.ca_file);
    snprintf(out->api_key, sizeof(out->api_key), "%s", config->upstream.api_key);
    out->use_secure_cert = true;
    out->connect_seconds = config->upstream.connect_seconds;
    out->total_seconds = config->upstream.total_seconds;
    out->retry_times = config->upstream.retry_times;
    out->retry_delay_seconds = 1;
    out->cache_folder[0] = '\0'; /* the store is the cache */
    out->pck_cache_hours = out->collateral_cache_hours = 0;
    out->cache_only = false;
}

static assay_status fetchers_make(upstream *u, size_t count, assay_error *err)
{
    for (size_t i = 0; i < count && i < FETCHER_MAX; i++) {
        TRY(assay_fetcher_new(&u->fetching, &u->idle[i], err));
        u->idle_count++;
    }
    return ASSAY_OK;
}

assay_status upstream_new(const serve_config *config, metrics *m, upstream **out, assay_error *err)
{
    upstream *u = memory_new(sizeof(*u));
    if (u == NULL)
        return fail(err, ASSAY_NO_MEMORY, "upstream", ASSAY_NO_OFFSET, "no memory");
    pthread_mutex_init(&u->lock, NULL);
    pthread_cond_init(&u->back, NULL);
    u->metrics = m;
    u->circuits = circuits_new(config->upstream.circuit_failures, config->upstream.circuit_seconds);
    u->negative = negative_new(config->cache.negative_max);
    u->negative_seconds = config->cache.negative_seconds;
    u->total_seconds = config->upstream.total_seconds > 0 ? config->upstream.total_seconds : 30;
    u->offline = config->upstream.mode == FILL_OFFLINE;
    u->pcs = config->upstream.pcs;
    u->kds.service = ASSAY_SERVICE_KDS;
    snprintf(u->kds.url, sizeof(u->kds.url), "%s", config->upstream.kds_url);
    fetching_of(config, &u->fetching);
    /* One more for the refresher. */
    assay_status status =
        u->circuits != NULL && u->negative != NULL
            ? ASSAY_OK
            : fail(err, ASSAY_NO_MEMORY, "upstream", ASSAY_NO_OFFSET, "no memory");
    if (status == ASSAY_OK)
        status = fetchers_make(u, config->server.upstream_workers + 1, err);
    if (status != ASSAY_OK) {
        upstream_free(u);
        return status;
    }
    *out = u;
    return ASSAY_OK;
}

void upstream_cancel(upstream *u)
{
    pthread_mutex_lock(&u->lock);
    atomic_store(&u->cancelled, true);
    pthread_cond_broadcast(&u->back);
    pthread_mutex_unlock(&u->lock);
}

void upstream_free(upstream *u)
{
    if (u == NULL)
        return;
    for (size_t i = 0; i < u->idle_count; i++)
        assay_fetcher_free(u->idle[i]);
    circuits_free(u->circuits);
    negative_free(u->negative);
    pthread_cond_destroy(&u->back);
    pthread_mutex_destroy(&u->lock);
    memory_free(u);
}

/* ---- A fetcher for this call ---- */

/* NULL when everything was cancelled. */
static assay_fetcher *fetcher_take(upstream *u)
{
    pthread_mutex_lock(&u->lock);
    while (u->idle_count == 0 && !atomic_load(&u->cancelled))
        pthread_cond_wait(&u->back, &u->lock);
    assay_fetcher *taken = u->idle_count > 0 ? u->idle[--u->idle_count] : NULL;
    pthread_mutex_unlock(&u->lock);
    return taken;
}

static void fetcher_give(upstream *u, assay_fetcher *fetcher)
{
    pthread_mutex_lock(&u->lock);
    u->idle[u->idle_count++] = fetcher;
    pthread_cond_signal(&u->back);
    pthread_mutex_unlock(&u->lock);
}

/* ---- The call ---- */

static assay_status host_of(const upstream *u, const assay_fetch_request *request, char out[256],
                            assay_error *err)
{
    const bool amd = request->kind == ASSAY_FETCH_VCEK || request->kind == ASSAY_FETCH_AMD_CHAIN ||
                     request->kind == ASSAY_FETCH_AMD_CRL;
    char url[URL_SIZE] = "";
    TRY(assay_fetch_url(amd ? &u->kds : &u->pcs, &u->fetching, request, url, sizeof(url), err));
    const char *from = strstr(url, "://");
    from = from != NULL ? from + 3 : url;
    snprintf(out, 256, "%.*s", (int)strcspn(from, "/?#"), from);
    return ASSAY_OK;
}

/* Known to be in vain. */
static assay_status remembered(upstream *u, const char *key, int64_t now, assay_error *err)
{
    const unsigned code = key[0] != '\0' ? negative_find(u->negative, key, now) : 0;
    if (code == 0)
        return ASSAY_OK;
    metrics_count(u->metrics, "negative_hits", 1);
    return fail_named(err, ASSAY_ENVIRONMENT,
                      code == 410 ? "fetch_retired" : "upstream_unknown_key", NULL, key,
                      "the vendor said %u to this not long ago", code);
}

typedef struct verdict_of_name {
    const char *name; /* of a failure of assay_fetch() */
    circuit_outcome outcome;
    unsigned remembered; /* as this code; 0: not */
} verdict_of_name;

static const verdict_of_name verdicts[] = {
    { "fetch_not_found", CIRCUIT_ANSWERED, 404 },
    { "fetch_retired", CIRCUIT_ANSWERED, 410 },
    { "fetch_platform_unknown", CIRCUIT_ANSWERED, 0 },
    { "fetch_certificates_unavailable", CIRCUIT_ANSWERED, 0 },
    { "fetch_refused", CIRCUIT_ANSWERED, 0 },
    { "fetch_not_offered", CIRCUIT_ANSWERED, 0 },
    { "fetch_cancelled", CIRCUIT_CANCELLED, 0 },
    { "fetch_unavailable", CIRCUIT_FAILED, 0 },
    { "fetch_server_error", CIRCUIT_FAILED, 0 },
    { "fetch_timeout", CIRCUIT_FAILED, 0 },
    { "fetch_resolve", CIRCUIT_FAILED, 0 },
    { "fetch_connect", CIRCUIT_FAILED, 0 },
    { "fetch_tls", CIRCUIT_FAILED, 0 },
    { "fetch_bad_reply", CIRCUIT_FAILED, 0 },
};

static verdict_of_name verdict_of(assay_status status, const char *name)
{
    if (status == ASSAY_OK)
        return (verdict_of_name) { "ok", CIRCUIT_ANSWERED, 0 };
    for (size_t i = 0; name != NULL && i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
        if (strcmp(name, verdicts[i].name) == 0)
            return verdicts[i];
    return (verdict_of_name) { name != NULL ? name : "error", CIRCUIT_CANCELLED, 0 };
}

static assay_status transfer(upstream *u, const assay_fetch_request *request, assay_fetched *out,
                             assay_error *err)
{
    assay_fetcher *fetcher = fetcher_take(u);
    if (fetcher == NULL)
        return fail_named(err, ASSAY_ENVIRONMENT, "fetch_cancelled", NULL, "upstream",
                          "the service is about to stop");
    const fetch_control control = { .deadline_ms =
                                        fetch_clock_ms() + (int64_t)u->total_seconds * 1000,
                                    .abort = &u->cancelled };
    const assay_status status = fetch_item(fetcher, request, &control, out, err);
    fetcher_give(u, fetcher);
    return status;
}

static assay_status refused_circuit(upstream *u, const char *host, unsigned seconds,
                                    assay_error *err)
{
    metrics_count(u->metrics, "circuit_refusals", 1);
    return fail_named(err, ASSAY_ENVIRONMENT, "upstream_circuit_open", NULL, host,
                      "it failed or asked to wait; it is asked again in %u s", seconds);
}

assay_status upstream_fetch(upstream *u, const char *key, const assay_fetch_request *request,
                            int64_t now, assay_fetched *out, unsigned *retry_after,
                            assay_error *err)
{
    char host[256];
    unsigned wait = 0;
    if (u->offline)
        return fail_named(err, ASSAY_ENVIRONMENT, "upstream_offline", NULL, "upstream.mode",
                          "the fill mode is OFFLINE: no vendor is asked; import what is missing");
    TRY(remembered(u, key, now, err));
    TRY(host_of(u, request, host, err));
    if (!circuit_allows(u->circuits, host, now, &wait)) {
        *retry_after = wait;
        return refused_circuit(u, host, wait, err);
    }
    assay_error seen = { .status = ASSAY_OK };
    assay_fetched fetched = { .body = NULL };
    const int64_t begun = fetch_clock_ms();
    const assay_status status = transfer(u, request, &fetched, &seen);
    const int64_t took = fetch_clock_ms() - begun;
    const verdict_of_name verdict = verdict_of(status, seen.name);
    metrics_upstream(u->metrics, host, verdict.name, took * 1000);
    /* The clock that is told may be older than the transfer was long. */
    circuit_told(u->circuits, host, verdict.outcome, fetched.retry_after, seen.detail,
                 now + took / 1000);
    if (verdict.remembered != 0 && key[0] != '\0')
        negative_add(u->negative, key, verdict.remembered, now + took / 1000 + u->negative_seconds);
    if (status == ASSAY_OK) {
        *out = fetched;
        return ASSAY_OK;
    }
    *retry_after = fetched.retry_after > 0 ? (unsigned)fetched.retry_after : 0;
    assay_fetched_free(&fetched);
    if (err != NULL)
        *err = seen;
    return status;
}

size_t upstream_hosts(upstream *u, upstream_host *out, size_t max)
{
    return circuits_list(u->circuits, out, max);
}

void upstream_forget(upstream *u, const char *key)
{
    negative_forget(u->negative, key);
}
