/* collateral_object_test.c: what is remembered of collateral while it loads, check by check
 * (src/collateral/object.c, checks.c, issuer_chain.c, crl_form.c). The simulator makes it. */
#include <stdlib.h>

#include "collateral/object.h"
#include "sim/faults.h"
#include "support.h"

enum { SEED = 11 };

typedef struct made {
    sim_world world;
    sim_artifacts artifacts;
    assay_roots roots;
} made;

static void make(made *m, const char *fault_name)
{
    const sim_fault *fault = fault_name == NULL ? NULL : sim_fault_find(fault_name);
    if (fault_name != NULL && fault == NULL)
        test_fail("no fault \"%s\"", fault_name);
    *m = (made) { .roots = { .count = 0 } };
    sim_world_init(&m->world, sim_profile_find("tdx-v4"), SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    if (fault != NULL)
        sim_fault_change_world(fault, &m->world);
    assert_int_equal(sim_build(&m->world, &m->artifacts, NULL), ASSAY_OK);
    if (fault != NULL)
        sim_fault_change_built(fault, &m->artifacts);
    assert_int_equal(assay_roots_add(&m->roots, bytes_span(&m->artifacts.root), NULL), ASSAY_OK);
}

static assay_collateral *load(const made *m, const assay_collateral_items *items)
{
    assay_collateral *collateral = NULL;
    assert_int_equal(assay_collateral_new(items, &m->roots, &collateral, NULL), ASSAY_OK);
    return collateral;
}

static assay_collateral *load_made(const made *m)
{
    const assay_collateral_items items = sim_artifacts_items(&m->artifacts);
    return load(m, &items);
}

/* The checks that a failing one takes with it. */
#define ONLY(check)   (1u << CHECK_##check)
#define ALL_CHECKS    ((1u << CHECK_COUNT) - 1)
#define TCB_PATH      (ONLY(TCB_SIGNER) | ONLY(TCB_SIGNATURE))
#define IDENTITY_PATH (ONLY(IDENTITY_SIGNER) | ONLY(IDENTITY_SIGNATURE))
#define TRUST         (ONLY(ROOT_CRL) | ONLY(PCK_CRL) | TCB_PATH | IDENTITY_PATH)

static const struct {
    const char *fault;
    unsigned failed; /* a bit for each check whose outcome is not OK */
    collateral_check first;
    assay_status status;
    uint16_t qvl;
    uint16_t code;
} rows[] = {
    { "54a-no-root-crl", ALL_CHECKS, CHECK_PRESENT, ASSAY_MALFORMED, 36, 0xE002 },
    { "54b-no-pck-crl", ALL_CHECKS, CHECK_PRESENT, ASSAY_MALFORMED, 36, 0xE002 },
    { "67a-sibling", ONLY(TCB_INFO) | ONLY(TCB_SIGNATURE), CHECK_TCB_INFO, ASSAY_MALFORMED, 20,
      0xE023 },
    { "72b-levels-equal", ONLY(TCB_INFO) | ONLY(TCB_SIGNATURE), CHECK_TCB_INFO, ASSAY_MALFORMED, 20,
      0xE023 },
    { "67b-identity-sibling", ONLY(QE_IDENTITY) | ONLY(IDENTITY_SIGNATURE), CHECK_QE_IDENTITY,
      ASSAY_MALFORMED, 58, 0xE025 },
    { "61b-crl-chain-is-text", ONLY(CHAINS) | TRUST, CHECK_CHAINS, ASSAY_MALFORMED, 1, 0xE022 },
    { "61a-crl-chain-is-tcb-chain", ONLY(CHAINS) | TRUST, CHECK_CHAINS, ASSAY_UNTRUSTED, 7,
      0xE022 },
    { "40a-signing-chain-of-one", ONLY(CHAINS) | TRUST, CHECK_CHAINS, ASSAY_MALFORMED, 1, 0xE021 },
    { "40b-signing-chain-of-three", ONLY(CHAINS) | TRUST, CHECK_CHAINS, ASSAY_MALFORMED, 1,
      0xE021 },
    { "40c-identity-chain-of-one", ONLY(CHAINS) | TRUST, CHECK_CHAINS, ASSAY_MALFORMED, 1, 0xE021 },
    { "46d-signer-padded-integer", ONLY(CHAINS) | TRUST, CHECK_CHAINS, ASSAY_MALFORMED, 1, 0xE022 },
    { "47b-two-nuls", ONLY(CRLS) | TRUST, CHECK_CRLS, ASSAY_MALFORMED, 28, 0xE038 },
    { "47c-byte-behind", ONLY(CRLS) | TRUST, CHECK_CRLS, ASSAY_MALFORMED, 28, 0xE038 },
    { "50e-root-listed", TRUST, CHECK_ROOT_CRL, ASSAY_UNTRUSTED, 6, 0xE022 },
    { "55a-root-crl-signature", TRUST, CHECK_ROOT_CRL, ASSAY_UNTRUSTED, 32, 0xE068 },
    { "53b-pck-crl-twice", TRUST, CHECK_ROOT_CRL, ASSAY_UNTRUSTED, 29, 0xE001 },
    { "53a-root-crl-twice", ONLY(PCK_CRL), CHECK_PCK_CRL, ASSAY_UNTRUSTED, 29, 0xE001 },
    { "52b-other-ca-crl-only", ONLY(PCK_CRL), CHECK_PCK_CRL, ASSAY_UNTRUSTED, 29, 0xE001 },
    { "55b-pck-crl-signature", ONLY(PCK_CRL), CHECK_PCK_CRL, ASSAY_UNTRUSTED, 32, 0xE068 },
    { "55d-crl-aki", ONLY(PCK_CRL), CHECK_PCK_CRL, ASSAY_UNTRUSTED, 31, 0xE001 },
    { "50b-ca-revoked", ONLY(PCK_CRL), CHECK_PCK_CRL, ASSAY_REVOKED, 11, 0xE031 },
    { "50c-signer-revoked", TCB_PATH | IDENTITY_PATH, CHECK_TCB_SIGNER, ASSAY_REVOKED, 27, 0xE031 },
    { "41g-signer-ca-true", TCB_PATH | IDENTITY_PATH, CHECK_TCB_SIGNER, ASSAY_UNTRUSTED, 24,
      0xE001 },
    { "42c-signer-aki", TCB_PATH | IDENTITY_PATH, CHECK_TCB_SIGNER, ASSAY_UNTRUSTED, 24, 0xE001 },
    { "63a-tcb-info-character", ONLY(TCB_SIGNATURE), CHECK_TCB_SIGNATURE, ASSAY_UNTRUSTED, 21,
      0xE03A },
    { "64a-tcb-info-printed", ONLY(TCB_SIGNATURE), CHECK_TCB_SIGNATURE, ASSAY_UNTRUSTED, 21,
      0xE03A },
    { "63d-tcb-info-key", ONLY(TCB_SIGNATURE), CHECK_TCB_SIGNATURE, ASSAY_UNTRUSTED, 21, 0xE03A },
    { "63c-identity-character", ONLY(IDENTITY_SIGNATURE), CHECK_IDENTITY_SIGNATURE, ASSAY_UNTRUSTED,
      76, 0xE039 },
    { "64b-identity-printed", ONLY(IDENTITY_SIGNATURE), CHECK_IDENTITY_SIGNATURE, ASSAY_UNTRUSTED,
      76, 0xE039 },
};

static unsigned failed_checks(const assay_collateral *collateral)
{
    unsigned failed = 0;
    for (unsigned check = 0; check < CHECK_COUNT; check++) {
        if (collateral_outcome(collateral, (collateral_check)check, NULL) != ASSAY_OK)
            failed |= 1u << check;
    }
    return failed;
}

static void faults_are_remembered_where_they_belong(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        made m;
        make(&m, rows[i].fault);
        assay_collateral *collateral = load_made(&m);
        assay_error error = { 0 }, first = { 0 };
        assert_row(rows[i].fault, failed_checks(collateral), rows[i].failed);
        assert_row(rows[i].fault, collateral_outcome(collateral, rows[i].first, &error),
                   rows[i].status);
        assert_row(rows[i].fault, error.qvl, rows[i].qvl);
        assert_row(rows[i].fault, error.code, rows[i].code);
        assert_row(rows[i].fault, assay_collateral_check(collateral, &first), rows[i].status);
        assert_memory_equal(&error, &first, sizeof(error));
        assay_collateral_unref(collateral);
        sim_artifacts_free(&m.artifacts);
    }
}

