/* metrics.h: counters and histograms, written as Prometheus text. collateral-service.md 7.10. */
#ifndef ASSAY_SERVE_METRICS_H
#define ASSAY_SERVE_METRICS_H

#include "serve/service.h"
#include "wire/json_write.h"

metrics *metrics_new(void);
void metrics_free(metrics *m);

/* One request: by the route's name and code, with its time. Any thread, no lock on the way. */
void metrics_request(metrics *m, const char *route, unsigned code, int64_t microseconds);
void metrics_refused_request(metrics *m, unsigned code);
void metrics_upstream(metrics *m, const char *host, const char *outcome, int64_t microseconds);
void metrics_refused_ingest(metrics *m, const char *kind, const char *reason);
/* Any other counter of the fixed table in metrics.c ("coalesced", "negative_hits", ...). */
void metrics_count(metrics *m, const char *name, uint64_t by);

/* Whose connections are shown; NULL before the listeners start and after they end. */
struct http_server;
void metrics_server_set(metrics *m, const struct http_server *server);

/* The whole text: counters, and what it asks of the other parts (answers, jobs, upstream, server,
 * per-item issue, nextUpdate and fetched as absolute timestamps). */
assay_status metrics_write(service *s, arena *memory, assay_span *out, assay_error *err);

#endif
