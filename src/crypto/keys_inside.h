/* keys_inside.h: what the sources of keys share. */
#ifndef ASSAY_CRYPTO_KEYS_INSIDE_H
#define ASSAY_CRYPTO_KEYS_INSIDE_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "crypto/keys.h"

struct signing_key {
    key_kind kind;
    bool is_private;
    EC_KEY *ec; /* one of the two */
    RSA *rsa;
};

static inline assay_status no_memory_for_key(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "no memory for a key");
}

#endif
