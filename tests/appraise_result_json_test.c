/* appraise_result_json_test.c: appraisals as JSON: the document of Intel's library in both shapes,
 * against genuine ones, and assay's own (src/appraise/result_json.c, report_json.c,
 * appraisal_json.c; appraisal.md 5, and the names of the golden cases). */
#include <stdio.h>
#include <stdlib.h>

#include "appraise/policy.h"
#include "appraise/result_json.h"
#include "sim/build.h"
#include "support.h"
#include "vectors.h"
#include "wire/base64.h"
#include "wire/json.h"

enum { NOW = 1750420800 };

static assay_policy *policy_make(assay_span text, const assay_policy_origin *origin)
{
    assay_policy *policy = NULL;
    assay_error err = { 0 };
    if (policy_parse_with_origin(text, ASSAY_POLICY_EXTENDED, origin, &policy, &err) != ASSAY_OK)
        test_fail("policy: %s: %s", err.where, err.detail);
    return policy;
}

static json_t *take_json(json_writer *w)
{
    char *text = NULL;
    assert_int_equal(json_take_written(w, &text, NULL), ASSAY_OK);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    memory_free(text);
    return document;
}

static json_t *result_at(const assay_appraisal *appraisal, result_shape shape, int64_t check_date)
{
    json_writer w = { 0 };
    appraisal_result_write(&w, appraisal, shape, check_date, 123456789012345);
    return take_json(&w);
}

static json_t *result_of(const assay_appraisal *appraisal, result_shape shape)
{
    return result_at(appraisal, shape, NOW);
}

static json_t *ours_of(const assay_appraisal *appraisal, assay_status status,
                       const assay_error *error)
{
    char *text = NULL;
    assert_int_equal(assay_appraisal_to_json(appraisal, status, error, &text), ASSAY_OK);
    json_t *document = json_loads(text, 0, NULL);
    assert_non_null(document);
    assay_text_free(text);
    return document;
}

/* The path of members and indexes, separated by spaces: "0 result 0 nonce". */
static json_t *at(json_t *value, const char *path)
{
    char text[128];
    snprintf(text, sizeof(text), "%s", path);
    for (char *rest = NULL, *step = strtok_r(text, " ", &rest); step != NULL;
         step = strtok_r(NULL, " ", &rest))
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(step))
                                     : json_object_get(value, step);
    return value;
}

static void assert_keys(const char *what, json_t *object, const char *wanted)
{
    char keys[512] = "";
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const size_t used = strlen(keys);
        snprintf(keys + used, sizeof(keys) - used, "%s ", key);
    }
    if (strcmp(keys, wanted) != 0)
        test_fail("%s: members %s, want %s", what, keys, wanted);
}

/* ---- Our own reports ---- */

typedef struct appraised {
    sim_artifacts artifacts;
    assay_collateral *collateral;
    assay_reports *reports;
    assay_policy *policy;
    assay_appraisal *appraisal;
} appraised;

