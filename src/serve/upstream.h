/* upstream.h: asks the vendors: circuits, back-off, Retry-After, and keys that are not there.
 * collateral-service.md 7.3. Every call may block up to the configured time. */
#ifndef ASSAY_SERVE_UPSTREAM_H
#define ASSAY_SERVE_UPSTREAM_H

#include "serve/service.h"

assay_status upstream_new(const serve_config *config, metrics *m, upstream **out, assay_error *err);
/* Aborts transfers that run. */
void upstream_cancel(upstream *u);
void upstream_free(upstream *u);

/* As assay_fetch(); `key` names the item for the negative cache ("" when it must not be
 * remembered). Further names of errors: upstream_offline (fill mode OFFLINE), upstream_circuit_open
 * with the seconds to wait in *retry_after, upstream_unknown_key (remembered 404). */
assay_status upstream_fetch(upstream *u, const char *key, const assay_fetch_request *request,
                            int64_t now, assay_fetched *out, unsigned *retry_after,
                            assay_error *err);

/* For status and metrics: one row for each host. */
typedef struct upstream_host {
    char host[256];
    bool open; /* the circuit: no calls */
    int64_t open_until;
    uint64_t calls, failures;
    int64_t last_success, last_failure;
    char last_error[128];
} upstream_host;
size_t upstream_hosts(upstream *u, upstream_host *out, size_t max);

/* Forgets one remembered 404, or all (NULL). */
void upstream_forget(upstream *u, const char *key);

#endif
