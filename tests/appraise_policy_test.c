/* appraise_policy_test.c: policy files: each error and warning of appraisal.md 2.9, what a policy
 * keeps, the strict dialect (src/appraise/policy*.c, explain.c). */
#include <stdlib.h>

#include "appraise/policy.h"
#include "assay/verify.h"
#include "base/error.h"
#include "support.h"

#define SGX      "3123ec35-8d38-4ea5-87a5-d6c48b567570"
#define QE       "3769258c-75e6-4bc7-8d72-d2b0e224cad2"
#define TD_10    "a1e4ee9c-a12e-48ac-bed0-e3f89297f687"
#define TD_15    "45b734fc-aa4e-4c3d-ad28-e43d08880e68"
#define ENCLAVE_ "bef7cb8c-31aa-42c1-854c-10db005d5c41"
#define ENTRY(id, reference)                                                                       \
    "{\"environment\":{\"class_id\":\"" id "\"},\"reference\":{" reference "}}"
#define ARRAY(entries)       "{\"policy_array\":[" entries "]}"
#define FILE_(id, reference) ARRAY(ENTRY(id, reference))
#define STATUS_              "\"accepted_tcb_status\":\"UpToDate\""
#define SEVEN(text)          text text text text text text text

/* ---- Refused ---- */

