/* delay.h: refusals that are said later: a wrong token must not be tried fast, and no thread waits
 * for it. collateral-service.md 7.9, decisions.md. */
#ifndef ASSAY_SERVE_DELAY_H
#define ASSAY_SERVE_DELAY_H

#include "serve/asked.h"

typedef struct delays delays;

delays *delays_new(void);
/* Sends what is due at `now_us`, and everything for INT64_MAX. */
void delays_send(delays *d, int64_t now_us);
void delays_free(delays *d); /* nothing may wait any more */

/* False when too many wait already: then it is said at once. */
bool delays_add(delays *d, const asked *a, const denial *why, int64_t now_us);

#endif
