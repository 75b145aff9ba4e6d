/* token_policy_test.c: policies in tokens, and verification results in tokens
 * (src/token/policy_token.c, policy_sign.c, reports_token.c), against the golden cases. */
#include <stdio.h>

#include "base/span.h"
#include "token/key.h"
#include "token_cases.h"
#include "wire/base64.h"

static const char thumbprint[] = "IDLdVzbpmeDKKyTWWyUaKNph1lbxAUSV3IwNUD5yLec";
static const int64_t now = 1750420800;

static const char tenant_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"},"
    "\"reference\":{\"tdx_attributes\":\"0000000000000000\"}}]}\n";
static const char platform_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3\"},"
    "\"reference\":{\"accepted_tcb_status\":[\"UpToDate\"]}}]}";

static void free_span(assay_span text)
{
    free((void *)(uintptr_t)text.data);
}

static assay_key_set *golden_signers(void)
{
    const assay_span pem = token_cases_file("appraisal/policy_key.pem");
    assay_key_set *set = NULL;
    assert_int_equal(assay_key_set_new(&set, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(set, pem, ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    free_span(pem);
    return set;
}

/* ---- Golden cases ---- */

static void check_policy_case(const char *name, json_t *description)
{
    assay_key_set *signers = golden_signers();
    const assay_policy_token_options options = { .now = now, .signers = signers };
    json_t *list = json_object_get(description, "policies");
    const char *wanted = token_cases_error(description);
    assay_error error = { 0 };
    assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < json_array_size(list); i++) {
        json_t *token = json_object_get(json_array_get(list, i), "token");
        assay_policy *policy = NULL;
        status =
            assay_policy_token_read(span_of(json_string_value(token), json_string_length(token)),
                                    &options, &policy, &error);
        if (status != ASSAY_OK)
            continue;
        assert_string_equal(assay_policy_origin_of(policy)->signer, thumbprint);
        assert_true(assay_policy_origin_of(policy)->signer_pinned);
        assay_policy_unref(policy);
    }
    if (wanted == NULL && status != ASSAY_OK)
        test_fail("%s: refused as %s: %s", name, assay_error_name(&error), error.detail);
    if (wanted != NULL && (status == ASSAY_OK || strcmp(assay_error_name(&error), wanted) != 0))
        test_fail("%s: got %s, want %s", name, status == ASSAY_OK ? "ok" : assay_error_name(&error),
                  wanted);
    if (wanted != NULL && error.where[0] != '\0')
        test_fail("%s: the path is \"%s\", want none", name, error.where);
    assay_key_set_free(signers);
}

static void reads_golden_policy_tokens(void **state)
{
    (void)state;
    assert_true(token_cases_each("token/", check_policy_case) >= 30);
}

static void check_evidence_case(const char *name, json_t *description)
{
    json_t *token = json_object_get(description, "verification_token");
    const assay_span text = span_of(json_string_value(token), json_string_length(token));
    const char *wanted = token_cases_error(description);
    assay_reports *reports = NULL;
    assay_error error = { 0 };
    const assay_status status = assay_reports_from_token(text, NULL, true, &reports, &error);
    if (wanted == NULL && status != ASSAY_OK)
        test_fail("%s: refused as %s: %s", name, assay_error_name(&error), error.detail);
    if (wanted != NULL && (status == ASSAY_OK || strcmp(assay_error_name(&error), wanted) != 0))
        test_fail("%s: got %s, want %s", name, status == ASSAY_OK ? "ok" : assay_error_name(&error),
                  wanted);
    assay_reports_free(reports);
    if (wanted != NULL)
        return;
    assert_int_not_equal(assay_reports_from_token(text, NULL, false, &reports, &error), ASSAY_OK);
    assert_string_equal(error.name, "vr_token_algorithm");
}

static void reads_golden_verification_tokens(void **state)
{
    (void)state;
    assert_int_equal(token_cases_each("evidence token/", check_evidence_case), 9);
}

/* ---- Byte by byte as Intel's tool ---- */

static const char *const full_policies[] = {
    "sgx_collateral_grace", "sgx_tenant",   "td_tenant",  "td_tenant_all",
    "tdx_collateral_grace", "tdx_eval_num", "tdx_strict",
};

static assay_span full_policy(const char *name, const char *suffix)
{
    char path[128];
    snprintf(path, sizeof(path), "appraisal/full/policies/%s.%s", name, suffix);
    return token_cases_file(path);
}

/* The header as the tool writes it for this key, encoded. */
static void header_of(const assay_key *key, char *out)
{
    json_writer w = { 0 };
    char *jwk = NULL, *text = NULL;
    assert_int_equal(assay_key_to_intel_jwk(key, &jwk, NULL), ASSAY_OK);
    json_put_text(&w, NULL, jwk);
    assert_int_equal(json_take_written(&w, &text, NULL), ASSAY_OK);
    char header[1024];
    const int size =
        snprintf(header, sizeof(header), "{\"alg\":\"ES384\",\"jwk\":%s,\"typ\":\"JWT\"}", text);
    base64_encode(span_of(header, (size_t)size), BASE64_URL, out);
    assay_text_free(jwk);
    assay_text_free(text);
}

/* Everything but the signature: the header for its key, and the claims. */
static void check_bytes(const char *name, const assay_key *own, const assay_key *golden)
{
    const assay_span text = full_policy(name, "json");
    const assay_span token = full_policy(name, "jwt");
    char ours[1400], theirs[1400];
    char *out = NULL;
    header_of(own, ours);
    header_of(golden, theirs);
    assert_int_equal(assay_policy_sign(text, own, NULL, &out, NULL), ASSAY_OK);
    assert_memory_equal(out, ours, strlen(ours));
    assert_memory_equal(token.data, theirs, strlen(theirs));
    assert_int_equal(strlen(out), token.size);
    const size_t claims = token.size - 128 - strlen(theirs);
    if (memcmp(out + strlen(ours), token.data + strlen(theirs), claims) != 0)
        test_fail("%s: not the bytes of the tool", name);
    assay_text_free(out);
    free_span(text);
    free_span(token);
}

static void writes_what_the_tool_writes(void **state)
{
    (void)state;
    const assay_span pem = token_cases_file("appraisal/policy_key.pem");
    assay_key *golden = NULL, *own = NULL;
    assert_int_equal(assay_key_read(pem, &golden, NULL), ASSAY_OK);
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &own, NULL), ASSAY_OK);
    for (size_t i = 0; i < COUNT_OF(full_policies); i++)
        check_bytes(full_policies[i], own, golden);
    assay_key_free(golden);
    assay_key_free(own);
    free_span(pem);
}