static void appraised_make(appraised *a, const char *profile, const char *policy,
                           const assay_policy_origin *origin)
{
    sim_world world;
    assay_roots roots = { 0 };
    assay_verdict verdict = { 0 };
    *a = (appraised) { 0 };
    sim_world_init(&world, sim_profile_find(profile), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    const assay_verify_options verify = { .now = world.now };
    assert_int_equal(sim_build(&world, &a->artifacts, NULL), ASSAY_OK);
    assert_int_equal(assay_roots_add(&roots, bytes_span(&a->artifacts.root), NULL), ASSAY_OK);
    const assay_collateral_items items = sim_artifacts_items(&a->artifacts);
    assert_int_equal(assay_collateral_new(&items, &roots, &a->collateral, NULL), ASSAY_OK);
    const assay_span quote = bytes_span(&a->artifacts.quote);
    assert_int_equal(assay_verify(NULL, quote, a->collateral, &verify, &verdict, NULL), ASSAY_OK);
    assert_int_equal(assay_reports_from_verdict(&verdict, quote, &a->reports, NULL), ASSAY_OK);
    assay_verdict_clear(&verdict);
    a->policy = policy_make(SPAN_TEXT(policy), origin);
    const assay_policy *policies[] = { a->policy };
    const assay_appraise_options options = { .now = world.now,
                                             .policies = policies,
                                             .policy_count = 1 };
    assert_int_equal(assay_appraise(a->reports, &options, &a->appraisal, NULL), ASSAY_OK);
}

static void appraised_free(appraised *a)
{
    assay_appraisal_free(a->appraisal);
    assay_policy_unref(a->policy);
    assay_reports_free(a->reports);
    assay_collateral_unref(a->collateral);
    sim_artifacts_free(&a->artifacts);
}

#define TD_15  "45b734fc-aa4e-4c3d-ad28-e43d08880e68"
#define SGX    "3123ec35-8d38-4ea5-87a5-d6c48b567570"
#define TDX_15 "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3"
#define QE     "3769258c-75e6-4bc7-8d72-d2b0e224cad2"
#define ENTRY(class_, reference)                                                                   \
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"" class_                                  \
    "\",\"description\":\"mine\"},\"reference\":{" reference "}}]} // comment"

#define OTHER_MRTD                                                                                 \
    "\"#note\":[1],\"tdx_mrtd\":"                                                                  \
    "\"0000000000000000000000000000000000000000000000000000000000000000"                           \
    "00000000000000000000000000000000\""

static const assay_policy_origin signer = { .is_signed = true,
                                            .signature = "c2lnbmF0dXJl",
                                            .signing_key = "{\"kty\":\"EC\"}" };

static void the_array_shape(void **state)
{
    (void)state;
    appraised a;
    appraised_make(&a, "tdx-v5", ENTRY(TD_15, OTHER_MRTD), &signer);
    json_t *document = result_of(a.appraisal, RESULT_ARRAY);
    assert_int_equal(json_array_size(document), 1);
    assert_int_equal(json_array_size(at(document, "0 result")), 1);
    json_t *x = at(document, "0 result 0");
    assert_keys("result", x,
                "appraisal_check_date nonce overall_appraisal_result certification_data "
                "quote_hash appraised_reports ");
    assert_int_equal(json_integer_value(at(x, "appraisal_check_date")),
                     INT64_C(1750420800000000000));
    assert_int_equal(json_integer_value(at(x, "nonce")), 123456789012345);
    assert_int_equal(json_integer_value(at(x, "overall_appraisal_result")), 0);
    assert_keys("certification data", at(x, "certification_data 0"),
                "pck_crl_issuer_chain root_ca_crl pck_crl tcb_info_issuer_chain tcb_info "
                "qe_identity_issuer_chain qe_identity ");
    assert_keys("quote hash", at(x, "quote_hash 0"), "algo quote_hash ");
    assert_int_equal(json_array_size(at(x, "appraised_reports")), 3);
    json_t *td = at(x, "appraised_reports 2");
    assert_keys("report", td, "appraisal_result report policy detailed_result ");
    assert_keys("inner report", at(td, "report"), "environment measurement ");
    assert_keys("environment", at(td, "report environment"), "class_id Description ");
    assert_keys("policy", at(td, "policy"), "environment reference signature signing_key ");
    assert_keys("notes stay", at(td, "policy reference"), "#note tdx_mrtd ");
    assert_string_equal(json_string_value(at(td, "policy signature")), "c2lnbmF0dXJl");
    assert_string_equal(json_string_value(at(td, "policy signing_key kty")), "EC");
    assert_int_equal(json_array_size(at(td, "detailed_result")), 1);
    assert_true(json_is_false(at(td, "detailed_result 0 td_mrtd_check")));
    assert_true(json_is_true(at(td, "detailed_result 0 td_rtmr0_check")));
    json_t *qe = at(x, "appraised_reports 1");
    assert_keys("default policy", at(qe, "policy"), "environment reference ");
    json_decref(document);
    appraised_free(&a);
}

static void the_object_shape(void **state)
{
    (void)state;
    appraised a;
    appraised_make(&a, "tdx-v5", ENTRY(TD_15, ""), NULL);
    json_t *document = result_of(a.appraisal, RESULT_OBJECT);
    assert_int_equal(json_integer_value(at(document, "0 result overall_appraisal_result")), 1);
    assert_keys("certification data", at(document, "0 result certification_data 0"),
                "certification_data ");
    assert_keys("the items", at(document, "0 result certification_data 0 certification_data"),
                "pck_crl_issuer_chain root_ca_crl pck_crl tcb_info_issuer_chain tcb_info "
                "qe_identity_issuer_chain qe_identity ");
    assert_keys("unsigned policy", at(document, "0 result appraised_reports 2 policy"),
                "environment reference ");
    json_decref(document);
    appraised_free(&a);
}

/* The base64 of the items is that of what came in, but for one NUL at the end. */
static void certification_data_is_as_supplied(void **state)
{
    (void)state;
    appraised a;
    uint8_t back[64 * 1024];
    size_t size = 0;
    appraised_make(&a, "sgx-v3", ENTRY(SGX, "\"accepted_tcb_status\":[\"UpToDate\"]"), NULL);
    const assay_span crl = bytes_span(&a.artifacts.pck_crl);
    for (int with_nul = 0; with_nul <= 1; with_nul++) {
        json_t *document = result_of(a.appraisal, RESULT_ARRAY);
        json_t *text = at(document, "0 result 0 certification_data 0 pck_crl");
        assert_int_equal(base64_decode(SPAN_TEXT(json_string_value(text)), BASE64_STANDARD,
                                       BASE64_SPACE_REFUSED, back, sizeof(back), &size, NULL),
                         ASSAY_OK);
        assert_int_equal(size, crl.size);
        assert_memory_equal(back, crl.data, size);
        json_decref(document);
        assay_collateral_items items = sim_artifacts_items(&a.artifacts);
        bytes_add_u8(&a.artifacts.pck_crl, 0);
        items.pck_crl = bytes_span(&a.artifacts.pck_crl);
        assay_collateral_unref(a.reports->collateral);
        assert_int_equal(assay_collateral_new(&items, NULL, &a.reports->collateral, NULL),
                         ASSAY_OK);
        a.artifacts.pck_crl.size--;
    }
    appraised_free(&a);
}

/* What Intel never shows appears where a key reads it. */
static const struct {
    const char *what;
    const char *profile, *policy;
    const char *report; /* index */
    const char *key;
    bool shown;
} extras[] = {
    { "PPID unasked", "sgx-v3", ENTRY(SGX, "\"accepted_tcb_status\":[\"UpToDate\"]"), "0",
      "platform_provider_id", false },
    { "PPID asked", "sgx-v3",
      ENTRY(SGX, "\"accepted_tcb_status\":[\"UpToDate\"],\"accepted_platform_provider_ids\":"
                 "[\"00112233445566778899AABBCCDDEEFF\"]"),
      "0", "platform_provider_id", true },
    { "PPID asked by assay's own key", "sgx-v3",
      ENTRY(SGX, "\"accepted_tcb_status\":[\"UpToDate\"],\"accepted_ppids\":"
                 "[\"00112233445566778899AABBCCDDEEFF\"]"),
      "0", "platform_provider_id", true },
    { "CE attributes unasked", "sgx-v3", ENTRY(SGX, "\"accepted_tcb_status\":[\"UpToDate\"]"), "1",
      "sgx_ce_attributes", false },
    { "CE attributes asked", "sgx-v3",
      ENTRY("bef7cb8c-31aa-42c1-854c-10db005d5c41",
            "\"sgx_attributes\":\"00000000000000000000000000000000\","
            "\"sgx_ce_attributes\":\"00\""),
      "1", "sgx_ce_attributes", true },
};

static void further_facts_are_shown_when_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        appraised a;
        char path[96];
        appraised_make(&a, extras[i].profile, extras[i].policy, NULL);
        json_t *document = result_of(a.appraisal, RESULT_ARRAY);
        snprintf(path, sizeof(path), "0 result 0 appraised_reports %s report measurement %s",
                 extras[i].report, extras[i].key);
        assert_row(extras[i].what, at(document, path) != NULL, extras[i].shown);
        json_decref(document);
        appraised_free(&a);
    }
}

