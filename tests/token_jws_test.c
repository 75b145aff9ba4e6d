/* token_jws_test.c: compact JWS (src/token/jws.c): RFC 7515 A.3, every algorithm against cjose, and
 * every change is noticed. */
#include <cjose/cjose.h>
#include <stdlib.h>

#include "support.h"
#include "token/jws.h"

static const char payload[] = "{\"iss\":\"assay\",\"n\":1}";

/* One key per algorithm, made and exported by cjose. */
static const struct {
    assay_algorithm algorithm;
    const char *header;
    cjose_jwk_ec_curve curve; /* INVALID: RSA */
} rows[] = {
    { ASSAY_ALG_ES256, "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", CJOSE_JWK_EC_P_256 },
    { ASSAY_ALG_ES384, "{\"alg\":\"ES384\",\"typ\":\"JWT\"}", CJOSE_JWK_EC_P_384 },
    { ASSAY_ALG_RS256, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", CJOSE_JWK_EC_INVALID },
    { ASSAY_ALG_PS384, "{\"alg\":\"PS384\",\"typ\":\"JWT\"}", CJOSE_JWK_EC_INVALID },
};
enum { ROWS = COUNT_OF(rows) };

static cjose_jwk_t *their_keys[ROWS];
static assay_key *our_keys[ROWS];

static int make_keys(void **state)
{
    (void)state;
    static const uint8_t exponent[] = { 1, 0, 1 };
    for (size_t i = 0; i < ROWS; i++) {
        their_keys[i] = rows[i].curve == CJOSE_JWK_EC_INVALID
                            ? cjose_jwk_create_RSA_random(2048, exponent, sizeof(exponent), NULL)
                            : cjose_jwk_create_EC_random(rows[i].curve, NULL);
        char *jwk = cjose_jwk_to_json(their_keys[i], true, NULL);
        if (jwk == NULL || assay_key_read(SPAN_TEXT(jwk), &our_keys[i], NULL) != ASSAY_OK)
            return 1;
        free(jwk);
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        cjose_jwk_release(their_keys[i]);
        assay_key_free(our_keys[i]);
    }
    return 0;
}

static assay_status verify_text(const char *token, const assay_key *key, assay_error *err)
{
    jws_parts parts = { 0 };
    TRY(jws_read(SPAN_TEXT(token), &parts, err));
    const assay_status status = jws_verify(&parts, key, err);
    jws_parts_clear(&parts);
    return status;
}

static char *sign(size_t row)
{
    char *token = NULL;
    assert_row(rows[row].header,
               jws_sign(rows[row].header, SPAN_TEXT(payload), our_keys[row], rows[row].algorithm,
                        &token, NULL),
               ASSAY_OK);
    return token;
}

/* ---- Against cjose ---- */

static void cjose_verifies_what_we_sign(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        char *token = sign(i);
        uint8_t *text = NULL;
        size_t size = 0;
        cjose_jws_t *jws = cjose_jws_import(token, strlen(token), NULL);
        assert_non_null(jws);
        assert_row(rows[i].header, cjose_jws_verify(jws, their_keys[i], NULL), true);
        assert_true(cjose_jws_get_plaintext(jws, &text, &size, NULL));
        assert_true(span_is(span_of(text, size), payload));
        cjose_jws_release(jws);
        assay_text_free(token);
    }
}

static void we_verify_what_cjose_signs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        cjose_header_t *header = cjose_header_new(NULL);
        assert_true(
            cjose_header_set(header, CJOSE_HDR_ALG, assay_algorithm_name(rows[i].algorithm), NULL));
        cjose_jws_t *jws =
            cjose_jws_sign(their_keys[i], header, (const uint8_t *)payload, strlen(payload), NULL);
        const char *token = NULL;
        assert_true(cjose_jws_export(jws, &token, NULL));
        assert_row(rows[i].header, verify_text(token, our_keys[i], NULL), ASSAY_OK);
        cjose_jws_release(jws);
        cjose_header_release(header);
    }
}

static void imports_the_same_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        char *jwk = NULL, thumbprint[44], theirs[44];
        assay_key *back = NULL;
        assert_int_equal(assay_key_to_jwk(our_keys[i], &jwk, NULL), ASSAY_OK);
        cjose_jwk_t *imported = cjose_jwk_import(jwk, strlen(jwk), NULL);
        assert_non_null(imported);
        char *again = cjose_jwk_to_json(imported, false, NULL);
        assert_int_equal(assay_key_read(SPAN_TEXT(again), &back, NULL), ASSAY_OK);
        assay_key_thumbprint(our_keys[i], thumbprint);
        assay_key_thumbprint(back, theirs);
        assert_string_equal(thumbprint, theirs);
        assay_key_free(back);
        free(again);
        cjose_jwk_release(imported);
        assay_text_free(jwk);
    }
}

/* ---- A known answer ---- */

