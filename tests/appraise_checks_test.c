/* appraise_checks_test.c: every key of the policy table turns its result both ways, and says what
 * it wanted and found (src/appraise/policy_keys.c, checks.c, check_words.c). A key without a row
 * here fails the test; tools/policy-mutants removes one key at a time and sees that. */
#include <stdlib.h>

#include <jansson.h>

#include "appraise/checks.h"
#include "support.h"

enum { NOW = 1750420800 }; /* 2025-06-20T12:00:00Z */

/* SHA-384 of "a nonce", zeros behind, reversed. */
#define REPORT_DATA                                                                                \
    "0000000000000000000000000000000019D748BB4B89781191B8CD2B38354E6E"                             \
    "A4686062B97BC1D2F0C41BBF0607A1606A4494CC24A6E59D4DA410B5CED3608D"
#define BYTES_8(digit)  digit digit digit digit digit digit digit digit
#define BYTES_16(digit) BYTES_8(digit) BYTES_8(digit)
#define BYTES_48(digit) BYTES_16(digit) BYTES_16(digit) BYTES_16(digit)

#define BOTH "\"accepted_tcb_status\":[\"UpToDate\",\"SWHardeningNeeded\"]"
#define OLD  "\"accepted_tcb_status\":[\"UpToDate\",\"OutOfDate\"]"
#define ATTR "\"sgx_attributes\":\"00000000000000E70000000000000005\""

/* Measurements by what a class is about; rows may replace members, and take them away by null. */
static const char platform[] =
    "{\"tcb_status\":[\"UpToDate\",\"SWHardeningNeeded\"],"
    "\"earliest_issue_date\":\"2018-05-21T10:45:10Z\","
    "\"latest_issue_date\":\"2025-06-20T11:58:20Z\","
    "\"earliest_expiration_date\":\"2025-06-20T11:59:00Z\","
    "\"tcb_level_date_tag\":\"2024-03-13T00:00:00Z\",\"pck_crl_num\":1,\"root_ca_crl_num\":1,"
    "\"tcb_eval_num\":17,\"sgx_types\":1,\"is_dynamic_platform\":true,"
    "\"is_cached_keys_policy\":true,\"is_smt_enabled\":true,"
    "\"advisory_ids\":[\"INTEL-SA-00615\"],\"fmspc\":\"B0C06F000000\","
    "\"platform_provider_id\":\"0102030405060708090A0B0C0D0E0F10\","
    "\"platform_instance_id\":\"1112131415161718191A1B1C1D1E1F20\"}";
static const char enclave[] =
    "{\"sgx_miscselect\":\"00000001\",\"sgx_attributes\":\"00000000000000E70000000000000005\","
    "\"sgx_mrenclave\":\"" BYTES_16("1111") "\",\"sgx_mrsigner\":\"" BYTES_16(
        "2222") "\","
                "\"sgx_isvprodid\":3,\"sgx_isvsvn\":4,\"sgx_configid\":\"" BYTES_16(
                    "33333333") "\","
                                "\"sgx_configsvn\":5,\"sgx_isvextprodid\":\"" BYTES_16(
                                    "44") "\","
                                          "\"sgx_isvfamilyid\":\"" BYTES_16(
                                              "55") "\",\"sgx_ce_attributes\":\"07\","
                                                    "\"sgx_reportdata\":\"" REPORT_DATA "\"}";
static const char td[] =
    "{\"tdx_attributes\":\"0000000010000000\",\"tdx_xfam\":\"00000000000602E7\","
    "\"tdx_mrconfigid\":\"" BYTES_48("10") "\",\"tdx_mrowner\":\"" BYTES_48(
        "20") "\","
              "\"tdx_mrownerconfig\":\"" BYTES_48("30") "\",\"tdx_mrtd\":\"" BYTES_48(
                  "40") "\","
                        "\"tdx_rtmr0\":\"" BYTES_48("50") "\",\"tdx_rtmr1\":\"" BYTES_48(
                            "60") "\","
                                  "\"tdx_rtmr2\":\"" BYTES_48("70") "\",\"tdx_rtmr3\":\"" BYTES_48(
                                      "80") "\","
                                            "\"tdx_mrservicetd\":\"" BYTES_48(
                                                "90") "\",\"tdx_reportdata\":\"" REPORT_DATA "\"}";

