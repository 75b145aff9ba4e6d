/* item_warning.h: what a vendor warned of when it sent an item: handed on to whoever asks for it,
 * by every replica. collateral-service.md 2 "Defects", 7.3. */
#ifndef ASSAY_SERVE_ITEM_WARNING_H
#define ASSAY_SERVE_ITEM_WARNING_H

#include "serve/service.h"

/* Remembers the value of the vendor's Warning header; NULL or one that is no header value: none. */
assay_status item_warning_keep(service *s, const char *key, const char *warning, int64_t now,
                               assay_error *err);

/* NULL when there is none. */
assay_status item_warning_get(service *s, const char *key, arena *memory, const char **out,
                              assay_error *err);

#endif
