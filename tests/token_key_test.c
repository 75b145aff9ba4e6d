/* token_key_test.c: keys in PEM and JWK (src/token/key.c, jwk.c): RFC 7638, and what is refused. */
#include <stdlib.h>

#include "support.h"
#include "token/key.h"
#include "token_cases.h"

static void free_span(assay_span text)
{
    free((void *)(uintptr_t)text.data);
}

/* ---- Known thumbprints ---- */

/* RFC 7638 3.1 */
static const char rfc_key[] =
    "{\"kty\":\"RSA\",\"n\":"
    "\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7"
    "aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5"
    "v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF"
    "TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\","
    "\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}";

static void knows_the_thumbprint_of_the_rfc(void **state)
{
    (void)state;
    assay_key *key = NULL;
    char thumbprint[44];
    assert_int_equal(assay_key_read(SPAN_TEXT(rfc_key), &key, NULL), ASSAY_OK);
    assay_key_thumbprint(key, thumbprint);
    assert_string_equal(thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_true(assay_key_fits(key, ASSAY_ALG_RS256));
    assert_false(assay_key_fits(key, ASSAY_ALG_PS384)); /* it names its algorithm */
    assay_key_free(key);
}

static void knows_the_golden_thumbprint(void **state)
{
    (void)state;
    static const char *const names[] = { "appraisal/policy_key.pem", "appraisal/policy_key.jwk" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const assay_span text = token_cases_file(names[i]);
        assay_key *key = NULL;
        char thumbprint[44];
        assert_row(names[i], assay_key_read(text, &key, NULL), ASSAY_OK);
        assay_key_thumbprint(key, thumbprint);
        assert_string_equal(thumbprint, "IDLdVzbpmeDKKyTWWyUaKNph1lbxAUSV3IwNUD5yLec");
        assert_int_equal(assay_key_algorithm(key), ASSAY_ALG_ES384);
        assert_false(assay_key_is_private(key));
        assay_key_free(key);
        free_span(text);
    }
}

/* ---- Both ways ---- */

static void assert_same_key(const assay_key *a, const assay_key *b)
{
    char left[44], right[44];
    assay_key_thumbprint(a, left);
    assay_key_thumbprint(b, right);
    assert_string_equal(left, right);
}

static void goes_both_ways(void **state)
{
    (void)state;
    for (assay_algorithm algorithm = ASSAY_ALG_ES256; algorithm <= ASSAY_ALG_PS384; algorithm++) {
        assay_status (*const forms[])(const assay_key *, char **,
                                      assay_error *) = { assay_key_to_private_pem,
                                                         assay_key_to_public_pem, assay_key_to_jwk,
                                                         assay_key_to_intel_jwk };
        assay_key *key = NULL;
        assert_int_equal(assay_key_generate(algorithm, &key, NULL), ASSAY_OK);
        assert_true(assay_key_fits(key, algorithm));
        for (size_t i = 0; i < COUNT_OF(forms); i++) {
            char *text = NULL;
            assay_key *back = NULL;
            assert_int_equal(forms[i](key, &text, NULL), ASSAY_OK);
            assert_int_equal(assay_key_read(SPAN_TEXT(text), &back, NULL), ASSAY_OK);
            assert_same_key(key, back);
            assert_int_equal(assay_key_is_private(back), i == 0);
            assert_null(i == 0 ? NULL : strstr(text, "\"d\""));
            assay_text_free(text);
            assay_key_free(back);
        }
        assay_key_free(key);
    }
}

static void counts_references(void **state)
{
    (void)state;
    assay_key *key = NULL;
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES256, &key, NULL), ASSAY_OK);
    assert_ptr_equal(assay_key_ref(key), key);
    assay_key_free(key);
    assert_true(assay_key_is_private(key));
    assay_key_free(key);
    assay_key_free(NULL);
}

static void names_algorithms(void **state)
{
    (void)state;
    static const char *const names[] = { "none", "ES256", "ES384", "RS256", "PS384" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_string_equal(assay_algorithm_name((assay_algorithm)i), names[i]);
        assert_int_equal(assay_algorithm_parse(names[i]), i);
    }
    assert_int_equal(assay_algorithm_parse("HS256"), ASSAY_ALG_NONE);
    assert_int_equal(assay_algorithm_parse("es256"), ASSAY_ALG_NONE);
}

