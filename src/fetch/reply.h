/* reply.h: makes of a reply (from the network or a cache) the item that was asked for.
 * collateral-service.md 1, 3, 4, 6. */
#ifndef ASSAY_FETCH_REPLY_H
#define ASSAY_FETCH_REPLY_H

#include "fetch/sources.h"

typedef struct fetch_reply {
    unsigned code;
    assay_span headers; /* lines as received, without the status line */
    assay_span body;
} fetch_reply;

/* The item of a reply of code 200: body in its form, issuer chain decoded, headers of PCK
 * certificates read (also from Azure's JSON). ENVIRONMENT fetch_bad_reply when it is not what was
 * asked for; NO_MEMORY. `url` is for messages. Sets neither http_code, url, service nor what the
 * cache knows. */
assay_status reply_read(const fetch_reply *r, const assay_fetch_request *request, const char *url,
                        assay_fetched *out, assay_error *err);

/* What another code than 200 means, in words and with what to do; always a failure. `now` is for
 * Retry-After, which goes to *retry_after. */
assay_status reply_refusal(const fetch_reply *r, const char *url, assay_service service,
                           int64_t now, int64_t *retry_after, assay_error *err);

/* Name and text of an ENVIRONMENT failure about an address. */
assay_status fetch_failure(assay_error *err, const char *name, const char *url, const char *format,
                           ...) ASSAY_PRINTF(4, 5);

#endif