static const struct {
    const char *what, *text, *name, *where, *suggestion;
} refusals[] = {
    { "nothing", "", "policy_json", "", "" },
    { "not JSON", "{", "policy_json", "", "" },
    { "text behind", FILE_(TD_15, "") " x", "policy_json", "", "" },
    { "trailing comma", "{\"policy_array\":[],}", "policy_json", "", "" },
    { "comment not closed", FILE_(TD_15, "") " /* here", "policy_json", "", "" },
    { "half a comment", FILE_(TD_15, "") " /", "policy_json", "", "" },
    { "byte order mark", "\xEF\xBB\xBF{}", "policy_json", "", "" },
    { "not UTF-8, in a comment", FILE_(TD_15, "") " // \xff", "policy_json", "", "" },
    { "a text not closed", "{\"policy", "policy_json", "", "" },
    { "a name with an escape", "{\"policy\\u005farray\":[]}", "policy_json", "", "" },
    { "deeper than 16", SEVEN("[") SEVEN("[") SEVEN("["), "policy_json", "", "" },
    { "a name twice", "{\"policy_array\":[],\"policy_array\":[]}", "policy_duplicate_member",
      "policy_array", "" },
    { "a key twice", FILE_(SGX, STATUS_ "," STATUS_), "policy_duplicate_member",
      "policy_array[0].reference.accepted_tcb_status", "" },
    { "a key and its typo",
      FILE_(SGX, "\"allow_dynamic_platform\":true,\"allow_dynamic_plaform\":true"),
      "policy_duplicate_member", "policy_array[0].reference.allow_dynamic_plaform", "" },
    { "a list at the top", "[]", "policy_structure", "", "" },
    { "a number at the top", "5", "policy_structure", "", "" },
    { "no policy_array", "{\"#NOTE\":1}", "policy_structure", "policy_array", "" },
    { "no entry", ARRAY(""), "policy_structure", "policy_array", "" },
    { "an entry that is null", ARRAY("null"), "policy_structure", "policy_array[0]", "" },
    { "an entry without environment", ARRAY("{\"reference\":{}}"), "policy_structure",
      "policy_array[0].environment", "" },
    { "an environment without class", ARRAY("{\"environment\":{},\"reference\":{}}"),
      "policy_structure", "policy_array[0].environment.class_id", "" },
    { "an entry without reference", ARRAY("{\"environment\":{\"class_id\":\"" SGX "\"}}"),
      "policy_structure", "policy_array[0].reference", "" },
    { "a class nobody knows", FILE_("11111111-1111-1111-1111-111111111111", ""),
      "policy_unknown_class", "policy_array[0].environment.class_id", "" },
    { "a class twice", ARRAY(ENTRY(TD_15, "") "," ENTRY(TD_15, "")), "policy_duplicate_class",
      "policy_array[1].environment.class_id", "" },
    { "a member at the top", "{\"policy_arry\":[]}", "policy_unknown_member", "policy_arry",
      "policy_array" },
    { "a member of the environment",
      ARRAY("{\"environment\":{\"class_id\":\"" SGX "\",\"descriptoin\":\"\"},\"reference\":{}}"),
      "policy_unknown_member", "policy_array[0].environment.descriptoin", "description" },
    { "a member of the entry",
      ARRAY("{\"environment\":{\"class_id\":\"" SGX "\"},\"reference\":{},\"signature\":\"\"}"),
      "policy_unknown_member", "policy_array[0].signature", "" },
    { "the misplaced member says false",
      ARRAY("{\"environment\":{\"class_id\":\"" SGX
            "\"},\"reference\":{},\"allow_dynamic_plaform\":false}"),
      "policy_unknown_member", "policy_array[0].allow_dynamic_plaform",
      "reference.allow_dynamic_platform" },
    { "a misspelt key", FILE_(SGX, "\"rejected_advisory_id\":[]"), "policy_unknown_member",
      "policy_array[0].reference.rejected_advisory_id", "rejected_advisory_ids" },
    { "a key in capitals, three letters short", FILE_(SGX, "\"COLLATERAL_GRACE_PER\":0"),
      "policy_unknown_member", "policy_array[0].reference.COLLATERAL_GRACE_PER",
      "collateral_grace_period" },
    { "a key of another class", FILE_(QE, "\"allow_smt_enabled\":true"), "policy_unknown_member",
      "policy_array[0].reference.allow_smt_enabled", "" },
    { "the typo where its key may not stand", FILE_(QE, "\"allow_dynamic_plaform\":true"),
      "policy_unknown_member", "policy_array[0].reference.allow_dynamic_plaform", "" },
    { "service TDs in a TD 1.0", FILE_(TD_10, "\"tdx_mrservicetd\":\"00\""),
      "policy_unknown_member", "policy_array[0].reference.tdx_mrservicetd", "" },
    { "null", FILE_(SGX, "\"min_eval_num\":null"), "policy_wrong_type",
      "policy_array[0].reference.min_eval_num", "" },
    { "a bool as text", FILE_(SGX, "\"allow_smt_enabled\":\"no\""), "policy_wrong_type",
      "policy_array[0].reference.allow_smt_enabled", "" },
    { "a description that is a number",
      ARRAY("{\"environment\":{\"class_id\":\"" SGX "\",\"description\":5},\"reference\":{}}"),
      "policy_wrong_type", "policy_array[0].environment.description", "" },
    { "a mask as list", FILE_(TD_15, "\"tdx_xfam_mask\":[]"), "policy_wrong_type",
      "policy_array[0].reference.tdx_xfam_mask", "" },
    { "an element of another type", FILE_(SGX, "\"rejected_advisory_ids\":[1]"),
      "policy_wrong_type", "policy_array[0].reference.rejected_advisory_ids[0]", "" },
    { "a negative number", FILE_(SGX, "\"min_eval_num\":-1"), "policy_bad_value",
      "policy_array[0].reference.min_eval_num", "" },
    { "minus zero", FILE_(SGX, "\"min_eval_num\":-0"), "policy_bad_value",
      "policy_array[0].reference.min_eval_num", "" },
    { "a fraction", FILE_(SGX, "\"min_eval_num\":1.0"), "policy_bad_value",
      "policy_array[0].reference.min_eval_num", "" },
    { "an exponent", FILE_(SGX, "\"min_eval_num\":1e1"), "policy_bad_value",
      "policy_array[0].reference.min_eval_num", "" },
    { "a number beyond 32 bits", FILE_(SGX, "\"min_eval_num\":4294967296"), "policy_bad_value",
      "policy_array[0].reference.min_eval_num", "" },
    { "a number beyond 64 bits", FILE_(SGX, "\"min_eval_num\":99999999999999999999999"),
      "policy_bad_value", "policy_array[0].reference.min_eval_num", "" },
    { "a number beyond 16 bits", FILE_(ENCLAVE_, "\"sgx_isvsvn_min\":65536"), "policy_bad_value",
      "policy_array[0].reference.sgx_isvsvn_min", "" },
    { "a day that is not in the calendar",
      FILE_(SGX, "\"min_tcb_level_date\":\"2025-02-29T00:00:00Z\""), "policy_bad_value",
      "policy_array[0].reference.min_tcb_level_date", "" },
    { "hex of another length", FILE_(TD_15, "\"tdx_xfam\":\"00\""), "policy_bad_value",
      "policy_array[0].reference.tdx_xfam", "" },
    { "an empty list", FILE_(TD_15, "\"tdx_mrtd\":[]"), "policy_bad_value",
      "policy_array[0].reference.tdx_mrtd", "" },
    { "an SGX type that does not exist", FILE_(SGX, "\"accepted_sgx_types\":[0,3]"),
      "policy_bad_value", "policy_array[0].reference.accepted_sgx_types[1]", "" },
    { "Revoked", FILE_(SGX, "\"accepted_tcb_status\":\"revoked\""), "policy_bad_value",
      "policy_array[0].reference.accepted_tcb_status", "" },
    { "two statuses in one word",
      FILE_(SGX, "\"accepted_tcb_status\":[\"OutOfDateConfigurationNeeded\"]"), "policy_bad_value",
      "policy_array[0].reference.accepted_tcb_status[0]", "OutOfDate, ConfigurationNeeded" },
    { "a misspelt status", FILE_(SGX, "\"accepted_tcb_status\":[\"UptoDat\"]"), "policy_bad_value",
      "policy_array[0].reference.accepted_tcb_status[0]", "UpToDate" },
    { "an advisory without zeros", FILE_(SGX, "\"accepted_advisories\":{\"INTEL-SA-1\":[]}"),
      "policy_bad_value", "policy_array[0].reference.accepted_advisories.INTEL-SA-1", "" },
    { "an advisory in two spellings",
      FILE_(SGX, "\"accepted_advisories\":{\"INTEL-SA-00001\":[\"OutOfDate\"],"
                 "\"intel-sa-00001\":[\"OutOfDate\"]}"),
      "policy_bad_value", "policy_array[0].reference.accepted_advisories.intel-sa-00001", "" },
    { "an attribute that is misspelt", FILE_(TD_15, "\"required_attributes\":[\"PREFMON\"]"),
      "policy_bad_value", "policy_array[0].reference.required_attributes[0]", "PERFMON" },
    { "an attribute that is required and forbidden",
      FILE_(TD_15, "\"required_attributes\":[\"PKS\"],\"forbidden_attributes\":[\"PKS\"]"),
      "policy_bad_value", "policy_array[0].reference.forbidden_attributes", "" },
    { "an unknown hash", FILE_(TD_15, "\"report_data_hash\":{\"alg\":\"MD5\",\"of\":\"nonce\"}"),
      "policy_bad_value", "policy_array[0].reference.report_data_hash.alg", "" },
    { "a hash of nothing", FILE_(TD_15, "\"report_data_hash\":{\"alg\":\"SHA256\"}"),
      "policy_wrong_type", "policy_array[0].reference.report_data_hash.of", "" },
    { "a hash with more", FILE_(TD_15, "\"report_data_hash\":{\"alg\":\"SHA256\",\"off\":\"\"}"),
      "policy_unknown_member", "policy_array[0].reference.report_data_hash", "" },
    { "debug neither denied nor allowed", FILE_(TD_15, "\"debug\":\"maybe\""), "policy_bad_value",
      "policy_array[0].reference.debug", "" },
    { "a mask without its value", FILE_(TD_15, "\"tdx_xfam_mask\":\"FFFFFFFFFFFFFFFF\""),
      "policy_mask_without_value", "policy_array[0].reference.tdx_xfam_mask", "" },
};

