/* crypto_sign_test.c: deterministic signatures (src/crypto/sign.c) against RFC 6979 A.2.5. */
#include "crypto/sign.h"
#include "support.h"

static const char key_x[] = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
static const char key_point[] = "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                                "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";

static const struct {
    const char *what;
    const char *message;
    const char *signature;
} rows[] = {
    { "SHA-256, sample", "sample",
      "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
      "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8" },
    { "SHA-256, test", "test",
      "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
      "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083" },
};

static void from_hex(const char *text, uint8_t *out, size_t size)
{
    assert_int_equal(assay_hex_decode(SPAN_TEXT(text), out, size, NULL), ASSAY_OK);
}

static p256_private rfc_key(void)
{
    uint8_t scalar[32];
    p256_private key;
    from_hex(key_x, scalar, sizeof(scalar));
    assert_int_equal(p256_private_new(scalar, &key, NULL), ASSAY_OK);
    return key;
}

static void makes_the_public_point(void **state)
{
    (void)state;
    uint8_t point[P256_POINT_SIZE];
    from_hex(key_point, point, sizeof(point));
    p256_private key = rfc_key();
    assert_memory_equal(key.point, point, sizeof(point));
}

static void signs_as_the_rfc_does(void **state)
{
    (void)state;
    p256_private key = rfc_key();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t wanted[64], signature[64];
        from_hex(rows[i].signature, wanted, sizeof(wanted));
        sha256_digest digest = sha256(SPAN_TEXT(rows[i].message));
        assert_row(rows[i].what, p256_sign(&key, &digest, signature, NULL), ASSAY_OK);
        assert_row(rows[i].what, memcmp(signature, wanted, sizeof(wanted)), 0);
    }
}

static void both_mirrored_signatures_verify(void **state)
{
    (void)state;
    p256_private key = rfc_key();
    p256_key *public_key;
    assert_int_equal(p256_key_new(key.point + 1, &public_key, NULL), ASSAY_OK);
    sha256_digest digest = sha256(SPAN_TEXT("mirror")), other = sha256(SPAN_TEXT("other"));
    uint8_t signature[64];
    assert_int_equal(p256_sign(&key, &digest, signature, NULL), ASSAY_OK);
    bool high = p256_signature_is_high(signature);
    assert_int_equal(p256_verify(public_key, &digest, signature), ASSAY_OK);
    p256_signature_mirror(signature);
    assert_int_equal(p256_verify(public_key, &digest, signature), ASSAY_OK);
    assert_int_equal(p256_signature_is_high(signature), !high);
    assert_int_equal(p256_verify(public_key, &other, signature), ASSAY_UNTRUSTED);
    p256_key_free(public_key);
}

static void reduces_scalars(void **state)
{
    (void)state;
    uint8_t one[32] = { 0 }, above[32], zero[32] = { 0 };
    p256_private a, b;
    one[31] = 1;
    memcpy(above, p256_order, sizeof(above));
    above[31]++;
    assert_int_equal(p256_private_new(one, &a, NULL), ASSAY_OK);
    assert_int_equal(p256_private_new(above, &b, NULL), ASSAY_OK);
    assert_memory_equal(&a, &b, sizeof(a));
    assert_int_equal(p256_private_new(zero, &a, NULL), ASSAY_MALFORMED);
    assert_int_equal(p256_private_new(p256_order, &a, NULL), ASSAY_MALFORMED);
}

static void names_keys_by_sha1(void **state)
{
    (void)state;
    uint8_t wanted[SHA1_SIZE], digest[SHA1_SIZE];
    from_hex("a9993e364706816aba3e25717850c26c9cd0d89d", wanted, sizeof(wanted));
    sha1(SPAN_TEXT("abc"), digest);
    assert_memory_equal(digest, wanted, sizeof(wanted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_public_point),
        cmocka_unit_test(signs_as_the_rfc_does),
        cmocka_unit_test(both_mirrored_signatures_verify),
        cmocka_unit_test(reduces_scalars),
        cmocka_unit_test(names_keys_by_sha1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
