/* fuzz_policy.c: any bytes as a policy file, in both dialects; what is accepted can be explained,
 * and judges a TD, an enclave and their platforms without a crash. */
#include <stdlib.h>
#include <string.h>

#include "assay/appraise.h"
#include "assay/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char td_json[] =
    "[{\"environment\":{\"class_id\":\"f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3\"},\"measurement\":{"
    "\"tcb_status\":[\"UpToDate\",\"SWHardeningNeeded\"],\"tcb_eval_num\":17,\"sgx_types\":1,"
    "\"earliest_expiration_date\":\"2025-07-19T10:00:35Z\",\"is_smt_enabled\":true,"
    "\"tcb_level_date_tag\":\"2024-03-13T00:00:00Z\",\"fmspc\":\"B0C06F000000\","
    "\"advisory_ids\":[\"INTEL-SA-00615\"]}},"
    "{\"environment\":{\"class_id\":\"3769258c-75e6-4bc7-8d72-d2b0e224cad2\"},\"measurement\":{"
    "\"tcb_status\":[\"UpToDate\"],\"tcb_eval_num\":17}},"
    "{\"environment\":{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"},\"measurement\":{"
    "\"tdx_attributes\":\"0000000010000000\",\"tdx_xfam\":\"00000000000602E7\"}}]";
static const char enclave_json[] =
    "[{\"environment\":{\"class_id\":\"3123ec35-8d38-4ea5-87a5-d6c48b567570\"},\"measurement\":{"
    "\"tcb_status\":[\"OutOfDate\"],\"latest_issue_date\":\"2025-06-19T10:32:27Z\"}},"
    "{\"environment\":{\"class_id\":\"bef7cb8c-31aa-42c1-854c-10db005d5c41\"},\"measurement\":{"
    "\"sgx_attributes\":\"00000000000000E70000000000000007\",\"sgx_isvprodid\":1}}]";

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void judge(const char *json, const assay_policy *policy)
{
    assay_reports *reports = NULL;
    assay_appraisal *appraisal = NULL;
    const assay_span text = { (const uint8_t *)json, strlen(json) };
    const assay_appraise_options options = { .now = 1750420800,
                                             .policies = &policy,
                                             .policy_count = 1,
                                             .report_data_preimage = { (const uint8_t *)"n", 1 } };
    hold(assay_reports_from_json(text, &reports, NULL) == ASSAY_OK);
    hold(assay_appraise(reports, &options, &appraisal, NULL) == ASSAY_OK);
    for (size_t i = 0; i < assay_appraisal_report_count(appraisal); i++) {
        const assay_appraised_report *row = assay_appraisal_report(appraisal, i);
        for (size_t k = 0; k < row->check_count; k++)
            hold(row->checks[k].name != NULL &&
                 (row->checks[k].passed || row->checks[k].wanted != NULL));
    }
    assay_appraisal_free(appraisal);
    assay_reports_free(reports);
}

static void use(const assay_policy *policy)
{
    char *words = NULL;
    hold(assay_policy_class_count(policy) > 0);
    hold(assay_policy_explain(policy, &words, NULL) == ASSAY_OK && words[0] != '\0');
    assay_text_free(words);
    judge(td_json, policy);
    judge(enclave_json, policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span text = { data, size };
    assay_policy *policy = NULL, *strict = NULL;
    assay_error error = { 0 };
    const assay_status status = assay_policy_parse(text, ASSAY_POLICY_EXTENDED, &policy, &error);
    const assay_status strictly = assay_policy_parse(text, ASSAY_POLICY_STRICT_QAL, &strict, NULL);
    hold(strictly != ASSAY_OK || status == ASSAY_OK);
    if (status == ASSAY_OK)
        use(policy);
    else
        hold(policy == NULL && error.name != NULL && error.detail[0] != '\0');
    assay_policy_unref(strict);
    assay_policy_unref(policy);
    return 0;
}
