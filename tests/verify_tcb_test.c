/* verify_tcb_test.c: levels, convergence and relaunch (src/verify/tcb.c, verification.md 5), on
 * tables made in memory: no signature is involved. */
#include "evidence/fields.h"
#include "support.h"
#include "verify/steps.h"

enum { OLD_DATE = 100, NEW_DATE = 200 };

/* A platform whose every part matches exactly one level with the status wanted. */
typedef struct situation {
    tcb_level platform[2], module[2], qe[2];
    tdx_module modules[1];
    assay_collateral collateral;
    assay_verify_options options;
    uint8_t body[TD_REPORT_1_5_SIZE];
    uint8_t qe_report[SGX_REPORT_SIZE];
    assay_verdict verdict;
    verification v;
} situation;

static const char *const one_advisory[] = { "INTEL-SA-00002", "INTEL-SA-00001" };

static void situation_make(situation *s, assay_tcb_status platform, assay_tcb_status module,
                           assay_tcb_status qe)
{
    memset(s, 0, sizeof(*s));
    s->platform[0] = (tcb_level) { .status = platform,
                                   .date = NEW_DATE,
                                   .sgx = { 5, 5 },
                                   .pce_svn = 10,
                                   .tdx = { 9, 9, 3 },
                                   .advisories = one_advisory,
                                   .advisory_count = 2 };
    s->module[0] = (tcb_level) { .status = module, .date = NEW_DATE, .isv_svn = 4 };
    s->qe[0] = (tcb_level) { .status = qe,
                             .date = OLD_DATE,
                             .isv_svn = 8,
                             .advisories = one_advisory,
                             .advisory_count = 1 };
    s->modules[0] = (tdx_module) { .major = 1, .levels = { s->module, 1 } };
    s->collateral.tcb = (tcb_info) { .tee = ASSAY_TEE_TDX,
                                     .has_module = true,
                                     .modules = s->modules,
                                     .module_count = 1,
                                     .levels = { s->platform, 1 } };
    s->collateral.identity.levels = (tcb_levels) { s->qe, 1 };
    s->body[0] = 4; /* isvsvn of the module */
    s->body[1] = 1; /* its major version */
    s->body[2] = 3;
    s->qe_report[SGX_REPORT_ISVSVN_OFFSET] = 8;
    s->v.collateral = &s->collateral;
    s->v.options = &s->options;
    s->v.verdict = &s->verdict;
    s->v.quote.tee = ASSAY_TEE_TDX;
    s->v.quote.body = span_of(s->body, TD_REPORT_1_0_SIZE);
    s->v.quote.qe_report = SPAN(s->qe_report);
    s->v.pck.extension.components[0] = 5;
    s->v.pck.extension.components[1] = 5;
    s->v.pck.extension.pce_svn = 10;
}

static assay_tcb_status judged(situation *s)
{
    assert_int_equal(tcb_evaluate(&s->v, NULL), ASSAY_OK);
    return s->verdict.tcb_status;
}

#define UTD  ASSAY_TCB_UP_TO_DATE
#define SWH  ASSAY_TCB_SW_HARDENING_NEEDED
#define CONF ASSAY_TCB_CONFIGURATION_NEEDED
#define CSWH ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED
#define OOD  ASSAY_TCB_OUT_OF_DATE
#define OODC ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED
#define REV  ASSAY_TCB_REVOKED
#define RA   ASSAY_TCB_TD_RELAUNCH_ADVISED
#define RAC  ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED

/* Columns: both parts UpToDate; a part OutOfDate; a part Revoked. */
static const struct {
    assay_tcb_status platform, fresh, old, revoked;
} convergence[] = {
    { UTD, UTD, OOD, REV },    { SWH, SWH, OOD, REV }, { CONF, CONF, OODC, REV },
    { CSWH, CSWH, OODC, REV }, { OOD, OOD, OOD, REV }, { OODC, OODC, OODC, REV },
    { REV, REV, REV, REV },
};

