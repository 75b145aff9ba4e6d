/* token_issue_test.c: issuing (appraisal.md 5.4): headers, registered claims, lifetimes, and what
 * is refused. */
#include "appraised.h"
#include "support.h"
#include "token/jws.h"

typedef struct read_token {
    char *text;
    jws_parts parts;
    json_document claims;
} read_token;

static const char grace_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3\"},"
    "\"reference\":{\"accepted_tcb_status\":[\"UpToDate\"],\"collateral_grace_period\":0}},"
    "{\"environment\":{\"class_id\":\"3769258c-75e6-4bc7-8d72-d2b0e224cad2\"},"
    "\"reference\":{\"accepted_tcb_status\":[\"UpToDate\"]}},"
    "{\"environment\":{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"},"
    "\"reference\":{\"tdx_attributes\":\"0000000000000000\",\"tdx_attributes_mask\":"
    "\"0000000000000000\"}}]}";

static read_token token_of(const appraised *a, const assay_issue_options *options)
{
    read_token t = { .text = appraised_issue(a, options) };
    assert_int_equal(jws_read(SPAN_TEXT(t.text), &t.parts, NULL), ASSAY_OK);
    assert_int_equal(jws_claims(&t.parts, &t.claims, NULL), ASSAY_OK);
    return t;
}

static void token_free(read_token *t)
{
    json_document_free(&t->claims);
    jws_parts_clear(&t->parts);
    assay_text_free(t->text);
}

static int64_t number_of(const read_token *t, const char *claim)
{
    return json_integer_value(json_object_get(t->claims.root, claim));
}

static const char *text_of(const read_token *t, const char *claim)
{
    return json_string_value(json_object_get(t->claims.root, claim));
}

static void every_algorithm_signs_what_its_key_verifies(void **state)
{
    const appraised *a = *state;
    for (unsigned i = ASSAY_ALG_ES256; i <= ASSAY_ALG_PS384; i++) {
        const char *name = assay_algorithm_name((assay_algorithm)i);
        assay_key *key = NULL;
        char kid[44];
        assert_int_equal(assay_key_generate((assay_algorithm)i, &key, NULL), ASSAY_OK);
        assay_issue_options options = appraised_options(a, key, ASSAY_DIALECT_OIDC);
        options.algorithm = (assay_algorithm)i;
        read_token t = token_of(a, &options);
        assay_key_thumbprint(key, kid);
        assert_row(name, t.parts.header.algorithm, i);
        assert_string_equal(t.parts.header.typ, "JWT");
        assert_string_equal(t.parts.header.kid, kid);
        assert_row(name, jws_verify(&t.parts, key, NULL), ASSAY_OK);
        assert_null(json_object_get(t.parts.header.document.root, "jwk"));
        token_free(&t);
        assay_key_free(key);
    }
}

static void registered_claims_come_from_the_options(void **state)
{
    const appraised *a = *state;
    static const uint8_t nonce[] = "nonce of a party";
    assay_issue_options options = appraised_options(a, NULL, ASSAY_DIALECT_QAL);
    options.issuer = "https://verifier.example";
    options.audience = "party";
    options.subject = "machine 7";
    options.lifetime = 60;
    options.nonce = span_of(nonce, 16);
    read_token t = token_of(a, &options);
    assert_string_equal(text_of(&t, "iss"), "https://verifier.example");
    assert_string_equal(text_of(&t, "aud"), "party");
    assert_string_equal(text_of(&t, "sub"), "machine 7");
    assert_int_equal(number_of(&t, "iat"), options.now);
    assert_int_equal(number_of(&t, "nbf"), options.now);
    assert_int_equal(number_of(&t, "exp"), options.now + 60);
    assert_string_equal(text_of(&t, "jti"), "00010203-0405-4607-8809-0a0b0c0d0e0f");
    assert_string_equal(text_of(&t, "eat_nonce"), "bm9uY2Ugb2YgYSBwYXJ0eQ");
    token_free(&t);
}

static void what_is_not_given_is_left_out(void **state)
{
    const appraised *a = *state;
    static const char *const absent[] = { "aud", "sub", "eat_nonce" };
    const assay_issue_options options = appraised_options(a, NULL, ASSAY_DIALECT_QAL);
    read_token t = token_of(a, &options);
    for (size_t i = 0; i < COUNT_OF(absent); i++)
        assert_null(json_object_get(t.claims.root, absent[i]));
    assert_string_equal(text_of(&t, "iss"), "quote appraisal entity");
    assert_int_equal(number_of(&t, "exp"), options.now + 300);
    token_free(&t);
}

