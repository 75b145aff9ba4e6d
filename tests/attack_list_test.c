/* attack_list_test.c: every line of the attack list (verification.md 9), made by the simulator
 * under its own root, and what assay says to it. The rows stand in src/sim/faults_*.c. */
#include <stdlib.h>

#include "sim/faults.h"
#include "support.h"

enum { LINES = 93, SEED = 7 };

typedef struct judgement {
    assay_status status;
    assay_error error;
    assay_verdict *verdict;
    sim_artifacts artifacts;
    assay_collateral *collateral;
} judgement;

static void judge(const sim_world *world, judgement *j, const sim_request *request)
{
    static const uint8_t other[64] = { 1 };
    assay_roots roots = { .count = 0 };
    assay_collateral_items items = sim_artifacts_items(&j->artifacts);
    assay_verify_options options = {
        .now = world->now + request->later,
        .strict = request->strict,
        .allow_debug = request->allow_debug,
        .report_data = request->other_report_data ? other : NULL,
        .min_tcb_evaluation_data_number = request->min_evaluation_number,
    };
    assert_int_equal(assay_roots_add(&roots, bytes_span(&j->artifacts.root), NULL), ASSAY_OK);
    assert_int_equal(assay_collateral_new(&items, &roots, &j->collateral, &j->error), ASSAY_OK);
    j->verdict = calloc(1, sizeof(*j->verdict));
    assert_non_null(j->verdict);
    j->status = assay_verify(NULL, bytes_span(&j->artifacts.quote), j->collateral, &options,
                             j->verdict, &j->error);
}

