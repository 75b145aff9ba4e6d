/* collateral_admission_test.c: single items before they are kept (src/collateral/admission.c), made
 * by the simulator: sound ones pass with their facts, a fault is refused where it belongs. */
#include "collateral/admission.h"
#include "sim/certificates.h"
#include "sim/documents.h"
#include "sim/faults.h"
#include "support.h"

enum { SEED = 23 };

/* A simulated vendor's items, and what a store knows when it admits them. */
typedef struct made {
    sim_world world;
    sim_artifacts artifacts;
    sim_bytes leaf, numbers;
    assay_roots roots;
    arena memory;
    x509_crl root_crl, pck_crl;
    admission by;
} made;

static void make(made *m, const char *fault_name)
{
    const sim_fault *fault = fault_name == NULL ? NULL : sim_fault_find(fault_name);
    sim_keyring ring;
    if (fault_name != NULL && fault == NULL)
        test_fail("no fault \"%s\"", fault_name);
    memset(m, 0, sizeof(*m));
    sim_world_init(&m->world, sim_profile_find("tdx-v4"), SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    if (fault != NULL)
        sim_fault_change_world(fault, &m->world);
    assert_int_equal(sim_build(&m->world, &m->artifacts, NULL), ASSAY_OK);
    if (fault != NULL)
        sim_fault_change_built(fault, &m->artifacts);
    assert_int_equal(sim_keyring_derive(m->world.seed, &ring, NULL), ASSAY_OK);
    const sim_chain leaf = { .certificates = { SIM_LEAF }, .count = 1 };
    assert_int_equal(sim_chain_write(&m->world, &ring, &leaf, &m->leaf, NULL), ASSAY_OK);
    sim_document numbers = m->world.tcb_info.document;
    numbers.version = 1;
    assert_int_equal(sim_evaluation_numbers_write(&numbers, &ring, &m->numbers, NULL), ASSAY_OK);
    assert_int_equal(assay_roots_add(&m->roots, bytes_span(&m->artifacts.root), NULL), ASSAY_OK);
    m->by = (admission) { .roots = &m->roots, .memory = &m->memory };
}

static void drop(made *m)
{
    arena_free(&m->memory);
    bytes_free(&m->leaf);
    bytes_free(&m->numbers);
    sim_artifacts_free(&m->artifacts);
}

/* ---- Each kind of item by one name ---- */

typedef assay_status admit_function(made *m, admitted *out, assay_error *err);

static assay_status tcb_info_of(made *m, admitted *out, assay_error *err)
{
    return admit_tcb_info(&m->by, bytes_span(&m->artifacts.tcb_info),
                          bytes_span(&m->artifacts.tcb_info_issuer_chain), out, err);
}

static assay_status identity_of(made *m, admitted *out, assay_error *err)
{
    return admit_identity(&m->by, bytes_span(&m->artifacts.qe_identity),
                          bytes_span(&m->artifacts.qe_identity_issuer_chain), out, err);
}

static assay_status numbers_of(made *m, admitted *out, assay_error *err)
{
    evaluation_numbers numbers;
    return admit_evaluation_numbers(&m->by, bytes_span(&m->numbers),
                                    bytes_span(&m->artifacts.tcb_info_issuer_chain), out, &numbers,
                                    err);
}

static assay_status pck_crl_of(made *m, admitted *out, assay_error *err)
{
    assay_span der;
    return admit_pck_crl(&m->by, bytes_span(&m->artifacts.pck_crl),
                         bytes_span(&m->artifacts.pck_crl_issuer_chain), out, &der, err);
}

static assay_status root_crl_of(made *m, admitted *out, assay_error *err)
{
    return admit_root_crl(&m->by, bytes_span(&m->artifacts.root_ca_crl),
                          bytes_span(&m->artifacts.pck_crl_issuer_chain), out, NULL, &m->root_crl,
                          err);
}

static assay_status leaf_of(made *m, admitted *out, assay_error *err)
{
    assay_span der;
    admitted unused;
    pck_extension extension;
    TRY(admit_pck_crl(&m->by, bytes_span(&m->artifacts.pck_crl),
                      bytes_span(&m->artifacts.pck_crl_issuer_chain), &unused, &der, err));
    assert_int_equal(x509_crl_parse(der, "pck_crl", &m->pck_crl, NULL), ASSAY_OK);
    return admit_pck_certificate(&m->by, bytes_span(&m->leaf),
                                 bytes_span(&m->artifacts.pck_crl_issuer_chain), &m->pck_crl, out,
                                 &extension, err);
}

static admit_function *const kinds[] = { tcb_info_of, identity_of, numbers_of,
                                         pck_crl_of,  root_crl_of, leaf_of };

static void sound_items_pass_with_and_without_the_root_crl(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
            admitted item;
            assay_error error;
            if (kinds[i](&m, &item, &error) != ASSAY_OK)
                test_fail("kind %zu: %s: %s", i, error.where, error.detail);
            assert_memory_equal(item.root_point, m.roots.points[0], P256_POINT_SIZE);
            assert_true(item.issue_date < SIM_DEFAULT_NOW);
            assert_true(item.next_update > SIM_DEFAULT_NOW && item.chain_end > SIM_DEFAULT_NOW);
            assert_int_equal(admission_dates_check(&item, SIM_DEFAULT_NOW, "item", NULL), ASSAY_OK);
        }
        m.by.root_crl = &m.root_crl; /* read in the first round */
    }
    drop(&m);
}

