/* crypto.h: digests, signatures, keys. The only room that sees libcrypto. */
#ifndef ASSAY_CRYPTO_CRYPTO_H
#define ASSAY_CRYPTO_CRYPTO_H

#include "base/span.h"

enum {
    SHA256_SIZE = 32,
    SHA384_SIZE = 48,
    SHA512_SIZE = 64,
    P256_POINT_SIZE = 65,
    P256_SIGNATURE_SIZE = 64
};

typedef struct sha256_digest {
    uint8_t bytes[SHA256_SIZE];
} sha256_digest;

/* Digest over the spans in order, without separators. */
sha256_digest sha256_of(const assay_span *parts, size_t count);
static inline sha256_digest sha256(assay_span in)
{
    return sha256_of(&in, 1);
}
void sha384(assay_span in, uint8_t out[SHA384_SIZE]);
void sha512(assay_span in, uint8_t out[SHA512_SIZE]);

/* A P-256 public key, ready for verification. Immutable and shared between threads. */
typedef struct p256_key p256_key;

/* From X || Y, big-endian. MALFORMED when a coordinate is >= p or the point is not on the curve
 * (the point at infinity has no such form). NO_MEMORY. */
assay_status p256_key_new(const uint8_t xy[64], p256_key **out, assay_error *err);
/* The same, five times cheaper: copies the curve from a key there is already, instead of making it
 * anew (docs/decisions/0002). `sibling` NULL: p256_key_new(). */
assay_status p256_key_new_beside(const p256_key *sibling, const uint8_t xy[64], p256_key **out,
                                 assay_error *err);
p256_key *p256_key_ref(p256_key *key);
void p256_key_free(p256_key *key); /* drops one reference; NULL is fine */

/* True for X || Y on the curve with both coordinates below p. Allocates only inside OpenSSL. */
bool p256_point_valid(const uint8_t xy[64]);

/* ECDSA over a digest; signature r || s big-endian. UNTRUSTED when it does not verify, r or s are 0
 * or >= n. High s is accepted. NO_MEMORY. */
assay_status p256_verify(const p256_key *key, const sha256_digest *digest,
                         const uint8_t signature[P256_SIGNATURE_SIZE]);

/* True when s > n / 2. */
bool p256_signature_is_high(const uint8_t signature[P256_SIGNATURE_SIZE]);

#endif
