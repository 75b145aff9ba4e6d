/* self_signed.h: a key and a certificate for a server that has none yet. RFC 5280. */
#ifndef ASSAY_HTTP_SELF_SIGNED_H
#define ASSAY_HTTP_SELF_SIGNED_H

#include "base/span.h"

enum { SELF_SIGNED_NAME_MAX = 16 };

typedef struct self_signed_order {
    const char *common_name;
    const char *names[SELF_SIGNED_NAME_MAX]; /* of the server: host names and IP addresses */
    size_t name_count;
    int64_t from, until;
} self_signed_order;

/* PEM, malloc'd with a NUL behind. Cleanse the key before it is freed. */
typedef struct self_signed_pair {
    char *certificate;
    char *key; /* PKCS #8, P-256 */
} self_signed_pair;

/* USAGE for a name that can't stand in a certificate; NO_MEMORY. */
assay_status self_signed_make(const self_signed_order *order, self_signed_pair *out,
                              assay_error *err);
void self_signed_clear(self_signed_pair *pair);

#endif