static void reads_what_the_tool_wrote(void **state)
{
    (void)state;
    assay_key_set *signers = golden_signers();
    const assay_policy_token_options options = { .now = now, .signers = signers };
    for (size_t i = 0; i < COUNT_OF(full_policies); i++) {
        const assay_span text = full_policy(full_policies[i], "json");
        const assay_span token = full_policy(full_policies[i], "jwt");
        assay_policy *policy = NULL;
        assert_row(full_policies[i], assay_policy_token_read(token, &options, &policy, NULL),
                   ASSAY_OK);
        assert_true(span_is(text, assay_policy_text(policy)));
        assay_policy_unref(policy);
        free_span(text);
        free_span(token);
    }
    assay_key_set_free(signers);
}

/* ---- Both ways ---- */

typedef struct fixture {
    assay_key *key;
    assay_key_set *signers;
} fixture;

static fixture fixture_new(unsigned roles)
{
    fixture f = { 0 };
    char *jwk = NULL;
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &f.key, NULL), ASSAY_OK);
    assert_int_equal(assay_key_to_jwk(f.key, &jwk, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_new(&f.signers, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(f.signers, SPAN_TEXT(jwk), roles, NULL), ASSAY_OK);
    assay_text_free(jwk);
    return f;
}

static void fixture_free(fixture *f)
{
    assay_key_free(f->key);
    assay_key_set_free(f->signers);
}

static const struct {
    const char *what;
    const char *policy;
    unsigned roles;
    assay_policy_sign_options sign;
    bool strict;
    int64_t read_at;
    const char *error; /* NULL: read */
} rows[] = {
    { "plain", tenant_policy, ASSAY_ROLE_ANY, { 0 }, false, now, NULL },
    { "tenant's key for a tenant", tenant_policy, ASSAY_ROLE_TENANT, { 0 }, false, now, NULL },
    { "platform's key for a platform",
      platform_policy,
      ASSAY_ROLE_PLATFORM,
      { 0 },
      false,
      now,
      NULL },
    { "tenant's key for a platform",
      platform_policy,
      ASSAY_ROLE_TENANT,
      { 0 },
      false,
      now,
      "policy_token_untrusted" },
    { "platform's key for a tenant",
      tenant_policy,
      ASSAY_ROLE_PLATFORM,
      { 0 },
      false,
      now,
      "policy_token_untrusted" },
    { "strict reader, plain token",
      tenant_policy,
      ASSAY_ROLE_ANY,
      { 0 },
      true,
      now,
      "policy_token_malformed" },
    { "strict both ways",
      tenant_policy,
      ASSAY_ROLE_ANY,
      { true, now, 3600, "issuer", "subject", 3 },
      true,
      now,
      NULL },
    { "the last second",
      tenant_policy,
      ASSAY_ROLE_ANY,
      { true, now, 3600, NULL, NULL, 0 },
      true,
      now + 3599,
      NULL },
    { "expired",
      tenant_policy,
      ASSAY_ROLE_ANY,
      { true, now, 3600, NULL, NULL, 0 },
      true,
      now + 3600,
      "policy_token_expired" },
    { "the leeway of five minutes",
      tenant_policy,
      ASSAY_ROLE_ANY,
      { true, now, 3600, NULL, NULL, 0 },
      true,
      now - 300,
      NULL },
    { "from the future",
      tenant_policy,
      ASSAY_ROLE_ANY,
      { true, now, 3600, NULL, NULL, 0 },
      true,
      now - 301,
      "policy_token_not_yet_valid" },
};

static void signs_and_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        fixture f = fixture_new(rows[i].roles);
        const assay_policy_token_options options = { .now = rows[i].read_at,
                                                     .signers = f.signers,
                                                     .strict = rows[i].strict };
        char *token = NULL;
        assay_policy *policy = NULL;
        assay_error error = { 0 };
        const assay_policy_sign_options *sign = rows[i].sign.strict ? &rows[i].sign : NULL;
        assert_row(rows[i].what,
                   assay_policy_sign(SPAN_TEXT(rows[i].policy), f.key, sign, &token, NULL),
                   ASSAY_OK);
        const assay_status status =
            assay_policy_token_read(SPAN_TEXT(token), &options, &policy, &error);
        if (rows[i].error == NULL) {
            assert_row(rows[i].what, status, ASSAY_OK);
            assert_string_equal(assay_policy_text(policy), rows[i].policy);
        } else if (status == ASSAY_OK || strcmp(assay_error_name(&error), rows[i].error) != 0) {
            test_fail("%s: got %s, want %s", rows[i].what, assay_error_name(&error), rows[i].error);
        }
        assay_policy_unref(policy);
        assay_text_free(token);
        fixture_free(&f);
    }
}

