/* sign_amd.c: deterministic RSA keys and PSS signatures, for the simulated AMD. RFC 8017. */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/memory.h"
#include "crypto/sign_amd.h"

enum { PRIME_SIZE = AMD_RSA_SIZE / 2, SALT_SIZE = SHA384_SIZE, COUNTER_SIZE = 4 };
enum { MASKED_SIZE = AMD_RSA_SIZE - SHA384_SIZE - 1 };

struct amd_private {
    BIGNUM *p, *q, *exponent_p, *exponent_q, *coefficient;
    uint8_t modulus[AMD_RSA_SIZE];
};

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "no memory for a key of AMD");
}

/* MGF1 of RFC 8017 B.2.1 with SHA-384. */
static void expand(assay_span seed, uint8_t *out, size_t size)
{
    uint8_t block[SHA384_SIZE + COUNTER_SIZE], digest[SHA384_SIZE];
    memcpy(block, seed.data, seed.size);
    for (uint8_t counter = 0; size > 0; counter++) {
        const uint8_t octets[COUNTER_SIZE] = { 0, 0, 0, counter };
        memcpy(block + seed.size, octets, COUNTER_SIZE);
        sha384(span_of(block, seed.size + COUNTER_SIZE), digest);
        size_t part = size < SHA384_SIZE ? size : SHA384_SIZE;
        memcpy(out, digest, part);
        out += part;
        size -= part;
    }
}

/* ---- Keys --------------------------------------------------------------------------------------
 */

/* The first prime behind what the seed says, with its two highest bits set and no common factor of
 * p - 1 with the public exponent. */
static BIGNUM *prime_of(const uint8_t seed[SHA256_SIZE], uint8_t which, BN_CTX *context)
{
    uint8_t start[PRIME_SIZE], label[SHA256_SIZE + 1];
    memcpy(label, seed, SHA256_SIZE);
    label[SHA256_SIZE] = which;
    expand(SPAN(label), start, sizeof(start));
    start[0] |= 0xc0;
    start[PRIME_SIZE - 1] |= 1;
    BIGNUM *prime = BN_bin2bn(start, sizeof(start), NULL);
    while (prime != NULL) {
        int found = BN_check_prime(prime, context, NULL);
        if (found == 1 && BN_mod_word(prime, AMD_RSA_EXPONENT) != 1)
            return prime;
        if (found < 0 || BN_add_word(prime, 2) != 1)
            break;
    }
    BN_free(prime);
    return NULL;
}

/* d modulo prime - 1. */
static BIGNUM *exponent_of(const BIGNUM *prime, const BIGNUM *public_exponent, BN_CTX *context)
{
    BIGNUM *order = BN_dup(prime), *exponent = NULL;
    if (order != NULL && BN_sub_word(order, 1) == 1)
        exponent = BN_mod_inverse(NULL, public_exponent, order, context);
    BN_free(order);
    return exponent;
}

static bool key_fill(amd_private *key, const uint8_t seed[SHA256_SIZE], BN_CTX *context)
{
    BIGNUM *modulus = BN_CTX_get(context), *public_exponent = BN_CTX_get(context);
    key->p = prime_of(seed, 1, context);
    key->q = prime_of(seed, 2, context);
    if (public_exponent == NULL || key->p == NULL || key->q == NULL ||
        BN_set_word(public_exponent, AMD_RSA_EXPONENT) != 1 ||
        BN_mul(modulus, key->p, key->q, context) != 1)
        return false;
    key->exponent_p = exponent_of(key->p, public_exponent, context);
    key->exponent_q = exponent_of(key->q, public_exponent, context);
    key->coefficient = BN_mod_inverse(NULL, key->q, key->p, context);
    return key->exponent_p != NULL && key->exponent_q != NULL && key->coefficient != NULL &&
           BN_bn2binpad(modulus, key->modulus, AMD_RSA_SIZE) == AMD_RSA_SIZE;
}

assay_status amd_private_new(const uint8_t seed[SHA256_SIZE], amd_private **out, assay_error *err)
{
    amd_private *key = memory_new(sizeof(*key));
    BN_CTX *context = BN_CTX_new();
    bool ok = key != NULL && context != NULL;
    if (ok) {
        BN_CTX_start(context);
        ok = key_fill(key, seed, context);
        BN_CTX_end(context);
    }
    BN_CTX_free(context);
    if (!ok) {
        amd_private_free(key);
        return no_memory(err);
    }
    *out = key;
    return ASSAY_OK;
}

