/* negative.h: keys that the vendor does not have, remembered for a while, in a table that can't
 * grow. collateral-service.md 7.3. */
#ifndef ASSAY_SERVE_NEGATIVE_H
#define ASSAY_SERVE_NEGATIVE_H

#include "base/span.h"

typedef struct negative negative;

/* Room for about `max` keys: the ones that end first go first. */
negative *negative_new(size_t max);
void negative_free(negative *n);

/* The HTTP code that is remembered (404, 410), or 0. */
unsigned negative_find(negative *n, const char *key, int64_t now);
void negative_add(negative *n, const char *key, unsigned code, int64_t until);
void negative_forget(negative *n, const char *key); /* NULL: all */

#endif
