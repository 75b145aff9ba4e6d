/* appraise_interplay_test.c: platform keys that depend on each other (appraisal.md 2.7;
 * src/appraise/checks.c). All bounds are inclusive. */
#include <stdio.h>

#include "assay/appraise.h"
#include "base/span.h"
#include "support.h"

#define SGX    "3123ec35-8d38-4ea5-87a5-d6c48b567570"
#define UP     "\"accepted_tcb_status\":[\"UpToDate\"]"
#define UP_OLD "\"accepted_tcb_status\":[\"UpToDate\",\"OutOfDate\"]"
#define FUTURE "\"earliest_expiration_date\":\"2030-01-01T00:00:00Z\""
#define PAST   "\"earliest_expiration_date\":\"2025-06-20T11:59:59Z\"" /* one second ago */
#define LEVEL  "\"tcb_level_date_tag\":\"2025-06-20T11:59:00Z\""       /* one minute ago */
#define IS(w)  "\"tcb_status\":[\"" w "\"]"

static const struct {
    const char *what, *reference, *measurement;
    bool status, expiry, grace, eval_num;
} rows[] = {
    { "up to date", UP, IS("UpToDate"), true, true, true, true },
    { "no status at all", UP, "", false, true, true, true },
    { "an empty list of statuses", UP, "\"tcb_status\":[]", false, true, true, true },
    { "accepted, but UpToDate is not", "\"accepted_tcb_status\":\"OutOfDate\"", IS("OutOfDate"),
      false, true, true, true },
    { "revoked", UP_OLD, IS("Revoked"), false, true, true, true },
    { "expired and nobody looks", UP, IS("UpToDate") "," PAST, true, true, true, true },
    { "expired", UP ",\"collateral_grace_period\":0", IS("UpToDate") "," PAST, true, false, true,
      true },
    { "expired within the grace", UP ",\"collateral_grace_period\":1", IS("UpToDate") "," PAST,
      true, true, true, true },
    { "evaluation number beside a grace", UP ",\"collateral_grace_period\":9,\"min_eval_num\":1",
      IS("UpToDate") "," FUTURE ",\"tcb_eval_num\":17", true, false, true, false },
    { "evaluation number beside the other grace",
      UP_OLD ",\"platform_grace_period\":9,\"min_eval_num\":1",
      IS("UpToDate") "," FUTURE ",\"tcb_eval_num\":17", true, true, false, false },
    { "evaluation number alone", UP ",\"min_eval_num\":17", IS("UpToDate") ",\"tcb_eval_num\":17",
      true, true, true, true },
    { "outdated within its grace",
      UP_OLD ",\"collateral_grace_period\":0,\"platform_grace_period\":60",
      IS("OutOfDate") "," FUTURE "," LEVEL, true, true, true, true },
    { "outdated beyond its grace",
      UP_OLD ",\"collateral_grace_period\":0,\"platform_grace_period\":59",
      IS("OutOfDate") "," FUTURE "," LEVEL, true, true, false, true },
    { "outdated, without a date",
      UP_OLD ",\"collateral_grace_period\":0,\"platform_grace_period\":60",
      IS("OutOfDate") "," FUTURE, true, true, false, true },
    { "current, whatever its date",
      UP_OLD ",\"collateral_grace_period\":0,\"platform_grace_period\":0",
      IS("UpToDate") "," FUTURE "," LEVEL, true, true, true, true },
    { "current, but the collateral is not",
      UP_OLD ",\"collateral_grace_period\":0,\"platform_grace_period\":0",
      IS("UpToDate") "," PAST "," LEVEL, true, false, false, true },
    { "grace of the platform without that of collateral", UP_OLD ",\"platform_grace_period\":60",
      IS("OutOfDate") "," FUTURE "," LEVEL, true, true, false, true },
    { "grace of the platform beside a longer one of collateral",
      UP_OLD ",\"collateral_grace_period\":1,\"platform_grace_period\":60",
      IS("OutOfDate") "," FUTURE "," LEVEL, true, true, false, true },
    { "grace of the platform, OutOfDate not accepted",
      UP ",\"collateral_grace_period\":0,\"platform_grace_period\":60",
      IS("UpToDate") "," FUTURE "," LEVEL, true, true, false, true },
    { "grace of the platform, status as text",
      "\"accepted_tcb_status\":\"UpToDate\",\"collateral_grace_period\":0,"
      "\"platform_grace_period\":60",
      IS("UpToDate") "," FUTURE "," LEVEL, true, true, false, true },
};

static bool passed(const assay_appraised_report *row, const char *result)
{
    for (size_t i = 0; i < row->check_count; i++) {
        if (strcmp(row->checks[i].name, result) == 0)
            return row->checks[i].passed;
    }
    test_fail("there is no %s", result);
    return false;
}

static void each_formula_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char policy_text[1024], reports_text[1024];
        assay_policy *policy = NULL;
        assay_reports *reports = NULL;
        assay_appraisal *appraisal = NULL;
        snprintf(policy_text, sizeof(policy_text),
                 "{\"policy_array\":[{\"environment\":{\"class_id\":\"" SGX
                 "\"},\"reference\":{%s}}]}",
                 rows[i].reference);
        snprintf(reports_text, sizeof(reports_text),
                 "[{\"environment\":{\"class_id\":\"" SGX "\"},\"measurement\":{%s}}]",
                 rows[i].measurement);
        assert_int_equal(
            assay_policy_parse(SPAN_TEXT(policy_text), ASSAY_POLICY_STRICT_QAL, &policy, NULL),
            ASSAY_OK);
        assert_int_equal(assay_reports_from_json(SPAN_TEXT(reports_text), &reports, NULL),
                         ASSAY_OK);
        const assay_policy *policies[] = { policy };
        const assay_appraise_options options = { .now = 1750420800, /* 2025-06-20T12:00:00Z */
                                                 .policies = policies,
                                                 .policy_count = 1 };
        assert_int_equal(assay_appraise(reports, &options, &appraisal, NULL), ASSAY_OK);
        const assay_appraised_report *row = assay_appraisal_report(appraisal, 0);
        assert_row(rows[i].what, passed(row, "tcb_status_check"), rows[i].status);
        assert_row(rows[i].what, passed(row, "expiration_date_check"), rows[i].expiry);
        assert_row(rows[i].what, passed(row, "earliest_accepted_tcb_level_date_tag_check"),
                   rows[i].grace);
        assert_row(rows[i].what, passed(row, "tcb_eval_num_check"), rows[i].eval_num);
        assay_appraisal_free(appraisal);
        assay_reports_free(reports);
        assay_policy_unref(policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_formula_holds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
