/* watch.h: hears what changed in the store, here or on another replica. collateral-service.md 7.11.
 */
#ifndef ASSAY_SERVE_WATCH_H
#define ASSAY_SERVE_WATCH_H

#include "serve/service.h"

typedef struct watch watch;

/* Starts the thread (of s->jobs) that waits for changes. store_wake() ends its waiting. */
assay_status watch_new(service *s, watch **out, assay_error *err);
void watch_free(watch *w); /* when the jobs have stopped */

#endif