/* One key: a reference that passes and one that does not, and the result that tells. */
typedef struct flip {
    policy_key_id key;
    const char *result; /* without td_qe_ */
    const char *passes, *fails;
    const char *measurement; /* members that differ, as JSON; or NULL */
} flip;

#define REGISTER(id_, name_, digit_)                                                               \
    {                                                                                              \
        id_, "td_" name_ "_check", "\"tdx_" name_ "\":\"" BYTES_48(digit_) "\"",                   \
            "\"tdx_" name_ "\":\"" BYTES_48("5A") "\"", NULL                                       \
    }
#define ENCLAVE(id_, name_, result_, good_, bad_)                                                  \
    {                                                                                              \
        id_, result_, ATTR ",\"" name_ "\":" good_, ATTR ",\"" name_ "\":" bad_, NULL              \
    }
#define PLATFORM(id_, name_, result_, good_, bad_)                                                 \
    {                                                                                              \
        id_, result_, BOTH ",\"" name_ "\":" good_, BOTH ",\"" name_ "\":" bad_, NULL              \
    }
#define IN_BOTH(sgx_, tdx_, name_, good_, bad_)                                                    \
    ENCLAVE(sgx_, name_, name_ "_check", good_, bad_),                                             \
    {                                                                                              \
        tdx_, name_ "_check", "\"" name_ "\":" good_, "\"" name_ "\":" bad_, NULL                  \
    }