static void parts_converge(void **state)
{
    (void)state;
    static const assay_tcb_status words[] = { UTD, OOD, REV };
    for (size_t i = 0; i < COUNT_OF(convergence); i++) {
        for (size_t m = 0; m < 3; m++) {
            for (size_t q = 0; q < 3; q++) {
                situation s;
                situation_make(&s, convergence[i].platform, words[m], words[q]);
                size_t worst = m > q ? m : q;
                assay_tcb_status wanted = worst == 0   ? convergence[i].fresh
                                          : worst == 1 ? convergence[i].old
                                                       : convergence[i].revoked;
                assert_row(assay_tcb_status_name(convergence[i].platform), judged(&s), wanted);
            }
        }
    }
}

static void the_platform_level_counts_beside_a_module_level(void **state)
{
    (void)state;
    situation s;
    situation_make(&s, OOD, UTD, UTD);
    assert_int_equal(judged(&s), OOD);
}

static void the_date_is_the_earliest_of_the_parts(void **state)
{
    (void)state;
    situation s;
    situation_make(&s, UTD, UTD, UTD);
    judged(&s);
    assert_int_equal(s.verdict.tcb_date, OLD_DATE);
    s.module[0].date = OLD_DATE / 2;
    memset(&s.verdict, 0, sizeof(s.verdict));
    judged(&s);
    assert_int_equal(s.verdict.tcb_date, OLD_DATE / 2);
}

static void advisories_are_a_sorted_union(void **state)
{
    (void)state;
    situation s;
    situation_make(&s, UTD, UTD, UTD);
    judged(&s);
    assert_int_equal(s.verdict.advisory_count, 2);
    assert_string_equal(s.verdict.advisory_ids[0], "INTEL-SA-00001");
    assert_string_equal(s.verdict.advisory_ids[1], "INTEL-SA-00002");
    assert_int_equal(s.verdict.platform_part.advisory_count, 2);
    assert_int_equal(s.verdict.qe_part.advisory_count, 1);
}

/* What a quote or certificate has, against levels {5 5 pce 10 tdx 9 9 3} and {2 2 pce 5 tdx 0}. */
static const struct {
    const char *what;
    uint8_t sgx[2];
    uint16_t pce_svn;
    uint8_t tdx[3];
    uint8_t qe_svn;
    assay_tcb_status wanted;
} levels[] = {
    { "exactly the first level", { 5, 5 }, 10, { 4, 1, 3 }, 8, UTD },
    { "above the first level", { 255, 255 }, 99, { 255, 1, 255 }, 99, UTD },
    { "first component short", { 4, 5 }, 10, { 4, 1, 3 }, 8, OOD },
    { "one higher, a later one lower", { 200, 4 }, 10, { 4, 1, 3 }, 8, OOD },
    { "pcesvn short", { 5, 5 }, 9, { 4, 1, 3 }, 8, OOD },
    { "tdx component 2 short", { 5, 5 }, 10, { 4, 1, 2 }, 8, OOD },
    { "module 1.5: tdx 0 and 1 do not count", { 5, 5 }, 10, { 4, 1, 3 }, 8, UTD },
    { "module 1.0: tdx 0 and 1 count", { 5, 5 }, 10, { 4, 0, 3 }, 8, OOD },
    { "no level at all", { 1, 5 }, 10, { 4, 1, 3 }, 8, ASSAY_TCB_NOT_SUPPORTED },
    { "module below its lowest level", { 5, 5 }, 10, { 3, 1, 3 }, 8, ASSAY_TCB_NOT_SUPPORTED },
    { "QE below its lowest level", { 5, 5 }, 10, { 4, 1, 3 }, 7, ASSAY_TCB_NOT_SUPPORTED },
};

