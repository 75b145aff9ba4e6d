/* keys.c: the keys of a simulated vendor. */
#include "sim/keys.h"

static const char *const key_names[SIM_KEY_COUNT] = {
    [SIM_KEY_ROOT] = "key: root",
    [SIM_KEY_PROCESSOR_CA] = "key: processor CA",
    [SIM_KEY_PLATFORM_CA] = "key: platform CA",
    [SIM_KEY_SIGNER] = "key: TCB signer",
    [SIM_KEY_LEAF] = "key: PCK",
    [SIM_KEY_OTHER_LEAF] = "key: PCK of another platform",
    [SIM_KEY_ATTESTATION] = "key: attestation",
    [SIM_KEY_FOREIGN] = "key: foreign",
    [SIM_KEY_FOREIGN_ROOT] = "key: foreign root",
};

assay_status sim_keyring_derive(uint64_t seed, sim_keyring *out, assay_error *err)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = SIM_KEY_ROOT; i < SIM_KEY_COUNT; i++) {
        uint8_t scalar[P256_SCALAR_SIZE];
        sim_random(seed, key_names[i], scalar, sizeof(scalar));
        TRY(p256_private_new(scalar, &out->keys[i], err));
    }
    return ASSAY_OK;
}

assay_status sim_sign(const sim_keyring *ring, sim_key key, assay_span message,
                      uint8_t signature[P256_SIGNATURE_SIZE], assay_error *err)
{
    sha256_digest digest = sha256(message);
    TRY(p256_sign(&ring->keys[key], &digest, signature, err));
    if (p256_signature_is_high(signature))
        p256_signature_mirror(signature);
    return ASSAY_OK;
}

void sim_spki(const uint8_t point[P256_POINT_SIZE], uint8_t out[SIM_SPKI_SIZE])
{
    static const uint8_t prefix[SIM_SPKI_SIZE - P256_POINT_SIZE] = {
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    };
    memcpy(out, prefix, sizeof(prefix));
    memcpy(out + sizeof(prefix), point, P256_POINT_SIZE);
}

void sim_key_id(const uint8_t point[P256_POINT_SIZE], uint8_t out[SHA1_SIZE])
{
    uint8_t spki[SIM_SPKI_SIZE];
    sim_spki(point, spki);
    sha1(SPAN(spki), out);
}