static void what_is_wrong_is_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        assay_policy *policy = NULL;
        assay_error error = { 0 };
        assert_row(
            refusals[i].what,
            assay_policy_parse(SPAN_TEXT(refusals[i].text), ASSAY_POLICY_EXTENDED, &policy, &error),
            ASSAY_MALFORMED);
        if (strcmp(assay_error_name(&error), refusals[i].name) != 0 ||
            strcmp(error.where, refusals[i].where) != 0 ||
            strcmp(error.suggestion, refusals[i].suggestion) != 0)
            test_fail("%s: %s at %s, suggests '%s'", refusals[i].what, assay_error_name(&error),
                      error.where, error.suggestion);
        assert_null(policy);
    }
}

static void a_long_text_and_a_zero_byte_are_refused(void **state)
{
    (void)state;
    static const uint8_t zero[] = "{\"policy_array\":[]} // \0";
    uint8_t *text = malloc(POLICY_TEXT_MAX + 1);
    assay_policy *policy = NULL;
    assay_error error = { 0 };
    memset(text, ' ', POLICY_TEXT_MAX + 1);
    memcpy(text, FILE_(TD_15, ""), strlen(FILE_(TD_15, "")));
    assert_int_equal(assay_policy_parse((assay_span) { text, POLICY_TEXT_MAX },
                                        ASSAY_POLICY_EXTENDED, &policy, &error),
                     ASSAY_OK);
    assay_policy_unref(policy);
    assert_int_equal(assay_policy_parse((assay_span) { text, POLICY_TEXT_MAX + 1 },
                                        ASSAY_POLICY_EXTENDED, &policy, &error),
                     ASSAY_MALFORMED);
    assert_string_equal(error.name, "policy_json");
    assert_int_equal(assay_policy_parse(SPAN(zero), ASSAY_POLICY_EXTENDED, &policy, &error),
                     ASSAY_MALFORMED);
    assert_string_equal(error.name, "policy_json");
    free(text);
}

