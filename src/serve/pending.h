/* pending.h: requests that wait for a worker. collateral-service.md 7.3. */
#ifndef ASSAY_SERVE_PENDING_H
#define ASSAY_SERVE_PENDING_H

#include "serve/asked.h"

/* Has the row's handler run and answers when it is done; equal requests (`key`; NULL: there are
 * none) wait for one run. Refuses by itself when the queue is full or this address asks too much.
 */
void pending_start(const asked *a, const char *key);

#endif
