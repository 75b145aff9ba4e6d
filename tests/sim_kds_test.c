/* sim_kds_test.c: AMD's KDS of the simulated vendor (src/sim/kds.c, pcs_amd.c, crypto/sign_amd.c):
 * what it serves is what assay accepts under the simulated root, and under no other. */
#include "pcs_ask.h"

#define CHIP                                                                                       \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"                             \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define MASKED                                                                                     \
    "0000000000000000000000000000000000000000000000000000000000000000"                             \
    "0000000000000000000000000000000000000000000000000000000000000000"
#define TCB "?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=209"

static const struct {
    const char *what;
    const char *target;
    unsigned status;
} rows[] = {
    { "a VCEK of Milan", "/vcek/v1/Milan/" CHIP TCB, 200 },
    { "a VCEK of Genoa", "/vcek/v1/Genoa/" CHIP TCB, 200 },
    { "a VCEK of Turin", "/vcek/v1/Turin/0011223344556677" TCB "&fmcSPL=1", 200 },
    { "Turin without its FMC", "/vcek/v1/Turin/0011223344556677" TCB, 400 },
    { "Turin with a long chip id", "/vcek/v1/Turin/" CHIP TCB "&fmcSPL=1", 400 },
    { "Milan with an FMC", "/vcek/v1/Milan/" CHIP TCB "&fmcSPL=1", 400 },
    { "Milan with a short chip id", "/vcek/v1/Milan/0011223344556677" TCB, 400 },
    { "a masked chip id", "/vcek/v1/Milan/" MASKED TCB, 404 },
    { "no TCB", "/vcek/v1/Milan/" CHIP, 400 },
    { "an SPL that is none", "/vcek/v1/Milan/" CHIP "?blSPL=256&teeSPL=0&snpSPL=8&ucodeSPL=1",
      400 },
    { "an unknown parameter", "/vcek/v1/Milan/" CHIP TCB "&x=1", 400 },
    { "an unknown product", "/vcek/v1/Rome/" CHIP TCB, 404 },
    { "Bergamo goes by Genoa", "/vcek/v1/Bergamo/" CHIP TCB, 404 },
    { "a VLEK", "/vlek/v1/Milan/" CHIP TCB, 401 },
    { "a CRL", "/vcek/v1/Turin/crl", 200 },
    { "a chain", "/vlek/v1/Genoa/cert_chain", 200 },
    { "a chain of nothing", "/vcek/v1/Rome/cert_chain", 404 },
};

static void answers_with_its_status(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pcs_reply reply = pcs_ask(*state, rows[i].target, NULL);
        assert_row(rows[i].what, reply.status, rows[i].status);
        pcs_reply_free(&reply);
    }
}

static amd_roots roots_of(pcs_service *service)
{
    amd_roots roots = { .count = 0 };
    pcs_reply chain = pcs_ask_well(service, "/vcek/v1/Milan/cert_chain");
    size_t ark = bytes_find(&chain.body, "-----END CERTIFICATE-----\n") + 26;
    assert_int_equal(
        amd_roots_add(&roots, span_of(chain.body.data + ark, chain.body.size - ark), NULL),
        ASSAY_OK);
    pcs_reply_free(&chain);
    return roots;
}

static const struct {
    const char *product;
    const char *vcek;
    amd_vcek wanted;
} vceks[] = {
    { "Milan",
      CHIP TCB,
      { .product = AMD_MILAN, .chip_id_size = 64, .boot_loader = 3, .snp = 8, .microcode = 209 } },
    { "Genoa",
      CHIP "?blSPL=1&teeSPL=2&snpSPL=3&ucodeSPL=4",
      { .product = AMD_GENOA,
        .chip_id_size = 64,
        .boot_loader = 1,
        .tee = 2,
        .snp = 3,
        .microcode = 4 } },
    { "Turin",
      "0011223344556677?fmcSPL=9&blSPL=1&teeSPL=2&snpSPL=3&ucodeSPL=255",
      { .product = AMD_TURIN,
        .chip_id_size = 8,
        .fmc = 9,
        .boot_loader = 1,
        .tee = 2,
        .snp = 3,
        .microcode = 255 } },
};

static sim_bytes target_of(const char *family, const char *product, const char *rest)
{
    sim_bytes target = { 0 };
    bytes_add_format(&target, "/%s/v1/%s/", family, product);
    bytes_add_text(&target, rest);
    bytes_add_u8(&target, 0);
    return target;
}

static pcs_reply ask_for(pcs_service *service, const char *family, const char *product,
                         const char *rest)
{
    sim_bytes target = target_of(family, product, rest);
    pcs_reply reply = pcs_ask_well(service, (const char *)target.data);
    bytes_free(&target);
    return reply;
}

