/* hash.h: where a text goes in a table in memory. Not for secrets, and not kept anywhere. */
#ifndef ASSAY_SERVE_HASH_H
#define ASSAY_SERVE_HASH_H

#include "base/span.h"

/* With a seed that strangers don't know nobody can fill one place of a table on purpose. */
uint64_t hash_bytes(uint64_t seed, assay_span in);

/* A seed from the system's randomness, or from the clock when there is none. */
uint64_t hash_seed(void);

#endif