static const flip flips[] = {
    { KEY_ACCEPTED_TCB_STATUS, "tcb_status_check", BOTH, "\"accepted_tcb_status\":\"UpToDate\"",
      NULL },
    PLATFORM(KEY_COLLATERAL_GRACE_PERIOD, "collateral_grace_period", "expiration_date_check", "60",
             "59"),
    { KEY_PLATFORM_GRACE_PERIOD, "earliest_accepted_tcb_level_date_tag_check",
      OLD ",\"collateral_grace_period\":0,\"platform_grace_period\":40132800",
      OLD ",\"collateral_grace_period\":0,\"platform_grace_period\":40132799",
      "{\"tcb_status\":[\"OutOfDate\"],\"earliest_expiration_date\":\"2026-01-01T00:00:00Z\"}" },
    PLATFORM(KEY_MIN_TCB_LEVEL_DATE, "min_tcb_level_date", "accepted_tcb_level_date_tag_check",
             "\"2024-03-13T00:00:00Z\"", "\"2024-03-13T00:00:01Z\""),
    PLATFORM(KEY_MIN_EVAL_NUM, "min_eval_num", "tcb_eval_num_check", "17", "18"),
    PLATFORM(KEY_ACCEPTED_PLATFORM_PROVIDER_IDS, "accepted_platform_provider_ids",
             "platform_provider_id_check",
             "[\"" BYTES_16("00") "\",\"0102030405060708090a0b0c0d0e0f10\"]",
             "[\"0102030405060708090a0b0c0d0e0f11\"]"),
    PLATFORM(KEY_ACCEPTED_SGX_TYPES, "accepted_sgx_types", "sgx_types_check", "[0,1]", "2"),
    PLATFORM(KEY_ALLOW_DYNAMIC_PLATFORM, "allow_dynamic_platform", "dynamic_platform_check", "true",
             "false"),
    PLATFORM(KEY_ALLOW_CACHED_KEYS, "allow_cached_keys", "cached_keys_check", "true", "false"),
    PLATFORM(KEY_ALLOW_SMT_ENABLED, "allow_smt_enabled", "smt_enabled_check", "true", "false"),
    PLATFORM(KEY_REJECTED_ADVISORY_IDS, "rejected_advisory_ids", "advisory_ids_check",
             "[\"INTEL-SA-00616\"]", "[\"INTEL-SA-00616\",\"intel-sa-00615\"]"),
    PLATFORM(KEY_QE_REJECTED_ADVISORY_IDS, "rejected_advisory_ids", "advisory_ids_check",
             "[\"INTEL-SA-00616\"]", "[\"INTEL-SA-00615\"]"),
    PLATFORM(KEY_MIN_TCB_DATE, "min_tcb_date", "min_tcb_date_check", "\"2024-03-13T00:00:00Z\"",
             "\"2024-03-13T00:00:01Z\""),
    PLATFORM(KEY_MAX_COLLATERAL_AGE, "max_collateral_age", "max_collateral_age_check", "100", "99"),
    PLATFORM(KEY_ACCEPTED_ADVISORIES, "accepted_advisories", "accepted_advisories_check",
             "{\"intel-sa-00615\":[\"SWHardeningNeeded\"]}",
             "{\"INTEL-SA-00615\":[\"ConfigurationNeeded\"]}"),
    PLATFORM(KEY_ACCEPTED_PPIDS, "accepted_ppids", "ppid_check",
             "[\"0102030405060708090a0b0c0d0e0f10\"]", "[\"100f0e0d0c0b0a090807060504030201\"]"),
    PLATFORM(KEY_ACCEPTED_PLATFORM_INSTANCE_IDS, "accepted_platform_instance_ids",
             "platform_instance_id_check", "[\"1112131415161718191A1B1C1D1E1F20\"]",
             "[\"" BYTES_16("00") "\"]"),
    PLATFORM(KEY_ACCEPTED_FMSPCS, "accepted_fmspcs", "fmspc_check",
             "[\"00806f050000\",\"b0c06f000000\"]", "[\"0000006fc0b0\"]"),
    ENCLAVE(KEY_SGX_MISCSELECT, "sgx_miscselect", "sgx_miscselcect_check", "\"00000001\"",
            "\"00000000\""),
    ENCLAVE(KEY_SGX_MISCSELECT_MASK, "sgx_miscselect\":\"00000003\",\"sgx_miscselect_mask",
            "sgx_miscselcect_check", "\"FFFFFFFD\"", "\"FFFFFFFF\""),
    { KEY_SGX_ATTRIBUTES, "sgx_attributes_check", ATTR,
      "\"sgx_attributes\":\"00000000000000E70000000000000007\"", NULL },
    { KEY_SGX_ATTRIBUTES_MASK, "sgx_attributes_check",
      ATTR ",\"sgx_attributes_mask\":\"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD\"",
      ATTR ",\"sgx_attributes_mask\":\"" BYTES_16("FF") "\"",
      "{\"sgx_attributes\":\"00000000000000E70000000000000007\"}" },
    ENCLAVE(KEY_SGX_CE_ATTRIBUTES, "sgx_ce_attributes", "sgx_ce_attributes_check", "\"07\"",
            "\"06\""),
    ENCLAVE(KEY_SGX_CE_ATTRIBUTES_MASK, "sgx_ce_attributes\":\"06\",\"sgx_ce_attributes_mask",
            "sgx_ce_attributes_check", "\"FE\"", "\"FF\""),
    ENCLAVE(KEY_SGX_MRENCLAVE, "sgx_mrenclave", "sgx_mrenclave_check", "\"" BYTES_16("1111") "\"",
            "\"" BYTES_16("1112") "\""),
    ENCLAVE(KEY_SGX_MRSIGNER, "sgx_mrsigner", "sgx_mrsigner_check",
            "[\"" BYTES_16("0000") "\",\"" BYTES_16("2222") "\"]", "[\"" BYTES_16("2221") "\"]"),
    ENCLAVE(KEY_SGX_ISVPRODID, "sgx_isvprodid", "sgx_isvprod_id_check", "[2,3]", "2"),
    ENCLAVE(KEY_SGX_ISVSVN_MIN, "sgx_isvsvn_min", "sgx_isvsvn_check", "4", "5"),
    ENCLAVE(KEY_SGX_CONFIGID, "sgx_configid", "sgx_configid_check", "\"" BYTES_16("33333333") "\"",
            "\"" BYTES_16("33333330") "\""),
    ENCLAVE(KEY_SGX_CONFIGSVN_MIN, "sgx_configsvn_min", "sgx_configsvn_check", "5", "6"),
    ENCLAVE(KEY_SGX_ISVEXTPRODID, "sgx_isvextprodid", "sgx_isvextprodid_check",
            "\"" BYTES_16("44") "\"", "\"" BYTES_16("45") "\""),
    ENCLAVE(KEY_SGX_ISVFAMILYID, "sgx_isvfamilyid", "sgx_isvfamilyid_check",
            "\"" BYTES_16("55") "\"", "\"" BYTES_16("54") "\""),
    ENCLAVE(KEY_SGX_REQUIRED_ATTRIBUTES, "required_attributes", "required_attributes_check",
            "[\"INIT\",\"mode64\"]", "[\"KSS\"]"),
    ENCLAVE(KEY_SGX_FORBIDDEN_ATTRIBUTES, "forbidden_attributes", "forbidden_attributes_check",
            "[\"DEBUG\"]", "[\"MODE64\"]"),
    { KEY_TDX_REQUIRED_ATTRIBUTES, "required_attributes_check",
      "\"required_attributes\":[\"SEPT_VE_DISABLE\"]", "\"required_attributes\":[\"PERFMON\"]",
      NULL },
    { KEY_TDX_FORBIDDEN_ATTRIBUTES, "forbidden_attributes_check",
      "\"forbidden_attributes\":[\"DEBUG\",\"MIGRATABLE\"]",
      "\"forbidden_attributes\":[\"SEPT_VE_DISABLE\"]", NULL },
    IN_BOTH(KEY_SGX_REPORT_DATA, KEY_TDX_REPORT_DATA, "report_data", "\"" REPORT_DATA "\"",
            "\"" BYTES_16("00000000") "\""),
    IN_BOTH(KEY_SGX_REPORT_DATA_HASH, KEY_TDX_REPORT_DATA_HASH, "report_data_hash",
            "{\"alg\":\"SHA384\",\"of\":\"nonce\"}", "{\"alg\":\"SHA256\",\"of\":\"nonce\"}"),
    { KEY_SGX_DEBUG, "debug_check",
      "\"sgx_attributes\":\"00000000000000E70000000000000007\",\"debug\":\"allow\"",
      "\"sgx_attributes\":\"00000000000000E70000000000000007\",\"debug\":\"deny\"",
      "{\"sgx_attributes\":\"00000000000000E70000000000000007\"}" },
    { KEY_TDX_DEBUG, "debug_check", "\"debug\":\"allow\"", "\"debug\":\"deny\"",
      "{\"tdx_attributes\":\"0000000010000001\"}" },
    { KEY_TDX_ATTRIBUTES, "td_attributes_check",
      "\"tdx_attributes\":[\"0000000000000000\",\"0000000010000000\"]",
      "\"tdx_attributes\":\"0000000010000001\"", NULL },
    { KEY_TDX_ATTRIBUTES_MASK, "td_attributes_check",
      "\"tdx_attributes\":\"0000000010000001\",\"tdx_attributes_mask\":\"FFFFFFFFFFFFFFFE\"",
      "\"tdx_attributes\":\"0000000010000001\",\"tdx_attributes_mask\":\"FFFFFFFFFFFFFFFF\"",
      NULL },
    { KEY_TDX_XFAM, "td_xfam_check", "\"tdx_xfam\":\"00000000000602e7\"",
      "\"tdx_xfam\":\"00000000000602e6\"", NULL },
    { KEY_TDX_XFAM_MASK, "td_xfam_check",
      "\"tdx_xfam\":\"00000000000600e7\",\"tdx_xfam_mask\":\"FFFFFFFFFFFF00FF\"",
      "\"tdx_xfam\":\"00000000000600e7\",\"tdx_xfam_mask\":\"FFFFFFFFFFFFFFFF\"", NULL },
    REGISTER(KEY_TDX_MRCONFIGID, "mrconfigid", "10"),
    REGISTER(KEY_TDX_MROWNER, "mrowner", "20"),
    REGISTER(KEY_TDX_MROWNERCONFIG, "mrownerconfig", "30"),
    REGISTER(KEY_TDX_MRTD, "mrtd", "40"),
    REGISTER(KEY_TDX_RTMR0, "rtmr0", "50"),
    REGISTER(KEY_TDX_RTMR1, "rtmr1", "60"),
    REGISTER(KEY_TDX_RTMR2, "rtmr2", "70"),
    REGISTER(KEY_TDX_RTMR3, "rtmr3", "80"),
    REGISTER(KEY_TDX_MRSERVICETD, "mrservicetd", "90"),
};

