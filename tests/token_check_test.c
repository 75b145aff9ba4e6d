/* token_check_test.c: what a relying party checks (appraisal.md 7.1): a sound token of every
 * dialect passes, and for each name of a failure there is a token or an expectation that fails only
 * there. */
#include <stdlib.h>

#include "appraise/appraisal.h"
#include "appraised.h"
#include "support.h"
#include "token/jws.h"

enum { NONCE_SIZE = 16, ID_MAX = 4 };

static const uint8_t nonce_bytes[NONCE_SIZE] = "sixteen bytes!!";
static const char other_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"},"
    "\"reference\":{\"tdx_attributes\":\"0000000000000001\"}}]}";

/* What all rows share. */
typedef struct fixture {
    appraised good;   /* TDX, passed */
    appraised bad;    /* TDX, tenant failed */
    appraised left;   /* TDX, tenant left out */
    assay_key *key;   /* pinned */
    assay_key *other; /* of somebody else, same kind */
    assay_key *large; /* P-384, pinned */
    assay_key_set *pins;
    char policy_id[97];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof(*f));
    appraised_make(&f->good, "tdx-v5", NULL, 0);
    appraised_make(&f->bad, "tdx-v5", other_policy, 0);
    appraised_make(&f->left, "tdx-v5", NULL, 1u << ASSAY_CLASS_TD_15);
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES256, &f->key, NULL), ASSAY_OK);
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES256, &f->other, NULL), ASSAY_OK);
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &f->large, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_new(&f->pins, NULL), ASSAY_OK);
    appraised_pin(f->pins, f->key);
    appraised_pin(f->pins, f->large);
    assay_policy_id(f->good.policy, f->policy_id);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    appraised_free(&f->good);
    appraised_free(&f->bad);
    appraised_free(&f->left);
    assay_key_free(f->key);
    assay_key_free(f->other);
    assay_key_free(f->large);
    assay_key_set_free(f->pins);
    free(f);
    return 0;
}

/* One attempt: how the token is made, and what is expected of it. Sound unless a row spoils it. */
typedef struct attempt {
    const fixture *f;
    const appraised *of;
    assay_issue_options issue;
    assay_token_expectations want;
    const char *ids[ID_MAX];
    const char *header;         /* instead of the one that issuing writes */
    const char *replace, *with; /* a text of the payload, and its replacement */
    bool touch;                 /* the first character of the signature */
    const char *cut;            /* as many characters are taken off the end */
} attempt;

static attempt attempt_of(const fixture *f, assay_dialect dialect)
{
    attempt a = { .f = f, .of = &f->good };
    a.issue = appraised_options(&f->good, f->key, dialect);
    a.issue.issuer = "verifier.example";
    a.issue.audience = "party";
    a.issue.nonce = SPAN(nonce_bytes);
    a.want = (assay_token_expectations) { .now = f->good.world.now + 10,
                                          .keys = f->pins,
                                          .issuer = "verifier.example",
                                          .audience = "party",
                                          .nonce = SPAN(nonce_bytes),
                                          .report_data =
                                              f->good.verdict.report + TD_BODY_REPORT_DATA_OFFSET,
                                          .quote = bytes_span(&f->good.artifacts.quote),
                                          .allow_custom_root = true };
    return a;
}

/* The payload of a token, malloc'd, with one text replaced; it must be there. */
static char *payload_changed(const jws_parts *parts, const char *replace, const char *with)
{
    const size_t size = parts->payload.size;
    char *text = calloc(1, size + strlen(with) + 1);
    memcpy(text, parts->payload.data, size);
    char *at = strstr(text, replace);
    if (at == NULL)
        test_fail("the payload has no %s", replace);
    memmove(at + strlen(with), at + strlen(replace), strlen(at) - strlen(replace) + 1);
    memcpy(at, with, strlen(with));
    return text;
}

