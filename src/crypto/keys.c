/* keys.c: makes signing keys, new or from numbers, and tells their numbers. FIPS 186-4, RFC 8017.
 */
#include "crypto/keys_inside.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include "base/memory.h"

enum { FIELD_MAX = 48 };

static const struct {
    int curve; /* 0: RSA */
    size_t field;
} kinds[] = {
    [KEY_P256] = { NID_X9_62_prime256v1, 32 },
    [KEY_P384] = { NID_secp384r1, FIELD_MAX },
    [KEY_RSA] = { 0, 0 },
};

static assay_status malformed(assay_error *err, const char *what)
{
    return fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET, "%s", what);
}

void signing_key_free(signing_key *key)
{
    if (key == NULL)
        return;
    EC_KEY_free(key->ec);
    RSA_free(key->rsa);
    memory_free(key);
}

key_kind signing_key_kind(const signing_key *key)
{
    return key->kind;
}

bool signing_key_is_private(const signing_key *key)
{
    return key->is_private;
}

void secret_free(void *memory, size_t size)
{
    OPENSSL_cleanse(memory, size);
    memory_free(memory);
}

/* ---- New keys ---- */

static bool generate_ec(signing_key *key)
{
    key->ec = EC_KEY_new_by_curve_name(kinds[key->kind].curve);
    return key->ec != NULL && EC_KEY_generate_key(key->ec) == 1;
}

static bool generate_rsa(signing_key *key)
{
    BIGNUM *exponent = BN_new();
    key->rsa = RSA_new();
    bool done = exponent != NULL && key->rsa != NULL && BN_set_word(exponent, RSA_F4) == 1 &&
                RSA_generate_key_ex(key->rsa, RSA_BITS_MIN, exponent, NULL) == 1;
    BN_free(exponent);
    return done;
}

assay_status signing_key_generate(key_kind kind, signing_key **out, assay_error *err)
{
    signing_key *key = memory_new(sizeof(*key));
    if (key == NULL)
        return no_memory_for_key(err);
    key->kind = kind;
    key->is_private = true;
    if (!(kind == KEY_RSA ? generate_rsa(key) : generate_ec(key))) {
        signing_key_free(key);
        return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "libcrypto made no key");
    }
    *out = key;
    return ASSAY_OK;
}

/* ---- From numbers ---- */

static bool set_scalar(EC_KEY *ec, assay_span scalar)
{
    BIGNUM *number = BN_bin2bn(scalar.data, (int)scalar.size, NULL);
    bool set = number != NULL && EC_KEY_set_private_key(ec, number) == 1 &&
               EC_KEY_check_key(ec) == 1; /* also that the point is the scalar's */
    BN_clear_free(number);
    return set;
}

static assay_status ec_from(signing_key *key, const key_numbers *numbers, assay_error *err)
{
    const size_t field = kinds[key->kind].field;
    const assay_span x = numbers->at[KEY_X], y = numbers->at[KEY_Y], d = numbers->at[KEY_SCALAR];
    uint8_t point[1 + 2 * FIELD_MAX] = { 0x04 };
    if (x.size != field || y.size != field || (d.size != 0 && d.size != field))
        return malformed(err, "x, y or d is not as long as the curve's field");
    memcpy(point + 1, x.data, field);
    memcpy(point + 1 + field, y.data, field);
    key->ec = EC_KEY_new_by_curve_name(kinds[key->kind].curve);
    if (key->ec == NULL)
        return no_memory_for_key(err);
    if (EC_KEY_oct2key(key->ec, point, 1 + 2 * field, NULL) != 1)
        return malformed(err, "the public key is not a point on its curve");
    key->is_private = d.size > 0;
    if (key->is_private && !set_scalar(key->ec, d))
        return malformed(err, "the private key does not belong to the public key");
    return ASSAY_OK;
}

/* A number without leading zeros, at most `max` bytes. */
static bool is_number(assay_span number, size_t max)
{
    return number.size > 0 && number.size <= max && number.data[0] != 0;
}

static bool is_odd(assay_span number)
{
    return (number.data[number.size - 1] & 1) == 1;
}