/* ---- One appraisal of one report ---- */

static const char *base_of(assay_class class_)
{
    if ((IN_TD & 1u << class_) != 0)
        return td;
    return class_ == ASSAY_CLASS_SGX_ENCLAVE ? enclave : platform;
}

static void change(json_t *members, const char *changes_text)
{
    const char *name;
    json_t *value, *changes = json_loads(changes_text, 0, NULL);
    json_object_foreach(changes, name, value)
    {
        if (json_is_null(value))
            assert_int_equal(json_object_del(members, name), 0);
        else
            json_object_set(members, name, value);
    }
    json_decref(changes);
}

static assay_reports *reports_with(assay_class class_, const char *differs)
{
    assay_error error = { 0 };
    assay_reports *reports = NULL;
    json_t *measured = json_loads(base_of(class_), 0, NULL);
    change(measured, differs == NULL ? "{}" : differs);
    json_t *list = json_pack("[{s:{s:s},s:O}]", "environment", "class_id", assay_class_id(class_),
                             "measurement", measured);
    char *text = json_dumps(list, 0);
    if (assay_reports_from_json(SPAN_TEXT(text), &reports, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    free(text);
    json_decref(list);
    json_decref(measured);
    return reports;
}

static assay_policy *policy_with(assay_class class_, const char *reference)
{
    char text[4096];
    assay_error error = { 0 };
    assay_policy *policy = NULL;
    snprintf(text, sizeof(text),
             "{\"policy_array\":[{\"environment\":{\"class_id\":\"%s\"},\"reference\":{%s}}]}",
             assay_class_id(class_), reference);
    if (assay_policy_parse(SPAN_TEXT(text), ASSAY_POLICY_EXTENDED, &policy, &error) != ASSAY_OK)
        test_fail("%s: %s: %s", reference, error.where, error.detail);
    return policy;
}

/* One report against one policy; what both belong to must be freed with finish(). */
typedef struct trial {
    assay_reports *reports;
    assay_policy *policy;
    assay_appraisal *appraisal;
    const assay_appraised_report *row;
} trial;

static trial try_at(assay_class class_, const char *reference, const char *differs,
                    const char *preimage)
{
    trial t = { .reports = reports_with(class_, differs),
                .policy = policy_with(class_, reference) };
    const assay_policy *policies[] = { t.policy };
    const assay_appraise_options options = { .now = NOW,
                                             .policies = policies,
                                             .policy_count = 1,
                                             .report_data_preimage = SPAN_TEXT(preimage) };
    assert_int_equal(assay_appraise(t.reports, &options, &t.appraisal, NULL), ASSAY_OK);
    t.row = assay_appraisal_report(t.appraisal, 0);
    return t;
}

static void finish(trial *t)
{
    assay_appraisal_free(t->appraisal);
    assay_policy_unref(t->policy);
    assay_reports_free(t->reports);
}

static const assay_check_row *check_called(const trial *t, const char *result)
{
    for (size_t i = 0; i < t->row->check_count; i++) {
        if (strcmp(t->row->checks[i].name, result) == 0)
            return &t->row->checks[i];
    }
    test_fail("there is no %s", result);
    return NULL;
}

/* ---- The tests ---- */

/* Only this result turns, and the overall result with it. */
static void turn(const flip *f, assay_class class_, const char *reference, assay_result wanted)
{
    char result[96];
    snprintf(result, sizeof(result), "%s%s", class_ == ASSAY_CLASS_TD_QE ? "td_qe_" : "",
             f->result);
    trial t = try_at(class_, reference, f->measurement, "a nonce");
    assert_row(reference, assay_appraisal_overall(t.appraisal), wanted);
    assert_row(reference, check_called(&t, result)->passed, wanted == ASSAY_RESULT_PASSED);
    for (size_t i = 0; i < t.row->check_count; i++) {
        const assay_check_row *check = &t.row->checks[i];
        assert_row(check->name, check->passed,
                   wanted == ASSAY_RESULT_PASSED || strcmp(check->name, result) != 0);
        assert_row(check->name, check->wanted == NULL, check->passed);
        assert_row(check->name, check->found == NULL, check->passed);
    }
    finish(&t);
}

static void every_key_turns_its_result_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(flips); i++) {
        const policy_key *key = policy_key_at(flips[i].key);
        assert_non_null(key->name);
        for (assay_class class_ = 0; class_ < ASSAY_CLASS_COUNT; class_++) {
            if ((key->classes & 1u << class_) == 0)
                continue;
            turn(&flips[i], class_, flips[i].passes, ASSAY_RESULT_PASSED);
            turn(&flips[i], class_, flips[i].fails, ASSAY_RESULT_FAILED);
        }
    }
}

