/* service.h: the parts of a running service and who they are, for handlers. Each part has its own
 * header and its own lock; none calls back up. */
#ifndef ASSAY_SERVE_SERVICE_H
#define ASSAY_SERVE_SERVICE_H

#include "collateral/admission.h"
#include "http/header.h"
#include "serve/config.h"
#include "store/store.h"
#include "x509/amd.h"

typedef struct answers answers;         /* answers.h: complete replies in memory */
typedef struct jobs jobs;               /* jobs.h: workers, one run for equal requests */
typedef struct upstream upstream;       /* upstream.h: vendors, circuits, negative cache */
typedef struct baselines baselines;     /* baseline.h */
typedef struct access_list access_list; /* access.h: tokens, scopes, rates */
typedef struct metrics metrics;         /* metrics.h */
typedef struct refresher refresher;     /* refresh.h */
typedef struct item_gates item_gates;   /* item_gate.h */
typedef struct dispatcher dispatcher;   /* dispatch.h: rows by path, replies that wait */

typedef struct service {
    serve_config config;
    assay_roots roots;   /* beside Intel's */
    amd_roots amd_roots; /* beside AMD's */
    store *store;
    answers *answers;
    jobs *jobs;
    upstream *upstream;
    baselines *baselines;
    access_list *access;
    metrics *metrics;
    refresher *refresher;
    item_gates *gates;
    dispatcher *dispatcher;
    char replica[64]; /* host name and process: holder of leases */
} service;

/* Opens and starts everything but the listeners. ENVIRONMENT, with what to do. */
assay_status service_start(const serve_config *config, service **out, assay_error *err);

/* Between http_server_drain() and http_server_free(): ends transfers and answers whatever still
 * waits; requests that come after it get 503. */
void service_quiesce(service *s);
/* After http_server_free(). Frees everything. */
void service_stop(service *s);

/* The clock, with the configured offset. */
int64_t service_now(const service *s);

/* The http_handler and http_refused of the server: dispatch.c. `context` is the service. Listeners
 * of the server stand in this order: config.server.listen, then config.server.admin; those beyond
 * config.server.listen.count are for administration. */
struct http_exchange;
void service_handle(void *context, struct http_exchange *exchange);
void service_refused(void *context, const char *address, unsigned code, const char *why,
                     char headers[HTTP_REFUSED_HEADERS_SIZE]);

#endif
