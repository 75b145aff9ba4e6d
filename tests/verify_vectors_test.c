/* verify_vectors_test.c: every real DCAP case is judged as it must be, through the library.
 *
 * Where a rule of ours differs on purpose, the case says so in `expected_assay`; the level date is
 * the earliest of platform, module and QE here, of platform and QE there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/verify.h"
#include "support.h"
#include "vectors.h"

static const char *const families[] = { "sgx-v3", "tdx-v4", "tdx-v5", NULL };

/* Times one case, and what it was judged with. */
typedef struct run {
    const char *folder;
    json_t *description;
    assay_span quote;
    assay_collateral *collateral;
    assay_status status;
    assay_verdict verdict;
    assay_error error;
} run;

static void run_start(run *r, assay_verifier *verifier)
{
    assay_collateral_items items = vectors_items(r->folder);
    r->quote = vectors_read(r->folder, "quote.bin");
    assert_int_equal(assay_collateral_new(&items, NULL, &r->collateral, &r->error), ASSAY_OK);
    vectors_items_free(&items);
    assay_verify_options options = { .now = json_integer_value(
                                         json_object_get(r->description, "check_time_unix")) };
    r->status = assay_verify(verifier, r->quote, r->collateral, &options, &r->verdict, &r->error);
}

static void run_end(run *r)
{
    assay_verdict_clear(&r->verdict);
    assay_collateral_unref(r->collateral);
    free((void *)r->quote.data);
}

static const char *expected_text(const run *r, const char *member)
{
    return json_string_value(vectors_expected(r->description, member));
}

/* A judged case: status, advisories, dates, evaluation number. Returns what differs, or NULL. */
static const char *judged_differs(const run *r)
{
    const assay_verdict *v = &r->verdict;
    if (strcmp(assay_tcb_status_name(v->tcb_status), expected_text(r, "tcb_status")) != 0)
        return "tcb_status";
    bool stale = strcmp(expected_text(r, "verdict"), "verified") != 0;
    bool may_accept = v->tcb_status == ASSAY_TCB_UP_TO_DATE && !stale;
    if (v->collateral_expired != stale)
        return "collateral_expired";
    if (v->accepted != (may_accept && !v->debug))
        return "accepted";
    if (v->tcb_status == ASSAY_TCB_NOT_SUPPORTED)
        return v->code == 0xE066 ? NULL : "code";
    json_t *number = vectors_expected(r->description, "tcb_eval");
    if (json_integer_value(number) != v->tcb_evaluation_data_number)
        return "tcb_eval";
    json_t *advisories = vectors_expected(r->description, "advisories");
    if (advisories != NULL && json_array_size(advisories) != v->advisory_count)
        return "advisories";
    for (size_t i = 0; advisories != NULL && i < v->advisory_count; i++) {
        if (strcmp(json_string_value(json_array_get(advisories, i)), v->advisory_ids[i]) != 0)
            return "advisories";
    }
    const char *date = expected_text(r, "tcb_level_date");
    int64_t wanted = 0, reference = v->platform_part.tcb_date;
    if (v->qe_part.tcb_date < reference)
        reference = v->qe_part.tcb_date;
    if (date != NULL && (assay_time_parse(date, &wanted, NULL) != ASSAY_OK || wanted != reference))
        return "tcb_level_date";
    if (v->tcb_date > reference)
        return "tcb_date";
    return NULL;
}

static const char *refused_differs(const run *r)
{
    const char *code = expected_text(r, "code");
    char got[8];
    snprintf(got, sizeof(got), "0x%04X", (unsigned)r->error.code);
    if (code != NULL && strtoul(code, NULL, 16) != r->error.code)
        return "code";
    return NULL;
}

static void judge_case(const char *folder, json_t *description, void *context)
{
    size_t *wrong = context;
    run r = { .folder = folder, .description = description };
    run_start(&r, NULL);
    const char *verdict = expected_text(&r, "verdict");
    const char *differs = NULL;
    bool rejected = verdict != NULL && strcmp(verdict, "rejected") == 0;
    if (verdict == NULL)
        printf("# %s: no expectation: %s\n", folder, assay_status_name(r.status));
    else if (rejected != (r.status != ASSAY_OK))
        differs = "status";
    else
        differs = rejected ? refused_differs(&r) : judged_differs(&r);
    if (differs != NULL) {
        (*wrong)++;
        print_error("%s: %s differs: %s 0x%04X %s: %s, tcb %s\n", folder, differs,
                    assay_status_name(r.status), r.error.code, r.error.where, r.error.detail,
                    assay_tcb_status_name(r.verdict.tcb_status));
    }
    run_end(&r);
}

static void every_case_is_judged_as_it_must_be(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    size_t wrong = 0;
    size_t count = vectors_each(families, judge_case, &wrong);
    printf("# %zu cases\n", count);
    assert_true(count > 0);
    assert_int_equal(wrong, 0);
}

