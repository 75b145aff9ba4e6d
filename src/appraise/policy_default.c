/* policy_default.c: the strict policies that judge platforms and QE when their owner gives none.
 * appraisal.md 3. */
#include "appraise/policy.h"

static const policy_value up_to_date = { .is_list = true, .statuses = STATUS_UP_TO_DATE };
static const policy_value no_grace = { .number = 0 };

#define DEFAULT_ENTRY(class__, id_, description_)                                                  \
    [class__] = { .class_ = (class__),                                                             \
                  .description = (description_),                                                   \
                  .json = SPAN_CONST("{\"environment\":{\"class_id\":\"" id_                       \
                                     "\",\"description\":\"" description_                          \
                                     "\"},\"reference\":{\"accepted_tcb_status\":[\"UpToDate\"],"  \
                                     "\"collateral_grace_period\":0}}"),                           \
                  .values = { [KEY_ACCEPTED_TCB_STATUS] = &up_to_date,                             \
                              [KEY_COLLATERAL_GRACE_PERIOD] = &no_grace } }

static const policy_entry defaults[ASSAY_CLASS_COUNT] = {
    DEFAULT_ENTRY(ASSAY_CLASS_SGX_PLATFORM, "3123ec35-8d38-4ea5-87a5-d6c48b567570",
                  "Default Strict SGX platform TCB policy from Intel"),
    DEFAULT_ENTRY(ASSAY_CLASS_TDX_15_PLATFORM, "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3",
                  "Default Strict TDX 1.5 platform TCB policy from Intel"),
    DEFAULT_ENTRY(ASSAY_CLASS_TDX_10_PLATFORM, "9eec018b-7481-4b1c-8e1a-9f7c0c8c777f",
                  "Default Strict TDX 1.0 platform TCB policy from Intel"),
    DEFAULT_ENTRY(ASSAY_CLASS_TD_QE, "3769258c-75e6-4bc7-8d72-d2b0e224cad2",
                  "Default Strict Verified TD QE Identity policy from Intel"),
};

const policy_entry *policy_default(assay_class class_)
{
    return defaults[class_].json.size > 0 ? &defaults[class_] : NULL;
}