static void bad_json_says_at_which_byte(void **state)
{
    (void)state;
    assay_policy *policy = NULL;
    assay_error error = { 0 };
    assert_int_equal(
        assay_policy_parse(SPAN_TEXT("{} /* "), ASSAY_POLICY_EXTENDED, &policy, &error),
        ASSAY_MALFORMED);
    assert_int_equal(error.offset, 3);
}

/* ---- Accepted, with warnings ---- */

static const struct {
    const char *what, *text;
    const char *warnings[4];
} accepted[] = {
    { "nothing to say", FILE_(SGX, STATUS_ ",\"collateral_grace_period\":0"), { NULL } },
    { "comments and notes",
      "// one\n{\"policy_array\":[/* two */" ENTRY(
          TD_15, "\"#NOTE\":{\"a\":1,\"a\":2},\"#NOTE\":\"/* in a text\",\"tdx_xfam\":"
                 "\"0000000000000003\"") "]} // three",
      { NULL } },
    { "class in capitals",
      FILE_("45B734FC-aa4e-4c3d-ad28-e43d08880e68", "\"debug\":\"deny\""),
      { "class_id_case" } },
    { "a tenant entry without keys", FILE_(TD_15, "\"#tdx_mrtd\":1"), { "empty_reference" } },
    { "an enclave entry without keys", FILE_(ENCLAVE_, ""), { "empty_reference", "never_passes" } },
    { "an enclave without attributes", FILE_(ENCLAVE_, "\"sgx_isvprodid\":1"), { "never_passes" } },
    { "expiry is not looked at", FILE_(QE, STATUS_), { "expiry_unchecked" } },
    { "the typo of the samples",
      FILE_(SGX, STATUS_ ",\"collateral_grace_period\":0,\"allow_dynamic_plaform\":true"),
      { "known_typo" } },
    { "the typo of the generator",
      FILE_(TD_15, "\"tdx _mrservicetd\":\"00000000000000000000000000000000000000000000000000000000"
                   "0000000000000000000000000000000000000000\""),
      { "known_typo" } },
    { "the misplaced member",
      ARRAY("{\"environment\":{\"class_id\":\"" TD_15
            "\"},\"reference\":{\"debug\":\"deny\"},\"allow_dynamic_platform\":true}"),
      { "misplaced_member" } },
    { "no UpToDate",
      FILE_(SGX, "\"accepted_tcb_status\":\"OutOfDate\""),
      { "expiry_unchecked", "never_passes" } },
    { "no status", FILE_(SGX, "\"collateral_grace_period\":0"), { "never_passes" } },
    { "evaluation number and grace",
      FILE_(SGX, STATUS_ ",\"collateral_grace_period\":0,\"min_eval_num\":1"),
      { "never_passes" } },
    { "grace of the platform without OutOfDate",
      FILE_(SGX, STATUS_ ",\"collateral_grace_period\":0,\"platform_grace_period\":1"),
      { "never_passes" } },
    { "debug denied and fixed",
      FILE_(TD_15, "\"tdx_attributes\":\"0000000000000001\",\"debug\":\"deny\""),
      { "never_passes" } },
    { "debug denied, fixed in one value of two",
      FILE_(TD_15, "\"tdx_attributes\":[\"0000000000000001\",\"0000000000000000\"],"
                   "\"debug\":\"deny\""),
      { NULL } },
    { "debug denied, fixed where the mask does not look",
      FILE_(TD_15, "\"tdx_attributes\":\"0000000000000001\",\"tdx_attributes_mask\":"
                   "\"0000000000000000\",\"debug\":\"deny\""),
      { NULL } },
    { "debug denied and required",
      FILE_(TD_15, "\"required_attributes\":[\"DEBUG\"],\"debug\":\"deny\""),
      { "never_passes" } },
    { "an attribute required and fixed to zero",
      FILE_(ENCLAVE_, "\"sgx_attributes\":\"00000000000000030000000000000005\","
                      "\"required_attributes\":[\"KSS\"]"),
      { "never_passes" } },
    { "grace of the platform beside that of collateral",
      FILE_(SGX, "\"accepted_tcb_status\":[\"UpToDate\",\"OutOfDate\"],"
                 "\"collateral_grace_period\":1,\"platform_grace_period\":1"),
      { "never_passes" } },
};