/* With a verifier that remembers, asked twice, every case gives the same document as without. */
static void remember_case(const char *folder, json_t *description, void *context)
{
    char *texts[3];
    for (size_t i = 0; i < 3; i++) {
        run r = { .folder = folder, .description = description };
        run_start(&r, i == 0 ? NULL : context);
        assert_int_equal(assay_verdict_to_json(&r.verdict, r.status, &r.error, &texts[i]),
                         ASSAY_OK);
        run_end(&r);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_string_equal(texts[0], texts[2]);
    for (size_t i = 0; i < 3; i++)
        assay_text_free(texts[i]);
}

static void memory_changes_no_verdict(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    assay_verifier *verifier;
    assay_verifier_statistics statistics;
    assert_int_equal(assay_verifier_new(64, &verifier, NULL), ASSAY_OK);
    vectors_each(families, remember_case, verifier);
    assay_verifier_statistics_get(verifier, &statistics);
    assert_true(statistics.hits > 100);
    assay_verifier_free(verifier);
}

/* ---- The sample data of Intel's own library: a root of its own, certification data type 1 ---- */

typedef struct sample {
    const char *quote, *chains[2], *tcb_info, *identity, *signers, *root_crl, *pck_crl, *root;
} sample;

static assay_span joined(const char *folder, const char *const names[2])
{
    assay_span first = vectors_read(folder, names[0]), second = vectors_read(folder, names[1]);
    uint8_t *both = malloc(first.size + second.size);
    assert_non_null(both);
    memcpy(both, first.data, first.size);
    memcpy(both + first.size, second.data, second.size);
    free((void *)first.data);
    free((void *)second.data);
    return (assay_span) { both, first.size + second.size };
}

static assay_status sample_judge(const sample *s, assay_verdict *verdict, assay_error *error)
{
    char folder[512];
    snprintf(folder, sizeof(folder), "%s/collateral/intel-qvl-sampledata", vectors_folder());
    assay_collateral_items items = {
        .tcb_info = vectors_read(folder, s->tcb_info),
        .tcb_info_issuer_chain = vectors_read(folder, s->signers),
        .qe_identity = vectors_read(folder, s->identity),
        .qe_identity_issuer_chain = vectors_read(folder, s->signers),
        .root_ca_crl = vectors_read(folder, s->root_crl),
        .pck_crl = vectors_read(folder, s->pck_crl),
        .pck_crl_issuer_chain = vectors_read(folder, s->chains[1]),
    };
    assay_roots roots = { .count = 0 };
    assay_span quote = vectors_read(folder, s->quote), root = vectors_read(folder, s->root);
    assay_span chain = joined(folder, s->chains);
    assay_collateral *collateral;
    assay_verify_options options = { .now = 1577836800, .pck_chain = chain };
    assert_int_equal(assay_roots_add(&roots, root, NULL), ASSAY_OK);
    assert_int_equal(assay_collateral_new(&items, &roots, &collateral, NULL), ASSAY_OK);
    assay_status status = assay_verify(NULL, quote, collateral, &options, verdict, error);
    assay_collateral_unref(collateral);
    vectors_items_free(&items);
    free((void *)quote.data);
    free((void *)root.data);
    free((void *)chain.data);
    return status;
}

static void intels_samples_are_judged_under_their_own_root(void **state)
{
    (void)state;
    static const sample sgx = { "quote.dat",
                                { "pckCert.pem", "pckSignChain.pem" },
                                "tcbInfo.json",
                                "qeIdentity.json",
                                "tcbSignChain.pem",
                                "rootCaCrl.der",
                                "intermediateCaCrl.der",
                                "trustedRootCaCert.pem" };
    static const sample tdx = { "tdx__quote.dat",
                                { "tdx__pckCert.pem", "tdx__pckSignChain.pem" },
                                "tdx__tcbInfo.json",
                                "tdx__qeIdentity.json",
                                "tdx__tcbSignChain.pem",
                                "tdx__rootCaCrl.der",
                                "tdx__intermediateCaCrl.der",
                                "tdx__trustedRootCaCert.pem" };
    assay_verdict verdict = { 0 };
    assay_error error;
    if (vectors_folder() == NULL)
        skip();
    assert_int_equal(sample_judge(&sgx, &verdict, &error), ASSAY_OK);
    assert_true(verdict.accepted && verdict.custom_root);
    assert_int_equal(sample_judge(&tdx, &verdict, &error), ASSAY_MALFORMED);
    assert_int_equal(error.code, 0xE023); /* a component of 65473 */
    assay_verdict_clear(&verdict);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_judged_as_it_must_be),
        cmocka_unit_test(memory_changes_no_verdict),
        cmocka_unit_test(intels_samples_are_judged_under_their_own_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
