/* sign_amd.h: RSA private keys of 4096 bits and points of P-384, for the simulated AMD.
 * FIPS 186-4 B.3; RFC 8017 8.1.1, 9.1.1.
 *
 * Not part of libassay, and not hardened. Everything is deterministic: the same seed gives the same
 * key, and the same message the same signature (the salt follows from both). */
#ifndef ASSAY_CRYPTO_SIGN_AMD_H
#define ASSAY_CRYPTO_SIGN_AMD_H

#include "crypto/crypto.h"

enum {
    AMD_RSA_SIZE = 512, /* of modulus and signature */
    AMD_RSA_EXPONENT = 65537,
    P384_SCALAR_SIZE = 48,
    P384_POINT_SIZE = 97
};

typedef struct amd_private amd_private;

/* Takes about a second: it looks for primes. NO_MEMORY. */
assay_status amd_private_new(const uint8_t seed[SHA256_SIZE], amd_private **out, assay_error *err);
void amd_private_free(amd_private *key); /* NULL is fine */

/* Big-endian. */
const uint8_t *amd_private_modulus(const amd_private *key);

/* RSASSA-PSS with SHA-384, MGF1 with SHA-384 and 48 bytes of salt. NO_MEMORY. */
assay_status amd_sign(const amd_private *key, assay_span message, uint8_t signature[AMD_RSA_SIZE],
                      assay_error *err);

/* The public key (04 X Y) of a scalar; reduced modulo the order. NO_MEMORY. */
assay_status p384_point(const uint8_t scalar[P384_SCALAR_SIZE], uint8_t out[P384_POINT_SIZE],
                        assay_error *err);

#endif