static void no_key_of_the_table_lacks_a_flip(void **state)
{
    (void)state;
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++) {
        size_t rows = 0;
        for (size_t i = 0; i < COUNT_OF(flips); i++)
            rows += flips[i].key == id;
        if (rows != 1)
            test_fail("key %d (%s): %zu rows", id, policy_key_at(id)->name, rows);
    }
}

/* A key whose measurement is absent is not fulfilled; but for flags, which absence leaves unset,
 * and advisories, of which there are none. */
static const struct {
    assay_class class_;
    const char *measurement; /* without the member that is looked for */
    const char *reference;
    const char *result;
    bool passes;
} absences[] = {
    { ASSAY_CLASS_TD_15, "tdx_mrtd", "\"tdx_mrtd\":\"" BYTES_48("40") "\"", "td_mrtd_check",
      false },
    { ASSAY_CLASS_TD_15, "tdx_attributes", "\"debug\":\"deny\"", "debug_check", false },
    { ASSAY_CLASS_TD_15, "tdx_attributes", "\"forbidden_attributes\":[\"DEBUG\"]",
      "forbidden_attributes_check", false },
    { ASSAY_CLASS_TD_15, "tdx_attributes", "\"required_attributes\":[\"DEBUG\"]",
      "required_attributes_check", false },
    { ASSAY_CLASS_TD_15, "tdx_reportdata",
      "\"report_data_hash\":{\"alg\":\"SHA384\",\"of\":\"file\"}", "report_data_hash_check",
      false },
    { ASSAY_CLASS_SGX_ENCLAVE, "sgx_isvsvn", ATTR ",\"sgx_isvsvn_min\":0", "sgx_isvsvn_check",
      false },
    { ASSAY_CLASS_SGX_ENCLAVE, "sgx_isvprodid", ATTR ",\"sgx_isvprodid\":0", "sgx_isvprod_id_check",
      false },
    { ASSAY_CLASS_SGX_ENCLAVE, "sgx_ce_attributes", ATTR ",\"sgx_ce_attributes\":\"00\"",
      "sgx_ce_attributes_check", false },
    { ASSAY_CLASS_SGX_PLATFORM, "tcb_status", BOTH, "tcb_status_check", false },
    { ASSAY_CLASS_SGX_PLATFORM, "earliest_expiration_date", BOTH ",\"collateral_grace_period\":99",
      "expiration_date_check", false },
    { ASSAY_CLASS_SGX_PLATFORM, "latest_issue_date", BOTH ",\"max_collateral_age\":4294967295",
      "max_collateral_age_check", false },
    { ASSAY_CLASS_SGX_PLATFORM, "tcb_eval_num", BOTH ",\"min_eval_num\":0", "tcb_eval_num_check",
      false },
    { ASSAY_CLASS_SGX_PLATFORM, "sgx_types", BOTH ",\"accepted_sgx_types\":0", "sgx_types_check",
      false },
    { ASSAY_CLASS_SGX_PLATFORM, "is_smt_enabled", BOTH ",\"allow_smt_enabled\":false",
      "smt_enabled_check", true },
    { ASSAY_CLASS_SGX_PLATFORM, "advisory_ids", BOTH ",\"accepted_advisories\":{}",
      "accepted_advisories_check", true },
};