static void the_first_level_reached_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        situation s;
        situation_make(&s, UTD, UTD, UTD);
        s.platform[1] =
            (tcb_level) { .status = OOD, .date = OLD_DATE, .sgx = { 2, 2 }, .pce_svn = 5 };
        s.collateral.tcb.levels.count = 2;
        memcpy(s.v.pck.extension.components, levels[i].sgx, 2);
        memcpy(s.body, levels[i].tdx, 3);
        s.v.pck.extension.pce_svn = levels[i].pce_svn;
        s.qe_report[SGX_REPORT_ISVSVN_OFFSET] = levels[i].qe_svn;
        assert_row(levels[i].what, judged(&s), levels[i].wanted);
        bool refused = levels[i].wanted == ASSAY_TCB_NOT_SUPPORTED;
        assert_row(levels[i].what, s.verdict.code, refused ? 0xE066 : 0);
    }
}

/* Section 5.4: launch status, current status, outcome. */
static const struct {
    assay_tcb_status launch, current, wanted;
} relaunches[] = {
    { OOD, UTD, RA },
    { OOD, SWH, RA },
    { OOD, CONF, RAC },
    { OOD, CSWH, RAC },
    { OOD, OOD, OOD },
    { OOD, OODC, OOD },
    { OOD, REV, OOD },
    { OODC, UTD, RAC },
    { OODC, SWH, RAC },
    { OODC, CONF, RAC },
    { OODC, CSWH, RAC },
    { OODC, OOD, OODC },
    { OODC, OODC, OODC },
    { OODC, REV, OODC },
    { UTD, UTD, UTD },
    { UTD, OOD, UTD },
    { SWH, UTD, SWH },
    { CONF, UTD, CONF },
    { CSWH, OOD, CSWH },
    { REV, UTD, REV },
    { OOD, ASSAY_TCB_NOT_SUPPORTED, ASSAY_TCB_NOT_SUPPORTED },
    { UTD, ASSAY_TCB_NOT_SUPPORTED, ASSAY_TCB_NOT_SUPPORTED },
};

static void relaunch_follows_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(relaunches); i++) {
        situation s;
        situation_make(&s, relaunches[i].current, UTD, UTD);
        s.platform[1] = s.platform[0];
        s.platform[1].status = relaunches[i].launch;
        s.platform[1].tdx[2] = 1; /* reached at launch; the current SVN reaches level 0 */
        s.collateral.tcb.levels.count = 2;
        s.v.quote.body = SPAN(s.body);
        memcpy(&s.body[TD_BODY_TEE_TCB_SVN_OFFSET], (const uint8_t[]) { 4, 1, 1 }, 3);
        memcpy(&s.body[TD_BODY_TEE_TCB_SVN2_OFFSET], (const uint8_t[]) { 4, 1, 3 }, 3);
        if (relaunches[i].current == ASSAY_TCB_NOT_SUPPORTED)
            s.body[TD_BODY_TEE_TCB_SVN2_OFFSET] = 0;
        assert_row(assay_tcb_status_name(relaunches[i].launch), judged(&s), relaunches[i].wanted);
    }
}

