/* token_jose_test.c: the strict layer of tokens (src/token/jose.c, jws.c): each attack is refused
 * by name, before or without a signature. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "support.h"
#include "token/jws.h"
#include "wire/base64.h"

static const char claims[] = "{\"a\":1}";

/* header.claims.signature, encoded. */
static char *token_of(const char *header, const char *payload, const char *signature)
{
    const size_t size = (strlen(header) + strlen(payload) + strlen(signature)) * 2 + 16;
    char *out = memory_new(size);
    base64_encode(SPAN_TEXT(header), BASE64_URL, out);
    strcat(out, ".");
    base64_encode(SPAN_TEXT(payload), BASE64_URL, out + strlen(out));
    strcat(out, ".");
    base64_encode(SPAN_TEXT(signature), BASE64_URL, out + strlen(out));
    return out;
}

static void assert_refused(const char *what, const char *token, const char *name)
{
    jws_parts parts = { 0 };
    assay_error error = { 0 };
    const assay_status status = jws_read(SPAN_TEXT(token), &parts, &error);
    if (status == ASSAY_OK || error.name == NULL || strcmp(error.name, name) != 0)
        test_fail("%s: got %s, want %s", what, status == ASSAY_OK ? "ok" : assay_error_name(&error),
                  name);
    assert_null(parts.decoded);
}

/* ---- Headers ---- */

static const struct {
    const char *what;
    const char *header;
    const char *error; /* NULL: read */
} headers[] = {
    { "plain", "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", NULL },
    { "no typ", "{\"alg\":\"ES384\"}", NULL },
    { "typ JWS, kid and more", "{\"alg\":\"PS384\",\"typ\":\"JWS\",\"kid\":\"k\",\"x\":{}}", NULL },
    { "HS256: a public key as secret", "{\"alg\":\"HS256\"}", "token_algorithm" },
    { "HS384", "{\"alg\":\"HS384\"}", "token_algorithm" },
    { "RS384", "{\"alg\":\"RS384\"}", "token_algorithm" },
    { "ES512", "{\"alg\":\"ES512\"}", "token_algorithm" },
    { "EdDSA", "{\"alg\":\"EdDSA\"}", "token_algorithm" },
    { "lower case", "{\"alg\":\"es256\"}", "token_algorithm" },
    { "None", "{\"alg\":\"None\"}", "token_algorithm" },
    { "NONE", "{\"alg\":\"NONE\"}", "token_algorithm" },
    { "a blank behind", "{\"alg\":\"ES256 \"}", "token_algorithm" },
    { "empty alg", "{\"alg\":\"\"}", "token_algorithm" },
    { "none with a signature", "{\"alg\":\"none\"}", "token_malformed" },
    { "no alg", "{\"typ\":\"JWT\"}", "token_malformed" },
    { "alg a number", "{\"alg\":256}", "token_malformed" },
    { "alg a list", "{\"alg\":[\"ES256\"]}", "token_malformed" },
    { "alg twice", "{\"alg\":\"ES256\",\"alg\":\"none\"}", "token_malformed" },
    { "jwk twice", "{\"alg\":\"ES256\",\"jwk\":{},\"jwk\":{}}", "token_malformed" },
    { "twice inside", "{\"alg\":\"ES256\",\"jwk\":{\"x\":1,\"x\":2}}", "token_malformed" },
    { "an escaped name", "{\"\\u0061lg\":\"ES256\"}", "token_malformed" },
    { "crit", "{\"alg\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}", "token_critical" },
    { "crit, empty", "{\"alg\":\"ES256\",\"crit\":[]}", "token_critical" },
    { "crit beside a bad alg", "{\"alg\":\"HS256\",\"crit\":[\"b64\"]}", "token_critical" },
    { "b64", "{\"alg\":\"ES256\",\"b64\":false}", "token_critical" },
    { "zip", "{\"alg\":\"ES256\",\"zip\":\"DEF\"}", "token_critical" },
    { "an encrypted token's header", "{\"alg\":\"ES256\",\"enc\":\"A128GCM\"}", "token_critical" },
    { "typ of another kind", "{\"alg\":\"ES256\",\"typ\":\"JOSE\"}", "token_malformed" },
    { "typ a number", "{\"alg\":\"ES256\",\"typ\":1}", "token_malformed" },
    { "kid a number", "{\"alg\":\"ES256\",\"kid\":1}", "token_malformed" },
    { "a list", "[{\"alg\":\"ES256\"}]", "token_malformed" },
    { "no JSON", "alg: ES256", "token_malformed" },
    { "text behind", "{\"alg\":\"ES256\"} ", NULL },
    { "a brace behind", "{\"alg\":\"ES256\"}}", "token_malformed" },
    { "a comment", "{\"alg\":\"ES256\"/**/}", "token_malformed" },
    { "a byte order mark", "\xef\xbb\xbf{\"alg\":\"ES256\"}", "token_malformed" },
    { "not UTF-8", "{\"alg\":\"ES256\",\"kid\":\"\xff\"}", "token_malformed" },
    { "nested too deep",
      "{\"alg\":\"ES256\",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]}",
      "token_malformed" },
};