static void judge_fault(const sim_fault *fault, judgement *j)
{
    sim_world world;
    const char *name = fault->profile != NULL ? fault->profile : SIM_FAULT_PROFILE;
    const sim_profile *profile = sim_profile_find(name);
    assert_non_null(profile);
    memset(j, 0, sizeof(*j));
    sim_world_init(&world, profile, SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    sim_fault_change_world(fault, &world);
    assert_int_equal(sim_build(&world, &j->artifacts, NULL), ASSAY_OK);
    sim_fault_change_built(fault, &j->artifacts);
    judge(&world, j, &fault->request);
}

static void judgement_free(judgement *j)
{
    assay_verdict_clear(j->verdict);
    free(j->verdict);
    assay_collateral_unref(j->collateral);
    sim_artifacts_free(&j->artifacts);
}

static bool has_reason(const assay_verdict *verdict, assay_reason_kind kind)
{
    for (size_t i = 0; i < verdict->reason_count; i++) {
        if (verdict->reasons[i].kind == kind)
            return true;
    }
    return kind == ASSAY_REASON_NONE;
}

static bool has_note(const assay_verdict *verdict, assay_note_kind kind)
{
    for (size_t i = 0; i < verdict->note_count; i++) {
        if (verdict->notes[i].kind == kind)
            return true;
    }
    return kind == ASSAY_NOTE_NONE;
}

/* Says what is wrong with row `fault`, and returns 1. */
static int wrong(const sim_fault *fault, const judgement *j, const char *what)
{
    print_error("%s (%s): %s; status %s, code %04X, S%u, %s%s, where %s: %s\n", fault->name,
                fault->summary, what, assay_status_name(j->status),
                j->status == ASSAY_OK ? j->verdict->code : j->error.code,
                j->status == ASSAY_OK ? j->verdict->qvl : j->error.qvl,
                assay_tcb_status_name(j->verdict->tcb_status),
                j->verdict->accepted ? ", accepted" : "",
                j->status == ASSAY_OK ? "-" : j->error.where,
                j->status == ASSAY_OK ? "-" : j->error.detail);
    return 1;
}

static int check_refused(const sim_fault *fault, const judgement *j)
{
    const sim_expectation *e = &fault->expected;
    static const assay_verdict zero;
    if (j->status == ASSAY_OK)
        return wrong(fault, j, "was judged");
    if (j->error.code != e->code || (e->qvl != 0 && j->error.qvl != e->qvl))
        return wrong(fault, j, "another code");
    if (j->error.where[0] == '\0' || j->error.detail[0] == '\0')
        return wrong(fault, j, "the error says neither where nor why");
    if (memcmp(j->verdict, &zero, sizeof(zero)) != 0)
        return wrong(fault, j, "the verdict is not zeroed");
    return 0;
}

static int check_judged(const sim_fault *fault, const judgement *j)
{
    const sim_expectation *e = &fault->expected;
    bool accepted = e->outcome == SIM_ACCEPTED;
    if (j->status != ASSAY_OK)
        return wrong(fault, j, "was not judged");
    if (j->verdict->accepted != accepted || j->verdict->tcb_status != e->tcb_status)
        return wrong(fault, j, "another verdict");
    if (e->qvl != 0 && (j->verdict->qvl != e->qvl || j->verdict->code != e->code))
        return wrong(fault, j, "another code");
    if (!has_reason(j->verdict, e->reason))
        return wrong(fault, j, "the reason is missing");
    if (!has_note(j->verdict, e->note))
        return wrong(fault, j, "the note is missing");
    return 0;
}

static void every_row_has_its_outcome(void **state)
{
    (void)state;
    size_t cursor = 0, count = 0;
    int failures = 0;
    const sim_fault *fault;
    while ((fault = sim_fault_next(&cursor)) != NULL) {
        judgement j;
        if (fault->expected.outcome == SIM_ELSEWHERE)
            continue;
        judge_fault(fault, &j);
        failures += fault->expected.outcome == SIM_REFUSED ? check_refused(fault, &j)
                                                           : check_judged(fault, &j);
        judgement_free(&j);
        count++;
    }
    print_message("%zu manipulations\n", count);
    assert_int_equal(failures, 0);
    assert_true(count > 150);
}

/* Rows by their name in the table. */
static void row_has_its_outcome(const char *name)
{
    const sim_fault *fault = sim_fault_find(name);
    judgement j;
    assert_non_null(fault);
    judge_fault(fault, &j);
    int failures =
        fault->expected.outcome == SIM_REFUSED ? check_refused(fault, &j) : check_judged(fault, &j);
    judgement_free(&j);
    assert_int_equal(failures, 0);
}

/* Without the fault the same profile is accepted: what a row shows is the fault's doing. */
static void every_profile_is_accepted(void **state)
{
    (void)state;
    static const sim_fault none = { .name = "none" };
    for (const sim_profile *profile = sim_profiles; profile->name != NULL; profile++) {
        judgement j;
        sim_fault fault = none;
        fault.profile = profile->name;
        judge_fault(&fault, &j);
        assert_row(profile->name, j.status, ASSAY_OK);
        assert_row(profile->name, j.verdict->accepted, true);
        assert_row(profile->name, j.verdict->custom_root, true);
        judgement_free(&j);
    }
}

/* The simulator's root is trusted only when it is named. */
static void nothing_passes_without_the_root(void **state)
{
    (void)state;
    static const sim_fault none = { .name = "none" };
    judgement j;
    assay_collateral *collateral;
    assay_error error;
    judge_fault(&none, &j);
    assay_collateral_items items = sim_artifacts_items(&j.artifacts);
    assay_verify_options options = { .now = SIM_DEFAULT_NOW };
    assert_int_equal(assay_collateral_new(&items, NULL, &collateral, NULL), ASSAY_OK);
    assert_int_equal(
        assay_check(bytes_span(&j.artifacts.quote), collateral, &options, NULL, &error),
        ASSAY_UNTRUSTED);
    assert_int_equal(error.qvl, QVL_ROOT_CA_UNTRUSTED);
    assay_collateral_unref(collateral);
    judgement_free(&j);
}

static void every_line_has_a_row(void **state)
{
    (void)state;
    bool covered[LINES + 1] = { false };
    size_t cursor = 0;
    const sim_fault *fault;
    while ((fault = sim_fault_next(&cursor)) != NULL) {
        long line = strtol(fault->name, NULL, 10);
        assert_row(fault->name, line >= 1 && line <= LINES, true);
        assert_row(fault->name,
                   fault->expected.outcome != SIM_ELSEWHERE || fault->elsewhere != NULL, true);
        assert_row(fault->name, fault->summary != NULL, true);
        assert_row(fault->name, sim_fault_find(fault->name) == fault, true);
        covered[line] = true;
    }
    for (int line = 1; line <= LINES; line++) {
        if (!covered[line])
            test_fail("no row for line %d of the attack list", line);
    }
}

/* The known wrong verdicts of other verifiers, each by its own name. */

static void the_platform_level_counts_beside_the_module_level(void **state)
{
    (void)state;
    row_has_its_outcome("86c-platform-out-of-date");
}

static void a_module_without_identity_is_refused(void **state)
{
    (void)state;
    row_has_its_outcome("84a-no-module-identity");
    row_has_its_outcome("84b-identity-missing");
}

static void the_other_cas_crl_is_refused(void **state)
{
    (void)state;
    row_has_its_outcome("52a-other-ca-crl");
    row_has_its_outcome("52b-other-ca-crl-only");
}

static void duplicate_members_are_refused(void **state)
{
    (void)state;
    row_has_its_outcome("65a-duplicate-member");
    row_has_its_outcome("66a-second-after");
}

static void future_collateral_is_not_accepted(void **state)
{
    (void)state;
    row_has_its_outcome("57b-future-crl");
    row_has_its_outcome("78a-future-tcb-info");
    row_has_its_outcome("78b-future-identity");
}

static void bytes_behind_the_quote_are_told(void **state)
{
    (void)state;
    row_has_its_outcome("8a-trailing-byte");
    row_has_its_outcome("9a-padding-70");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_has_a_row),
        cmocka_unit_test(every_profile_is_accepted),
        cmocka_unit_test(nothing_passes_without_the_root),
        cmocka_unit_test(every_row_has_its_outcome),
        cmocka_unit_test(the_platform_level_counts_beside_the_module_level),
        cmocka_unit_test(a_module_without_identity_is_refused),
        cmocka_unit_test(the_other_cas_crl_is_refused),
        cmocka_unit_test(duplicate_members_are_refused),
        cmocka_unit_test(future_collateral_is_not_accepted),
        cmocka_unit_test(bytes_behind_the_quote_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
