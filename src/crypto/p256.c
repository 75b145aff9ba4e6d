/* p256.c: ECDSA on P-256 from raw points and raw signatures. FIPS 186-4, SEC 1; which functions of
 * libcrypto and why: docs/decisions/0002-low-level-openssl.md. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "crypto/crypto.h"

enum { SCALAR_SIZE = 32 };

/* b of y^2 = x^3 - 3x + b, the order n, and n / 2 rounded down; big-endian. */
static const uint8_t curve_b[SCALAR_SIZE] = {
    0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7, 0xb3, 0xeb, 0xbd, 0x55, 0x76, 0x98, 0x86, 0xbc,
    0x65, 0x1d, 0x06, 0xb0, 0xcc, 0x53, 0xb0, 0xf6, 0x3b, 0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b,
};
static const uint8_t order[SCALAR_SIZE] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};
static const uint8_t half_order[SCALAR_SIZE] = {
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
};

struct p256_key {
    atomic_uint references;
    EC_KEY *ec;
};

/* An EC_KEY with the curve and no point yet. */
static EC_KEY *curve_new(const p256_key *sibling)
{
    if (sibling == NULL)
        return EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    EC_KEY *ec = EC_KEY_new();
    if (ec == NULL || EC_KEY_set_group(ec, EC_KEY_get0_group(sibling->ec)) == 1)
        return ec;
    EC_KEY_free(ec);
    return NULL;
}

/* libcrypto refuses coordinates >= p and points off the curve. */
static bool point_set(EC_KEY *ec, const uint8_t xy[64])
{
    uint8_t point[P256_POINT_SIZE] = { 0x04 };
    memcpy(point + 1, xy, 64);
    ERR_set_mark();
    bool valid = EC_KEY_oct2key(ec, point, sizeof(point), NULL) == 1;
    ERR_pop_to_mark(); /* the caller's error queue stays as it was */
    return valid;
}

assay_status p256_key_new_beside(const p256_key *sibling, const uint8_t xy[64], p256_key **out,
                                 assay_error *err)
{
    p256_key *key = memory_new(sizeof(*key));
    EC_KEY *ec = curve_new(sibling);
    if (key == NULL || ec == NULL) {
        memory_free(key);
        EC_KEY_free(ec);
        return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "no memory for a P-256 key");
    }
    if (!point_set(ec, xy)) {
        memory_free(key);
        EC_KEY_free(ec);
        return fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET,
                    "the public key is not a point on P-256");
    }
    atomic_init(&key->references, 1);
    key->ec = ec;
    *out = key;
    return ASSAY_OK;
}

assay_status p256_key_new(const uint8_t xy[64], p256_key **out, assay_error *err)
{
    return p256_key_new_beside(NULL, xy, out, err);
}

p256_key *p256_key_ref(p256_key *key)
{
    atomic_fetch_add_explicit(&key->references, 1, memory_order_relaxed);
    return key;
}

void p256_key_free(p256_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->references, 1, memory_order_acq_rel) != 1)
        return;
    EC_KEY_free(key->ec);
    memory_free(key);
}

/* rhs = x^3 - 3x + b mod p */
static bool curve_right_side(BIGNUM *rhs, const BIGNUM *x, BIGNUM *scratch, const BIGNUM *p,
                             BN_CTX *ctx)
{
    return BN_sqr(scratch, x, ctx) && BN_nist_mod_256(scratch, scratch, p, ctx) &&
           BN_mul(rhs, scratch, x, ctx) && BN_nist_mod_256(rhs, rhs, p, ctx) &&
           BN_mod_sub_quick(rhs, rhs, x, p) && BN_mod_sub_quick(rhs, rhs, x, p) &&
           BN_mod_sub_quick(rhs, rhs, x, p) && BN_bin2bn(curve_b, SCALAR_SIZE, scratch) != NULL &&
           BN_mod_add_quick(rhs, rhs, scratch, p);
}

static bool point_on_curve(const uint8_t xy[64], BN_CTX *ctx)
{
    const BIGNUM *p = BN_get0_nist_prime_256();
    BIGNUM *x = BN_CTX_get(ctx), *y = BN_CTX_get(ctx);
    BIGNUM *rhs = BN_CTX_get(ctx), *scratch = BN_CTX_get(ctx);
    if (scratch == NULL || BN_bin2bn(xy, SCALAR_SIZE, x) == NULL ||
        BN_bin2bn(xy + SCALAR_SIZE, SCALAR_SIZE, y) == NULL)
        return false;
    if (BN_ucmp(x, p) >= 0 || BN_ucmp(y, p) >= 0)
        return false;
    return curve_right_side(rhs, x, scratch, p, ctx) && BN_sqr(scratch, y, ctx) &&
           BN_nist_mod_256(scratch, scratch, p, ctx) && BN_cmp(scratch, rhs) == 0;
}

/* By the equation itself: making a group only to ask it would cost twenty times as much. */
bool p256_point_valid(const uint8_t xy[64])
{
    BN_CTX *ctx = BN_CTX_new();
    if (ctx == NULL)
        return false;
    BN_CTX_start(ctx);
    bool valid = point_on_curve(xy, ctx);
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    return valid;
}

static bool scalar_in_range(const uint8_t scalar[SCALAR_SIZE])
{
    return !span_is_zero(span_of(scalar, SCALAR_SIZE)) && memcmp(scalar, order, SCALAR_SIZE) < 0;
}

static ECDSA_SIG *signature_new(const uint8_t raw[P256_SIGNATURE_SIZE])
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, SCALAR_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(raw + SCALAR_SIZE, SCALAR_SIZE, NULL);
    if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(signature, r, s) == 1)
        return signature;
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return NULL;
}

assay_status p256_verify(const p256_key *key, const sha256_digest *digest,
                         const uint8_t signature[P256_SIGNATURE_SIZE])
{
    if (!scalar_in_range(signature) || !scalar_in_range(signature + SCALAR_SIZE))
        return ASSAY_UNTRUSTED;
    ECDSA_SIG *parsed = signature_new(signature);
    if (parsed == NULL)
        return ASSAY_NO_MEMORY;
    int verified = ECDSA_do_verify(digest->bytes, SHA256_SIZE, parsed, key->ec);
    ECDSA_SIG_free(parsed);
    return verified == 1 ? ASSAY_OK : ASSAY_UNTRUSTED;
}

bool p256_signature_is_high(const uint8_t signature[P256_SIGNATURE_SIZE])
{
    return memcmp(signature + SCALAR_SIZE, half_order, SCALAR_SIZE) > 0;
}
