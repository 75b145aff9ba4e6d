/* crypto_keys_test.c: keys that sign tokens (src/crypto/keys*.c): both ways through every form, and
 * what is no key. */
#include "crypto/keys.h"
#include "support.h"

static const struct {
    const char *what;
    key_kind kind;
    signature_scheme scheme, other;
    size_t size;
} kinds[] = {
    { "P-256", KEY_P256, SCHEME_ECDSA_SHA256, SCHEME_ECDSA_SHA384, 64 },
    { "P-384", KEY_P384, SCHEME_ECDSA_SHA384, SCHEME_ECDSA_SHA256, 96 },
    { "RSA, PKCS #1", KEY_RSA, SCHEME_RSA_PKCS1_SHA256, SCHEME_RSA_PSS_SHA384, 256 },
    { "RSA, PSS", KEY_RSA, SCHEME_RSA_PSS_SHA384, SCHEME_RSA_PKCS1_SHA256, 256 },
};

static const char message[] = "header.payload";

/* RSA keys take long to make: one serves all rows. */
static signing_key *made[KEY_RSA + 1];

static int make_keys(void **state)
{
    (void)state;
    for (key_kind kind = KEY_P256; kind <= KEY_RSA; kind++) {
        if (signing_key_generate(kind, &made[kind], NULL) != ASSAY_OK)
            return 1;
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (key_kind kind = KEY_P256; kind <= KEY_RSA; kind++)
        signing_key_free(made[kind]);
    return 0;
}

static assay_status verifies(const signing_key *key, signature_scheme scheme, assay_span signature)
{
    return signing_key_verify(key, scheme, SPAN_TEXT(message), signature);
}

static void signs_and_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const signing_key *key = made[kinds[i].kind];
        uint8_t signature[KEY_SIGNATURE_MAX];
        size_t size = 0;
        assert_row(
            kinds[i].what,
            signing_key_sign(key, kinds[i].scheme, SPAN_TEXT(message), signature, &size, NULL),
            ASSAY_OK);
        assert_row(kinds[i].what, size, kinds[i].size);
        const assay_span whole = span_of(signature, size);
        assert_row(kinds[i].what, verifies(key, kinds[i].scheme, whole), ASSAY_OK);
        assert_row(kinds[i].what, verifies(key, kinds[i].other, whole), ASSAY_UNTRUSTED);
        assert_row(kinds[i].what, verifies(key, kinds[i].scheme, span_of(signature, size - 1)),
                   ASSAY_UNTRUSTED);
        assert_row(kinds[i].what,
                   signing_key_verify(key, kinds[i].scheme, SPAN_TEXT("header.payloae"), whole),
                   ASSAY_UNTRUSTED);
        signature[size / 3] ^= 1;
        assert_row(kinds[i].what, verifies(key, kinds[i].scheme, whole), ASSAY_UNTRUSTED);
        memset(signature, 0, size);
        assert_row(kinds[i].what, verifies(key, kinds[i].scheme, whole), ASSAY_UNTRUSTED);
    }
}

static void signs_only_by_its_own_schemes(void **state)
{
    (void)state;
    uint8_t signature[KEY_SIGNATURE_MAX];
    size_t size = 0;
    assert_int_equal(signing_key_sign(made[KEY_P256], SCHEME_ECDSA_SHA384, SPAN_TEXT(message),
                                      signature, &size, NULL),
                     ASSAY_USAGE);
    assert_int_equal(signing_key_sign(made[KEY_P384], SCHEME_RSA_PKCS1_SHA256, SPAN_TEXT(message),
                                      signature, &size, NULL),
                     ASSAY_USAGE);
    assert_int_equal(signing_key_sign(made[KEY_RSA], SCHEME_ECDSA_SHA256, SPAN_TEXT(message),
                                      signature, &size, NULL),
                     ASSAY_USAGE);
}

static key_numbers numbers_of(const signing_key *key, uint8_t store[][KEY_NUMBER_MAX])
{
    key_numbers numbers = { 0 };
    for (key_part part = 0; part < KEY_PART_COUNT; part++)
        numbers.at[part] = span_of(store[part], signing_key_number(key, part, store[part]));
    return numbers;
}

static void assert_same(const char *what, const signing_key *a, const signing_key *b, key_part last)
{
    uint8_t left[KEY_NUMBER_MAX], right[KEY_NUMBER_MAX];
    assert_row(what, signing_key_kind(a), signing_key_kind(b));
    for (key_part part = 0; part <= last; part++) {
        const size_t size = signing_key_number(a, part, left);
        assert_row(what, signing_key_number(b, part, right), size);
        assert_row(what, memcmp(left, right, size), 0);
    }
}

