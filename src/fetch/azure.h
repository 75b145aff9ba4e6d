/* azure.h: replies of Azure's endpoint in the guest, which put certificate, chain and headers into
 * one JSON object. collateral-service.md 4. */
#ifndef ASSAY_FETCH_AZURE_H
#define ASSAY_FETCH_AZURE_H

#include "assay/fetch.h"

typedef struct azure_reply {
    uint8_t *body; /* what would be the body elsewhere */
    size_t size;
} azure_reply;

/* True for a kind that Azure answers with JSON where others send PEM or DER, and JSON. */
bool azure_reply_looks_like(assay_fetch_kind kind, assay_span body);

/* The body, and into `out` what else the object says: chain, tcbm, how long it may be kept.
 * ENVIRONMENT fetch_bad_reply; NO_MEMORY. */
assay_status azure_reply_read(assay_fetch_kind kind, assay_span json, const char *url,
                              azure_reply *reply, assay_fetched *out, assay_error *err);
void azure_reply_free(azure_reply *reply);

#endif
