/* abi_appraisal_test.c: verification tokens, appraisal and authentication through the C interface,
 * on the golden cases (appraisal.md 9) and on real quotes. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assay/token.h"
#include "drop_in.h"
#include "support.h"
#include "vectors.h"

enum { POLICY_MAX = 16 };

/* A file of the golden data as text; malloc'd. */
static char *golden_text(const char *name)
{
    char folder[1024];
    snprintf(folder, sizeof(folder), "%s/appraisal", vectors_folder());
    const assay_span file = vectors_read(folder, name);
    char *text = malloc(file.size + 1);
    assert_non_null(file.data);
    assert_non_null(text);
    memcpy(text, file.data, file.size);
    text[file.size] = '\0';
    free((void *)file.data);
    return text;
}

/* ---- Cases that are one line each ---- */

static const uint8_t *bytes_of(const json_t *text)
{
    return (const uint8_t *)json_string_value(text);
}

/* NULL, "default", or a policy token. */
static tee_platform_policy_t platform_policy(const json_t *given)
{
    const char *text = json_string_value(given);
    if (text == NULL || strcmp(text, "default") == 0)
        return (tee_platform_policy_t) { DEFAULT_STRICT, NULL };
    return (tee_platform_policy_t) { CUSTOMIZED, (const uint8_t *)text };
}

static assay_span quote_of(const json_t *golden)
{
    const char *text = json_string_value(json_object_get(golden, "quote_base64"));
    const size_t size = text != NULL ? strlen(text) : 0;
    assay_span quote = { NULL, 0 };
    uint8_t *bytes = calloc(1, size + 1);
    size_t decoded = 0;
    assert_non_null(bytes);
    if (text != NULL)
        assert_int_equal(assay_decode_any((assay_span) { (const uint8_t *)text, size }, bytes,
                                          size + 1, &decoded, NULL, NULL),
                         ASSAY_OK);
    quote = (assay_span) { bytes, decoded };
    return quote;
}

static quote3_error_t authenticate(const json_t *golden, tee_policy_auth_result_t *result)
{
    const json_t *given = json_object_get(golden, "bundle");
    const uint8_t *token = bytes_of(json_object_get(golden, "result_token"));
    const tee_policy_bundle_t bundle = {
        .p_tenant_identity_policy = bytes_of(json_object_get(given, "tenant")),
        .platform_policy = platform_policy(json_object_get(given, "platform")),
        .tdqe_policy = platform_policy(json_object_get(given, "tdqe")),
    };
    const assay_span quote = quote_of(golden);
    const quote3_error_t code =
        quote.size > 0
            ? drop_in_library()->tee_authenticate_appraisal_result_ex(
                  quote.data, (uint32_t)quote.size, token, &bundle, NULL, NULL, result, NULL)
            : drop_in_library()->tee_authenticate_appraisal_result(token, &bundle, result);
    free((void *)quote.data);
    return code;
}

static quote3_error_t authenticate_owner(const json_t *golden, tee_policy_auth_result_t *result)
{
    const json_t *listed = json_object_get(golden, "owner_keys");
    const uint8_t *keys[POLICY_MAX];
    const size_t count = json_array_size(listed);
    const assay_span quote = quote_of(golden);
    assert_true(count <= COUNT_OF(keys));
    for (size_t i = 0; i < count; i++)
        keys[i] = bytes_of(json_array_get(listed, i));
    const quote3_error_t code = drop_in_library()->tee_authenticate_policy_owner(
        quote.size > 0 ? quote.data : NULL, (uint32_t)quote.size,
        bytes_of(json_object_get(golden, "result_token")), keys, (uint32_t)count, NULL, NULL,
        result, NULL);
    free((void *)quote.data);
    return code;
}

/* Named errors fold into these. */
static quote3_error_t code_wanted(const json_t *expected)
{
    const char *name =
        json_string_value(json_object_get(json_object_get(expected, "error"), "code"));
    if (name == NULL)
        return SGX_QL_SUCCESS;
    return strncmp(name, "quote_hash_", 11) == 0 ? TEE_RESULT_QUOTE_HASH_MISMATCH
                                                 : SGX_QL_ERROR_INVALID_PARAMETER;
}

typedef quote3_error_t (*question)(const json_t *golden, tee_policy_auth_result_t *result);

static size_t case_differs(const json_t *golden, question ask)
{
    const json_t *expected = json_object_get(golden, "expected_assay");
    tee_policy_auth_result_t result = TEE_AUTH_FAILURE;
    const quote3_error_t code = ask(golden, &result);
    const bool same = code == code_wanted(expected) &&
                      (code != SGX_QL_SUCCESS ||
                       (int)result == json_integer_value(json_object_get(expected, "result")));
    if (!same)
        print_error("%s: %04X, result %d\n", json_string_value(json_object_get(golden, "name")),
                    code, (int)result);
    return same ? 0 : 1;
}