static const char *const harmless[] = { NULL, "37-older-root", "47a-one-nul", "47d-hex",
                                        "47e-pem" };

static void sound_collateral_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(harmless); i++) {
        made m;
        make(&m, harmless[i]);
        assay_collateral *collateral = load_made(&m);
        assay_error error = { 0 };
        if (assay_collateral_check(collateral, &error) != ASSAY_OK)
            test_fail("%s: %s: %s", harmless[i], error.where, error.detail);
        assert_int_equal(collateral->pck_crl_ca, PCK_CA_PLATFORM);
        assay_collateral_unref(collateral);
        sim_artifacts_free(&m.artifacts);
    }
}

/* Root, CA and signer: each link and key once, in however many chains they stand. */
static void what_chains_share_is_proved_once(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    assay_collateral *collateral = load_made(&m);
    assert_int_equal(collateral->trust.link_count, 3);
    assert_int_equal(collateral->trust.key_count, 3);
    assay_collateral_unref(collateral);
    sim_artifacts_free(&m.artifacts);
}

static void nobody_trusts_a_root_unasked(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    m.roots.count = 0;
    assay_collateral *collateral = load_made(&m);
    assay_error error;
    assert_int_equal(failed_checks(collateral), TRUST);
    assert_int_equal(assay_collateral_check(collateral, &error), ASSAY_UNTRUSTED);
    assert_int_equal(error.qvl, QVL_ROOT_CA_UNTRUSTED);
    assert_int_equal(error.code, 0xE022);
    assert_false(collateral_trusts_root(collateral, collateral->root.point));
    assert_true(collateral_trusts_root(collateral, intel_sgx_root_point));
    assay_collateral_unref(collateral);
    sim_artifacts_free(&m.artifacts);
}