static void what_is_absent_fulfils_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(absences); i++) {
        char without[64];
        snprintf(without, sizeof(without), "{\"%s\":null}", absences[i].measurement);
        trial t = try_at(absences[i].class_, absences[i].reference, without, "a nonce");
        assert_row(absences[i].result, check_called(&t, absences[i].result)->passed,
                   absences[i].passes);
        finish(&t);
    }
}

/* Explanations: what was wanted and found. */
static const struct {
    assay_class class_;
    const char *reference, *measurement, *result, *wanted, *found;
} explanations[] = {
    { ASSAY_CLASS_TD_15, "\"tdx_attributes\":\"0000001000000000\"", NULL, "td_attributes_check",
      "the attributes are 0000000010000000 (value is in natural order)", "0000001000000000" },
    { ASSAY_CLASS_TD_15,
      "\"tdx_attributes\":\"0000000000000001\",\"tdx_attributes_mask\":\"00000000000000FF\"", NULL,
      "td_attributes_check", "the attributes are 0100000000000000 under the mask ff00000000000000",
      "0000001000000000" },
    { ASSAY_CLASS_SGX_PLATFORM, BOTH ",\"accepted_fmspcs\":[\"0000006fc0b0\"]", NULL, "fmspc_check",
      "the FMSPC is one of 0000006fc0b0 (value is in reversed byte order)", "b0c06f000000" },
    { ASSAY_CLASS_SGX_PLATFORM, "\"accepted_tcb_status\":\"UpToDate\"", NULL, "tcb_status_check",
      "every TCB status is one of UpToDate", "UpToDate, SWHardeningNeeded" },
    { ASSAY_CLASS_SGX_PLATFORM, "\"collateral_grace_period\":60", NULL, "tcb_status_check",
      "the policy lacks accepted_tcb_status", "UpToDate, SWHardeningNeeded" },
    { ASSAY_CLASS_SGX_PLATFORM, BOTH ",\"min_eval_num\":1,\"collateral_grace_period\":60", NULL,
      "tcb_eval_num_check",
      "the TCB evaluation data number is at least 1 (min_eval_num beside a grace period never "
      "passes)",
      "17" },
    { ASSAY_CLASS_SGX_PLATFORM, BOTH ",\"min_tcb_date\":\"2025-01-01T00:00:00Z\"", NULL,
      "min_tcb_date_check", "the date of the TCB level is not before 2025-01-01T00:00:00Z",
      "2024-03-13T00:00:00Z" },
    { ASSAY_CLASS_SGX_ENCLAVE, ATTR ",\"sgx_isvprodid\":[7,8]", NULL, "sgx_isvprod_id_check",
      "the product id is 7 or 8", "3" },
    { ASSAY_CLASS_TD_15, "\"required_attributes\":[\"PKS\",\"PERFMON\"]", NULL,
      "required_attributes_check", "these attributes are set: PKS, PERFMON", "0000001000000000" },
    { ASSAY_CLASS_TD_15, "\"report_data_hash\":{\"alg\":\"SHA384\",\"of\":\"file\"}", NULL,
      "report_data_hash_check",
      "the report data begins with, and is zero behind, SHA384 of the file", "no file was given" },
};

