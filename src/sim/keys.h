/* keys.h: every key of a simulated vendor, derived from its seed. Worth nothing: whoever knows the
 * seed has them. */
#ifndef ASSAY_SIM_KEYS_H
#define ASSAY_SIM_KEYS_H

#include "crypto/sign.h"
#include "sim/world.h"

enum { SIM_SPKI_SIZE = 91 };

typedef struct sim_keyring {
    p256_private keys[SIM_KEY_COUNT]; /* NONE stays zero */
} sim_keyring;

assay_status sim_keyring_derive(uint64_t seed, sim_keyring *out, assay_error *err);

/* Signs SHA-256 of `message`; s is at most n / 2. NO_MEMORY. */
assay_status sim_sign(const sim_keyring *ring, sim_key key, assay_span message,
                      uint8_t signature[P256_SIGNATURE_SIZE], assay_error *err);

/* The SubjectPublicKeyInfo of a point, and its SHA-1: the subject key identifier as Intel makes it.
 */
void sim_spki(const uint8_t point[P256_POINT_SIZE], uint8_t out[SIM_SPKI_SIZE]);
void sim_key_id(const uint8_t point[P256_POINT_SIZE], uint8_t out[SHA1_SIZE]);

#endif
