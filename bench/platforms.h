/* platforms.h: evidence to measure with: simulated platforms that share one set of collateral.
 *
 * As on real machines in number and size: TDX quotes of version 4 with the chain inside, a TCB info
 * of about 5 KB, ten distinct signatures from root to quote. Made before anything is timed. */
#ifndef BENCH_PLATFORMS_H
#define BENCH_PLATFORMS_H

#include "assay/assay.h"

enum { PLATFORM_COUNT = 64 };

typedef struct platforms {
    assay_span quotes[PLATFORM_COUNT]; /* each of a platform of its own */
    assay_collateral_items items;
    assay_roots roots;
    assay_span root_pem;
    int64_t now; /* everything is valid then, and every platform UpToDate */
} platforms;

/* Made once for the process. */
const platforms *platforms_made(void);

#endif