static void facts_are_those_of_the_item(void **state)
{
    (void)state;
    made m;
    admitted item;
    make(&m, NULL);
    const sim_document *document = &m.world.tcb_info.document;
    assert_int_equal(tcb_info_of(&m, &item, NULL), ASSAY_OK);
    assert_int_equal(item.tee, ASSAY_TEE_TDX);
    assert_memory_equal(item.fmspc, m.world.tcb_info.fmspc, sizeof(item.fmspc));
    assert_int_equal(item.evaluation_number, document->evaluation_number);
    assert_true(item.issue_date == document->issue_date);
    assert_true(item.next_update == document->next_update);
    assert_true(item.chain_end == m.world.certificates[SIM_SIGNER].not_after ||
                item.chain_end == m.world.certificates[SIM_ROOT].not_after);
    assert_int_equal(identity_of(&m, &item, NULL), ASSAY_OK);
    assert_int_equal(item.identity, IDENTITY_TD_QE);
    assert_int_equal(item.tee, ASSAY_TEE_TDX);
    assert_int_equal(pck_crl_of(&m, &item, NULL), ASSAY_OK);
    assert_int_equal(item.ca, PCK_CA_PLATFORM);
    assert_true(item.next_update == m.world.pck_crl.next_update);
    assert_int_equal(root_crl_of(&m, &item, NULL), ASSAY_OK);
    assert_int_equal(item.ca, PCK_CA_NONE);
    assert_true(item.issue_date == m.world.root_crl.this_update);
    assert_int_equal(leaf_of(&m, &item, NULL), ASSAY_OK);
    assert_int_equal(item.ca, PCK_CA_PLATFORM);
    assert_memory_equal(item.fmspc, m.world.platform.fmspc, sizeof(item.fmspc));
    assert_true(item.next_update == m.world.certificates[SIM_LEAF].not_after);
    drop(&m);
}

static void evaluation_numbers_are_handed_out(void **state)
{
    (void)state;
    made m;
    admitted item;
    evaluation_numbers numbers;
    make(&m, NULL);
    assert_int_equal(admit_evaluation_numbers(&m.by, bytes_span(&m.numbers),
                                              bytes_span(&m.artifacts.tcb_info_issuer_chain), &item,
                                              &numbers, NULL),
                     ASSAY_OK);
    assert_int_equal(numbers.count, 3);
    assert_int_equal(numbers.at[0].number, m.world.tcb_info.document.evaluation_number);
    assert_int_equal(item.tee, ASSAY_TEE_TDX);
    drop(&m);
}