static void warnings_name_what_is_doubtful(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        assay_policy *policy = NULL;
        assay_error error = { 0 };
        if (assay_policy_parse(SPAN_TEXT(accepted[i].text), ASSAY_POLICY_EXTENDED, &policy,
                               &error) != ASSAY_OK)
            test_fail("%s: %s: %s", accepted[i].what, error.where, error.detail);
        const char *const *warnings = assay_policy_warnings(policy);
        for (size_t w = 0; warnings[w] != NULL || accepted[i].warnings[w] != NULL; w++) {
            if (warnings[w] == NULL || accepted[i].warnings[w] == NULL ||
                strcmp(warnings[w], accepted[i].warnings[w]) != 0)
                test_fail("%s: warning %zu is %s", accepted[i].what, w, warnings[w]);
        }
        assay_policy_unref(policy);
    }
}

/* ---- The strict dialect ---- */

static const struct {
    const char *what, *text, *name;
} portable[] = {
    { "Intel's keys", FILE_(SGX, STATUS_ ",\"min_eval_num\":1"), NULL },
    { "a status as text", FILE_(QE, STATUS_ ",\"rejected_advisory_ids\":[\"INTEL-SA-00001\"]"),
      NULL },
    { "an SGX type in a list", FILE_(SGX, "\"accepted_sgx_types\":[1]"), NULL },
    { "a list of registers", FILE_(TD_15, "\"tdx_xfam\":[\"0000000000000003\"]"),
      "policy_wrong_type" },
    { "a list of products", FILE_(ENCLAVE_, "\"sgx_isvprodid\":[1]"), "policy_wrong_type" },
};

static void the_strict_dialect_refuses_extensions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(portable); i++) {
        assay_policy *policy = NULL;
        assay_error error = { 0 };
        assay_status status = assay_policy_parse(SPAN_TEXT(portable[i].text),
                                                 ASSAY_POLICY_STRICT_QAL, &policy, &error);
        assert_row(portable[i].what, status, portable[i].name ? ASSAY_MALFORMED : ASSAY_OK);
        if (portable[i].name != NULL)
            assert_string_equal(error.name, portable[i].name);
        assay_policy_unref(policy);
    }
}

/* Refused by name before its value is looked at, in every class, and never suggested. */
static void the_strict_dialect_knows_no_key_of_ours(void **state)
{
    (void)state;
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++) {
        const policy_key *key = policy_key_at(id);
        for (assay_class class_ = 0; class_ < ASSAY_CLASS_COUNT; class_++) {
            char text[512];
            assay_policy *policy = NULL;
            assay_error error = { 0 };
            if (key->origin != POLICY_EXTENSION || (key->classes & 1u << class_) == 0)
                continue;
            snprintf(text, sizeof(text), FILE_("%s", "\"%s\":null"), assay_class_id(class_),
                     key->name);
            assert_int_equal(
                assay_policy_parse(SPAN_TEXT(text), ASSAY_POLICY_STRICT_QAL, &policy, &error),
                ASSAY_MALFORMED);
            assert_string_equal(error.name, "policy_unknown_member");
            assert_int_equal(
                assay_policy_parse(SPAN_TEXT(text), ASSAY_POLICY_EXTENDED, &policy, &error),
                ASSAY_MALFORMED);
            assert_string_equal(error.name, "policy_wrong_type");
        }
    }
}