/* Even when both are trusted: the root CRL of one says nothing about the other. */
static void one_root_for_all_chains(void **state)
{
    (void)state;
    made m;
    make(&m, "36b-foreign-signing-chain");
    assay_collateral *collateral = load_made(&m);
    assay_error error;
    memcpy(m.roots.points[m.roots.count++], collateral->tcb_root.point, P256_POINT_SIZE);
    assert_int_equal(collateral_outcome(collateral, CHECK_TCB_SIGNER, &error), ASSAY_UNTRUSTED);
    assert_int_equal(error.code, 0xE03A);
    assay_collateral_unref(collateral);
    collateral = load_made(&m);
    assert_int_equal(collateral_outcome(collateral, CHECK_TCB_SIGNER, &error), ASSAY_UNTRUSTED);
    assert_int_equal(error.qvl, QVL_TCB_SIGNING_CHAIN_UNTRUSTED);
    assert_int_equal(error.code, 0xE03A);
    assay_collateral_unref(collateral);
    sim_artifacts_free(&m.artifacts);
}

static void supplied_chains_come_in_any_order(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    sim_chain *chains[] = { &m.world.pck_crl_issuer_chain, &m.world.tcb_info.document.chain,
                            &m.world.identity.document.chain };
    for (size_t i = 0; i < COUNT_OF(chains); i++) {
        sim_certificate_id first = chains[i]->certificates[0];
        assert_int_equal(chains[i]->count, 2);
        chains[i]->certificates[0] = chains[i]->certificates[1];
        chains[i]->certificates[1] = first;
    }
    sim_artifacts_free(&m.artifacts);
    assert_int_equal(sim_build(&m.world, &m.artifacts, NULL), ASSAY_OK);
    assay_collateral *collateral = load_made(&m);
    assert_int_equal(assay_collateral_check(collateral, NULL), ASSAY_OK);
    assay_collateral_unref(collateral);

    chains[1]->certificates[1] = chains[1]->certificates[0];
    sim_artifacts_free(&m.artifacts);
    assert_int_equal(sim_build(&m.world, &m.artifacts, NULL), ASSAY_OK);
    collateral = load_made(&m);
    assay_error error;
    assert_int_equal(collateral_outcome(collateral, CHECK_CHAINS, &error), ASSAY_MALFORMED);
    assert_int_equal(error.code, 0xE022);
    assay_collateral_unref(collateral);
    sim_artifacts_free(&m.artifacts);
}