static void a_failed_check_says_what_it_wanted_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(explanations); i++) {
        trial t = try_at(explanations[i].class_, explanations[i].reference,
                         explanations[i].measurement, "");
        const assay_check_row *check = check_called(&t, explanations[i].result);
        assert_false(check->passed);
        assert_string_equal(check->wanted, explanations[i].wanted);
        assert_string_equal(check->found, explanations[i].found);
        finish(&t);
    }
}

/* A measurement of report data that holds the digest by algorithm `index`, zeros behind. */
static void report_data_of(size_t index, const char *preimage, char *out, size_t size)
{
    uint8_t bytes[64] = { 0 }, turned[64];
    char hex[129];
    sha256_digest short_digest = sha256(SPAN_TEXT(preimage));
    if (index == 0)
        memcpy(bytes, short_digest.bytes, SHA256_SIZE);
    else if (index == 1)
        sha384(SPAN_TEXT(preimage), bytes);
    else
        sha512(SPAN_TEXT(preimage), bytes);
    for (size_t i = 0; i < sizeof(bytes); i++)
        turned[i] = bytes[sizeof(bytes) - 1 - i];
    assay_hex_encode(SPAN(turned), hex);
    for (size_t i = 0; i < sizeof(hex); i++)
        hex[i] = hex[i] >= 'a' ? (char)(hex[i] - 'a' + 'A') : hex[i];
    snprintf(out, size, "{\"tdx_reportdata\":\"%s\"}", hex);
}

