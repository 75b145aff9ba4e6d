/* refresh_work.h: which items are to be asked for again, and when. For refresh*.c. */
#ifndef ASSAY_SERVE_REFRESH_WORK_H
#define ASSAY_SERVE_REFRESH_WORK_H

#include "serve/items.h"
#include "serve/refresh.h"

/* True when an item of the store should be renewed now: it ends soon, or nobody has looked for
 * long. Jittered by its key, so that items fetched together are not renewed together. */
bool refresh_due(const serve_config *config, const store_item *item, const item_name *name,
                 int64_t now);

/* Calls `each` for every item that can be asked for, page by page; ends at the first failure. */
typedef assay_status (*refresh_each)(void *context, const store_item *item, const item_name *name,
                                     assay_error *err);
assay_status refresh_walk(service *s, refresh_each each, void *context, assay_error *err);

/* A failure that says something about the vendor's host and not about the item: it makes no sense
 * to go on. */
bool refresh_host_down(const assay_error *error);

#endif