static void our_own_form(void **state)
{
    (void)state;
    appraised a;
    appraised_make(&a, "tdx-v5", ENTRY(TD_15, OTHER_MRTD), NULL);
    json_t *document = ours_of(a.appraisal, ASSAY_OK, NULL);
    assert_keys("appraisal", document, "status overall reports warnings explanations ");
    assert_string_equal(json_string_value(at(document, "status")), "ok");
    assert_int_equal(json_integer_value(at(document, "overall")), 0);
    assert_keys("report", at(document, "reports 0"),
                "class_id appraisal_result policy detailed_result ");
    static const char *const order[] = { QE, TD_15, TDX_15 };
    static const char *const policies[] = { "default", "user", "default" };
    for (size_t i = 0; i < 3; i++) {
        json_t *row = json_array_get(at(document, "reports"), i);
        assert_string_equal(json_string_value(at(row, "class_id")), order[i]);
        assert_string_equal(json_string_value(at(row, "policy")), policies[i]);
        assert_int_equal(json_integer_value(at(row, "appraisal_result")), i != 1);
    }
    assert_int_equal(json_array_size(at(document, "explanations")), 1);
    json_t *why = at(document, "explanations 0");
    assert_keys("explanation", why, "class_id check key wanted found ");
    assert_string_equal(json_string_value(at(why, "class_id")), TD_15);
    assert_string_equal(json_string_value(at(why, "check")), "td_mrtd_check");
    assert_string_equal(json_string_value(at(why, "key")), "tdx_mrtd");
    assert_true(json_is_string(at(why, "wanted")) && json_is_string(at(why, "found")));
    json_decref(document);
    appraised_free(&a);
}