static unsigned bits_of(assay_span number)
{
    unsigned bits = (unsigned)number.size * 8;
    for (uint8_t top = number.data[0]; (top & 0x80) == 0; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

static assay_status rsa_public_check(const key_numbers *numbers, assay_error *err)
{
    const assay_span n = numbers->at[KEY_N], e = numbers->at[KEY_E];
    if (!is_number(n, KEY_NUMBER_MAX) || !is_number(e, 4))
        return malformed(err, "n or e is missing, too long, or begins with a zero");
    if (bits_of(n) < RSA_BITS_MIN)
        return fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET,
                    "an RSA key of %u bits, want at least %d", bits_of(n), RSA_BITS_MIN);
    if (!is_odd(n) || !is_odd(e) || (e.size == 1 && e.data[0] < 3))
        return malformed(err, "n and e must be odd, and e at least 3");
    return ASSAY_OK;
}

static BIGNUM *number_of(const key_numbers *numbers, key_part part)
{
    const assay_span in = numbers->at[part];
    return BN_bin2bn(in.data, (int)in.size, NULL);
}

/* libcrypto owns what it has set. */
static bool rsa_set_public(RSA *rsa, BIGNUM *n, BIGNUM *e, BIGNUM *d)
{
    if (n != NULL && e != NULL && RSA_set0_key(rsa, n, e, d) == 1)
        return true;
    BN_free(n);
    BN_free(e);
    BN_clear_free(d);
    return false;
}

static bool rsa_set_factors(RSA *rsa, BIGNUM *p, BIGNUM *q)
{
    if (p != NULL && q != NULL && RSA_set0_factors(rsa, p, q) == 1)
        return true;
    BN_clear_free(p);
    BN_clear_free(q);
    return false;
}

static bool rsa_set_exponents(RSA *rsa, BIGNUM *dp, BIGNUM *dq, BIGNUM *qi)
{
    if (dp != NULL && dq != NULL && qi != NULL && RSA_set0_crt_params(rsa, dp, dq, qi) == 1)
        return true;
    BN_clear_free(dp);
    BN_clear_free(dq);
    BN_clear_free(qi);
    return false;
}

/* What the private part signs, the public part verifies. */
static bool signs_what_verifies(const signing_key *key)
{
    uint8_t signature[KEY_SIGNATURE_MAX];
    size_t size = 0;
    const assay_span message = SPAN_TEXT("pairwise");
    return signing_key_sign(key, SCHEME_RSA_PKCS1_SHA256, message, signature, &size, NULL) ==
               ASSAY_OK &&
           signing_key_verify(key, SCHEME_RSA_PKCS1_SHA256, message, span_of(signature, size)) ==
               ASSAY_OK;
}

static assay_status rsa_add_private(signing_key *key, const key_numbers *numbers, assay_error *err)
{
    for (key_part part = KEY_D; part <= KEY_QI; part++) {
        if (!is_number(numbers->at[part], KEY_NUMBER_MAX))
            return malformed(err, "d, p, q, dp, dq or qi is missing or begins with a zero");
    }
    key->is_private = true;
    if (!rsa_set_factors(key->rsa, number_of(numbers, KEY_P), number_of(numbers, KEY_Q)) ||
        !rsa_set_exponents(key->rsa, number_of(numbers, KEY_DP), number_of(numbers, KEY_DQ),
                           number_of(numbers, KEY_QI)))
        return no_memory_for_key(err);
    if (!is_odd(numbers->at[KEY_P]) || !is_odd(numbers->at[KEY_Q]) || !signs_what_verifies(key))
        return malformed(err, "the private key does not belong to the public key");
    return ASSAY_OK;
}

static assay_status rsa_from(signing_key *key, const key_numbers *numbers, assay_error *err)
{
    TRY(rsa_public_check(numbers, err));
    const bool has_private = numbers->at[KEY_D].size > 0;
    key->rsa = RSA_new();
    if (key->rsa == NULL ||
        !rsa_set_public(key->rsa, number_of(numbers, KEY_N), number_of(numbers, KEY_E),
                        has_private ? number_of(numbers, KEY_D) : NULL))
        return no_memory_for_key(err);
    return has_private ? rsa_add_private(key, numbers, err) : ASSAY_OK;
}

assay_status signing_key_new(key_kind kind, const key_numbers *numbers, signing_key **out,
                             assay_error *err)
{
    signing_key *key = memory_new(sizeof(*key));
    if (key == NULL)
        return no_memory_for_key(err);
    key->kind = kind;
    ERR_set_mark();
    assay_status status =
        kind == KEY_RSA ? rsa_from(key, numbers, err) : ec_from(key, numbers, err);
    ERR_pop_to_mark(); /* the caller's error queue stays as it was */
    if (status != ASSAY_OK) {
        signing_key_free(key);
        return status;
    }
    *out = key;
    return ASSAY_OK;
}

/* ---- Numbers ---- */

static size_t ec_number(const signing_key *key, key_part part, uint8_t *out)
{
    const size_t field = kinds[key->kind].field;
    uint8_t point[1 + 2 * FIELD_MAX];
    if (part == KEY_SCALAR)
        return key->is_private &&
                       BN_bn2binpad(EC_KEY_get0_private_key(key->ec), out, (int)field) > 0
                   ? field
                   : 0;
    if (part != KEY_X && part != KEY_Y)
        return 0;
    if (EC_POINT_point2oct(EC_KEY_get0_group(key->ec), EC_KEY_get0_public_key(key->ec),
                           POINT_CONVERSION_UNCOMPRESSED, point, sizeof(point),
                           NULL) != 1 + 2 * field)
        return 0;
    memcpy(out, point + 1 + (part == KEY_Y ? field : 0), field);
    return field;
}

static const BIGNUM *rsa_part(const RSA *rsa, key_part part)
{
    switch (part) {
    case KEY_N:
        return RSA_get0_n(rsa);
    case KEY_E:
        return RSA_get0_e(rsa);
    case KEY_D:
        return RSA_get0_d(rsa);
    case KEY_P:
        return RSA_get0_p(rsa);
    case KEY_Q:
        return RSA_get0_q(rsa);
    case KEY_DP:
        return RSA_get0_dmp1(rsa);
    case KEY_DQ:
        return RSA_get0_dmq1(rsa);
    case KEY_QI:
        return RSA_get0_iqmp(rsa);
    case KEY_X:
    case KEY_Y:
    case KEY_SCALAR:
    case KEY_PART_COUNT:
        break;
    }
    return NULL;
}

size_t signing_key_number(const signing_key *key, key_part part, uint8_t out[KEY_NUMBER_MAX])
{
    if (key->kind != KEY_RSA)
        return ec_number(key, part, out);
    const BIGNUM *number = rsa_part(key->rsa, part);
    if (number == NULL || BN_num_bytes(number) > KEY_NUMBER_MAX)
        return 0;
    return (size_t)BN_bn2bin(number, out);
}
