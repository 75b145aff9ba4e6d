/* crypto_digest_test.c: SHA-256, SHA-384 and SHA-512 (src/crypto/digest.c), against FIPS 180-4
 * examples and OpenSSL's own EVP layer. */
#include <openssl/evp.h>

#include "crypto/crypto.h"
#include "support.h"

static const struct {
    const char *what;
    const char *text;
    const char *sha256_hex;
    const char *sha384_hex;
} rows[] = {
    { "empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898"
      "b95b" },
    { "abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c8"
      "25a7" },
};

static void known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char hex[2 * SHA384_SIZE + 1];
        sha256_digest digest = sha256(SPAN_TEXT(rows[i].text));
        assay_hex_encode(SPAN(digest.bytes), hex);
        assert_string_equal(hex, rows[i].sha256_hex);
        uint8_t long_digest[SHA384_SIZE];
        sha384(SPAN_TEXT(rows[i].text), long_digest);
        assay_hex_encode(SPAN(long_digest), hex);
        assert_string_equal(hex, rows[i].sha384_hex);
    }
}

static void parts_are_joined_in_order(void **state)
{
    (void)state;
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
        assay_span parts[] = { span_of(bytes, cut),
                               { NULL, 0 },
                               span_of(bytes + cut, sizeof(bytes) - cut) };
        sha256_digest joined = sha256_of(parts, COUNT_OF(parts));
        sha256_digest whole = sha256(SPAN(bytes));
        assert_memory_equal(joined.bytes, whole.bytes, SHA256_SIZE);
    }
}

static void agrees_with_evp(void **state)
{
    (void)state;
    uint8_t bytes[300] = { 0 };
    for (size_t size = 0; size < sizeof(bytes); size++) {
        uint8_t wanted[EVP_MAX_MD_SIZE], got[SHA512_SIZE];
        bytes[size] = (uint8_t)(size + 1);
        sha256_digest digest = sha256(span_of(bytes, size));
        assert_int_equal(EVP_Digest(bytes, size, wanted, NULL, EVP_sha256(), NULL), 1);
        assert_memory_equal(digest.bytes, wanted, SHA256_SIZE);
        sha384(span_of(bytes, size), got);
        assert_int_equal(EVP_Digest(bytes, size, wanted, NULL, EVP_sha384(), NULL), 1);
        assert_memory_equal(got, wanted, SHA384_SIZE);
        sha512(span_of(bytes, size), got);
        assert_int_equal(EVP_Digest(bytes, size, wanted, NULL, EVP_sha512(), NULL), 1);
        assert_memory_equal(got, wanted, SHA512_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(parts_are_joined_in_order),
        cmocka_unit_test(agrees_with_evp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
