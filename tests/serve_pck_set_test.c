/* serve_pck_set_test.c: the PCK certificates of one platform (src/serve/pck_set.c): which are
 * believed, and that they are of one platform. collateral-service.md 2, 7.1. */
#include <stdio.h>

#include "pcs_ask.h"
#include "serve/pck_set.h"
#include "sim/certificates.h"
#include "wire/pem.h"

enum { LEVELS_MAX = 10 };

/* A vendor, one of its platforms with a certificate for each level, and what they are checked by.
 */
typedef struct made {
    pcs_service *vendor;
    fleet_member member;
    sim_bytes certificates[LEVELS_MAX];
    size_t count;
    char *chain;
    sim_bytes crl;
    assay_roots roots;
    arena memory;
    pck_issuers issuers;
    pck_set set;
} made;

static void make(made *m)
{
    memset(m, 0, sizeof(*m));
    m->vendor = pcs_ask_begin();
    const sim_fleet *fleet = &m->vendor->vendor.fleet;
    assert_true(fleet_find(fleet, 0, &m->member));
    const pck_ca ca = m->member.model->ca;
    const pcs_chain chain = ca == PCK_CA_PLATFORM ? PCS_CHAIN_PLATFORM : PCS_CHAIN_PROCESSOR;
    m->chain = pcs_ask_decode((const char *)m->vendor->vendor.chains.genuine[chain].data);
    m->count = fleet_member_level_count(&m->member);
    for (size_t i = 0; i < m->count; i++)
        assert_int_equal(
            fleet_member_certificate(fleet, &m->member, i, SIM_KEY_NONE, &m->certificates[i], NULL),
            ASSAY_OK);
    assert_int_equal(assay_roots_add(&m->roots, bytes_span(&m->vendor->vendor.chains.root), NULL),
                     ASSAY_OK);
    m->issuers = (pck_issuers) { .roots = &m->roots, .now = SIM_DEFAULT_NOW };
    const admission by = { &m->roots, NULL, &m->memory };
    m->issuers.of[ca].chain = SPAN_TEXT(m->chain);
    assert_int_equal(admit_pck_issuer(&by, SPAN_TEXT(m->chain), &m->issuers.of[ca].proved, NULL),
                     ASSAY_OK);
    assert_int_equal(pck_set_new(&m->memory, m->count, &m->set, NULL), ASSAY_OK);
}

static void drop(made *m)
{
    pck_issuers_free(&m->issuers);
    arena_free(&m->memory);
    bytes_free(&m->crl);
    free(m->chain);
    for (size_t i = 0; i < m->count; i++)
        bytes_free(&m->certificates[i]);
    pcs_ask_end(m->vendor);
}

static assay_status add(made *m, assay_span certificate, const uint8_t *tcbm)
{
    return pck_set_add(&m->issuers, &m->memory, certificate, tcbm, &m->set, NULL);
}

static void all_levels_of_one_platform(void **state)
{
    (void)state;
    made m;
    make(&m);
    for (size_t i = 0; i < m.count; i++) {
        uint8_t tcbm[SIM_TCBM_SIZE];
        fleet_level_tcbm(fleet_member_level(&m.member, i), tcbm);
        assert_int_equal(add(&m, bytes_span(&m.certificates[i]), tcbm), ASSAY_OK);
        assert_memory_equal(m.set.certificates[i].tcbm, tcbm, sizeof(tcbm));
    }
    assert_int_equal(m.set.count, m.count);
    assert_memory_equal(m.set.ppid, m.member.ppid, sizeof(m.set.ppid));
    assert_memory_equal(m.set.fmspc, m.member.model->fmspc, sizeof(m.set.fmspc));
    assert_int_equal(m.set.ca, m.member.model->ca);
    pck_set again;
    assert_int_equal(pck_set_of_store(&m.memory, m.set.certificates, m.set.count, &again, NULL),
                     ASSAY_OK);
    assert_memory_equal(again.candidates, m.set.candidates,
                        m.set.count * sizeof(m.set.candidates[0]));
    drop(&m);
}

static void a_claim_about_the_tcb_must_hold(void **state)
{
    (void)state;
    made m;
    uint8_t tcbm[SIM_TCBM_SIZE];
    make(&m);
    fleet_level_tcbm(fleet_member_level(&m.member, 1), tcbm);
    assert_int_equal(add(&m, bytes_span(&m.certificates[0]), tcbm), ASSAY_MISMATCH);
    assert_int_equal(m.set.count, 0);
    drop(&m);
}