/* ---- What a policy keeps ---- */

static void a_policy_keeps_its_text_id_origin_and_classes(void **state)
{
    (void)state;
    const char *text = ARRAY(ENTRY(QE, STATUS_) "," ENTRY(SGX, STATUS_)) " // kept";
    const assay_policy_origin origin = { .is_signed = true,
                                         .signer_pinned = true,
                                         .signer = "thumbprint",
                                         .signature = "c2lnbmF0dXJl",
                                         .signing_key = "{\"kty\":\"EC\"}" };
    assay_policy *policy = NULL;
    assay_error error = { 0 };
    char id[97], wanted[97];
    uint8_t digest[SHA384_SIZE];
    assert_int_equal(
        policy_parse_with_origin(SPAN_TEXT(text), ASSAY_POLICY_EXTENDED, &origin, &policy, &error),
        ASSAY_OK);
    sha384(SPAN_TEXT(text), digest);
    assay_hex_encode(SPAN(digest), wanted);
    assay_policy_id(policy, id);
    assert_string_equal(id, wanted);
    assert_string_equal(assay_policy_text(policy), text);
    assert_string_equal(assay_policy_origin_of(policy)->signature, "c2lnbmF0dXJl");
    assert_ptr_not_equal(assay_policy_origin_of(policy)->signature, origin.signature);
    assert_string_equal(assay_policy_origin_of(policy)->signing_key, "{\"kty\":\"EC\"}");
    assert_true(assay_policy_origin_of(policy)->signer_pinned);
    assert_int_equal(assay_policy_class_count(policy), 2);
    assert_int_equal(assay_policy_class(policy, 1), ASSAY_CLASS_SGX_PLATFORM);
    assert_ptr_equal(assay_policy_ref(policy), policy);
    assay_policy_unref(policy);
    assay_policy_unref(policy);
}

static void a_policy_is_explained_line_by_line(void **state)
{
    (void)state;
    const char *text = ARRAY("{\"environment\":{\"class_id\":\"" TD_15
                             "\",\"description\":\"mine\"},\"reference\":{"
                             "\"tdx_attributes\":\"0000000010000000\",\"debug\":\"deny\"}}," ENTRY(
                                 QE, "\"min_eval_num\":17"));
    assay_policy *policy = NULL;
    char *words = NULL;
    assert_int_equal(assay_policy_parse(SPAN_TEXT(text), ASSAY_POLICY_EXTENDED, &policy, NULL),
                     ASSAY_OK);
    assert_int_equal(assay_policy_explain(policy, &words, NULL), ASSAY_OK);
    assert_non_null(strstr(words, "  tdx_attributes: the attributes are 0000001000000000\n"));
    assert_non_null(strstr(words, "  debug: a debuggable TD: denied [extension]\n"));
    assert_non_null(strstr(words, "  accepted_tcb_status is missing: nothing passes\n"));
    assert_non_null(
        strstr(words, "  min_eval_num: the TCB evaluation data number is at least 17\n"));
    assert_non_null(strstr(words, "  expiry of collateral is not looked at\n"));
    assert_non_null(strstr(words, "\"mine\":\n"));
    assert_non_null(strstr(words, "warning: never_passes\n"));
    assay_text_free(words);
    assay_policy_unref(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_refused_by_name),
        cmocka_unit_test(a_long_text_and_a_zero_byte_are_refused),
        cmocka_unit_test(bad_json_says_at_which_byte),
        cmocka_unit_test(warnings_name_what_is_doubtful),
        cmocka_unit_test(the_strict_dialect_refuses_extensions),
        cmocka_unit_test(the_strict_dialect_knows_no_key_of_ours),
        cmocka_unit_test(a_policy_keeps_its_text_id_origin_and_classes),
        cmocka_unit_test(a_policy_is_explained_line_by_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
