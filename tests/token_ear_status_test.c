/* token_ear_status_test.c: from facts to the trustworthiness vector and the status of EAR
 * (appraisal.md 8.4). */
#include "support.h"
#include "token/ear_status.h"

typedef struct facts {
    assay_verdict verdict;
    assay_appraisal appraisal;
    assay_check_row checks[3];
} facts;

static void facts_make(facts *f)
{
    static const assay_check_row checks[] = { { "td_attributes_check", true, "tdx_attributes", NULL,
                                                NULL },
                                              { "td_xfam_check", true, "tdx_xfam", NULL, NULL },
                                              { "td_mrtd_check", true, "tdx_mrtd", NULL, NULL } };
    memset(f, 0, sizeof(*f));
    memcpy(f->checks, checks, sizeof(checks));
    f->verdict.tcb_status = ASSAY_TCB_UP_TO_DATE;
    f->appraisal.overall = ASSAY_RESULT_PASSED;
    f->appraisal.count = 1;
    f->appraisal.rows[0] = (assay_appraised_report) { .class_ = ASSAY_CLASS_TD_15,
                                                      .result = ASSAY_RESULT_PASSED,
                                                      .policy = ASSAY_POLICY_USER,
                                                      .checks = f->checks,
                                                      .check_count = COUNT_OF(checks) };
}

static void as_it_is(facts *f)
{
    (void)f;
}
static void sw_hardening(facts *f)
{
    f->verdict.tcb_status = ASSAY_TCB_SW_HARDENING_NEEDED;
}
static void configuration(facts *f)
{
    f->verdict.tcb_status = ASSAY_TCB_CONFIGURATION_NEEDED;
}
static void both_needed(facts *f)
{
    f->verdict.tcb_status = ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED;
}
static void out_of_date(facts *f)
{
    f->verdict.tcb_status = ASSAY_TCB_OUT_OF_DATE;
}
static void relaunch(facts *f)
{
    f->verdict.tcb_status = ASSAY_TCB_TD_RELAUNCH_ADVISED;
}
static void revoked(facts *f)
{
    f->verdict.tcb_status = ASSAY_TCB_REVOKED;
    f->appraisal.overall = ASSAY_RESULT_FAILED;
}
static void not_supported(facts *f)
{
    f->verdict.tcb_status = ASSAY_TCB_NOT_SUPPORTED;
}
static void debuggable(facts *f)
{
    f->verdict.debug = true;
}
static void xfam_not_fixed(facts *f)
{
    f->checks[1].key = NULL;
}
static void mrtd_not_fixed(facts *f)
{
    f->checks[2].key = NULL;
}
static void mrtd_differs(facts *f)
{
    f->checks[2].passed = false;
    f->appraisal.overall = ASSAY_RESULT_FAILED;
}
static void unappraised(facts *f)
{
    f->appraisal.rows[0].policy = ASSAY_POLICY_NONE;
    f->appraisal.rows[0].check_count = 0;
    f->appraisal.overall = ASSAY_RESULT_INCOMPLETE;
}
static void nothing_worse_but_incomplete(facts *f)
{
    f->appraisal.overall = ASSAY_RESULT_INCOMPLETE;
}
static void known_platform(facts *f)
{
    f->checks[1] = (assay_check_row) { "ppid_check", true, "accepted_ppids", NULL, NULL };
}
static void unknown_platform(facts *f)
{
    f->checks[1] = (assay_check_row) { "ppid_check", false, "accepted_ppids", NULL, NULL };
    f->appraisal.overall = ASSAY_RESULT_FAILED;
}
static void advisory_open(facts *f)
{
    f->checks[1] =
        (assay_check_row) { "advisory_ids_check", false, "rejected_advisory_ids", NULL, NULL };
    f->appraisal.overall = ASSAY_RESULT_FAILED;
}