static void each_hash_fits_its_own_digest_only(void **state)
{
    (void)state;
    static const char *const names[] = { "SHA256", "SHA384", "SHA512" };
    for (size_t made = 0; made < COUNT_OF(names); made++) {
        for (size_t asked = 0; asked < COUNT_OF(names); asked++) {
            char data[160], reference[96];
            report_data_of(made, "a file", data, sizeof(data));
            snprintf(reference, sizeof(reference),
                     "\"report_data_hash\":{\"alg\":\"%s\",\"of\":\"file\"}", names[asked]);
            trial t = try_at(ASSAY_CLASS_TD_10, reference, data, "a file");
            assert_row(reference, check_called(&t, "report_data_hash_check")->passed,
                       made == asked);
            finish(&t);
        }
    }
}

static void collateral_from_the_future_is_not_young(void **state)
{
    (void)state;
    trial t = try_at(ASSAY_CLASS_SGX_PLATFORM, BOTH ",\"max_collateral_age\":1000",
                     "{\"latest_issue_date\":\"2025-06-20T12:00:01Z\"}", "");
    assert_false(check_called(&t, "max_collateral_age_check")->passed);
    finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_turns_its_result_both_ways),
        cmocka_unit_test(no_key_of_the_table_lacks_a_flip),
        cmocka_unit_test(what_is_absent_fulfils_nothing),
        cmocka_unit_test(a_failed_check_says_what_it_wanted_and_found),
        cmocka_unit_test(each_hash_fits_its_own_digest_only),
        cmocka_unit_test(collateral_from_the_future_is_not_young),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