/* A fault, the kind it belongs to, and what is said of it. */
static const struct {
    const char *fault;
    admit_function *admit;
    assay_status status;
    const char *where;
} refused[] = {
    { "63a-tcb-info-character", tcb_info_of, ASSAY_UNTRUSTED, "tcb_info.signature" },
    { "64a-tcb-info-printed", tcb_info_of, ASSAY_UNTRUSTED, "tcb_info.signature" },
    { "67a-sibling", tcb_info_of, ASSAY_MALFORMED, "tcb_info.x" },
    { "40a-signing-chain-of-one", tcb_info_of, ASSAY_MALFORMED, "tcb_info_issuer_chain" },
    { "41g-signer-ca-true", tcb_info_of, ASSAY_UNTRUSTED,
      "tcb_info_issuer_chain.signer.extensions" },
    { "36b-foreign-signing-chain", tcb_info_of, ASSAY_UNTRUSTED, "tcb_info_issuer_chain.root" },
    { "50c-signer-revoked", tcb_info_of, ASSAY_REVOKED, "tcb_info_issuer_chain.signer" },
    { "63c-identity-character", identity_of, ASSAY_UNTRUSTED, "qe_identity.signature" },
    { "40c-identity-chain-of-one", identity_of, ASSAY_MALFORMED, "qe_identity_issuer_chain" },
    { "47b-two-nuls", pck_crl_of, ASSAY_MALFORMED, "pck_crl" },
    { "55b-pck-crl-signature", pck_crl_of, ASSAY_UNTRUSTED, "pck_crl" },
    { "55d-crl-aki", pck_crl_of, ASSAY_UNTRUSTED, "pck_crl" },
    { "52b-other-ca-crl-only", pck_crl_of, ASSAY_UNTRUSTED, "pck_crl" },
    { "53a-root-crl-twice", pck_crl_of, ASSAY_UNTRUSTED, "pck_crl" },
    { "61a-crl-chain-is-tcb-chain", pck_crl_of, ASSAY_UNTRUSTED, "pck_crl_issuer_chain.ca" },
    { "50b-ca-revoked", pck_crl_of, ASSAY_REVOKED, "pck_crl_issuer_chain.ca" },
    { "55a-root-crl-signature", root_crl_of, ASSAY_UNTRUSTED, "root_ca_crl" },
    { "53b-pck-crl-twice", root_crl_of, ASSAY_UNTRUSTED, "root_ca_crl" },
    { "50e-root-listed", root_crl_of, ASSAY_UNTRUSTED, "root" },
    { "50a-leaf-revoked", leaf_of, ASSAY_REVOKED, "pck_certificate" },
};

static void faults_are_refused_by_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        made m;
        admitted item;
        assay_error error = { 0 };
        make(&m, refused[i].fault);
        if (refused[i].admit != root_crl_of && root_crl_of(&m, &item, NULL) == ASSAY_OK)
            m.by.root_crl = &m.root_crl;
        assert_row(refused[i].fault, refused[i].admit(&m, &item, &error), refused[i].status);
        if (strcmp(error.where, refused[i].where) != 0)
            test_fail("%s: at %s, want %s", refused[i].fault, error.where, refused[i].where);
        drop(&m);
    }
}

static void nobody_trusts_a_root_unasked(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    m.by.roots = NULL;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        admitted item;
        assert_int_equal(kinds[i](&m, &item, NULL), ASSAY_UNTRUSTED);
    }
    drop(&m);
}

/* A root CRL says nothing about what stands on another root: no silent pass. */
static void the_root_crl_must_be_of_the_same_root(void **state)
{
    (void)state;
    static admit_function *const under_it[] = { tcb_info_of, identity_of, numbers_of, pck_crl_of };
    made m;
    admitted item;
    make(&m, NULL);
    assert_int_equal(root_crl_of(&m, &item, NULL), ASSAY_OK);
    static const uint8_t other_key[20] = { 1 };
    m.root_crl.authority_key_id = SPAN(other_key);
    m.by.root_crl = &m.root_crl;
    for (size_t i = 0; i < COUNT_OF(under_it); i++)
        assert_int_equal(under_it[i](&m, &item, NULL), ASSAY_UNTRUSTED);
    drop(&m);
}