/* Signs a changed payload, or the same one under another header. */
static char *resigned(const attempt *a, char *token)
{
    jws_parts parts = { 0 };
    char *made = NULL, header[64];
    assert_int_equal(jws_read(SPAN_TEXT(token), &parts, NULL), ASSAY_OK);
    char *payload = payload_changed(&parts, a->replace == NULL ? "{" : a->replace,
                                    a->replace == NULL ? "{" : a->with);
    snprintf(header, sizeof(header), "{\"alg\":\"%s\"}", assay_algorithm_name(a->issue.algorithm));
    assert_int_equal(jws_sign(a->header == NULL ? header : a->header, SPAN_TEXT(payload),
                              a->issue.key, a->issue.algorithm, &made, NULL),
                     ASSAY_OK);
    free(payload);
    jws_parts_clear(&parts);
    assay_text_free(token);
    return made;
}

static assay_status run(attempt *a, assay_token_claims *claims, assay_error *err)
{
    if (a->ids[0] != NULL)
        a->want.policy_ids = a->ids;
    while (a->want.policy_id_count < ID_MAX && a->ids[a->want.policy_id_count] != NULL)
        a->want.policy_id_count++;
    char *token = appraised_issue(a->of, &a->issue);
    if (a->replace != NULL || a->header != NULL)
        token = resigned(a, token);
    char *last = strrchr(token, '.') + 1;
    if (a->touch)
        *last = *last == 'A' ? 'B' : 'A';
    const assay_span all = SPAN_TEXT(token);
    const assay_span text = a->cut == NULL ? all : span_slice(all, 0, all.size - strlen(a->cut));
    const assay_status status = assay_token_check(text, &a->want, claims, err);
    assay_text_free(token);
    return status;
}

static void a_sound_token_of_every_dialect_passes(void **state)
{
    for (unsigned i = 0; i < ASSAY_DIALECT_COUNT; i++) {
        attempt a = attempt_of(*state, (assay_dialect)i);
        assay_token_claims claims = { 0 };
        assay_error err = { 0 };
        const char *name = assay_dialect_name((assay_dialect)i);
        if (run(&a, &claims, &err) != ASSAY_OK)
            test_fail("%s: %s: %s", name, assay_error_name(&err), err.detail);
        assert_row(name, claims.dialect, i);
        assert_row(name, claims.overall, ASSAY_RESULT_PASSED);
        assert_row(name, claims.algorithm, ASSAY_ALG_ES256);
        assert_row(name, claims.issued_at, a.issue.now);
        assert_row(name, claims.expires_at, a.issue.now + 300);
        assert_row(name, claims.result != NULL, i <= ASSAY_DIALECT_QAL_GUIDE);
        assert_non_null(claims.payload);
        assay_token_claims_clear(&claims);
    }
}

/* ---- One row per failure ---- */

