/* verify_verifier_test.c: what a verifier remembers changes how long a verdict takes, never what it
 * says (src/verify/verifier.c; attack list 93). */
#include <pthread.h>
#include <stdlib.h>

#include "assay/verify.h"
#include "sim/build.h"
#include "support.h"

enum { DAY = 86400 };

/* A quote and its collateral, ready to be judged. */
typedef struct evidence {
    sim_world world;
    sim_artifacts artifacts;
    assay_collateral *collateral;
    assay_verify_options options;
} evidence;

static void evidence_build(evidence *e)
{
    assay_roots roots = { 0 };
    assert_int_equal(sim_build(&e->world, &e->artifacts, NULL), ASSAY_OK);
    assert_int_equal(assay_roots_add(&roots, bytes_span(&e->artifacts.root), NULL), ASSAY_OK);
    assay_collateral_items items = sim_artifacts_items(&e->artifacts);
    assert_int_equal(assay_collateral_new(&items, &roots, &e->collateral, NULL), ASSAY_OK);
    e->options.now = e->world.now;
}

static void evidence_make(evidence *e, const char *profile)
{
    *e = (evidence) { 0 };
    sim_world_init(&e->world, sim_profile_find(profile), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    evidence_build(e);
}

static void evidence_free(evidence *e)
{
    assay_collateral_unref(e->collateral);
    sim_artifacts_free(&e->artifacts);
}

static assay_status judge(assay_verifier *verifier, const evidence *e, assay_verdict *verdict)
{
    return assay_verify(verifier, bytes_span(&e->artifacts.quote), e->collateral, &e->options,
                        verdict, NULL);
}

static uint64_t hits(const assay_verifier *verifier)
{
    assay_verifier_statistics statistics;
    assay_verifier_statistics_get(verifier, &statistics);
    return statistics.hits;
}

static assay_verifier *verifier_make(void)
{
    assay_verifier *verifier = NULL;
    assert_int_equal(assay_verifier_new(64, &verifier, NULL), ASSAY_OK);
    return verifier;
}

static void a_known_platform_is_recognised(void **state)
{
    (void)state;
    evidence e;
    assay_verdict verdict = { 0 };
    assay_verifier *verifier = verifier_make();
    evidence_make(&e, "tdx-v4");
    assert_int_equal(judge(verifier, &e, &verdict), ASSAY_OK);
    assert_int_equal(hits(verifier), 0);
    assert_int_equal(judge(verifier, &e, &verdict), ASSAY_OK);
    assert_int_equal(hits(verifier), 2); /* the chain, and the pair */
    assert_true(verdict.accepted);
    assay_verdict_clear(&verdict);
    evidence_free(&e);
    assay_verifier_free(verifier);
}

/* A chain proved with one collateral is not taken for proved with another that revokes it. */
static void other_collateral_is_proved_anew(void **state)
{
    (void)state;
    evidence good, revoking;
    assay_verdict verdict = { 0 };
    assay_verifier *verifier = verifier_make();
    evidence_make(&good, "sgx-v3");
    revoking = good;
    revoking.artifacts = (sim_artifacts) { 0 };
    sim_crl *crl = &revoking.world.pck_crl;
    crl->entries[crl->entry_count++] =
        (sim_crl_entry) { .certificate = SIM_LEAF, .reason = SIM_REASON_KEY_COMPROMISE };
    evidence_build(&revoking);
    judge(verifier, &good, &verdict);
    assert_true(verdict.accepted);
    assert_int_equal(assay_verify(verifier, bytes_span(&good.artifacts.quote), revoking.collateral,
                                  &good.options, &verdict, NULL),
                     ASSAY_OK);
    assert_int_equal(verdict.tcb_status, ASSAY_TCB_REVOKED);
    assert_false(verdict.accepted);
    assay_verdict_clear(&verdict);
    evidence_free(&good);
    evidence_free(&revoking);
    assay_verifier_free(verifier);
}

static void a_later_date_is_judged_anew(void **state)
{
    (void)state;
    evidence e;
    assay_verdict verdict = { 0 };
    assay_verifier *verifier = verifier_make();
    evidence_make(&e, "sgx-v3");
    judge(verifier, &e, &verdict);
    assert_true(verdict.accepted);
    e.options.now += 400 * DAY;
    judge(verifier, &e, &verdict);
    assert_int_equal(hits(verifier), 2);
    assert_true(verdict.collateral_expired);
    assert_false(verdict.accepted);
    assay_verdict_clear(&verdict);
    evidence_free(&e);
    assay_verifier_free(verifier);
}

/* Failures are not remembered, and a failing quote does not make a later one pass. */
static void only_success_is_remembered(void **state)
{
    (void)state;
    evidence e;
    assay_verdict verdict = { 0 };
    assay_verifier *verifier = verifier_make();
    evidence_make(&e, "tdx-v5");
    e.artifacts.quote.data[e.artifacts.map.signature] ^= 1;
    assert_int_equal(judge(verifier, &e, &verdict), ASSAY_UNTRUSTED);
    assay_verifier_statistics statistics;
    assay_verifier_statistics_get(verifier, &statistics);
    assert_int_equal(statistics.entries, 0);
    e.artifacts.quote.data[e.artifacts.map.signature] ^= 1;
    assert_int_equal(judge(verifier, &e, &verdict), ASSAY_OK);
    /* Known now; a body changed under the remembered key still fails. */
    e.artifacts.quote.data[e.artifacts.map.body + 200] ^= 1;
    assert_int_equal(judge(verifier, &e, &verdict), ASSAY_UNTRUSTED);
    assert_false(verdict.accepted);
    assay_verdict_clear(&verdict);
    evidence_free(&e);
    assay_verifier_free(verifier);
}

typedef struct worker {
    pthread_t thread;
    assay_verifier *verifier;
    const evidence *all;
    size_t count;
    size_t wrong;
} worker;

static void *work(void *argument)
{
    worker *w = argument;
    assay_verdict verdict = { 0 };
    for (size_t i = 0; i < 200; i++) {
        const evidence *e = &w->all[i % w->count];
        if (judge(w->verifier, e, &verdict) != ASSAY_OK || !verdict.accepted)
            w->wrong++;
    }
    assay_verdict_clear(&verdict);
    return NULL;
}

static void many_threads_share_verifier_and_collateral(void **state)
{
    (void)state;
    static const char *const profiles[] = { "sgx-v3", "tdx-v4", "tdx-v5", "sgx-v3-processor" };
    evidence all[COUNT_OF(profiles)];
    worker workers[4];
    assay_verifier *verifier = NULL;
    assert_int_equal(assay_verifier_new(2, &verifier, NULL), ASSAY_OK); /* evicts all the time */
    for (size_t i = 0; i < COUNT_OF(profiles); i++)
        evidence_make(&all[i], profiles[i]);
    for (size_t i = 0; i < COUNT_OF(workers); i++) {
        workers[i] = (worker) { .verifier = verifier, .all = all, .count = COUNT_OF(profiles) };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(workers); i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].wrong, 0);
    }
    for (size_t i = 0; i < COUNT_OF(profiles); i++)
        evidence_free(&all[i]);
    assay_verifier_free(verifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_platform_is_recognised),
        cmocka_unit_test(other_collateral_is_proved_anew),
        cmocka_unit_test(a_later_date_is_judged_anew),
        cmocka_unit_test(only_success_is_remembered),
        cmocka_unit_test(many_threads_share_verifier_and_collateral),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