static void goes_through_pem(void **state)
{
    (void)state;
    for (key_kind kind = KEY_P256; kind <= KEY_RSA; kind++) {
        char pem[KEY_PEM_MAX], copy[KEY_PEM_MAX];
        signing_key *whole = NULL, *public_half = NULL;
        assert_int_equal(signing_key_write_pem(made[kind], KEY_HALF_PRIVATE, pem, NULL), ASSAY_OK);
        assay_span text = SPAN_TEXT(pem);
        assert_int_equal(signing_key_read_pem(&text, &whole, NULL), ASSAY_OK);
        assert_int_equal(text.size, 0);
        assert_true(signing_key_is_private(whole));
        assert_same("private", made[kind], whole, KEY_QI);
        assert_int_equal(signing_key_write_pem(whole, KEY_HALF_PUBLIC, copy, NULL), ASSAY_OK);
        text = SPAN_TEXT(copy);
        assert_int_equal(signing_key_read_pem(&text, &public_half, NULL), ASSAY_OK);
        assert_false(signing_key_is_private(public_half));
        assert_int_equal(signing_key_write_pem(public_half, KEY_HALF_PRIVATE, pem, NULL),
                         ASSAY_USAGE);
        signing_key_free(whole);
        signing_key_free(public_half);
    }
}

/* Changes of a key's numbers: what is left is no key. */
static const struct {
    const char *what;
    key_kind kind;
    key_part part;
    enum { SHORTER, LONGER, CHANGED, GONE, ONE } change;
} faults[] = {
    { "x one byte short", KEY_P256, KEY_X, SHORTER },
    { "x one byte longer", KEY_P384, KEY_X, LONGER },
    { "y off the curve", KEY_P256, KEY_Y, CHANGED },
    { "y off the curve, P-384", KEY_P384, KEY_Y, CHANGED },
    { "no y", KEY_P256, KEY_Y, GONE },
    { "another scalar", KEY_P256, KEY_SCALAR, CHANGED },
    { "another scalar, P-384", KEY_P384, KEY_SCALAR, CHANGED },
    { "a short scalar", KEY_P384, KEY_SCALAR, SHORTER },
    { "n too small", KEY_RSA, KEY_N, ONE },
    { "n not of the private part", KEY_RSA, KEY_N, CHANGED },
    { "n is missing", KEY_RSA, KEY_N, GONE },
    { "n one byte too long", KEY_RSA, KEY_N, LONGER },
    { "e of 1", KEY_RSA, KEY_E, ONE },
    { "e is missing", KEY_RSA, KEY_E, GONE },
    { "no p", KEY_RSA, KEY_P, GONE },
    { "no qi", KEY_RSA, KEY_QI, GONE },
};

static void refuses_what_is_no_key(void **state)
{
    (void)state;
    static uint8_t store[KEY_PART_COUNT][KEY_NUMBER_MAX];
    static const uint8_t one[] = { 1 };
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        key_numbers numbers = numbers_of(made[faults[i].kind], store);
        assay_span *number = &numbers.at[faults[i].part];
        signing_key *key = NULL;
        switch (faults[i].change) {
        case SHORTER:
            number->size--;
            break;
        case LONGER:
            memmove(store[faults[i].part] + 1, store[faults[i].part], number->size);
            store[faults[i].part][0] = 0;
            number->size++;
            break;
        case CHANGED:
            store[faults[i].part][number->size / 2] ^= 4;
            break;
        case GONE:
            *number = (assay_span) { NULL, 0 };
            break;
        case ONE:
            *number = SPAN(one);
            break;
        }
        assert_row(faults[i].what, signing_key_new(faults[i].kind, &numbers, &key, NULL),
                   ASSAY_MALFORMED);
        assert_null(key);
    }
}

static const struct {
    const char *what;
    const char *text;
    assay_status status;
} texts[] = {
    { "nothing", "", ASSAY_MALFORMED },
    { "no PEM", "key", ASSAY_MALFORMED },
    { "another label", "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
      ASSAY_MALFORMED },
    { "no end", "-----BEGIN PUBLIC KEY-----\nMAA=\n", ASSAY_MALFORMED },
    { "an empty sequence", "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n",
      ASSAY_MALFORMED },
    { "an encrypted key",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n",
      ASSAY_MALFORMED },
    { "Ed25519",
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
      "-----END PUBLIC KEY-----\n",
      ASSAY_UNSUPPORTED },
    { "secp256k1",
      "-----BEGIN PUBLIC KEY-----\n"
      "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeb5mfvncu6xVoGKVzocLBwKb/NstzijZ\n"
      "WfKBWxb4F5hIOtp3JqPEZV2k+/wOEQio/Re0SKaFVBmcR9CP+xDUuA==\n"
      "-----END PUBLIC KEY-----\n",
      ASSAY_UNSUPPORTED },
};

static void refuses_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assay_span text = SPAN_TEXT(texts[i].text);
        signing_key *key = NULL;
        assert_row(texts[i].what, signing_key_read_pem(&text, &key, NULL), texts[i].status);
        assert_null(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_verifies), cmocka_unit_test(signs_only_by_its_own_schemes),
        cmocka_unit_test(goes_through_pem),   cmocka_unit_test(refuses_what_is_no_key),
        cmocka_unit_test(refuses_texts),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
