/* fetcher.h: fetching with a deadline, without retries, past the cache, and with a way to stop it:
 * what the service needs beyond include/assay/fetch.h. One fetcher for each worker: calls on one
 * fetcher take turns. */
#ifndef ASSAY_FETCH_FETCHER_H
#define ASSAY_FETCH_FETCHER_H

#include <stdatomic.h>

#include "assay/fetch.h"

typedef enum fetch_retries {
    FETCH_RETRIES_AS_CONFIGURED = 0,
    FETCH_RETRIES_NONE /* the caller has a schedule of its own */
} fetch_retries;

typedef enum fetch_cache_use {
    FETCH_CACHE_AS_CONFIGURED = 0,
    FETCH_CACHE_REFRESHED /* not read, but written */
} fetch_cache_use;

/* Zeroed: as assay_fetch(). */
typedef struct fetch_control {
    int64_t deadline_ms; /* by fetch_clock_ms(), over all tries and services; 0: none */
    fetch_retries retries;
    fetch_cache_use cache;
    const atomic_bool *abort; /* ends the call with fetch_cancelled within a second; may be NULL */
} fetch_control;

/* As assay_fetch(). A deadline that has passed is fetch_timeout. */
assay_status fetch_item(assay_fetcher *fetcher, const assay_fetch_request *request,
                        const fetch_control *control, assay_fetched *out, assay_error *err);

/* The address that would be asked first; "" when no service offers such an item. */
void fetch_first_url(const assay_fetcher *fetcher, const assay_fetch_request *request, char *out,
                     size_t size);

/* Milliseconds of a clock that is never set. */
int64_t fetch_clock_ms(void);

#endif