static void serves_what_is_accepted(void **state)
{
    amd_roots roots = roots_of(*state);
    for (size_t i = 0; i < COUNT_OF(vceks); i++) {
        amd_vcek vcek = { .product = AMD_NONE };
        amd_crl crl;
        assay_error err = { .detail = "" };
        pcs_reply chain = ask_for(*state, "vcek", vceks[i].product, "cert_chain");
        pcs_reply leaf = ask_for(*state, "vcek", vceks[i].product, vceks[i].vcek);
        pcs_reply list = ask_for(*state, "vcek", vceks[i].product, "crl");
        if (amd_vcek_check(bytes_span(&leaf.body), bytes_span(&chain.body), &roots, &vcek, &err) !=
            ASSAY_OK)
            test_fail("%s: %s: %s", vceks[i].product, err.where, err.detail);
        assert_int_equal(vcek.product, vceks[i].wanted.product);
        assert_int_equal(vcek.chip_id_size, vceks[i].wanted.chip_id_size);
        assert_int_equal(vcek.chip_id[7], 0x77);
        assert_int_equal(vcek.boot_loader, vceks[i].wanted.boot_loader);
        assert_int_equal(vcek.tee, vceks[i].wanted.tee);
        assert_int_equal(vcek.snp, vceks[i].wanted.snp);
        assert_int_equal(vcek.microcode, vceks[i].wanted.microcode);
        assert_int_equal(vcek.fmc, vceks[i].wanted.fmc);
        assert_true(vcek.not_before < SIM_DEFAULT_NOW && vcek.not_after > SIM_DEFAULT_NOW);
        assert_int_equal(
            amd_crl_check(bytes_span(&list.body), bytes_span(&chain.body), &roots, &crl, &err),
            ASSAY_OK);
        assert_true(crl.this_update < SIM_DEFAULT_NOW && crl.next_update > SIM_DEFAULT_NOW);
        pcs_reply_free(&chain);
        pcs_reply_free(&leaf);
        pcs_reply_free(&list);
    }
}

static void has_chains_of_both_families(void **state)
{
    amd_roots roots = roots_of(*state);
    for (int vlek = 0; vlek < 2; vlek++) {
        amd_chain facts;
        pcs_reply chain = ask_for(*state, vlek ? "vlek" : "vcek", "Genoa", "cert_chain");
        assert_int_equal(amd_chain_check(bytes_span(&chain.body), &roots, &facts, NULL), ASSAY_OK);
        assert_int_equal(facts.is_vlek, vlek);
        assert_int_equal(facts.product, AMD_GENOA);
        assert_int_equal(amd_chain_check(bytes_span(&chain.body), NULL, &facts, NULL),
                         ASSAY_UNTRUSTED);
        pcs_reply_free(&chain);
    }
}

static void gives_the_same_bytes_each_time(void **state)
{
    pcs_reply first = ask_for(*state, "vcek", "Milan", CHIP TCB);
    pcs_reply second = ask_for(*state, "vcek", "Milan", CHIP TCB);
    pcs_reply other =
        ask_for(*state, "vcek", "Milan", CHIP "?blSPL=3&teeSPL=0&snpSPL=9&ucodeSPL=1");
    assert_true(span_equal(bytes_span(&first.body), bytes_span(&second.body)));
    assert_false(span_equal(bytes_span(&first.body), bytes_span(&other.body)));
    pcs_reply_free(&first);
    pcs_reply_free(&second);
    pcs_reply_free(&other);
}

static void spoils_vceks(void **state)
{
    static const char *const faults[] = { "wrong-signature", "other-vendor", "garbage",
                                          "flip=200" };
    pcs_service *service = *state;
    amd_roots roots = roots_of(service);
    pcs_reply chain = ask_for(service, "vcek", "Milan", "cert_chain");
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        amd_vcek vcek;
        assert_int_equal(pcs_rules_add(&service->rules, SPAN_TEXT(faults[i]), NULL), ASSAY_OK);
        pcs_reply leaf = ask_for(service, "vcek", "Milan", CHIP TCB);
        service->rules.count = 0;
        assert_row(faults[i],
                   amd_vcek_check(bytes_span(&leaf.body), bytes_span(&chain.body), &roots, &vcek,
                                  NULL) == ASSAY_OK,
                   false);
        pcs_reply_free(&leaf);
    }
    pcs_reply_free(&chain);
}

static int begin(void **state)
{
    *state = pcs_ask_begin();
    return 0;
}

static int end(void **state)
{
    pcs_ask_end(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_with_its_status),
        cmocka_unit_test(serves_what_is_accepted),
        cmocka_unit_test(has_chains_of_both_families),
        cmocka_unit_test(gives_the_same_bytes_each_time),
        cmocka_unit_test(spoils_vceks),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
