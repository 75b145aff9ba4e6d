/* crypto_p256_test.c: points, ranges and signatures (src/crypto/p256.c), with OpenSSL's EVP layer
 * as signer and as judge. Attack list rows 21, 22, 23. */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/crypto.h"
#include "support.h"

enum { KEYS = 8 };

static const char prime_hex[] = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
static const char order_hex[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

static struct signer {
    EVP_PKEY *pkey;
    uint8_t xy[64];
    p256_key *key;
} signers[KEYS];

static void number_at(uint8_t out[32], const char *hex, int plus)
{
    BIGNUM *n = NULL;
    BN_hex2bn(&n, hex);
    if (plus >= 0)
        BN_add_word(n, (BN_ULONG)plus);
    else
        BN_sub_word(n, (BN_ULONG)-plus);
    assert_int_equal(BN_bn2binpad(n, out, 32), 32);
    BN_free(n);
}

static void sign(EVP_PKEY *pkey, const sha256_digest *digest, uint8_t out[64])
{
    uint8_t der[80];
    size_t size = sizeof(der);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    assert_int_equal(EVP_PKEY_sign(ctx, der, &size, digest->bytes, SHA256_SIZE), 1);
    EVP_PKEY_CTX_free(ctx);
    const uint8_t *at = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)size);
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + 32, 32);
    ECDSA_SIG_free(signature);
}

static int make_signers(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t point[65];
        size_t size;
        signers[i].pkey = EVP_EC_gen("P-256");
        EVP_PKEY_get_octet_string_param(signers[i].pkey, "encoded-pub-key", point, 65, &size);
        memcpy(signers[i].xy, point + 1, 64);
        const p256_key *sibling = i == 0 ? NULL : signers[i - 1].key;
        if (p256_key_new_beside(sibling, signers[i].xy, &signers[i].key, NULL) != ASSAY_OK)
            return -1;
    }
    return 0;
}

static int drop_signers(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        p256_key_free(signers[i].key);
        EVP_PKEY_free(signers[i].pkey);
    }
    return 0;
}

static void each_key_verifies_its_own_signatures_only(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < KEYS; i++) {
        sha256_digest digest = sha256(span_of(&i, 1));
        uint8_t signature[64];
        sign(signers[i].pkey, &digest, signature);
        for (size_t j = 0; j < KEYS; j++)
            assert_row("verification", p256_verify(signers[j].key, &digest, signature),
                       i == j ? ASSAY_OK : ASSAY_UNTRUSTED);
    }
}

static void one_changed_bit_does_not_verify(void **state)
{
    (void)state;
    sha256_digest digest = sha256(SPAN_TEXT("evidence"));
    uint8_t signature[64];
    sign(signers[0].pkey, &digest, signature);
    for (size_t bit = 0; bit < 512; bit += 3) {
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_row("bit", p256_verify(signers[0].key, &digest, signature), ASSAY_UNTRUSTED);
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    digest.bytes[31] ^= 1;
    assert_int_equal(p256_verify(signers[0].key, &digest, signature), ASSAY_UNTRUSTED);
}

static void numbers_outside_1_to_n_minus_1_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *hex;
        int plus;
    } rows[] = {
        { "0", "0", 0 },
        { "n", order_hex, 0 },
        { "n + 1", order_hex, 1 },
        { "all ones", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0 },
    };
    sha256_digest digest = sha256(SPAN_TEXT("evidence"));
    uint8_t good[64];
    sign(signers[0].pkey, &digest, good);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t half = 0; half < 64; half += 32) {
            uint8_t bad[64];
            memcpy(bad, good, 64);
            number_at(bad + half, rows[i].hex, rows[i].plus);
            assert_row(rows[i].what, p256_verify(signers[0].key, &digest, bad), ASSAY_UNTRUSTED);
        }
    }
    assert_int_equal(ERR_peek_error(), 0);
}