static void the_older_relaunch_rule_is_noted_when_it_differs(void **state)
{
    (void)state;
    situation s;
    situation_make(&s, UTD, UTD, UTD);
    s.module[0] = (tcb_level) { .status = UTD, .date = NEW_DATE, .isv_svn = 9 };
    s.module[1] = (tcb_level) { .status = OOD, .date = OLD_DATE, .isv_svn = 2 };
    s.modules[0].levels.count = 2;
    s.v.quote.body = SPAN(s.body);
    /* Launch and current both reach an old module level: launch status, the older rule agrees. */
    memcpy(&s.body[TD_BODY_TEE_TCB_SVN2_OFFSET], (const uint8_t[]) { 5, 1, 3 }, 3);
    assert_int_equal(judged(&s), OOD);
    assert_int_equal(s.verdict.note_count, 0);
    /* The current SVN reaches the newest module: advised by both. */
    memset(&s.verdict, 0, sizeof(s.verdict));
    s.body[TD_BODY_TEE_TCB_SVN2_OFFSET] = 9;
    assert_int_equal(judged(&s), RA);
    assert_int_equal(s.verdict.note_count, 0);
    /* Good but not newest: a third, UpToDate module level below the newest. */
    memset(&s.verdict, 0, sizeof(s.verdict));
    tcb_level three[] = { s.module[0],
                          { .status = UTD, .date = NEW_DATE, .isv_svn = 7 },
                          s.module[1] };
    s.modules[0].levels = (tcb_levels) { three, 3 };
    s.body[TD_BODY_TEE_TCB_SVN2_OFFSET] = 8;
    assert_int_equal(judged(&s), RA);
    assert_int_equal(s.verdict.note_count, 1);
    assert_int_equal(s.verdict.notes[0].kind, ASSAY_NOTE_RELAUNCH_RULE);
    assert_string_equal(s.verdict.notes[0].text, "OutOfDate");
}

static void a_module_without_identity_is_a_mismatch(void **state)
{
    (void)state;
    situation s;
    situation_make(&s, UTD, UTD, UTD);
    assay_error error = { 0 };
    assert_int_equal(tdx_module_check(&s.v, &error), ASSAY_OK);
    s.body[1] = 2;
    assert_int_equal(tdx_module_check(&s.v, &error), ASSAY_MISMATCH);
    assert_int_equal(error.qvl, QVL_TDX_MODULE_MISMATCH);
    assert_int_equal(error.code, 0xE060);
    s.body[1] = 1;
    s.v.quote.body = SPAN(s.body);
    s.body[TD_BODY_TEE_TCB_SVN2_OFFSET + 1] = 3;
    assert_int_equal(tdx_module_check(&s.v, &error), ASSAY_MISMATCH);
}

static const struct {
    const char *what;
    size_t offset; /* in the body */
    uint8_t value;
    uint8_t golden_attribute, attribute_mask;
    assay_status wanted;
} modules[] = {
    { "as the identity says", 0, 4, 0, 0xff, ASSAY_OK },
    { "other signer", TD_BODY_MRSIGNERSEAM_OFFSET, 1, 0, 0xff, ASSAY_MISMATCH },
    { "attributes not zero", TD_BODY_SEAMATTRIBUTES_OFFSET, 1, 0, 0xff, ASSAY_MISMATCH },
    { "attributes not zero outside the mask", TD_BODY_SEAMATTRIBUTES_OFFSET, 1, 0, 0,
      ASSAY_MISMATCH },
    { "attributes equal but not zero", TD_BODY_SEAMATTRIBUTES_OFFSET, 1, 1, 0xff, ASSAY_MISMATCH },
    { "identity wants a bit", 0, 4, 1, 0xff, ASSAY_MISMATCH },
};

static void the_module_is_the_one_its_identity_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        situation s;
        situation_make(&s, UTD, UTD, UTD);
        s.body[modules[i].offset] = modules[i].value;
        s.modules[0].attributes[0] = modules[i].golden_attribute;
        s.modules[0].attributes_mask[0] = modules[i].attribute_mask;
        assert_row(modules[i].what, tdx_module_check(&s.v, NULL), modules[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_converge),
        cmocka_unit_test(the_platform_level_counts_beside_a_module_level),
        cmocka_unit_test(the_date_is_the_earliest_of_the_parts),
        cmocka_unit_test(advisories_are_a_sorted_union),
        cmocka_unit_test(the_first_level_reached_counts),
        cmocka_unit_test(relaunch_follows_the_table),
        cmocka_unit_test(the_older_relaunch_rule_is_noted_when_it_differs),
        cmocka_unit_test(a_module_without_identity_is_a_mismatch),
        cmocka_unit_test(the_module_is_the_one_its_identity_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
