/* assay/call.h: one HTTP request, for interfaces beyond collateral: the administration of assayd,
 * attestation services. Library libassay-fetch. */
#ifndef ASSAY_CALL_H
#define ASSAY_CALL_H

#include "assay/fetch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called now and then with how much of the body has gone out. */
typedef void (*assay_fetch_sent)(void *context, uint64_t sent, uint64_t size);

typedef struct assay_fetch_call {
    const char *method; /* "GET", "POST", "PUT", "DELETE" */
    const char *url;
    const char *const *headers; /* "Name: value", NULL behind; at most 16; or NULL */
    assay_span body;            /* empty: none */
    size_t reply_limit;         /* bytes; 0: 64 MiB */
    unsigned connect_seconds;   /* 0: 5 */
    unsigned total_seconds;     /* 0: 300 */
    const char *ca_file;        /* PEM to verify the server with; NULL: the system's */
    assay_fetch_sent sent;      /* may be NULL */
    void *context;
} assay_fetch_call;

/* A reply, whatever its code. assay_fetch_called_free(). */
typedef struct assay_fetch_called {
    unsigned http_code;
    uint8_t *body; /* with a NUL behind, not counted */
    size_t size;
    char *headers;       /* lines as received */
    int64_t retry_after; /* seconds that the server asked to wait; 0: none */
} assay_fetch_called;

ASSAY_API void assay_fetch_called_free(assay_fetch_called *called); /* and zeroes it */

/* The value of a header by its name in any case; false when it is absent, repeated with another
 * value, or longer than `size` - 1. */
ASSAY_API bool assay_fetch_called_header(const assay_fetch_called *called, const char *name,
                                         char *out, size_t size);

/* One request without cache, retries or redirects. OK for every reply. Otherwise ENVIRONMENT by one
 * of the names of assay_fetch() that stand for no reply, USAGE, NO_MEMORY. */
ASSAY_API assay_status assay_fetch_run_call(const assay_fetch_call *call, assay_fetch_called *out,
                                            assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