static void both_halves_of_s_verify_and_the_high_one_is_told(void **state)
{
    (void)state;
    sha256_digest digest = sha256(SPAN_TEXT("evidence"));
    uint8_t signature[64];
    sign(signers[0].pkey, &digest, signature);
    int before = p256_signature_is_high(signature);
    BIGNUM *n = NULL, *s = BN_bin2bn(signature + 32, 32, NULL);
    BN_hex2bn(&n, order_hex);
    BN_sub(s, n, s);
    BN_bn2binpad(s, signature + 32, 32);
    assert_int_equal(p256_verify(signers[0].key, &digest, signature), ASSAY_OK);
    assert_int_equal(p256_signature_is_high(signature), !before);
    BN_rshift1(s, n);
    BN_bn2binpad(s, signature + 32, 32);
    assert_false(p256_signature_is_high(signature));
    BN_add_word(s, 1);
    BN_bn2binpad(s, signature + 32, 32);
    assert_true(p256_signature_is_high(signature));
    BN_free(n);
    BN_free(s);
}

/* Both questions must get the same answer: the quick equation and libcrypto's own import. */
static void assert_point(const char *what, const uint8_t xy[64], int valid)
{
    p256_key *key = NULL;
    assay_error error;
    assert_row(what, p256_point_valid(xy), valid);
    assert_row(what, p256_key_new(xy, &key, &error), valid ? ASSAY_OK : ASSAY_MALFORMED);
    p256_key_free(key);
    key = NULL;
    assert_row(what, p256_key_new_beside(signers[0].key, xy, &key, &error),
               valid ? ASSAY_OK : ASSAY_MALFORMED);
    p256_key_free(key);
    assert_row(what, (intmax_t)ERR_peek_error(), 0);
}

static void points_off_the_curve_are_refused(void **state)
{
    (void)state;
    uint8_t xy[64] = { 0 };
    assert_point("zero", xy, 0);
    memset(xy, 0xff, sizeof(xy));
    assert_point("all ones", xy, 0);
    for (size_t bit = 0; bit < 512; bit += 5) {
        memcpy(xy, signers[0].xy, 64);
        assert_point("genuine", xy, 1);
        xy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_point("one bit off", xy, 0);
    }
    memcpy(xy, signers[0].xy, 32);
    memcpy(xy + 32, signers[1].xy + 32, 32);
    assert_point("y of another key", xy, 0);
}

/* x = 5 is on the curve; so x + p and p - y name the same or the mirrored point. */
static void coordinates_beyond_p_are_refused(void **state)
{
    (void)state;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *x = BN_new();
    uint8_t encoded[65], xy[64];
    BN_set_word(x, 5);
    assert_int_equal(EC_POINT_set_compressed_coordinates(group, point, x, 0, NULL), 1);
    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, encoded, 65, NULL);
    memcpy(xy, encoded + 1, 64);
    assert_point("x = 5", xy, 1);
    number_at(xy, prime_hex, 5);
    assert_point("x = p + 5", xy, 0);
    number_at(xy, prime_hex, 0);
    assert_point("x = p", xy, 0);
    memcpy(xy, encoded + 1, 64);
    number_at(xy + 32, prime_hex, 0);
    assert_point("y = p", xy, 0);
    BN_free(x);
    EC_POINT_free(point);
    EC_GROUP_free(group);
}

static void references_keep_a_key(void **state)
{
    (void)state;
    p256_key *key = NULL;
    assert_int_equal(p256_key_new(signers[0].xy, &key, NULL), ASSAY_OK);
    p256_key *second = p256_key_ref(key);
    p256_key_free(key);
    sha256_digest digest = sha256(SPAN_TEXT("evidence"));
    uint8_t signature[64];
    sign(signers[0].pkey, &digest, signature);
    assert_int_equal(p256_verify(second, &digest, signature), ASSAY_OK);
    p256_key_free(second);
    p256_key_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_verifies_its_own_signatures_only),
        cmocka_unit_test(one_changed_bit_does_not_verify),
        cmocka_unit_test(numbers_outside_1_to_n_minus_1_are_refused),
        cmocka_unit_test(both_halves_of_s_verify_and_the_high_one_is_told),
        cmocka_unit_test(points_off_the_curve_are_refused),
        cmocka_unit_test(coordinates_beyond_p_are_refused),
        cmocka_unit_test(references_keep_a_key),
    };
    return cmocka_run_group_tests(tests, make_signers, drop_signers);
}