static void an_unsigned_token_has_intels_header(void **state)
{
    const appraised *a = *state;
    static const char header[] = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."; /* alg none, typ JWT */
    const assay_issue_options options = appraised_options(a, NULL, ASSAY_DIALECT_QAL);
    char *token = appraised_issue(a, &options);
    assert_memory_equal(token, header, sizeof(header) - 1);
    assert_int_equal(token[strlen(token) - 1], '.');
    assay_text_free(token);
}

static void compat_jwk_is_a_text_that_holds_the_key(void **state)
{
    const appraised *a = *state;
    assay_key *key = NULL, *found = NULL;
    char one[44], other[44];
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &key, NULL), ASSAY_OK);
    assay_issue_options options = appraised_options(a, key, ASSAY_DIALECT_QAL);
    options.compat_jwk = true;
    read_token t = token_of(a, &options);
    json_t *jwk = json_object_get(t.parts.header.document.root, "jwk");
    assert_true(json_is_string(jwk));
    assert_int_equal(assay_key_read(SPAN_TEXT(json_string_value(jwk)), &found, NULL), ASSAY_OK);
    assay_key_thumbprint(key, one);
    assay_key_thumbprint(found, other);
    assert_string_equal(one, other);
    token_free(&t);
    assay_key_free(found);
    assay_key_free(key);
}

/* Expiry of the collateral bounds the token where a policy looks at it. */
static void a_token_does_not_outlive_the_collateral(void **state)
{
    const appraised *defaults = *state;
    appraised a;
    appraised_make(&a, "tdx-v5", grace_policy, 0);
    assay_issue_options options = appraised_options(&a, NULL, ASSAY_DIALECT_QAL);
    options.lifetime = 300 * INT64_C(86400);
    read_token t = token_of(&a, &options);
    assert_int_equal(number_of(&t, "exp"), a.verdict.earliest_expiration_date);
    token_free(&t);
    t = token_of(defaults, &options); /* the built-in policy looks at expiry, too */
    assert_int_equal(number_of(&t, "exp"), defaults->verdict.earliest_expiration_date);
    token_free(&t);
    appraised_free(&a);
}

static void qals_nonce_is_below_ten_to_the_fifteen(void **state)
{
    const appraised *a = *state;
    assay_issue_options options = appraised_options(a, NULL, ASSAY_DIALECT_QAL);
    memset(options.random, 0xff, sizeof(options.random));
    read_token t = token_of(a, &options);
    json_t *result = json_loads(text_of(&t, "appraisal_result"), 0, NULL);
    json_t *body = json_array_get(json_object_get(json_array_get(result, 0), "result"), 0);
    assert_int_equal(json_integer_value(json_object_get(body, "nonce")),
                     UINT64_MAX % UINT64_C(1000000000000000));
    assert_int_equal(json_integer_value(json_object_get(body, "appraisal_check_date")),
                     options.now * INT64_C(1000000000));
    json_decref(result);
    token_free(&t);
}

/* ---- Refusals ---- */

static void no_key(assay_issue_options *o)
{
    o->unsigned_output = false;
}
static void key_though_unsigned(assay_issue_options *o)
{
    o->algorithm = ASSAY_ALG_ES256;
}
static void no_time(assay_issue_options *o)
{
    o->now = 0;
}
static void negative_lifetime(assay_issue_options *o)
{
    o->lifetime = -1;
}
static void endless_lifetime(assay_issue_options *o)
{
    o->lifetime = 401 * INT64_C(86400);
}
static void short_nonce(assay_issue_options *o)
{
    o->nonce = span_of("1234567", 7);
}
static void no_dialect(assay_issue_options *o)
{
    o->dialect = ASSAY_DIALECT_COUNT;
}
static void no_audience(assay_issue_options *o)
{
    o->dialect = ASSAY_DIALECT_OIDC;
}

static const struct {
    const char *what;
    void (*spoil)(assay_issue_options *options);
    const char *where;
} refusals[] = {
    { "no key, and not asked to be unsigned", no_key, "options.key" },
    { "unsigned with an algorithm", key_though_unsigned, "options.key" },
    { "no time", no_time, "options.now" },
    { "a negative lifetime", negative_lifetime, "options.lifetime" },
    { "a lifetime beyond 400 days", endless_lifetime, "options.lifetime" },
    { "a nonce of seven bytes", short_nonce, "options.nonce" },
    { "a dialect that does not exist", no_dialect, "options.dialect" },
    { "oidc without an audience", no_audience, "options.audience" },
};