static void trusts_nobody_without_pins(void **state)
{
    (void)state;
    fixture f = fixture_new(ASSAY_ROLE_ANY);
    assay_policy_token_options options = { .now = now };
    char *token = NULL;
    assay_policy *policy = NULL;
    assay_error error = { 0 };
    assert_int_equal(assay_policy_sign(SPAN_TEXT(tenant_policy), f.key, NULL, &token, NULL),
                     ASSAY_OK);
    assert_int_equal(assay_policy_token_read(SPAN_TEXT(token), &options, &policy, &error),
                     ASSAY_UNTRUSTED);
    assert_string_equal(error.name, "policy_token_untrusted");
    options.any_signer = true;
    assert_int_equal(assay_policy_token_read(SPAN_TEXT(token), &options, &policy, &error),
                     ASSAY_OK);
    assert_false(assay_policy_origin_of(policy)->signer_pinned);
    assert_true(assay_policy_origin_of(policy)->is_signed);
    assert_string_equal(assay_policy_origin_of(policy)->signature, strrchr(token, '.') + 1);
    assay_policy_unref(policy);
    assay_text_free(token);
    fixture_free(&f);
}

static void refuses_to_sign(void **state)
{
    (void)state;
    assay_key *wrong = NULL;
    fixture f = fixture_new(ASSAY_ROLE_ANY);
    const assay_policy_sign_options too_long = { true, now, 401 * 86400, NULL, NULL, 0 };
    char *token = NULL;
    assay_error error = { 0 };
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES256, &wrong, NULL), ASSAY_OK);
    assert_int_equal(assay_policy_sign(SPAN_TEXT(tenant_policy), wrong, NULL, &token, &error),
                     ASSAY_USAGE);
    assert_int_equal(assay_policy_sign(SPAN_TEXT(tenant_policy), f.key, &too_long, &token, &error),
                     ASSAY_USAGE);
    assert_int_equal(assay_policy_sign(SPAN_TEXT("{}"), f.key, NULL, &token, &error),
                     ASSAY_MALFORMED);
    assert_string_equal(error.name, "policy_structure");
    assay_key_free(wrong);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_golden_policy_tokens),
        cmocka_unit_test(reads_golden_verification_tokens),
        cmocka_unit_test(writes_what_the_tool_writes),
        cmocka_unit_test(reads_what_the_tool_wrote),
        cmocka_unit_test(signs_and_reads),
        cmocka_unit_test(trusts_nobody_without_pins),
        cmocka_unit_test(refuses_to_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