static const struct {
    const char *what;
    void (*change)(facts *f);
    int identity, configuration, executables, hardware, opaque;
    ear_tier status;
} mappings[] = {
    { "UpToDate, everything fixed", as_it_is, 0, 2, 3, 2, 2, EAR_AFFIRMING },
    { "SWHardeningNeeded", sw_hardening, 0, 2, 3, 32, 2, EAR_WARNING },
    { "ConfigurationNeeded", configuration, 0, 32, 3, 2, 2, EAR_WARNING },
    { "both", both_needed, 0, 32, 3, 32, 2, EAR_WARNING },
    { "OutOfDate, accepted by the policy", out_of_date, 0, 2, 3, 32, 2, EAR_WARNING },
    { "TDRelaunchAdvised", relaunch, 0, 2, 3, 32, 2, EAR_WARNING },
    { "Revoked", revoked, 0, 2, 3, 96, 2, EAR_CONTRAINDICATED },
    { "no TCB level", not_supported, 0, 2, 3, 97, 2, EAR_CONTRAINDICATED },
    { "debug", debuggable, 0, 96, 3, 2, 96, EAR_CONTRAINDICATED },
    { "XFAM not fixed", xfam_not_fixed, 0, 3, 3, 2, 2, EAR_AFFIRMING },
    { "MRTD not fixed", mrtd_not_fixed, 0, 2, 33, 2, 2, EAR_WARNING },
    { "another MRTD", mrtd_differs, 0, 2, 96, 2, 2, EAR_CONTRAINDICATED },
    { "nobody looked at the tenant", unappraised, 0, 36, 33, 2, 2, EAR_WARNING },
    { "incomplete, nothing worse", nothing_worse_but_incomplete, 0, 2, 3, 2, 2, EAR_NONE },
    { "a known platform", known_platform, 2, 3, 3, 2, 2, EAR_AFFIRMING },
    { "a platform that is not listed", unknown_platform, 97, 3, 3, 2, 2, EAR_CONTRAINDICATED },
    { "a rejected advisory", advisory_open, 0, 3, 3, 32, 2, EAR_CONTRAINDICATED },
};

static void facts_map_to_the_vector(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mappings); i++) {
        facts f;
        facts_make(&f);
        mappings[i].change(&f);
        const ear_vector v = ear_vector_of(&f.appraisal, &f.verdict);
        const char *what = mappings[i].what;
        assert_row(what, v.claims[EAR_INSTANCE_IDENTITY], mappings[i].identity);
        assert_row(what, v.claims[EAR_CONFIGURATION], mappings[i].configuration);
        assert_row(what, v.claims[EAR_EXECUTABLES], mappings[i].executables);
        assert_row(what, v.claims[EAR_HARDWARE], mappings[i].hardware);
        assert_row(what, v.claims[EAR_RUNTIME_OPAQUE], mappings[i].opaque);
        assert_row(what, v.claims[EAR_FILE_SYSTEM], 0);
        assert_row(what, ear_status_of(&v, f.appraisal.overall), mappings[i].status);
    }
}

static void tiers_have_their_bounds(void **state)
{
    (void)state;
    static const struct {
        int value;
        ear_tier tier;
    } bounds[] = {
        { -128, EAR_CONTRAINDICATED },
        { -97, EAR_CONTRAINDICATED },
        { -96, EAR_WARNING },
        { -33, EAR_WARNING },
        { -32, EAR_AFFIRMING },
        { -2, EAR_AFFIRMING },
        { -1, EAR_NONE },
        { 1, EAR_NONE },
        { 2, EAR_AFFIRMING },
        { 31, EAR_AFFIRMING },
        { 32, EAR_WARNING },
        { 95, EAR_WARNING },
        { 96, EAR_CONTRAINDICATED },
        { 127, EAR_CONTRAINDICATED },
    };
    for (size_t i = 0; i < COUNT_OF(bounds); i++)
        assert_int_equal(ear_tier_of(bounds[i].value), bounds[i].tier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_map_to_the_vector),
        cmocka_unit_test(tiers_have_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