static void reads_headers_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        char *token = token_of(headers[i].header, claims, "signature");
        jws_parts parts = { 0 };
        if (headers[i].error != NULL) {
            assert_refused(headers[i].what, token, headers[i].error);
        } else {
            assert_row(headers[i].what, jws_read(SPAN_TEXT(token), &parts, NULL), ASSAY_OK);
            assert_true(span_is(parts.payload, claims));
            assert_true(span_is(parts.signature, "signature"));
            jws_parts_clear(&parts);
        }
        memory_free(token);
    }
}

/* ---- Segments ---- */

#define HEADER "eyJhbGciOiJFUzI1NiJ9" /* {"alg":"ES256"} */

static const struct {
    const char *what;
    const char *token;
    const char *error;
} segments[] = {
    { "three segments", HEADER ".e30.AAAA", NULL },
    { "a line break at the end", HEADER ".e30.AAAA\r\n", NULL },
    { "an empty payload", HEADER "..AAAA", NULL },
    { "nothing", "", "token_malformed" },
    { "a blank", " ", "token_malformed" },
    { "one segment", HEADER, "token_malformed" },
    { "two segments", HEADER ".e30", "token_malformed" },
    { "four segments", HEADER ".e30.AAAA.", "token_malformed" },
    { "five segments: JWE", HEADER ".AAAA.AAAA.AAAA.AAAA", "token_malformed" },
    { "no header", ".e30.AAAA", "token_malformed" },
    { "no signature", HEADER ".e30.", "token_malformed" },
    { "a blank before", " " HEADER ".e30.AAAA", "token_malformed" },
    { "a blank inside", HEADER ". e30.AAAA", "token_malformed" },
    { "a line break inside", HEADER ".e30\n.AAAA", "token_malformed" },
    { "padding in the header", "eyJhbGciOiJFUzI1NiJ9Cg==.e30.AAAA", "token_malformed" },
    { "padding in the payload", HEADER ".e30=.AAAA", "token_malformed" },
    { "padding in the signature", HEADER ".e30.AAA=", "token_malformed" },
    { "the standard alphabet", HEADER ".e30.AA+/", "token_malformed" },
    { "bits behind the last octet", HEADER ".e31.AAAA", "token_malformed" },
    { "one digit alone", HEADER ".e30.AAAAA", "token_malformed" },
    { "the JSON serialization", "{\"payload\":\"e30\",\"signatures\":[]}", "token_malformed" },
    { "none without a signature", "eyJhbGciOiJub25lIn0.e30.", NULL },
    { "none with one", "eyJhbGciOiJub25lIn0.e30.AAAA", "token_malformed" },
};

static void splits_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(segments); i++) {
        jws_parts parts = { 0 };
        if (segments[i].error != NULL) {
            assert_refused(segments[i].what, segments[i].token, segments[i].error);
            continue;
        }
        assert_row(segments[i].what, jws_read(SPAN_TEXT(segments[i].token), &parts, NULL),
                   ASSAY_OK);
        jws_parts_clear(&parts);
    }
}

