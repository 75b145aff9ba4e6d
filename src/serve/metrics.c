/* metrics.c: counters and histograms that any thread adds to without a lock.
 * collateral-service.md 7.10.
 *
 * One table of series, open addressing. A series is claimed once and stays: what names it (routes,
 * hosts, kinds, reasons) is of our own making, so there are few. When the table is full, the rest
 * is counted as lost. */
#include "serve/metrics_table.h"

#include <stdio.h>
#include <time.h>

enum { FREE = 0, CLAIMED, READY };

const int64_t metric_bounds_us[METRIC_BOUND_COUNT] = { 50,     100,    250,    500,     1000,
                                                       2500,   5000,   10000,  25000,   50000,
                                                       100000, 250000, 500000, 1000000, 5000000 };

/* What metrics_count() may be asked for; the order in which they are written. */
const char *const metric_counters[] = { "negative_hits",    "rate_limited",      "stale_served",
                                        "not_modified",     "refreshed",         "refresh_failed",
                                        "registered",       "imported",          "store_errors",
                                        "circuit_refusals", "numbers_announced", "lost" };
_Static_assert(sizeof(metric_counters) / sizeof(metric_counters[0]) == METRIC_COUNTER_COUNT,
               "a name for each counter");

metrics *metrics_new(void)
{
    metrics *m = memory_new(sizeof(*m));
    if (m != NULL)
        m->started = (int64_t)time(NULL);
    return m;
}

void metrics_free(metrics *m)
{
    memory_free(m);
}

void metrics_server_set(metrics *m, const http_server *server)
{
    atomic_store(&m->server, server);
}

static uint64_t hash_of(metric_family family, const char *first, const char *second, unsigned code)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ ((uint64_t)family << 32) ^ code;
    for (; *first != '\0'; first++)
        hash = (hash ^ (uint8_t)*first) * UINT64_C(1099511628211);
    hash = (hash ^ 0xff) * UINT64_C(1099511628211);
    for (; *second != '\0'; second++)
        hash = (hash ^ (uint8_t)*second) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

static void claim(metric_series *series, metric_family family, const char *first,
                  const char *second, unsigned code)
{
    series->family = family;
    series->code = code;
    snprintf(series->first, sizeof(series->first), "%s", first);
    snprintf(series->second, sizeof(series->second), "%s", second);
    atomic_store_explicit(&series->state, READY, memory_order_release);
}

static bool is_series(const metric_series *series, metric_family family, const char *first,
                      const char *second, unsigned code)
{
    return series->family == family && series->code == code &&
           strncmp(series->first, first, sizeof(series->first) - 1) == 0 &&
           strncmp(series->second, second, sizeof(series->second) - 1) == 0;
}

static metric_series *series_of(metrics *m, metric_family family, const char *first,
                                const char *second, unsigned code)
{
    const uint64_t hash = hash_of(family, first, second, code);
    for (size_t i = 0; i < METRIC_SERIES_MAX; i++) {
        metric_series *series = &m->series[(hash + i) % METRIC_SERIES_MAX];
        int state = atomic_load_explicit(&series->state, memory_order_acquire);
        if (state == FREE && atomic_compare_exchange_strong(&series->state, &state, CLAIMED)) {
            claim(series, family, first, second, code);
            return series;
        }
        while (state == CLAIMED) /* by another thread, for a few instructions */
            state = atomic_load_explicit(&series->state, memory_order_acquire);
        if (is_series(series, family, first, second, code))
            return series;
    }
    return NULL;
}

bool metric_series_ready(const metric_series *series)
{
    return atomic_load_explicit(&series->state, memory_order_acquire) == READY;
}

static void add(atomic_uint_fast64_t *value, uint64_t by)
{
    atomic_fetch_add_explicit(value, by, memory_order_relaxed);
}

static void count(metrics *m, metric_family family, const char *first, const char *second,
                  unsigned code)
{
    metric_series *series = series_of(m, family, first, second, code);
    if (series != NULL)
        add(&series->count, 1);
    else
        metrics_count(m, "lost", 1);
}

static void observe(metrics *m, metric_family family, const char *first, int64_t microseconds)
{
    size_t bucket = 0;
    metric_series *series = series_of(m, family, first, "", 0);
    if (series == NULL)
        return;
    while (bucket < METRIC_BOUND_COUNT && microseconds > metric_bounds_us[bucket])
        bucket++;
    add(&series->buckets[bucket], 1);
    add(&series->sum_us, microseconds > 0 ? (uint64_t)microseconds : 0);
}

void metrics_request(metrics *m, const char *route, unsigned code, int64_t microseconds)
{
    count(m, METRIC_REQUESTS, route, "", code);
    observe(m, METRIC_REQUEST_TIME, route, microseconds);
}

void metrics_refused_request(metrics *m, unsigned code)
{
    count(m, METRIC_REFUSED_REQUESTS, "", "", code);
}

void metrics_upstream(metrics *m, const char *host, const char *outcome, int64_t microseconds)
{
    count(m, METRIC_UPSTREAM, host, outcome, 0);
    observe(m, METRIC_UPSTREAM_TIME, host, microseconds);
}

void metrics_refused_ingest(metrics *m, const char *kind, const char *reason)
{
    count(m, METRIC_REFUSED_INGESTS, kind, reason, 0);
}

void metrics_count(metrics *m, const char *name, uint64_t by)
{
    for (size_t i = 0; i < METRIC_COUNTER_COUNT; i++) {
        if (strcmp(name, metric_counters[i]) == 0) {
            add(&m->counters[i], by);
            return;
        }
    }
    add(&m->counters[METRIC_COUNTER_COUNT - 1], by);
}
