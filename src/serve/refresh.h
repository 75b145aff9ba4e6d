/* refresh.h: renews items before they end, one by one, jittered; PCK certificates too; and tells
 * the other replicas. collateral-service.md 7.2, 7.8, 7.11. */
#ifndef ASSAY_SERVE_REFRESH_H
#define ASSAY_SERVE_REFRESH_H

#include "serve/service.h"

/* Starts the thread that refreshes when this replica holds the lease, and the one that watches the
 * store for changes of others. */
assay_status refresher_new(service *s, refresher **out, assay_error *err);
void refresher_free(refresher *r);

typedef struct refresh_progress {
    uint64_t total, done, changed, failed;
    bool running;
    int64_t started, ended;
    char last_error[160];
} refresh_progress;

/* All CRLs, TCB infos, identities, the root CRL and evaluation numbers, now. Blocks; each item on
 * its own: a failure keeps the old copy and goes on. `progress` may be NULL. */
assay_status refresh_items(service *s, int64_t now, refresh_progress *progress, assay_error *err);
/* PCK certificates of the platforms of one FMSPC (NULL: all). */
assay_status refresh_certificates(service *s, const uint8_t *fmspc, int64_t now,
                                  refresh_progress *progress, assay_error *err);
/* In the background; what GET /assay/v1/refresh shows. */
assay_status refresh_start(refresher *r, const uint8_t *certificates_of, assay_error *err);
void refresh_status(refresher *r, refresh_progress *out);

#endif
