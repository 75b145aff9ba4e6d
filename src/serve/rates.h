/* rates.h: how often something may happen for each address, in a table that can't grow.
 *
 * One time for each address (the generic cell rate algorithm): when it would be back at rest. An
 * address at rest needs no entry, so the table gives up the one that is closest to rest. */
#ifndef ASSAY_SERVE_RATES_H
#define ASSAY_SERVE_RATES_H

#include "base/span.h"

typedef struct rates rates;

/* NULL: no memory. */
rates *rates_new(size_t entries);
void rates_free(rates *r);

typedef struct rate {
    unsigned count;   /* so often ... */
    unsigned seconds; /* ... in so many seconds, all at once if need be */
} rate;

/* Counts one for this address and says true, or says when to come again. Any thread. */
bool rates_take(rates *r, const uint8_t address[16], const rate *limit, int64_t now_us,
                unsigned *retry_after);

/* Moves the address `step_us` further from rest, at most to `most_us`; returns how far it is. */
int64_t rates_push(rates *r, const uint8_t address[16], int64_t step_us, int64_t most_us,
                   int64_t now_us);

/* The bytes by which an address is counted: IPv4 whole, IPv6 by its /64, which is one customer.
 * Text that is no address counts as one of its own. */
void rates_key(const char *address, uint8_t out[16]);

#endif