void amd_private_free(amd_private *key)
{
    if (key == NULL)
        return;
    BN_free(key->p);
    BN_free(key->q);
    BN_free(key->exponent_p);
    BN_free(key->exponent_q);
    BN_free(key->coefficient);
    memory_free(key);
}

const uint8_t *amd_private_modulus(const amd_private *key)
{
    return key->modulus;
}

/* ---- Signatures --------------------------------------------------------------------------------
 */

/* EMSA-PSS of RFC 8017 9.1.1 for 4095 bits. */
static void encode(const amd_private *key, assay_span message, uint8_t out[AMD_RSA_SIZE])
{
    uint8_t block[8 + SHA384_SIZE + SALT_SIZE] = { 0 }, salted[2 * SHA384_SIZE], mask[MASKED_SIZE];
    uint8_t *hash = out + MASKED_SIZE;
    sha384(message, block + 8);
    sha384(span_of(key->modulus, AMD_RSA_SIZE), salted);
    memcpy(salted + SHA384_SIZE, block + 8, SHA384_SIZE);
    sha384(SPAN(salted), block + 8 + SHA384_SIZE);
    sha384(SPAN(block), hash);
    expand(span_of(hash, SHA384_SIZE), mask, sizeof(mask));
    memset(out, 0, MASKED_SIZE);
    out[MASKED_SIZE - SALT_SIZE - 1] = 1;
    memcpy(out + MASKED_SIZE - SALT_SIZE, block + 8 + SHA384_SIZE, SALT_SIZE);
    for (size_t i = 0; i < MASKED_SIZE; i++)
        out[i] ^= mask[i];
    out[0] &= 0x7f;
    out[AMD_RSA_SIZE - 1] = 0xbc;
}

/* encoded^d modulo p * q, by the two primes: RFC 8017 5.1.2. */
static bool power(const amd_private *key, uint8_t encoded[AMD_RSA_SIZE], BN_CTX *context)
{
    BIGNUM *m = BN_CTX_get(context), *a = BN_CTX_get(context), *b = BN_CTX_get(context);
    return b != NULL && BN_bin2bn(encoded, AMD_RSA_SIZE, m) != NULL &&
           BN_mod_exp(a, m, key->exponent_p, key->p, context) == 1 &&
           BN_mod_exp(b, m, key->exponent_q, key->q, context) == 1 &&
           BN_mod_sub(a, a, b, key->p, context) == 1 &&
           BN_mod_mul(a, a, key->coefficient, key->p, context) == 1 &&
           BN_mul(m, a, key->q, context) == 1 && BN_add(m, m, b) == 1 &&
           BN_bn2binpad(m, encoded, AMD_RSA_SIZE) == AMD_RSA_SIZE;
}

assay_status amd_sign(const amd_private *key, assay_span message, uint8_t signature[AMD_RSA_SIZE],
                      assay_error *err)
{
    uint8_t encoded[AMD_RSA_SIZE];
    BN_CTX *context = BN_CTX_new();
    if (context == NULL)
        return no_memory(err);
    encode(key, message, encoded);
    BN_CTX_start(context);
    bool ok = power(key, encoded, context);
    BN_CTX_end(context);
    BN_CTX_free(context);
    if (!ok)
        return no_memory(err);
    memcpy(signature, encoded, sizeof(encoded));
    return ASSAY_OK;
}

/* ---- P-384 -------------------------------------------------------------------------------------
 */

assay_status p384_point(const uint8_t scalar[P384_SCALAR_SIZE], uint8_t out[P384_POINT_SIZE],
                        assay_error *err)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    EC_POINT *point = group != NULL ? EC_POINT_new(group) : NULL;
    BIGNUM *number = BN_bin2bn(scalar, P384_SCALAR_SIZE, NULL);
    bool ok = point != NULL && number != NULL &&
              EC_POINT_mul(group, point, number, NULL, NULL, NULL) == 1 &&
              EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, P384_POINT_SIZE,
                                 NULL) == P384_POINT_SIZE;
    BN_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return ok ? ASSAY_OK : no_memory(err);
}