static void validity_is_that_of_each_item(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    assay_collateral *collateral = load_made(&m);
    const assay_validity *v = collateral->validity;
    const sim_certificate *root = &m.world.certificates[SIM_ROOT];
    const sim_certificate *signer = &m.world.certificates[SIM_SIGNER];
    assert_int_equal(v[ASSAY_ITEM_TCB_INFO].begin, m.world.tcb_info.document.issue_date);
    assert_int_equal(v[ASSAY_ITEM_TCB_INFO].latest_begin, m.world.tcb_info.document.issue_date);
    assert_int_equal(v[ASSAY_ITEM_TCB_INFO].end, m.world.tcb_info.document.next_update);
    assert_int_equal(v[ASSAY_ITEM_QE_IDENTITY].end, m.world.identity.document.next_update);
    assert_int_equal(v[ASSAY_ITEM_ROOT_CA_CRL].begin, m.world.root_crl.this_update);
    assert_int_equal(v[ASSAY_ITEM_PCK_CRL].end, m.world.pck_crl.next_update);
    int64_t first = root->not_before < signer->not_before ? root->not_before : signer->not_before;
    int64_t last = root->not_before < signer->not_before ? signer->not_before : root->not_before;
    int64_t end = root->not_after < signer->not_after ? root->not_after : signer->not_after;
    assert_int_equal(v[ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN].begin, first);
    assert_int_equal(v[ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN].latest_begin, last);
    assert_int_equal(v[ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN].end, end);
    assert_int_equal(v[ASSAY_ITEM_PCK_CHAIN].end, 0);
    assay_collateral_unref(collateral);
    sim_artifacts_free(&m.artifacts);
}

static void digest_covers_every_byte_and_the_roots(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    uint8_t sound[32], other[32];
    assay_collateral_items items = sim_artifacts_items(&m.artifacts);
    assay_collateral *collateral = load(&m, &items);
    assay_collateral_digest(collateral, sound);
    assay_collateral_unref(collateral);
    assay_span *const spans[] = { &items.tcb_info,
                                  &items.tcb_info_issuer_chain,
                                  &items.qe_identity,
                                  &items.qe_identity_issuer_chain,
                                  &items.root_ca_crl,
                                  &items.pck_crl,
                                  &items.pck_crl_issuer_chain };
    for (size_t i = 0; i < COUNT_OF(spans); i++) {
        spans[i]->size--;
        collateral = load(&m, &items);
        assay_collateral_digest(collateral, other);
        assert_memory_not_equal(sound, other, sizeof(sound));
        assay_collateral_unref(collateral);
        spans[i]->size++;
    }
    m.roots.points[0][64] ^= 1;
    collateral = load(&m, &items);
    assay_collateral_digest(collateral, other);
    assert_memory_not_equal(sound, other, sizeof(sound));
    assay_collateral_unref(collateral);
    sim_artifacts_free(&m.artifacts);
}

static void items_are_copies_that_references_keep(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    assay_collateral *collateral = load_made(&m);
    assay_collateral *second = assay_collateral_ref(collateral);
    size_t size = bytes_span(&m.artifacts.tcb_info).size;
    sim_artifacts_free(&m.artifacts);
    assay_collateral_unref(collateral);
    assert_int_equal(assay_collateral_items_of(second)->tcb_info.size, size);
    assert_int_equal(assay_collateral_items_of(second)->tcb_info.data[0], '{');
    assay_collateral_unref(second);
    assay_collateral_unref(NULL);
}

static void items_beyond_a_mebibyte_are_a_callers_mistake(void **state)
{
    (void)state;
    const size_t limit = 1024 * 1024;
    uint8_t *big = calloc(1, limit + 1);
    assert_non_null(big);
    assay_collateral_items items = { .pck_crl = { big, limit } };
    assay_collateral *collateral = NULL;
    assay_error error;
    assert_int_equal(assay_collateral_new(&items, NULL, &collateral, NULL), ASSAY_OK);
    assay_collateral_unref(collateral);
    collateral = NULL;
    items.pck_crl.size++;
    assert_int_equal(assay_collateral_new(&items, NULL, &collateral, &error), ASSAY_USAGE);
    assert_string_equal(error.where, "pck_crl");
    assert_null(collateral);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_remembered_where_they_belong),
        cmocka_unit_test(sound_collateral_passes),
        cmocka_unit_test(what_chains_share_is_proved_once),
        cmocka_unit_test(nobody_trusts_a_root_unasked),
        cmocka_unit_test(one_root_for_all_chains),
        cmocka_unit_test(supplied_chains_come_in_any_order),
        cmocka_unit_test(validity_is_that_of_each_item),
        cmocka_unit_test(digest_covers_every_byte_and_the_roots),
        cmocka_unit_test(items_are_copies_that_references_keep),
        cmocka_unit_test(items_beyond_a_mebibyte_are_a_callers_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
