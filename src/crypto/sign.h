/* sign.h: P-256 private keys and deterministic ECDSA, for the simulated vendor and for tests.
 * RFC 6979 with HMAC-SHA256; FIPS 186-4.
 *
 * Not part of libassay, and not hardened: neither blinded nor of constant time. Keys made here
 * stand for nothing outside a test. */
#ifndef ASSAY_CRYPTO_SIGN_H
#define ASSAY_CRYPTO_SIGN_H

#include "crypto/crypto.h"

enum { P256_SCALAR_SIZE = 32, SHA1_SIZE = 20 };

typedef struct p256_private {
    uint8_t scalar[P256_SCALAR_SIZE]; /* 1 to n - 1, big-endian */
    uint8_t point[P256_POINT_SIZE];   /* 04 X Y */
} p256_private;

/* The scalar is reduced modulo n. MALFORMED when that gives 0; NO_MEMORY. */
assay_status p256_private_new(const uint8_t scalar[P256_SCALAR_SIZE], p256_private *out,
                              assay_error *err);

/* r || s, the same for the same key and digest. NO_MEMORY. */
assay_status p256_sign(const p256_private *key, const sha256_digest *digest,
                       uint8_t signature[P256_SIGNATURE_SIZE], assay_error *err);

/* Replaces s by n - s: the other signature that verifies. `s` must be 1 to n - 1. */
void p256_signature_mirror(uint8_t signature[P256_SIGNATURE_SIZE]);

/* The order n of the group, big-endian. */
extern const uint8_t p256_order[P256_SCALAR_SIZE];

/* For key identifiers only (RFC 5280 4.2.1.2). */
void sha1(assay_span in, uint8_t out[SHA1_SIZE]);

#endif