static char *repeated(size_t count)
{
    char *out = memory_new(count + 1);
    memset(out, 'A', count);
    return out;
}

/* A sound header with a kid of this size. */
static assay_status long_header(size_t size)
{
    char *kid = repeated(size), *header = memory_new(size + 64);
    snprintf(header, size + 64, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid);
    char *token = token_of(header, claims, "signature");
    jws_parts parts = { 0 };
    const assay_status status = jws_read(SPAN_TEXT(token), &parts, NULL);
    jws_parts_clear(&parts);
    memory_free(kid);
    memory_free(header);
    memory_free(token);
    return status;
}

static void refuses_the_huge(void **state)
{
    (void)state;
    char *huge = repeated(JOSE_TOKEN_MAX + 1);
    memcpy(huge, HEADER ".e30.", sizeof(HEADER ".e30.") - 1);
    assert_refused("a token over the limit", huge, "token_malformed");
    huge[JOSE_TOKEN_MAX] = '\0';
    jws_parts parts = { 0 };
    assert_int_equal(jws_read(SPAN_TEXT(huge), &parts, NULL), ASSAY_OK);
    jws_parts_clear(&parts);
    memory_free(huge);
    assert_int_equal(long_header(JOSE_HEADER_MAX / 4 * 3 - 64), ASSAY_OK);
    assert_int_equal(long_header(JOSE_HEADER_MAX / 4 * 3), ASSAY_MALFORMED);
}

static void refuses_nested_claims(void **state)
{
    (void)state;
    char deep[128] = "{\"a\":";
    memset(deep + 5, '[', 40);
    memset(deep + 45, ']', 40);
    deep[85] = '}';
    static const struct {
        const char *what;
        const char *payload;
    } rows[] = { { "twice", "{\"a\":1,\"a\":2}" },
                 { "a list", "[]" },
                 { "no JSON", "hello" },
                 { "a fraction", "{\"exp\":1.5}" } };
    for (size_t i = 0; i <= COUNT_OF(rows); i++) {
        char *token = token_of("{\"alg\":\"ES256\"}", i < COUNT_OF(rows) ? rows[i].payload : deep,
                               "signature");
        jws_parts parts = { 0 };
        json_document document = { 0 };
        assay_error error = { 0 };
        assert_int_equal(jws_read(SPAN_TEXT(token), &parts, NULL), ASSAY_OK);
        assert_int_equal(jws_claims(&parts, &document, &error), ASSAY_MALFORMED);
        assert_string_equal(error.name, "token_malformed");
        jws_parts_clear(&parts);
        memory_free(token);
    }
}

/* ---- Other names ---- */

static void renames(void **state)
{
    (void)state;
    static const struct {
        const char *token;
        const jose_names *names;
        const char *name;
    } rows[] = {
        { "x", &jose_policy_names, "policy_token_malformed" },
        { "x", &jose_vr_names, "vr_token_malformed" },
        { "x", &jose_result_names, "result_token_malformed" },
        { "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", &jose_policy_names, "policy_token_algorithm" },
        { "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", &jose_vr_names, "vr_token_algorithm" },
        { "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", &jose_result_names, "result_token_malformed" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        jws_parts parts = { 0 };
        assay_error error = { 0 };
        const assay_status status = jws_read(SPAN_TEXT(rows[i].token), &parts, &error);
        assert_int_not_equal(status, ASSAY_OK);
        assert_int_equal(jose_rename(&error, status, rows[i].names, "here"), status);
        assert_string_equal(error.name, rows[i].name);
        assert_string_equal(error.where, "here");
        assert_int_equal(jose_rename(NULL, status, rows[i].names, NULL), status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_headers_strictly),
        cmocka_unit_test(splits_strictly),
        cmocka_unit_test(refuses_the_huge),
        cmocka_unit_test(refuses_nested_claims),
        cmocka_unit_test(renames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
