/* export.h: what is cached, as files that this service and PCCS can read again. Nothing is taken
 * away by it. collateral-service.md 1, 7.9, 7.13. */
#ifndef ASSAY_SERVE_EXPORT_H
#define ASSAY_SERVE_EXPORT_H

#include "serve/platforms.h"

typedef struct export_order {
    const uint8_t *fmspc; /* NULL: all */
    const char *cursor;   /* NULL: from the start */
    size_t limit;         /* platforms of one page */
} export_order;

/* PCCS's platformcollateral, version 4: a page of platforms with certificates, and every item that
 * they need. *next is the cursor of the page behind it, or NULL. */
assay_status export_collateral(call *c, const export_order *order, json_writer *w,
                               const char **next);

/* One platform a line, as import_ndjson() reads them. */
assay_status export_ndjson(call *c, const export_order *order, assay_span *out, const char **next);

#endif
