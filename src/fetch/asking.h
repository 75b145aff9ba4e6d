/* asking.h: one service asked for one item, with retries. */
#ifndef ASSAY_FETCH_ASKING_H
#define ASSAY_FETCH_ASKING_H

#include "fetch/fetcher.h"
#include "fetch/sources.h"
#include "fetch/transfer.h"

/* What one call is about. */
typedef struct asking {
    transfer *line;
    const assay_fetch_config *config;
    const assay_fetch_request *request;
    const fetch_control *control;
    buffer headers, body; /* of the last reply */
} asking;

/* Asks the service at `url`, by its row. On OK the item is in *out and headers and body are those
 * it was made of. After a failure out->http_code and retry_after are set when a reply came.
 * Failures as assay_fetch(). */
assay_status ask_service(asking *a, const assay_fetch_service *service, const source_offer *offer,
                         const char *url, assay_fetched *out, assay_error *err);

/* Seconds since 1970, by this machine's clock. */
int64_t fetch_now(void);

#endif