static void a_pck_crl_of_another_ca_says_nothing(void **state)
{
    (void)state;
    made m;
    admitted item;
    pck_extension extension;
    make(&m, NULL);
    assert_int_equal(leaf_of(&m, &item, NULL), ASSAY_OK);
    m.pck_crl.issuer = SPAN_TEXT("somebody else");
    assert_int_equal(admit_pck_certificate(&m.by, bytes_span(&m.leaf),
                                           bytes_span(&m.artifacts.pck_crl_issuer_chain),
                                           &m.pck_crl, &item, &extension, NULL),
                     ASSAY_MISMATCH);
    assert_int_equal(admit_pck_certificate(&m.by, bytes_span(&m.leaf),
                                           bytes_span(&m.artifacts.pck_crl_issuer_chain), NULL,
                                           &item, &extension, NULL),
                     ASSAY_OK);
    drop(&m);
}

static void a_certificate_is_one_in_pem_or_der(void **state)
{
    (void)state;
    made m;
    admitted item;
    pck_extension extension;
    sim_keyring ring;
    sim_bytes der = { 0 };
    make(&m, NULL);
    const assay_span chain = bytes_span(&m.artifacts.pck_crl_issuer_chain);
    assert_int_equal(sim_keyring_derive(m.world.seed, &ring, NULL), ASSAY_OK);
    assert_int_equal(sim_certificate_write(&m.world, &ring, SIM_LEAF, &der, NULL), ASSAY_OK);
    assert_int_equal(
        admit_pck_certificate(&m.by, bytes_span(&der), chain, NULL, &item, &extension, NULL),
        ASSAY_OK);
    assert_memory_equal(extension.ppid, m.world.platform.ppid, sizeof(extension.ppid));
    assert_int_equal(admit_pck_certificate(&m.by, chain, chain, NULL, &item, &extension, NULL),
                     ASSAY_MALFORMED);
    const assay_span nothing = { NULL, 0 };
    assert_int_equal(admit_pck_certificate(&m.by, nothing, chain, NULL, &item, &extension, NULL),
                     ASSAY_MALFORMED);
    bytes_free(&der);
    drop(&m);
}

static void the_forms_of_crls_give_the_same_der(void **state)
{
    (void)state;
    static const char *const forms[] = { "47a-one-nul", "47d-hex", "47e-pem" };
    made plain;
    make(&plain, NULL);
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        made m;
        admitted item;
        assay_span der;
        make(&m, forms[i]);
        assert_row(forms[i],
                   admit_root_crl(&m.by, bytes_span(&m.artifacts.root_ca_crl),
                                  bytes_span(&m.artifacts.root), &item, &der, NULL, NULL),
                   ASSAY_OK);
        assert_true(span_equal(der, bytes_span(&plain.artifacts.root_ca_crl)));
        drop(&m);
    }
    drop(&plain);
}

static const struct {
    const char *what;
    int64_t now; /* beside: issued at 1000000, next at 2000000, chain until 1500000 or 3000000 */
    int64_t chain_end;
    const char *name;
} dates[] = {
    { "the first second", 1000000, 3000000, NULL },
    { "the last second", 1999999, 3000000, NULL },
    { "stale", 2000000, 3000000, "collateral_expired" },
    { "the chain is stale", 1500000, 1500000, "collateral_expired" },
    { "a clock a day behind", 1000000 - 86400, 3000000, NULL },
    { "further ahead", 1000000 - 86401, 3000000, "collateral_not_yet_valid" },
};

static void dates_are_judged_by_the_callers_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        const admitted item = { .issue_date = 1000000,
                                .next_update = 2000000,
                                .chain_end = dates[i].chain_end };
        assay_error error = { 0 };
        assert_row(dates[i].what, admission_dates_check(&item, dates[i].now, "tcb_info", &error),
                   dates[i].name == NULL ? ASSAY_OK : ASSAY_MALFORMED);
        if (dates[i].name != NULL)
            assert_string_equal(error.name, dates[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_items_pass_with_and_without_the_root_crl),
        cmocka_unit_test(facts_are_those_of_the_item),
        cmocka_unit_test(evaluation_numbers_are_handed_out),
        cmocka_unit_test(faults_are_refused_by_place),
        cmocka_unit_test(nobody_trusts_a_root_unasked),
        cmocka_unit_test(the_root_crl_must_be_of_the_same_root),
        cmocka_unit_test(a_pck_crl_of_another_ca_says_nothing),
        cmocka_unit_test(a_certificate_is_one_in_pem_or_der),
        cmocka_unit_test(the_forms_of_crls_give_the_same_der),
        cmocka_unit_test(dates_are_judged_by_the_callers_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