static void a_report_without_policy(void **state)
{
    (void)state;
    appraised a;
    appraised_make(&a, "tdx-v5", ENTRY(TDX_15, "\"accepted_tcb_status\":[\"UpToDate\"]"), NULL);
    json_t *document = ours_of(a.appraisal, ASSAY_OK, NULL);
    assert_int_equal(json_integer_value(at(document, "overall")), -1);
    assert_int_equal(json_integer_value(at(document, "reports 1 appraisal_result")), -1);
    assert_true(json_is_null(at(document, "reports 1 policy")));
    assert_true(json_is_null(at(document, "reports 1 detailed_result")));
    json_decref(document);
    document = result_of(a.appraisal, RESULT_ARRAY);
    assert_keys("unappraised report", at(document, "0 result 0 appraised_reports 2"),
                "appraisal_result report ");
    assert_int_equal(json_integer_value(at(document, "0 result 0 overall_appraisal_result")), -1);
    json_decref(document);
    appraised_free(&a);
}

static void a_refusal(void **state)
{
    (void)state;
    assay_error err = { 0 };
    fail_named(&err, ASSAY_MALFORMED, "policy_unknown_member", "tdx_mrtd",
               "policies[0].policy_array[0].reference.tdx_mrdt", "unknown key");
    json_t *document = ours_of(NULL, ASSAY_MALFORMED, &err);
    assert_keys("refusal", document, "status error ");
    assert_string_equal(json_string_value(at(document, "status")), "refused");
    assert_keys("error", at(document, "error"), "code path suggestion detail ");
    assert_string_equal(json_string_value(at(document, "error code")), "policy_unknown_member");
    assert_string_equal(json_string_value(at(document, "error path")),
                        "policies[0].policy_array[0].reference.tdx_mrdt");
    assert_string_equal(json_string_value(at(document, "error suggestion")), "tdx_mrtd");
    assert_string_equal(json_string_value(at(document, "error detail")), "unknown key");
    json_decref(document);
    fail(&err, ASSAY_NO_MEMORY, "", ASSAY_NO_OFFSET, "none left");
    document = ours_of(NULL, ASSAY_NO_MEMORY, &err);
    assert_string_equal(json_string_value(at(document, "error code")), "no-memory");
    assert_true(json_is_null(at(document, "error suggestion")));
    json_decref(document);
}

/* ---- Genuine results ---- */

/* Segment 0 or 1 of a token as JSON. */
static json_t *segment(assay_span token, size_t index)
{
    uint8_t *text = malloc(token.size);
    size_t begin = 0, size = 0;
    assert_non_null(text);
    for (; index > 0; index--)
        begin += (size_t)((const uint8_t *)memchr(token.data + begin, '.', token.size - begin) -
                          (token.data + begin)) +
                 1;
    const uint8_t *end = memchr(token.data + begin, '.', token.size - begin);
    assert_int_equal(base64_decode(span_of(token.data + begin, (size_t)(end - token.data) - begin),
                                   BASE64_URL, BASE64_SPACE_REFUSED, text, token.size, &size, NULL),
                     ASSAY_OK);
    json_t *out = json_loadb((const char *)text, size, 0, NULL);
    assert_non_null(out);
    free(text);
    return out;
}