static void cut_short(attempt *a)
{
    a->cut = ".";
}
static void changed(attempt *a)
{
    a->touch = true;
}
static void algorithm_not_listed(attempt *a)
{
    a->want.algorithms = 1u << ASSAY_ALG_ES384;
}
static void unsigned_token(attempt *a)
{
    a->issue.key = NULL;
    a->issue.algorithm = ASSAY_ALG_NONE;
    a->issue.unsigned_output = true;
}
static void critical_header(attempt *a)
{
    a->header = "{\"alg\":\"ES256\",\"crit\":[\"exp\"]}";
}
static void signed_by_another(attempt *a)
{
    a->issue.key = a->f->other;
}
static void no_pins(attempt *a)
{
    a->want.keys = NULL;
}
static void no_kid_and_another_key(attempt *a)
{
    a->issue.key = a->f->other;
    a->header = "{\"alg\":\"ES256\"}";
}
static void other_issuer(attempt *a)
{
    a->want.issuer = "somebody";
}
static void no_issuer(attempt *a)
{
    a->want.issuer = NULL;
    a->replace = "\"iss\"";
    a->with = "\"was\"";
}
static void unsigned_of_another_issuer(attempt *a)
{
    unsigned_token(a);
    a->want.accept_unsigned = true;
    a->want.issuer = NULL;
}
static void other_audience(attempt *a)
{
    a->want.audience = "somebody";
}
static void expired(attempt *a)
{
    a->want.now = a->issue.now + 360;
    a->want.max_age = 1000;
}
static void not_before(attempt *a)
{
    a->want.now = a->issue.now - 61;
}
static void too_old(attempt *a)
{
    a->issue.lifetime = 1000;
    a->want.now = a->issue.now + 301;
}
static void nothing_fresh(attempt *a)
{
    a->want.nonce = (assay_span) { NULL, 0 };
    a->want.report_data = NULL;
}
static void other_nonce(attempt *a)
{
    static const uint8_t other[NONCE_SIZE] = "another sixteen";
    a->want.nonce = SPAN(other);
}
static void no_nonce(attempt *a)
{
    a->issue.nonce = (assay_span) { NULL, 0 };
}
static void other_report_data(attempt *a)
{
    static const uint8_t other[64] = { 1 };
    a->want.report_data = other;
}
static void overall_raised(attempt *a)
{
    a->of = &a->f->bad;
    a->replace = "\\\"overall_appraisal_result\\\":0";
    a->with = "\\\"overall_appraisal_result\\\":1";
}
static void check_turned(attempt *a)
{
    a->replace = "td_mrtd_check\\\":true";
    a->with = "td_mrtd_check\\\":false";
}
static void claims_disagree(attempt *a)
{
    a->replace = "\"root\":\"";
    a->with = "\"root\":\"intel\",\"x\":\"";
}
static void tenant_failed(attempt *a)
{
    a->of = &a->f->bad;
}
static void tenant_left_out(attempt *a)
{
    a->of = &a->f->left;
}
static void class_of_another_tee(attempt *a)
{
    a->want.required_classes = 1u << ASSAY_CLASS_SGX_ENCLAVE;
}
static void policy_not_listed(attempt *a)
{
    a->ids[0] = "0000";
}
static void quote_not_named(attempt *a)
{
    a->replace = "\"quote_sha384\"";
    a->with = "\"quote_sha999\"";
}
static void other_quote(attempt *a)
{
    a->want.quote = SPAN(nonce_bytes);
}
static void custom_root(attempt *a)
{
    a->want.allow_custom_root = false;
}
static void time_is_no_number(attempt *a)
{
    a->replace = "\"exp\":1";
    a->with = "\"exp\":\"1\",\"was\":1";
}
static void no_result(attempt *a)
{
    a->replace = "\"appraisal_result\"";
    a->with = "\"was\"";
}
static void result_is_no_document(attempt *a)
{
    a->replace = "[{\\\"result\\\"";
    a->with = "[{\\\"was\\\"";
}

