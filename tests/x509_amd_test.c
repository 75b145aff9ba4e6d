/* x509_amd_test.c: AMD's chains, VCEKs and CRLs (src/x509/amd.c, amd_vcek.c,
 * src/crypto/amd_certificates.c): genuine ones of the vectors, and forged ones with one fault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amd_forge.h"
#include "support.h"
#include "vectors.h"
#include "x509/amd.h"

enum { NAME_SIZE = 512 };

/* ---- Products and TCB_VERSION ---- */

static void products_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        amd_product product;
    } rows[] = {
        { "Milan", AMD_MILAN },   { "milan", AMD_MILAN }, { "GENOA", AMD_GENOA },
        { "Turin", AMD_TURIN },   { "Siena", AMD_GENOA }, { "bergamo", AMD_GENOA },
        { "Milan-B0", AMD_NONE }, { "Rome", AMD_NONE },   { "", AMD_NONE },
        { "Mila", AMD_NONE },     { "@ilan", AMD_NONE },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(rows[i].name, amd_product_find(SPAN_TEXT(rows[i].name)), rows[i].product);
    assert_string_equal(amd_product_name(AMD_MILAN), "Milan");
    assert_string_equal(amd_product_name(AMD_TURIN), "Turin");
}

static void turin_orders_its_tcb_otherwise(void **state)
{
    (void)state;
    const uint8_t tcb[AMD_TCB_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    amd_vcek milan = { .fmc = 99 }, turin = { .fmc = 99 };
    amd_tcb_read(AMD_MILAN, tcb, &milan);
    amd_tcb_read(AMD_TURIN, tcb, &turin);
    const uint8_t got[] = { milan.boot_loader, milan.tee, milan.snp, milan.microcode, milan.fmc,
                            turin.boot_loader, turin.tee, turin.snp, turin.microcode, turin.fmc };
    const uint8_t wanted[] = { 1, 2, 7, 8, 0, 2, 3, 4, 8, 1 };
    assert_memory_equal(got, wanted, sizeof(wanted));
}

/* ---- Genuine certificates ---- */

static const struct {
    const char *file;
    amd_product product;
    assay_status status;
    bool is_vlek;
} chains[] = {
    { "milan_vcek_chain.pem", AMD_MILAN, ASSAY_OK, false },
    { "genoa_vcek_chain.pem", AMD_GENOA, ASSAY_OK, false },
    { "turin_vcek_chain.pem", AMD_TURIN, ASSAY_OK, false },
    { "milan_vlek_chain.pem", AMD_MILAN, ASSAY_OK, true },
    { "genoa_vlek_chain.pem", AMD_GENOA, ASSAY_OK, true },
    { "turin_vlek_chain.pem", AMD_TURIN, ASSAY_OK, true },
    { "trustee_milan_ask_ark_asvk.pem", AMD_NONE, ASSAY_MALFORMED, false }, /* three */
    { "trustee_genoa_ask_ark_asvk.pem", AMD_NONE, ASSAY_MALFORMED, false },
    { "trustee_turin_ask_ark_asvk.pem", AMD_NONE, ASSAY_MALFORMED, false },
};

static void genuine_chains_stand_on_the_pins(void **state)
{
    (void)state;
    char folder[NAME_SIZE];
    if (vectors_folder() == NULL)
        skip();
    snprintf(folder, sizeof(folder), "%s/snp/_ca", vectors_folder());
    for (size_t i = 0; i < COUNT_OF(chains); i++) {
        assay_span pem = vectors_read(folder, chains[i].file);
        amd_chain chain;
        assert_non_null(pem.data);
        assert_row(chains[i].file, amd_chain_check(pem, NULL, &chain, NULL), chains[i].status);
        if (chains[i].status == ASSAY_OK) {
            assert_row(chains[i].file, chain.product, chains[i].product);
            assert_row(chains[i].file, chain.is_vlek, chains[i].is_vlek);
            assert_true(chain.not_before < chain.not_after);
        }
        free((void *)pem.data);
    }
}

/* What the folder's own reading of the certificate says. */
static int64_t told(json_t *vek, const char *member)
{
    return json_integer_value(json_object_get(vek, member));
}

static void vcek_compare(const char *folder, json_t *vek, const amd_vcek *vcek)
{
    char chip[2 * AMD_CHIP_SIZE + 1];
    assay_hex_encode(span_of(vcek->chip_id, vcek->chip_id_size), chip);
    if (strcmp(chip, json_string_value(json_object_get(vek, "hwid"))) != 0)
        test_fail("%s: chip %s", folder, chip);
    assert_row(folder, vcek->boot_loader, told(vek, "bl"));
    assert_row(folder, vcek->tee, told(vek, "tee"));
    assert_row(folder, vcek->snp, told(vek, "snp"));
    assert_row(folder, vcek->microcode, told(vek, "ucode"));
    assert_row(folder, vcek->fmc, told(vek, "fmc"));
}

typedef struct counts {
    size_t accepted, refused;
} counts;

static void vcek_try(const char *folder, json_t *description, void *context)
{
    counts *seen = context;
    json_t *ours = json_object_get(description, "ours");
    assay_span der = vectors_read(folder, "vcek.der");
    assay_span chain = vectors_read(folder, "cert_chain.pem");
    amd_vcek vcek;
    assay_error error = { 0 };
    if (der.data != NULL && chain.data != NULL) {
        bool genuine = json_is_true(json_object_get(ours, "vek_by_ask"));
        assay_status status = amd_vcek_check(der, chain, NULL, &vcek, &error);
        if ((status == ASSAY_OK) != genuine)
            test_fail("%s: %s: %s", folder, error.where, error.detail);
        if (genuine)
            vcek_compare(folder, json_object_get(ours, "vek"), &vcek);
        seen->accepted += genuine;
        seen->refused += !genuine;
    }
    free((void *)der.data);
    free((void *)chain.data);
}

static void genuine_vceks_say_what_others_read(void **state)
{
    (void)state;
    static const char *const families[] = { "snp", NULL };
    counts seen = { 0, 0 };
    if (vectors_folder() == NULL)
        skip();
    vectors_each(families, vcek_try, &seen);
    assert_true(seen.accepted >= 9);
    assert_true(seen.refused >= 4);
}

static void a_vlek_is_no_vcek(void **state)
{
    (void)state;
    char folder[NAME_SIZE];
    if (vectors_folder() == NULL)
        skip();
    snprintf(folder, sizeof(folder), "%s/snp/constellation-vlek", vectors_folder());
    assay_span der = vectors_read(folder, "vlek.der");
    assay_span chain = vectors_read(folder, "cert_chain.pem");
    amd_vcek vcek;
    assert_int_equal(amd_vcek_check(der, chain, NULL, &vcek, NULL), ASSAY_MALFORMED);
    free((void *)der.data);
    free((void *)chain.data);
}

/* ---- Forged certificates ---- */

static amd_forge *forge;

static int keys_make(void **state)
{
    (void)state;
    forge = amd_forge_new();
    return 0;
}

static int keys_drop(void **state)
{
    (void)state;
    amd_forge_free(forge);
    return 0;
}

static assay_span text_span(const char *text)
{
    return SPAN_TEXT(text);
}

/* Everything about a plan: VCEK, chain and CRL, under the forged root. */
static assay_status all_check(const amd_forged *made, amd_vcek *vcek, assay_error *err)
{
    amd_roots roots = { .count = 0 };
    amd_chain chain;
    amd_crl crl;
    TRY(amd_roots_add(&roots, text_span(made->ark), err));
    TRY(amd_vcek_check(span_of(made->vcek, made->vcek_size), text_span(made->chain), &roots, vcek,
                       err));
    TRY(amd_chain_check(text_span(made->chain), &roots, &chain, err));
    return amd_crl_check(span_of(made->crl, made->crl_size), text_span(made->chain), &roots, &crl,
                         err);
}

static void sound_forgeries_pass_under_a_named_root_only(void **state)
{
    (void)state;
    const amd_plan plan = amd_plan_milan();
    amd_forged made;
    amd_vcek vcek;
    amd_chain chain;
    amd_crl crl;
    assay_error error = { 0 };
    amd_roots roots = { .count = 0 };
    amd_forge_make(forge, &plan, &made);
    if (all_check(&made, &vcek, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    assert_int_equal(vcek.product, AMD_MILAN);
    assert_int_equal(vcek.chip_id_size, AMD_CHIP_SIZE);
    assert_int_equal(vcek.chip_id[63], 0x40);
    assert_int_equal(vcek.microcode, 115);
    assert_int_equal(amd_chain_check(text_span(made.chain), NULL, &chain, NULL), ASSAY_UNTRUSTED);
    assert_int_equal(amd_vcek_check(span_of(made.vcek, made.vcek_size), text_span(made.chain), NULL,
                                    &vcek, NULL),
                     ASSAY_UNTRUSTED);
    assert_int_equal(amd_roots_add(&roots, text_span(made.ark), NULL), ASSAY_OK);
    assert_int_equal(
        amd_crl_check(span_of(made.crl, made.crl_size), text_span(made.chain), &roots, &crl, NULL),
        ASSAY_OK);
    assert_int_equal(crl.entry_count, 1);
    assert_int_equal(crl.next_update - crl.this_update, 31 * 86400);
}

static const char turin_chip[] = "0102030405060708";
static const char wrapped_chip[] =
    "0440"
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
    "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40";

typedef void plan_change(amd_plan *plan);

#define CHANGE(name, statements)                                                                   \
    static void name(amd_plan *plan)                                                               \
    {                                                                                              \
        statements;                                                                                \
    }

CHANGE(nothing, (void)plan)
CHANGE(wrapped, plan->chip_hex = wrapped_chip)
CHANGE(turin, plan->ark_name = "ARK-Turin"; plan->ask_name = "SEV-Turin"; plan->product = "Turin";
       plan->chip_hex = turin_chip; plan->spls[4] = 2)
CHANGE(siena, plan->ark_name = "ARK-Genoa"; plan->ask_name = "SEV-Genoa"; plan->product = "Siena")
CHANGE(ark_name, plan->ark_name = "ARK-Rome")
CHANGE(ask_other_product, plan->ask_name = "SEV-Genoa")
CHANGE(ask_is_asvk, plan->ask_name = "SEV-VLEK-Milan")
CHANGE(ask_no_ca, plan->ask_usage = AMD_FORGE_NO_CA)
CHANGE(ark_no_ca, plan->ark_usage = AMD_FORGE_NO_CA)
CHANGE(ark_no_crls, plan->ark_usage = AMD_FORGE_SIGNS_NO_CRLS)
CHANGE(ask_signer, plan->ask_signer = AMD_FORGE_BY_ANOTHER)
CHANGE(vcek_signer, plan->vcek_signer = AMD_FORGE_BY_ANOTHER)
CHANGE(vcek_name, plan->vcek_name = "SEV-VLEK")
CHANGE(vcek_curve, plan->vcek_curve = "P-256")
CHANGE(short_salt, plan->salt_size = 32)
CHANGE(sha256_used, plan->digest = "SHA256"; plan->salt_size = 32)
CHANGE(no_product, plan->product = NULL)
CHANGE(other_product, plan->product = "Genoa")
CHANGE(unknown_product, plan->product = "Rome-B0")
CHANGE(short_chip, plan->chip_hex = "0102")
CHANGE(turin_chip_in_milan, plan->chip_hex = turin_chip)
CHANGE(no_spl, plan->spls[2] = AMD_FORGE_NO_SPL)
CHANGE(spl_too_large, plan->spls[3] = 256)
CHANGE(spl_not_minimal, plan->spls[3] = 0x8001)
CHANGE(fmc_in_milan, plan->spls[4] = 1)
CHANGE(turin_without_fmc, turin(plan); plan->spls[4] = AMD_FORGE_NO_SPL)
CHANGE(critical, plan->critical_oid = "1.2.3.4")
CHANGE(repeated, plan->repeated_oid = "1.3.6.1.4.1.3704.1.3.1")

static const struct {
    const char *what;
    plan_change *change;
    assay_status status;
    const char *where;
} rows[] = {
    { "sound", nothing, ASSAY_OK, "" },
    { "chip id inside an OCTET STRING", wrapped, ASSAY_OK, "" },
    { "Turin", turin, ASSAY_OK, "" },
    { "Siena is Genoa", siena, ASSAY_OK, "" },
    { "no ARK of a known product", ark_name, ASSAY_MALFORMED, "amd_chain.ark" },
    { "ASK of another product", ask_other_product, ASSAY_MALFORMED, "amd_chain.ask" },
    { "a VCEK under an ASVK", ask_is_asvk, ASSAY_UNSUPPORTED, "amd_chain.ask" },
    { "ASK without the CA bit", ask_no_ca, ASSAY_UNTRUSTED, "amd_chain.ask" },
    { "ARK without the CA bit", ark_no_ca, ASSAY_UNTRUSTED, "amd_chain.ark" },
    { "ARK that may not sign CRLs", ark_no_crls, ASSAY_UNTRUSTED, "amd_chain.ark" },
    { "ASK signed by itself", ask_signer, ASSAY_UNTRUSTED, "amd_chain.ask" },
    { "VCEK signed by the ARK", vcek_signer, ASSAY_UNTRUSTED, "vcek" },
    { "VCEK of another name", vcek_name, ASSAY_MALFORMED, "vcek" },
    { "VCEK on P-256", vcek_curve, ASSAY_MALFORMED, "vcek" },
    { "salt of 32 octets", short_salt, ASSAY_UNSUPPORTED, "amd_chain.ark" },
    { "SHA-256", sha256_used, ASSAY_UNSUPPORTED, "amd_chain.ark" },
    { "no product", no_product, ASSAY_MALFORMED, "vcek.productName" },
    { "VCEK of another product", other_product, ASSAY_MISMATCH, "vcek.productName" },
    { "VCEK of an unknown product", unknown_product, ASSAY_MALFORMED, "vcek.productName" },
    { "chip id of two bytes", short_chip, ASSAY_MALFORMED, "vcek.hwID" },
    { "Turin's chip id in a Milan", turin_chip_in_milan, ASSAY_MALFORMED, "vcek.hwID" },
    { "an SPL is missing", no_spl, ASSAY_MALFORMED, "vcek.snpSPL" },
    { "an SPL beyond a byte", spl_too_large, ASSAY_MALFORMED, "vcek.ucodeSPL" },
    { "a negative SPL", spl_not_minimal, ASSAY_MALFORMED, "vcek.ucodeSPL" },
    { "an FMC in a Milan", fmc_in_milan, ASSAY_MALFORMED, "vcek.fmcSPL" },
    { "a Turin without FMC", turin_without_fmc, ASSAY_MALFORMED, "vcek.fmcSPL" },
    { "a critical extension nobody knows", critical, ASSAY_MALFORMED, "vcek" },
    { "an extension twice", repeated, ASSAY_MALFORMED, "vcek" },
};

static void forgeries_fail_by_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        amd_plan plan = amd_plan_milan();
        amd_forged made;
        amd_vcek vcek;
        assay_error error = { 0 };
        rows[i].change(&plan);
        amd_forge_make(forge, &plan, &made);
        assay_status status = all_check(&made, &vcek, &error);
        if (status != rows[i].status || strcmp(error.where, rows[i].where) != 0)
            test_fail("%s: %d at \"%s\": %s", rows[i].what, (int)status, error.where, error.detail);
    }
}

static void every_changed_byte_of_a_vcek_is_noticed(void **state)
{
    (void)state;
    const amd_plan plan = amd_plan_milan();
    amd_roots roots = { .count = 0 };
    amd_forged made;
    amd_vcek vcek;
    amd_forge_make(forge, &plan, &made);
    assert_int_equal(amd_roots_add(&roots, text_span(made.ark), NULL), ASSAY_OK);
    for (size_t i = 0; i < made.vcek_size; i++) {
        made.vcek[i] ^= 1;
        if (amd_vcek_check(span_of(made.vcek, made.vcek_size), text_span(made.chain), &roots, &vcek,
                           NULL) == ASSAY_OK)
            test_fail("byte %zu changed, and accepted", i);
        made.vcek[i] ^= 1;
    }
    for (size_t i = 0; i < made.crl_size; i += 3) {
        amd_crl crl;
        made.crl[i] ^= 1;
        if (amd_crl_check(span_of(made.crl, made.crl_size), text_span(made.chain), &roots, &crl,
                          NULL) == ASSAY_OK)
            test_fail("byte %zu of the CRL changed, and accepted", i);
        made.crl[i] ^= 1;
    }
}

static void no_bytes_behind(void **state)
{
    (void)state;
    const amd_plan plan = amd_plan_milan();
    amd_roots roots = { .count = 0 };
    amd_forged made;
    amd_vcek vcek;
    amd_crl crl;
    amd_forge_make(forge, &plan, &made);
    assert_int_equal(amd_roots_add(&roots, text_span(made.ark), NULL), ASSAY_OK);
    made.vcek[made.vcek_size] = 0;
    made.crl[made.crl_size] = 0;
    assert_int_equal(amd_vcek_check(span_of(made.vcek, made.vcek_size + 1), text_span(made.chain),
                                    &roots, &vcek, NULL),
                     ASSAY_MALFORMED);
    assert_int_equal(amd_crl_check(span_of(made.crl, made.crl_size + 1), text_span(made.chain),
                                   &roots, &crl, NULL),
                     ASSAY_MALFORMED);
}

static void roots_are_certificates_of_rsa_keys(void **state)
{
    (void)state;
    const amd_plan plan = amd_plan_milan();
    amd_roots roots = { .count = 0 };
    amd_forged made;
    amd_forge_make(forge, &plan, &made);
    assert_int_equal(amd_roots_add(&roots, span_of(made.vcek, made.vcek_size), NULL),
                     ASSAY_MALFORMED);
    assert_int_equal(amd_roots_add(&roots, text_span(made.chain), NULL), ASSAY_MALFORMED);
    assert_int_equal(amd_roots_add(&roots, text_span("root"), NULL), ASSAY_MALFORMED);
    assert_int_equal(amd_roots_add(&roots, text_span(made.ark), NULL), ASSAY_OK);
    assert_int_equal(amd_roots_add(&roots, text_span(made.ark), NULL), ASSAY_OK);
    assert_int_equal(roots.count, 1);
    roots.keys[0][0] ^= 1;
    for (roots.count = 1; roots.count < AMD_ROOT_MAX; roots.count++)
        roots.keys[roots.count][0] = (uint8_t)roots.count;
    assert_int_equal(amd_roots_add(&roots, text_span(made.ark), NULL), ASSAY_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_by_name),
        cmocka_unit_test(turin_orders_its_tcb_otherwise),
        cmocka_unit_test(genuine_chains_stand_on_the_pins),
        cmocka_unit_test(genuine_vceks_say_what_others_read),
        cmocka_unit_test(a_vlek_is_no_vcek),
        cmocka_unit_test(sound_forgeries_pass_under_a_named_root_only),
        cmocka_unit_test(forgeries_fail_by_place),
        cmocka_unit_test(every_changed_byte_of_a_vcek_is_noticed),
        cmocka_unit_test(no_bytes_behind),
        cmocka_unit_test(roots_are_certificates_of_rsa_keys),
    };
    return cmocka_run_group_tests(tests, keys_make, keys_drop);
}
