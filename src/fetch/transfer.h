/* transfer.h: one HTTP exchange on libcurl: limits, times, and what may go wrong.
 * collateral-service.md 8. */
#ifndef ASSAY_FETCH_TRANSFER_H
#define ASSAY_FETCH_TRANSFER_H

#include <stdatomic.h>

#include "assay/fetch.h"
#include "fetch/buffer.h"

/* A handle that keeps connections, names and TLS sessions between exchanges. Not for two threads at
 * once. */
typedef struct transfer transfer;

/* NULL when memory is short. */
transfer *transfer_new(void);
void transfer_free(transfer *t);

enum { TRANSFER_HEADERS = 24 };

typedef enum transfer_proxy {
    TRANSFER_PROXY_USUAL, /* by the environment */
    TRANSFER_PROXY_NONE   /* the address is this machine's own */
} transfer_proxy;

/* Called now and then with how much of the body has gone out. */
typedef void (*transfer_sent)(void *context, uint64_t sent, uint64_t size);

typedef struct transfer_request {
    const char *url;
    const char *method;                    /* NULL: GET, or POST with a body */
    const char *headers[TRANSFER_HEADERS]; /* "Name: value"; NULL behind */
    assay_span post;                       /* body; empty: none */
    transfer_proxy proxy;
    bool verify_server;
    const char *ca_file; /* "" or NULL: the system's */
    int64_t connect_ms;
    int64_t total_ms;
    const atomic_bool *abort; /* may be NULL */
    transfer_sent sent;       /* may be NULL */
    void *sent_context;
} transfer_request;

typedef enum transfer_result {
    TRANSFER_REPLIED = 0, /* with any code */
    TRANSFER_TIMEOUT,
    TRANSFER_RESOLVE,
    TRANSFER_CONNECT,
    TRANSFER_TLS,
    TRANSFER_TOO_LARGE,
    TRANSFER_BROKEN, /* ends early, or is no HTTP */
    TRANSFER_CANCELLED,
    TRANSFER_NO_MEMORY
} transfer_result;

/* The limits of `headers` and `body` count; both are emptied first. Redirects are not followed. */
transfer_result transfer_run(transfer *t, const transfer_request *request, unsigned *code,
                             buffer *headers, buffer *body);

/* What libcurl said of the last exchange that did not come to a reply. */
const char *transfer_words(const transfer *t);

#endif