static void cases_agree(const char *kind, question ask, size_t wanted)
{
    size_t count = 0, wrong = 0;
    char *cases = golden_text("cases.jsonl"), *rest = cases;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        json_t *golden = json_loads(line, 0, NULL);
        const char *got = json_string_value(json_object_get(golden, "kind"));
        if (got != NULL && strcmp(got, kind) == 0) {
            wrong += case_differs(golden, ask);
            count++;
        }
        json_decref(golden);
    }
    free(cases);
    assert_int_equal(count, wanted);
    assert_int_equal(wrong, 0);
}

static void golden_authentications_agree(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    cases_agree("authenticate", authenticate, 23);
}

static void golden_policy_owners_agree(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    cases_agree("policy_owner", authenticate_owner, 10);
}

/* ---- Complete runs ---- */

static int by_class(const void *a, const void *b)
{
    const char *ids[2];
    json_t *const *reports[2] = { a, b };
    for (size_t i = 0; i < 2; i++) {
        const json_t *report = json_object_get(*reports[i], "report");
        const json_t *environment = json_object_get(report, "environment");
        ids[i] = json_string_value(json_object_get(environment, "class_id"));
    }
    return strcmp(ids[0], ids[1]);
}

static void sort_reports(json_t *list)
{
    json_t *reports[8];
    const size_t count = json_array_size(list);
    assert_true(count > 0 && count <= COUNT_OF(reports));
    for (size_t i = 0; i < count; i++)
        reports[i] = json_incref(json_array_get(list, i));
    qsort(reports, count, sizeof(reports[0]), by_class);
    for (size_t i = 0; i < count; i++)
        json_array_set_new(list, i, reports[i]);
}

/* The claim appraisal_result without nonce and order; the caller's reference. */
static json_t *result_of(const char *token)
{
    char *shown = NULL;
    const assay_span span = { (const uint8_t *)token, strlen(token) };
    assert_int_equal(assay_token_show(span, &shown, NULL), ASSAY_OK);
    json_t *whole = json_loads(shown, 0, NULL);
    const json_t *claims = json_object_get(whole, "claims");
    const json_t *text = json_object_get(claims, "appraisal_result");
    json_t *list = json_loads(json_string_value(text), 0, NULL);
    json_t *result = json_array_get(json_object_get(json_array_get(list, 0), "result"), 0);
    assert_non_null(result);
    json_incref(result);
    json_object_del(result, "nonce");
    sort_reports(json_object_get(result, "appraised_reports"));
    json_decref(list);
    json_decref(whole);
    assay_text_free(shown);
    return result;
}

static void run_agrees(const json_t *run)
{
    char name[256];
    uint8_t *policies[POLICY_MAX], *got = NULL;
    const json_t *listed = json_object_get(run, "policy_tokens");
    const uint8_t count = (uint8_t)json_array_size(listed);
    uint32_t size = 0;
#define FULL(member)                                                                               \
    (snprintf(name, sizeof(name), "full/%s", json_string_value(member)), golden_text(name))
    char *token = FULL(json_object_get(run, "verification_token"));
    char *intel = FULL(json_object_get(run, "intel_token"));
    for (uint8_t i = 0; i < count; i++)
        policies[i] = (uint8_t *)FULL(json_array_get(listed, i));
    const char *what = json_string_value(json_object_get(run, "name"));
    assert_row(what,
               drop_in_library()->tee_appraise_verification_token(
                   (const uint8_t *)token, policies, count,
                   json_integer_value(json_object_get(run, "check_date")), NULL, &size, &got),
               SGX_QL_SUCCESS);
    assert_row(what, size, strlen((const char *)got) + 1);
    json_t *ours = result_of((const char *)got), *theirs = result_of(intel);
    if (!json_equal(ours, theirs)) {
        char *texts[] = { json_dumps(ours, JSON_SORT_KEYS), json_dumps(theirs, JSON_SORT_KEYS) };
        test_fail("%s:\n%.3000s\n%.3000s", what, texts[0], texts[1]);
    }
    json_decref(ours);
    json_decref(theirs);
    assert_row(what, drop_in_library()->tee_free_appraisal_token(got), SGX_QL_SUCCESS);
    for (uint8_t i = 0; i < count; i++)
        free(policies[i]);
    free(intel);
    free(token);
}

static void complete_runs_are_those_of_the_reference(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    char *text = golden_text("full/index.json");
    json_t *index = json_loads(text, 0, NULL), *run;
    size_t i;
    assert_true(json_array_size(index) > 0);
    json_array_foreach(index, i, run) run_agrees(run);
    json_decref(index);
    free(text);
}