static const struct {
    const char *what;
    void (*spoil)(attempt *a);
    const char *name;
} rows[] = {
    { "the last character is gone", cut_short, "token_malformed" },
    { "one character of the signature is another", changed, "token_signature" },
    { "an algorithm that is not listed", algorithm_not_listed, "token_algorithm" },
    { "unsigned, and nobody said that is fine", unsigned_token, "token_algorithm" },
    { "a critical header", critical_header, "token_critical" },
    { "signed by a key that is not pinned", signed_by_another, "token_key" },
    { "no key is pinned", no_pins, "token_key" },
    { "no kid, and no pinned key verifies", no_kid_and_another_key, "token_signature" },
    { "another issuer", other_issuer, "token_issuer" },
    { "no issuer at all", no_issuer, "token_issuer" },
    { "unsigned, not from Intel's entity", unsigned_of_another_issuer, "token_issuer" },
    { "another audience", other_audience, "token_audience" },
    { "expired, beyond the skew", expired, "token_expired" },
    { "begins in the future", not_before, "token_not_yet_valid" },
    { "older than the maximum age", too_old, "token_too_old" },
    { "nothing to tell freshness by", nothing_fresh, "token_not_fresh" },
    { "another nonce", other_nonce, "token_nonce" },
    { "no nonce", no_nonce, "token_nonce" },
    { "other report data", other_report_data, "token_report_data" },
    { "overall 1, and a report is 0", overall_raised, "result_inconsistent" },
    { "a report is 1, and a check false", check_turned, "result_inconsistent" },
    { "the claim assay says another root", claims_disagree, "result_inconsistent" },
    { "the tenant failed", tenant_failed, "result_not_passed" },
    { "the tenant was left out", tenant_left_out, "token_class_missing" },
    { "a class that the evidence has not", class_of_another_tee, "token_class_missing" },
    { "another policy", policy_not_listed, "token_policy" },
    { "another quote", other_quote, "quote_hash_mismatch" },
    { "the simulator's root", custom_root, "token_root" },
    { "exp is a text", time_is_no_number, "token_malformed" },
    { "no document, and assay does not tell the outcome", no_result, "token_malformed" },
    { "the document is of another shape", result_is_no_document, "token_malformed" },
};

static void each_failure_has_its_name(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        attempt a = attempt_of(*state, ASSAY_DIALECT_QAL);
        assay_error err = { 0 };
        rows[i].spoil(&a);
        if (run(&a, NULL, &err) == ASSAY_OK)
            test_fail("%s: accepted", rows[i].what);
        if (err.name == NULL || strcmp(err.name, rows[i].name) != 0)
            test_fail("%s: got %s (%s), want %s", rows[i].what, assay_error_name(&err), err.detail,
                      rows[i].name);
    }
}

/* The same faults where the claim `assay` alone tells the outcome. */
static void other_dialects_fail_by_the_same_names(void **state)
{
    static const struct {
        void (*spoil)(attempt *a);
        const char *name;
    } others[] = {
        { tenant_failed, "result_not_passed" },    { tenant_left_out, "token_class_missing" },
        { quote_not_named, "quote_hash_missing" }, { other_report_data, "token_report_data" },
        { policy_not_listed, "token_policy" },
    };
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        attempt a = attempt_of(*state, ASSAY_DIALECT_EAR);
        assay_error err = { 0 };
        others[i].spoil(&a);
        assert_int_not_equal(run(&a, NULL, &err), ASSAY_OK);
        assert_string_equal(err.name, others[i].name);
    }
    attempt a = attempt_of(*state, ASSAY_DIALECT_EAR);
    assay_error err = { 0 };
    a.of = &((const fixture *)*state)->bad;
    a.replace = "\"dialect\":\"ear\",\"overall\":\"failed\"";
    a.with = "\"dialect\":\"ear\",\"overall\":\"passed\"";
    assert_int_not_equal(run(&a, NULL, &err), ASSAY_OK);
    assert_string_equal(err.name, "result_inconsistent");
}

static void policies_are_accepted_by_content_and_the_default_always(void **state)
{
    const fixture *f = *state;
    attempt a = attempt_of(f, ASSAY_DIALECT_QAL);
    assay_error err = { 0 };
    a.ids[0] = f->policy_id;
    if (run(&a, NULL, &err) != ASSAY_OK)
        test_fail("%s: %s", assay_error_name(&err), err.detail);
}

/* The tenant's policy as if somebody had signed it. */
#define TENANT_POLICY "45b734fc-aa4e-4c3d-ad28-e43d08880e68\"],\"signer\":"

