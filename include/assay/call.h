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

/* One request without cache, retries or redirects. OK for every reply, whatever its code: see
 * out->http_code and out->retry_after. Otherwise ENVIRONMENT by one of the names of assay_fetch()
 * that stand for no reply, USAGE, NO_MEMORY. */
ASSAY_API assay_status assay_fetch_run_call(const assay_fetch_call *call, assay_fetched *out,
                                            assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
