/* appraise_combine_test.c: several policies, defaults, classes left out, what the results make
 * together (src/appraise/appraise.c; appraisal.md 3). */
#include "assay/appraise.h"
#include "base/span.h"
#include "support.h"

#define SGX      "3123ec35-8d38-4ea5-87a5-d6c48b567570"
#define TD_15    "45b734fc-aa4e-4c3d-ad28-e43d08880e68"
#define ENCLAVE_ "bef7cb8c-31aa-42c1-854c-10db005d5c41"
#define ENTRY(id, reference)                                                                       \
    "{\"environment\":{\"class_id\":\"" id "\"},\"reference\":{" reference "}}"
#define ARRAY(entries)       "{\"policy_array\":[" entries "]}"
#define FILE_(id, reference) ARRAY(ENTRY(id, reference))
#define STATUS_              "\"accepted_tcb_status\":\"UpToDate\""

static const char two_reports[] =
    "[{\"environment\":{\"class_id\":\"" SGX "\"},\"measurement\":{\"tcb_status\":[\"UpToDate\"],"
    "\"earliest_expiration_date\":\"2030-01-01T00:00:00Z\"}},"
    "{\"environment\":{\"class_id\":\"" ENCLAVE_ "\"},\"measurement\":{\"sgx_attributes\":"
    "\"00000000000000E70000000000000007\"}}]";
#define ENCLAVE_PASSES "\"sgx_attributes\":\"00000000000000E70000000000000007\""

static const struct {
    const char *what;
    const char *policies[3];
    uint32_t left_out;
    assay_status status;
    const char *where; /* of the error */
    assay_result overall;
    const char *warnings[3];
} combinations[] = {
    { "tenant, and the default for the platform",
      { FILE_(ENCLAVE_, ENCLAVE_PASSES) },
      0,
      ASSAY_OK,
      "",
      ASSAY_RESULT_PASSED,
      { NULL } },
    { "platform alone",
      { FILE_(SGX, STATUS_) },
      0,
      ASSAY_OK,
      "",
      ASSAY_RESULT_INCOMPLETE,
      { "expiry_unchecked" } },
    { "platform alone, tenant left out",
      { FILE_(SGX, STATUS_) },
      1u << ASSAY_CLASS_SGX_ENCLAVE,
      ASSAY_OK,
      "",
      ASSAY_RESULT_PASSED,
      { "expiry_unchecked" } },
    { "all left out",
      { FILE_(SGX, STATUS_) },
      0x7f,
      ASSAY_OK,
      "",
      ASSAY_RESULT_INCOMPLETE,
      { "expiry_unchecked" } },
    { "a policy that fails is left out",
      { FILE_(ENCLAVE_, ENCLAVE_PASSES), FILE_(SGX, "\"collateral_grace_period\":0") },
      1u << ASSAY_CLASS_SGX_PLATFORM,
      ASSAY_OK,
      "",
      ASSAY_RESULT_PASSED,
      { "never_passes" } },
    { "failure beats incomplete",
      { FILE_(SGX, "\"collateral_grace_period\":0") },
      0,
      ASSAY_OK,
      "",
      ASSAY_RESULT_FAILED,
      { "never_passes" } },
    { "a policy for another class",
      { FILE_(ENCLAVE_, ENCLAVE_PASSES), FILE_(TD_15, "\"debug\":\"deny\"") },
      0,
      ASSAY_OK,
      "",
      ASSAY_RESULT_PASSED,
      { "policy_unused" } },
    { "debug that nobody decides about",
      { FILE_(ENCLAVE_,
              ENCLAVE_PASSES ",\"sgx_attributes_mask\":\"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD\"") },
      0,
      ASSAY_OK,
      "",
      ASSAY_RESULT_PASSED,
      { "debug_unconstrained" } },
    { "debug that the policy allows",
      { FILE_(ENCLAVE_, ENCLAVE_PASSES ",\"debug\":\"allow\",\"sgx_attributes_mask\":"
                                       "\"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD\"") },
      0,
      ASSAY_OK,
      "",
      ASSAY_RESULT_PASSED,
      { NULL } },
    { "a class in two policies",
      { FILE_(TD_15, ""), FILE_(SGX, STATUS_), FILE_(TD_15, "") },
      0,
      ASSAY_MALFORMED,
      "policies[2].policy_array[0].environment.class_id",
      0,
      { NULL } },
    { "no policy", { NULL }, 0, ASSAY_MALFORMED, "policies", 0, { NULL } },
};

static void compare_warnings(const char *what, const char *const *got, const char *const *wanted)
{
    for (size_t i = 0; got[i] != NULL || wanted[i] != NULL; i++) {
        if (got[i] == NULL || wanted[i] == NULL || strcmp(got[i], wanted[i]) != 0)
            test_fail("%s: warning %zu is %s", what, i, got[i]);
    }
}

static void policies_are_combined(void **state)
{
    (void)state;
    assay_reports *reports = NULL;
    assert_int_equal(assay_reports_from_json(SPAN_TEXT(two_reports), &reports, NULL), ASSAY_OK);
    for (size_t i = 0; i < COUNT_OF(combinations); i++) {
        assay_policy *policies[3] = { NULL };
        assay_appraise_options options = { .now = 1750420800,
                                           .policies = (const assay_policy *const *)policies,
                                           .left_out = combinations[i].left_out };
        assay_error error = { 0 };
        assay_appraisal *appraisal = NULL;
        size_t *count = &options.policy_count;
        for (; *count < 3 && combinations[i].policies[*count] != NULL; ++*count)
            assert_int_equal(assay_policy_parse(SPAN_TEXT(combinations[i].policies[*count]),
                                                ASSAY_POLICY_EXTENDED, &policies[*count], NULL),
                             ASSAY_OK);
        assert_row(combinations[i].what, assay_appraise(reports, &options, &appraisal, &error),
                   combinations[i].status);
        assert_string_equal(error.where, combinations[i].where);
        for (size_t k = 0; k < *count; k++)
            assay_policy_unref(policies[k]); /* the appraisal holds what it needs */
        if (appraisal != NULL) {
            assert_row(combinations[i].what, assay_appraisal_overall(appraisal),
                       combinations[i].overall);
            compare_warnings(combinations[i].what, assay_appraisal_warnings(appraisal),
                             combinations[i].warnings);
        }
        assay_appraisal_free(appraisal);
    }
    assay_reports_free(reports);
}

static void the_check_date_is_looked_at_first(void **state)
{
    (void)state;
    assay_reports *reports = NULL;
    assay_appraisal *appraisal = NULL;
    assay_error error = { 0 };
    const assay_appraise_options options = { .now = 0 };
    assert_int_equal(assay_reports_from_json(SPAN_TEXT(two_reports), &reports, NULL), ASSAY_OK);
    assert_int_not_equal(assay_appraise(reports, &options, &appraisal, &error), ASSAY_OK);
    assert_string_equal(error.name, "check_date");
    assay_reports_free(reports);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_combined),
        cmocka_unit_test(the_check_date_is_looked_at_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