/* ---- What is no key ---- */

#define X256   "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\""
#define Y256   "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\""
#define D256   "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\""
#define KEY256 "{\"kty\":\"EC\",\"crv\":\"P-256\"," X256 "," Y256

static const struct {
    const char *what;
    const char *text;
    bool is_key;
} texts[] = {
    { "RFC 7517 A.1", KEY256 "}", true },
    { "with its private part", KEY256 "," D256 "}", true },
    { "for signatures", KEY256 ",\"use\":\"sig\",\"key_ops\":[\"verify\"]}", true },
    { "white space around", " \n" KEY256 "} \n", true },
    { "for encryption", KEY256 ",\"use\":\"enc\"}", false },
    { "for encryption, as an operation", KEY256 ",\"key_ops\":[\"encrypt\"]}", false },
    { "another algorithm", KEY256 ",\"alg\":\"ES384\"}", false },
    { "a secret's algorithm", KEY256 ",\"alg\":\"HS256\"}", false },
    { "alg none", KEY256 ",\"alg\":\"none\"}", false },
    { "another curve", "{\"kty\":\"EC\",\"crv\":\"P-384\"," X256 "," Y256 "}", false },
    { "an unknown curve", "{\"kty\":\"EC\",\"crv\":\"secp256k1\"," X256 "," Y256 "}", false },
    { "no curve", "{\"kty\":\"EC\"," X256 "," Y256 "}", false },
    { "no type", "{\"crv\":\"P-256\"," X256 "," Y256 "}", false },
    { "RSA with the numbers of EC", "{\"kty\":\"RSA\"," X256 "," Y256 "}", false },
    { "x and y exchanged",
      "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
      "\"y\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"}",
      false },
    { "no y", "{\"kty\":\"EC\",\"crv\":\"P-256\"," X256 "}", false },
    { "padding",
      "{\"kty\":\"EC\",\"crv\":\"P-256\"," Y256
      ",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4=\"}",
      false },
    { "bits behind the last octet",
      "{\"kty\":\"EC\",\"crv\":\"P-256\"," Y256
      ",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D5\"}",
      false },
    { "x twice", KEY256 "," X256 "}", false },
    { "another's private part", KEY256 ",\"d\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"}",
      false },
    { "a secret", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", false },
    { "Ed25519", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," X256 "}", false },
    { "a set of keys", "{\"keys\":[" KEY256 "}]}", false },
    { "text behind", KEY256 "} x", false },
    { "nothing", "", false },
    { "no key at all", "hello", false },
};

static void reads_jwk_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assay_key *key = NULL;
        assay_error error = { 0 };
        const assay_status status = assay_key_read(SPAN_TEXT(texts[i].text), &key, &error);
        if (texts[i].is_key != (status == ASSAY_OK))
            test_fail("%s: %s", texts[i].what, status == ASSAY_OK ? "read" : error.detail);
        if (!texts[i].is_key)
            assert_string_equal(error.name, "key_malformed");
        assay_key_free(key);
    }
}

static void refuses_private_parts_where_public_ones_belong(void **state)
{
    (void)state;
    json_t *jwk = json_loads(KEY256 "," D256 "}", 0, NULL);
    assay_key *key = NULL;
    assert_int_equal(assay_key_from_jwk(jwk, JWK_PUBLIC_ONLY, &key, NULL), ASSAY_MALFORMED);
    assert_int_equal(assay_key_from_jwk(jwk, JWK_ANY, &key, NULL), ASSAY_OK);
    assert_true(assay_key_is_private(key));
    assay_key_free(key);
    json_decref(jwk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_thumbprint_of_the_rfc),
        cmocka_unit_test(knows_the_golden_thumbprint),
        cmocka_unit_test(goes_both_ways),
        cmocka_unit_test(counts_references),
        cmocka_unit_test(names_algorithms),
        cmocka_unit_test(reads_jwk_strictly),
        cmocka_unit_test(refuses_private_parts_where_public_ones_belong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