static void a_signer_that_nobody_pinned_must_be_listed(void **state)
{
    static const struct {
        const char *what, *with, *listed; /* listed NULL: the policy's id */
        const char *name;                 /* NULL: accepted */
    } signers[] = {
        { "the issuer pinned the signer, content listed",
          TENANT_POLICY "\"AAAA\",\"signer_pinned\":true", NULL, NULL },
        { "nobody pinned the signer, content listed",
          TENANT_POLICY "\"AAAA\",\"signer_pinned\":false", NULL, "token_policy" },
        { "nobody pinned the signer, signer listed",
          TENANT_POLICY "\"AAAA\",\"signer_pinned\":false", "AAAA", NULL },
        { "another signer listed", TENANT_POLICY "\"AAAA\",\"signer_pinned\":true", "BBBB",
          "token_policy" },
    };
    const fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(signers); i++) {
        attempt a = attempt_of(f, ASSAY_DIALECT_EAR);
        assay_error err = { 0 };
        a.ids[0] = signers[i].listed == NULL ? f->policy_id : signers[i].listed;
        a.replace = TENANT_POLICY "null,\"signer_pinned\":false";
        a.with = signers[i].with;
        const assay_status status = run(&a, NULL, &err);
        assert_row(signers[i].what, status == ASSAY_OK, signers[i].name == NULL);
        if (signers[i].name != NULL)
            assert_string_equal(err.name, signers[i].name);
    }
}

static void the_skew_is_a_minute(void **state)
{
    const fixture *f = *state;
    attempt a = attempt_of(f, ASSAY_DIALECT_QAL);
    a.want.now = a.issue.now - 60;
    assert_int_equal(run(&a, NULL, NULL), ASSAY_OK);
    attempt b = attempt_of(f, ASSAY_DIALECT_QAL);
    b.want.now = b.issue.now + 359;
    b.want.max_age = 1000;
    assert_int_equal(run(&b, NULL, NULL), ASSAY_OK);
}

static void no_freshness_is_an_explicit_wish(void **state)
{
    attempt a = attempt_of(*state, ASSAY_DIALECT_QAL);
    nothing_fresh(&a);
    a.want.no_freshness = true;
    assert_int_equal(run(&a, NULL, NULL), ASSAY_OK);
}

static void claims_are_told_when_the_signature_holds(void **state)
{
    attempt a = attempt_of(*state, ASSAY_DIALECT_QAL);
    assay_token_claims claims = { 0 };
    tenant_failed(&a);
    assert_int_not_equal(run(&a, &claims, NULL), ASSAY_OK);
    assert_int_equal(claims.overall, ASSAY_RESULT_FAILED);
    assert_non_null(claims.payload);
    assay_token_claims_clear(&claims);
    attempt b = attempt_of(*state, ASSAY_DIALECT_QAL);
    signed_by_another(&b);
    assert_int_not_equal(run(&b, &claims, NULL), ASSAY_OK);
    assert_null(claims.payload);
}

static void a_left_out_class_is_fine_where_nobody_asks_for_it(void **state)
{
    attempt a = attempt_of(*state, ASSAY_DIALECT_QAL);
    tenant_left_out(&a);
    a.want.required_classes = 1u << ASSAY_CLASS_TDX_15_PLATFORM | 1u << ASSAY_CLASS_TD_QE;
    assay_error err = { 0 };
    if (run(&a, NULL, &err) != ASSAY_OK)
        test_fail("%s: %s", assay_error_name(&err), err.detail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_token_of_every_dialect_passes),
        cmocka_unit_test(each_failure_has_its_name),
        cmocka_unit_test(other_dialects_fail_by_the_same_names),
        cmocka_unit_test(policies_are_accepted_by_content_and_the_default_always),
        cmocka_unit_test(a_signer_that_nobody_pinned_must_be_listed),
        cmocka_unit_test(the_skew_is_a_minute),
        cmocka_unit_test(no_freshness_is_an_explicit_wish),
        cmocka_unit_test(claims_are_told_when_the_signature_holds),
        cmocka_unit_test(a_left_out_class_is_fine_where_nobody_asks_for_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