/* One bundle, one fault; the sound one shows that nothing else is wrong. */
static void bundles_are_checked(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    uint8_t *token = (uint8_t *)golden_text("full/ar_tdx_strict.jwt");
    uint8_t *tenant = (uint8_t *)golden_text("full/policies/td_tenant.jwt");
    uint8_t *platform = (uint8_t *)golden_text("full/policies/tdx_strict.jwt");
    const tee_policy_bundle_t sound = { .p_tenant_identity_policy = tenant,
                                        .platform_policy = { CUSTOMIZED, platform } };
    tee_policy_auth_result_t result;
#define ROW_BUNDLE(what, wanted, change)                                                           \
    do {                                                                                           \
        tee_policy_bundle_t bundle = sound;                                                        \
        change;                                                                                    \
        assert_row(what,                                                                           \
                   drop_in_library()->tee_authenticate_appraisal_result(token, &bundle, &result),  \
                   wanted);                                                                        \
    } while (0)
    ROW_BUNDLE("sound", SGX_QL_SUCCESS, (void)bundle);
    assert_row("sound", result, TEE_AUTH_SUCCESS);
    ROW_BUNDLE("a reserved kind", 0xE002, bundle.reserved[0].pt = CUSTOMIZED);
    ROW_BUNDLE("a reserved policy", 0xE002, bundle.reserved[1].p_policy = platform);
    ROW_BUNDLE("customized with nothing", 0xE002, bundle.platform_policy.p_policy = NULL);
    ROW_BUNDLE("default with a policy", 0xE002, bundle.tdqe_policy.p_policy = platform);
    ROW_BUNDLE("an unknown kind", 0xE002,
               bundle.platform_policy.pt = (tee_platform_policy_type_t)2);
    ROW_BUNDLE("no tenant", SGX_QL_SUCCESS, bundle.p_tenant_identity_policy = NULL);
    assert_row("no tenant", result, TEE_AUTH_INCOMPLET);
    free(token);
    free(tenant);
    free(platform);
}

/* ---- From a quote to a result ---- */

static void a_real_quote_becomes_a_token_and_a_result(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    char folder[1024];
    uint8_t *token = NULL, *result = NULL;
    uint32_t token_size = 0, result_size = 0;
    given_collateral given;
    if (vectors_folder() == NULL)
        skip();
    snprintf(folder, sizeof(folder), "%s/tdx-v4/asm-00b252-00806f050000-2025-02", vectors_folder());
    assay_collateral_items items = vectors_items(folder);
    const assay_span quote = vectors_read(folder, "quote.bin");
    given_collateral_make(&given, &items, 0x81);
    assert_row("token",
               library->tee_verify_quote_qvt(quote.data, (uint32_t)quote.size, &given.structure,
                                             NULL, NULL, &token_size, &token),
               SGX_QL_SUCCESS);
    assert_row("size of the token", token_size, strlen((const char *)token));
    char *policy = golden_text("full/policies/td_tenant.jwt");
    uint8_t *policies[] = { (uint8_t *)policy };
    assert_row("appraisal",
               library->tee_appraise_verification_token(token, policies, 1, time(NULL), NULL,
                                                        &result_size, &result),
               SGX_QL_SUCCESS);
    json_t *read = result_of((const char *)result);
    assert_row("reports", json_array_size(json_object_get(read, "appraised_reports")), 3);
    assert_row("quote hash", json_array_size(json_object_get(read, "quote_hash")), 1);
    json_decref(read);
    assert_row("user data that nothing binds",
               library->tee_verify_quote_qvt(quote.data, (uint32_t)quote.size, &given.structure,
                                             NULL, (const uint8_t *)"x", &result_size, &result),
               TEE_RESULT_REPORT_DATA_MISMATCH);
    assert_row("free", library->tee_free_appraisal_token(result), SGX_QL_SUCCESS);
    assert_row("free", library->tee_free_verify_quote_qvt(token, &token_size), SGX_QL_SUCCESS);
    assert_row("freed", token_size, 0);
    free(policy);
    given_collateral_free(&given);
    vectors_items_free(&items);
    free((void *)quote.data);
}

/* ---- The configuration file ---- */

static void file_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A new P-384 key in a file. */
static void key_write(const char *path)
{
    assay_key *key = NULL;
    char *pem = NULL;
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &key, NULL), ASSAY_OK);
    assert_int_equal(assay_key_to_private_pem(key, &pem, NULL), ASSAY_OK);
    file_write(path, pem);
    assay_text_free(pem);
    assay_key_free(key);
}