static void verifies_the_token_of_the_rfc(void **state)
{
    (void)state;
    static const char jwk[] =
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
    static const char token[] =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
        "LmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlS"
        "ApmWQxfKTUJqPP3-Kg6NU1Q";
    assay_key *key = NULL;
    assert_int_equal(assay_key_read(SPAN_TEXT(jwk), &key, NULL), ASSAY_OK);
    assert_int_equal(verify_text(token, key, NULL), ASSAY_OK);
    assay_key_free(key);
}

/* ---- Every key with every algorithm ---- */

static void verifies_only_under_the_right_key_and_algorithm(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        char *token = sign(i);
        for (size_t j = 0; j < ROWS; j++) {
            assay_error error = { 0 };
            const assay_status status = verify_text(token, our_keys[j], &error);
            const bool fits = assay_key_fits(our_keys[j], rows[i].algorithm);
            assert_row(rows[i].header, status, i == j ? ASSAY_OK : ASSAY_UNTRUSTED);
            if (i != j)
                assert_string_equal(error.name, fits ? "token_signature" : "token_algorithm");
        }
        assay_text_free(token);
    }
}

static void never_verifies_the_unsigned(void **state)
{
    (void)state;
    char *token = NULL;
    assert_int_equal(jws_sign("{\"alg\":\"none\",\"typ\":\"JWT\"}", SPAN_TEXT(payload), NULL,
                              ASSAY_ALG_NONE, &token, NULL),
                     ASSAY_OK);
    assert_int_equal(token[strlen(token) - 1], '.');
    for (size_t i = 0; i < ROWS; i++) {
        assay_error error = { 0 };
        assert_int_equal(verify_text(token, our_keys[i], &error), ASSAY_UNTRUSTED);
        assert_string_equal(error.name, "token_algorithm");
    }
    assay_text_free(token);
}

static void notices_every_change(void **state)
{
    (void)state;
    char *token = sign(0);
    const size_t size = strlen(token);
    for (size_t at = 0; at < size; at++) {
        const char was = token[at];
        token[at] = was == 'A' ? 'B' : 'A';
        if (verify_text(token, our_keys[0], NULL) == ASSAY_OK)
            test_fail("a change at %zu of %zu is not noticed", at, size);
        token[at] = was;
    }
    assay_text_free(token);
}

/* ---- What is not signed ---- */

static void refuses_to_sign(void **state)
{
    (void)state;
    char *token = NULL, *pem = NULL;
    assay_key *public_half = NULL;
    assert_int_equal(assay_key_to_public_pem(our_keys[0], &pem, NULL), ASSAY_OK);
    assert_int_equal(assay_key_read(SPAN_TEXT(pem), &public_half, NULL), ASSAY_OK);
    const struct {
        const char *what;
        const char *header;
        const assay_key *key;
        assay_algorithm algorithm;
    } bad[] = {
        { "another curve", rows[0].header, our_keys[1], ASSAY_ALG_ES256 },
        { "another type", rows[0].header, our_keys[2], ASSAY_ALG_ES256 },
        { "a public key", rows[0].header, public_half, ASSAY_ALG_ES256 },
        { "no key", rows[0].header, NULL, ASSAY_ALG_ES256 },
        { "another header", rows[1].header, our_keys[0], ASSAY_ALG_ES256 },
        { "none with a key", "{\"alg\":\"none\"}", our_keys[0], ASSAY_ALG_NONE },
        { "none, header of another", rows[0].header, NULL, ASSAY_ALG_NONE },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_row(
            bad[i].what,
            jws_sign(bad[i].header, SPAN_TEXT(payload), bad[i].key, bad[i].algorithm, &token, NULL),
            ASSAY_USAGE);
        assert_null(token);
    }
    assay_key_free(public_half);
    assay_text_free(pem);
}

/* ---- Shown without trust ---- */

static void shows_any_token(void **state)
{
    (void)state;
    char *text = NULL;
    assay_error error = { 0 };
    assert_int_equal(
        assay_token_show(SPAN_TEXT("eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.AAAA"), &text, NULL), ASSAY_OK);
    assert_string_equal(text, "{\"header\":{\"alg\":\"HS256\"},\"claims\":{\"a\":1}}");
    assay_text_free(text);
    assert_int_equal(
        assay_token_show(SPAN_TEXT("eyJhbGciOiJIUzI1NiJ9.aGVsbG8.AAAA"), &text, &error),
        ASSAY_MALFORMED);
    assert_string_equal(error.name, "token_malformed");
    assert_int_equal(assay_token_show(SPAN_TEXT("hello"), &text, NULL), ASSAY_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cjose_verifies_what_we_sign),
        cmocka_unit_test(we_verify_what_cjose_signs),
        cmocka_unit_test(imports_the_same_keys),
        cmocka_unit_test(verifies_the_token_of_the_rfc),
        cmocka_unit_test(verifies_only_under_the_right_key_and_algorithm),
        cmocka_unit_test(never_verifies_the_unsigned),
        cmocka_unit_test(notices_every_change),
        cmocka_unit_test(refuses_to_sign),
        cmocka_unit_test(shows_any_token),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