static void a_certificate_of_another_platform_is_refused(void **state)
{
    (void)state;
    made m;
    make(&m);
    const sim_fleet *fleet = &m.vendor->vendor.fleet;
    assert_int_equal(add(&m, bytes_span(&m.certificates[0]), NULL), ASSAY_OK);
    for (uint64_t i = 1; i < 20; i++) {
        fleet_member other;
        sim_bytes pem = { .data = NULL };
        assert_true(fleet_find(fleet, i, &other));
        assert_int_equal(fleet_member_certificate(fleet, &other, 1, SIM_KEY_NONE, &pem, NULL),
                         ASSAY_OK);
        /* Its CA may not even be known here. */
        assert_int_equal(add(&m, bytes_span(&pem), NULL),
                         other.model->ca == m.member.model->ca ? ASSAY_MISMATCH : ASSAY_UNTRUSTED);
        bytes_free(&pem);
    }
    assert_int_equal(m.set.count, 1);
    drop(&m);
}

static void what_is_stale_or_forged_is_refused(void **state)
{
    (void)state;
    made m;
    sim_bytes forged = { .data = NULL };
    make(&m);
    assert_int_equal(fleet_member_certificate(&m.vendor->vendor.fleet, &m.member, 0,
                                              SIM_KEY_FOREIGN, &forged, NULL),
                     ASSAY_OK);
    assert_int_equal(add(&m, bytes_span(&forged), NULL), ASSAY_UNTRUSTED);
    m.issuers.now = SIM_DEFAULT_NOW + INT64_C(86400) * 365 * 40;
    assert_int_equal(add(&m, bytes_span(&m.certificates[0]), NULL), ASSAY_MALFORMED);
    m.issuers.now = SIM_DEFAULT_NOW;
    assert_int_equal(add(&m, SPAN_TEXT("no certificate"), NULL), ASSAY_UNTRUSTED);
    assert_int_equal(m.set.count, 0);
    assert_int_equal(add(&m, bytes_span(&m.certificates[0]), NULL), ASSAY_OK);
    bytes_free(&forged);
    drop(&m);
}

/* The PCK CRL of the platform's CA that lists its certificate of `level`. */
static void revoke(made *m, size_t level)
{
    uint8_t der[4096];
    pem_blocks blocks;
    x509_cert leaf;
    sim_world world;
    const pck_ca ca = m->member.model->ca;
    assert_int_equal(pem_decode(bytes_span(&m->certificates[level]), "CERTIFICATE", der,
                                sizeof(der), &blocks, NULL),
                     ASSAY_OK);
    assert_int_equal(x509_cert_parse(blocks.der[0], "leaf", &leaf, NULL), ASSAY_OK);
    world = *m->member.world;
    world.pck_crl.encoding = SIM_CRL_DER;
    world.pck_crl.entry_count = 1;
    memset(&world.pck_crl.entries[0], 0, sizeof(world.pck_crl.entries[0]));
    assert_true(leaf.serial.size <= 20);
    memcpy(world.pck_crl.entries[0].serial + 20 - leaf.serial.size, leaf.serial.data,
           leaf.serial.size);
    assert_int_equal(
        sim_crl_write(&world, &m->vendor->vendor.fleet.ring, &world.pck_crl, &m->crl, NULL),
        ASSAY_OK);
    assert_int_equal(x509_crl_parse(bytes_span(&m->crl), "pck_crl", &m->issuers.of[ca].crl, NULL),
                     ASSAY_OK);
    m->issuers.of[ca].has_crl = true;
}

static void a_revoked_certificate_is_left_out_and_counted(void **state)
{
    (void)state;
    made m;
    make(&m);
    revoke(&m, 0);
    assert_int_equal(add(&m, bytes_span(&m.certificates[0]), NULL), ASSAY_OK);
    assert_int_equal(m.set.count, 0);
    assert_int_equal(m.set.revoked, 1);
    assert_int_equal(add(&m, bytes_span(&m.certificates[1]), NULL), ASSAY_OK);
    assert_int_equal(m.set.count, 1);
    drop(&m);
}

static void a_repeated_tcb_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    made m;
    make(&m);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(add(&m, bytes_span(&m.certificates[i % 2]), NULL), ASSAY_OK);
    assert_int_equal(m.set.count, 2);
    pck_set too_many;
    assert_int_equal(pck_set_new(&m.memory, PCK_CANDIDATE_MAX + 1, &too_many, NULL),
                     ASSAY_MALFORMED);
    drop(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_levels_of_one_platform),
        cmocka_unit_test(a_claim_about_the_tcb_must_hold),
        cmocka_unit_test(a_certificate_of_another_platform_is_refused),
        cmocka_unit_test(what_is_stale_or_forged_is_refused),
        cmocka_unit_test(a_revoked_certificate_is_left_out_and_counted),
        cmocka_unit_test(a_repeated_tcb_takes_the_place_of_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