static void misuse_is_refused(void **state)
{
    const appraised *a = *state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        assay_issue_options options = appraised_options(a, NULL, ASSAY_DIALECT_QAL);
        assay_error err = { 0 };
        char *token = NULL;
        refusals[i].spoil(&options);
        assert_row(refusals[i].what,
                   assay_token_issue(a->appraisal, &a->verdict, &options, &token, &err),
                   ASSAY_USAGE);
        assert_string_equal(err.where, refusals[i].where);
        assert_null(token);
    }
}

static void the_key_must_be_private_and_fit(void **state)
{
    const appraised *a = *state;
    assay_key *key = NULL, *public_key = NULL;
    char *pem = NULL, *token = NULL;
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES256, &key, NULL), ASSAY_OK);
    assert_int_equal(assay_key_to_public_pem(key, &pem, NULL), ASSAY_OK);
    assert_int_equal(assay_key_read(SPAN_TEXT(pem), &public_key, NULL), ASSAY_OK);
    assay_issue_options options = appraised_options(a, public_key, ASSAY_DIALECT_QAL);
    assert_int_equal(assay_token_issue(a->appraisal, NULL, &options, &token, NULL), ASSAY_USAGE);
    options = appraised_options(a, key, ASSAY_DIALECT_QAL);
    options.algorithm = ASSAY_ALG_ES384;
    assert_int_equal(assay_token_issue(a->appraisal, NULL, &options, &token, NULL), ASSAY_USAGE);
    options.algorithm = ASSAY_ALG_ES256;
    options.compat_jwk = true;
    assert_int_equal(assay_token_issue(a->appraisal, NULL, &options, &token, NULL), ASSAY_USAGE);
    assert_null(token);
    assay_text_free(pem);
    assay_key_free(public_key);
    assay_key_free(key);
}

static void dialects_of_a_verdict_need_one(void **state)
{
    const appraised *a = *state;
    for (unsigned i = 0; i < ASSAY_DIALECT_COUNT; i++) {
        const assay_issue_options options = appraised_options(a, NULL, (assay_dialect)i);
        char *token = NULL;
        assert_row(assay_dialect_name((assay_dialect)i),
                   assay_token_issue(a->appraisal, NULL, &options, &token, NULL),
                   i <= ASSAY_DIALECT_QAL_GUIDE ? ASSAY_OK : ASSAY_UNSUPPORTED);
        assay_text_free(token);
    }
}

static void oidc_is_issued_only_for_a_whole_success(void **state)
{
    (void)state;
    appraised a;
    char *token = NULL;
    appraised_make(&a, "tdx-v5", NULL, 1u << ASSAY_CLASS_TD_15);
    assay_issue_options options = appraised_options(&a, NULL, ASSAY_DIALECT_OIDC);
    assert_int_equal(assay_token_issue(a.appraisal, &a.verdict, &options, &token, NULL),
                     ASSAY_USAGE);
    appraised_free(&a);
    appraised_make(&a, "sgx-v3", grace_policy, 0); /* no policy for the enclave */
    options = appraised_options(&a, NULL, ASSAY_DIALECT_OIDC);
    assert_int_equal(assay_token_issue(a.appraisal, &a.verdict, &options, &token, NULL),
                     ASSAY_USAGE);
    assert_null(token);
    appraised_free(&a);
}

static int set_up(void **state)
{
    static appraised a;
    appraised_make(&a, "tdx-v5", NULL, 0);
    *state = &a;
    return 0;
}

static int tear_down(void **state)
{
    appraised_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_signs_what_its_key_verifies),
        cmocka_unit_test(registered_claims_come_from_the_options),
        cmocka_unit_test(what_is_not_given_is_left_out),
        cmocka_unit_test(an_unsigned_token_has_intels_header),
        cmocka_unit_test(compat_jwk_is_a_text_that_holds_the_key),
        cmocka_unit_test(a_token_does_not_outlive_the_collateral),
        cmocka_unit_test(qals_nonce_is_below_ten_to_the_fifteen),
        cmocka_unit_test(misuse_is_refused),
        cmocka_unit_test(the_key_must_be_private_and_fit),
        cmocka_unit_test(dialects_of_a_verdict_need_one),
        cmocka_unit_test(oidc_is_issued_only_for_a_whole_success),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