static assay_policy *policy_of_token(const char *folder, const char *name)
{
    char signature[256];
    const assay_span token = vectors_read(folder, name);
    assert_non_null(token.data);
    size_t dot = token.size;
    while (token.data[dot - 1] != '.')
        dot--;
    snprintf(signature, sizeof(signature), "%.*s", (int)(token.size - dot),
             (const char *)token.data + dot);
    json_t *header = segment(token, 0), *claims = segment(token, 1);
    const assay_policy_origin origin = { .is_signed = true,
                                         .signature = signature,
                                         .signing_key =
                                             json_string_value(json_object_get(header, "jwk")) };
    const char *text = json_string_value(json_object_get(claims, "policy_payload"));
    assay_policy *policy = policy_make(SPAN_TEXT(text), &origin);
    json_decref(header);
    json_decref(claims);
    free((void *)token.data);
    return policy;
}

/* `claim` of the token in a file: JSON in a string. */
static json_t *claim_of_token(const char *folder, const char *name, const char *claim)
{
    const assay_span token = vectors_read(folder, name);
    assert_non_null(token.data);
    json_t *claims = segment(token, 1);
    json_t *out = json_loads(json_string_value(json_object_get(claims, claim)), 0, NULL);
    assert_non_null(out);
    json_decref(claims);
    free((void *)token.data);
    return out;
}

/* Reports by class id, and the nonces equal: what may differ from run to run. */
static void normalise(json_t *document)
{
    json_t *x = at(document, "0 result 0");
    json_t *sorted = json_object();
    for (size_t i = 0; i < json_array_size(at(x, "appraised_reports")); i++) {
        json_t *row = json_array_get(at(x, "appraised_reports"), i);
        json_object_set(sorted, json_string_value(at(row, "report environment class_id")), row);
    }
    json_object_set_new(x, "appraised_reports", sorted);
    json_object_set_new(x, "nonce", json_null());
}

static void compare_run(const char *folder, json_t *run)
{
    const assay_policy *policies[4];
    const char *name = json_string_value(at(run, "name"));
    json_t *tokens = at(run, "policy_tokens");
    json_t *inner =
        claim_of_token(folder, json_string_value(at(run, "verification_token")), "qvl_result");
    char *text = json_dumps(inner, JSON_COMPACT);
    assay_reports *reports = NULL;
    assay_appraisal *appraisal = NULL;
    assert_int_equal(assay_reports_from_json(SPAN_TEXT(text), &reports, NULL), ASSAY_OK);
    for (size_t i = 0; i < json_array_size(tokens); i++)
        policies[i] = policy_of_token(folder, json_string_value(json_array_get(tokens, i)));
    const assay_appraise_options options = { .now = json_integer_value(at(run, "check_date")),
                                             .policies = policies,
                                             .policy_count = json_array_size(tokens) };
    assert_int_equal(assay_appraise(reports, &options, &appraisal, NULL), ASSAY_OK);
    json_t *got = result_at(appraisal, RESULT_ARRAY, options.now);
    json_t *wanted =
        claim_of_token(folder, json_string_value(at(run, "intel_token")), "appraisal_result");
    normalise(got);
    normalise(wanted);
    if (!json_equal(got, wanted)) {
        char *a = json_dumps(got, JSON_SORT_KEYS), *b = json_dumps(wanted, JSON_SORT_KEYS);
        test_fail("%s: got\n%s\nwant\n%s", name, a, b);
    }
    json_decref(got);
    json_decref(wanted);
    json_decref(inner);
    free(text);
    assay_appraisal_free(appraisal);
    assay_reports_free(reports);
    for (size_t i = 0; i < json_array_size(tokens); i++)
        assay_policy_unref((assay_policy *)policies[i]);
}

static void genuine_results_are_ours(void **state)
{
    (void)state;
    char folder[1024];
    if (vectors_folder() == NULL)
        skip();
    snprintf(folder, sizeof(folder), "%s/appraisal/full", vectors_folder());
    const assay_span index = vectors_read(folder, "index.json");
    json_t *runs = json_loadb((const char *)index.data, index.size, 0, NULL);
    assert_int_equal(json_array_size(runs), 5);
    for (size_t i = 0; i < json_array_size(runs); i++)
        compare_run(folder, json_array_get(runs, i));
    json_decref(runs);
    free((void *)index.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_array_shape),
        cmocka_unit_test(the_object_shape),
        cmocka_unit_test(certification_data_is_as_supplied),
        cmocka_unit_test(further_facts_are_shown_when_asked_for),
        cmocka_unit_test(our_own_form),
        cmocka_unit_test(a_report_without_policy),
        cmocka_unit_test(a_refusal),
        cmocka_unit_test(genuine_results_are_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
