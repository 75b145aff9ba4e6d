/* sending.h: from a prepared reply to one client: 304, Age, Request-ID, and the log.
 * collateral-service.md 7.5, 7.10. */
#ifndef ASSAY_SERVE_SENDING_H
#define ASSAY_SERVE_SENDING_H

#include "serve/asked.h"

/* Sends `kept` (its reply's reference stays the caller's). The exchange is gone afterwards. */
void send_kept(const asked *a, const kept_answer *kept);

/* Sends why not. */
void send_denial(const asked *a, const denial *why);

#endif
