/* metrics_table.h: the inside of metrics: series and counters. */
#ifndef ASSAY_SERVE_METRICS_TABLE_H
#define ASSAY_SERVE_METRICS_TABLE_H

#include <stdatomic.h>

#include "http/server.h"
#include "serve/metrics.h"

typedef enum metric_family {
    METRIC_REQUESTS,
    METRIC_REQUEST_TIME,
    METRIC_REFUSED_REQUESTS,
    METRIC_UPSTREAM,
    METRIC_UPSTREAM_TIME,
    METRIC_REFUSED_INGESTS,
    METRIC_FAMILY_COUNT
} metric_family;

enum {
    METRIC_SERIES_MAX = 1024,
    METRIC_BOUND_COUNT = 15,
    METRIC_COUNTER_COUNT = 12,
    METRIC_FIRST_SIZE = 64,
    METRIC_SECOND_SIZE = 40
};

typedef struct metric_series {
    atomic_int state;
    metric_family family;
    unsigned code;
    char first[METRIC_FIRST_SIZE];   /* route, host or kind */
    char second[METRIC_SECOND_SIZE]; /* outcome or reason */
    atomic_uint_fast64_t count;
    atomic_uint_fast64_t buckets[METRIC_BOUND_COUNT + 1]; /* the last: above every bound */
    atomic_uint_fast64_t sum_us;
} metric_series;

struct metrics {
    int64_t started; /* of the process; seconds */
    _Atomic(const http_server *) server;
    atomic_uint_fast64_t counters[METRIC_COUNTER_COUNT];
    metric_series series[METRIC_SERIES_MAX];
};

extern const int64_t metric_bounds_us[METRIC_BOUND_COUNT];
extern const char *const metric_counters[];

bool metric_series_ready(const metric_series *series);

#endif