static quote3_error_t appraise_golden(uint8_t **result)
{
    uint32_t size;
    char *token = golden_text("full/vr_tdx.jwt");
    char *policy = golden_text("full/policies/td_tenant.jwt");
    uint8_t *policies[] = { (uint8_t *)policy };
    const quote3_error_t code = drop_in_library()->tee_appraise_verification_token(
        (const uint8_t *)token, policies, 1, 1750420800, NULL, &size, result);
    free(policy);
    free(token);
    return code;
}

static void the_configuration_pins_signers_and_signs(void **state)
{
    (void)state;
    char folder[] = "/tmp/assay-abi-XXXXXX", path[64], key[64], text[2048];
    uint8_t *result = NULL;
    char *shown = NULL;
    if (vectors_folder() == NULL)
        skip();
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/conf", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    key_write(key);
    assert_int_equal(setenv("ASSAY_QUOTEVERIFY_CONF", path, 1), 0);
    snprintf(text, sizeof(text), "policy_signer = %s\n", key);
    file_write(path, text);
    assert_row("the policy of somebody else", appraise_golden(&result), 0xE002);
    snprintf(text, sizeof(text), "policy_signer = %s/appraisal/policy_key.pem\nkey = %s\n",
             vectors_folder(), key);
    file_write(path, text);
    assert_row("the policy of the pinned signer", appraise_golden(&result), SGX_QL_SUCCESS);
    const assay_span token = { result, strlen((const char *)result) };
    assert_int_equal(assay_token_show(token, &shown, NULL), ASSAY_OK);
    assert_non_null(strstr(shown, "\"alg\":\"ES384\""));
    assay_text_free(shown);
    assert_row("free", drop_in_library()->tee_free_appraisal_token(result), SGX_QL_SUCCESS);
    assert_int_equal(unsetenv("ASSAY_QUOTEVERIFY_CONF"), 0);
    assert_int_equal(unlink(path) + unlink(key) + rmdir(folder), 0);
}

/* ---- Arguments ---- */

static void arguments_are_checked(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    const uint8_t *token = (const uint8_t *)"x.y.z";
    uint8_t *policies[] = { (uint8_t *)"x" }, *out = NULL;
    uint32_t size;
    sgx_ql_qe_report_info_t info = { { 0 }, { 0 }, { 0 } };
    tee_policy_auth_result_t result;
    tee_policy_bundle_t bundle = { .p_tenant_identity_policy = NULL }, reserved = bundle,
                        empty = bundle;
    reserved.reserved[1].pt = CUSTOMIZED;
    empty.platform_policy.pt = CUSTOMIZED;
#define APPRAISE(...) library->tee_appraise_verification_token(__VA_ARGS__)
    assert_row("no token", APPRAISE(NULL, policies, 1, 1, NULL, &size, &out), 0xE002);
    assert_row("no policies", APPRAISE(token, NULL, 1, 1, NULL, &size, &out), 0xE002);
    assert_row("policy count 0", APPRAISE(token, policies, 0, 1, NULL, &size, &out), 0xE002);
    assert_row("date 0", APPRAISE(token, policies, 1, 0, NULL, &size, &out), 0xE002);
    assert_row("an enclave", APPRAISE(token, policies, 1, 1, &info, &size, &out), 0xE002);
    assert_row("no size", APPRAISE(token, policies, 1, 1, NULL, NULL, &out), 0xE002);
    assert_row("garbage", APPRAISE(token, policies, 1, 1, NULL, &size, &out), 0xE002);
    assert_null(out);
#define AUTHENTICATE(...) library->tee_authenticate_appraisal_result(__VA_ARGS__)
    assert_row("no result token", AUTHENTICATE(NULL, &bundle, &result), 0xE002);
    assert_row("no bundle", AUTHENTICATE(token, NULL, &result), 0xE002);
    assert_row("reserved", AUTHENTICATE(token, &reserved, &result), 0xE002);
    assert_row("customized with nothing", AUTHENTICATE(token, &empty, &result), 0xE002);
    assert_row("garbage", AUTHENTICATE(token, &bundle, &result), 0xE002);
    assert_row("free nothing", library->tee_free_verify_quote_qvt(NULL, &size), 0xE002);
    assert_row("free no size", library->tee_free_verify_quote_qvt(policies[0], NULL), 0xE002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_authentications_agree),
        cmocka_unit_test(golden_policy_owners_agree),
        cmocka_unit_test(complete_runs_are_those_of_the_reference),
        cmocka_unit_test(bundles_are_checked),
        cmocka_unit_test(a_real_quote_becomes_a_token_and_a_result),
        cmocka_unit_test(the_configuration_pins_signers_and_signs),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
