/* verify_roots_test.c: which root vouches for what: quote and collateral of two simulated vendors,
 * and every choice of roots that a caller may name (decisions.md; attack list 36). */
#include "assay/verify.h"
#include "sim/build.h"
#include "support.h"
#include "wire/pem.h"

enum { VENDORS = 2 };

typedef struct vendors {
    sim_world worlds[VENDORS];
    sim_artifacts artifacts[VENDORS];
} vendors;

static void vendors_make(vendors *v)
{
    *v = (vendors) { 0 };
    for (size_t i = 0; i < VENDORS; i++) {
        sim_world_init(&v->worlds[i], sim_profile_find("tdx-v4"), i + 1, SIM_DEFAULT_NOW,
                       SIM_DEFAULT_DAYS);
        memcpy(v->worlds[i].platform.fmspc, v->worlds[0].platform.fmspc, 6);
        memcpy(v->worlds[i].tcb_info.fmspc, v->worlds[0].tcb_info.fmspc, 6);
        assert_int_equal(sim_build(&v->worlds[i], &v->artifacts[i], NULL), ASSAY_OK);
    }
}

static void vendors_free(vendors *v)
{
    for (size_t i = 0; i < VENDORS; i++)
        sim_artifacts_free(&v->artifacts[i]);
}

static const struct {
    const char *what;
    size_t quote, collateral; /* which vendor */
    bool names[VENDORS];      /* whose root the caller names */
    assay_status status;
    uint16_t qvl;
} rows[] = {
    { "all of the vendor whose root is named", 0, 0, { true, false }, ASSAY_OK, 0 },
    { "both roots named", 1, 1, { true, true }, ASSAY_OK, 0 },
    { "no root named", 0, 0, { false, false }, ASSAY_UNTRUSTED, QVL_ROOT_CA_UNTRUSTED },
    { "another root named", 0, 0, { false, true }, ASSAY_UNTRUSTED, QVL_ROOT_CA_UNTRUSTED },
    { "a quote of somebody else", 1, 0, { true, false }, ASSAY_UNTRUSTED, QVL_ROOT_CA_UNTRUSTED },
    { "collateral of somebody else",
      0,
      1,
      { true, false },
      ASSAY_UNTRUSTED,
      QVL_ROOT_CA_UNTRUSTED },
    { "one vendor's quote with the other's collateral, both named",
      0,
      1,
      { true, true },
      ASSAY_UNTRUSTED,
      QVL_CRL_INVALID_EXTENSIONS },
};

static void only_named_roots_vouch(void **state)
{
    (void)state;
    vendors v;
    vendors_make(&v);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_roots roots = { 0 };
        assay_collateral *collateral;
        assay_verdict verdict = { 0 };
        assay_error error;
        for (size_t k = 0; k < VENDORS; k++) {
            if (rows[i].names[k])
                assay_roots_add(&roots, bytes_span(&v.artifacts[k].root), NULL);
        }
        assay_collateral_items items = sim_artifacts_items(&v.artifacts[rows[i].collateral]);
        assay_verify_options options = { .now = SIM_DEFAULT_NOW };
        assert_int_equal(assay_collateral_new(&items, &roots, &collateral, NULL), ASSAY_OK);
        assay_status status = assay_verify(NULL, bytes_span(&v.artifacts[rows[i].quote].quote),
                                           collateral, &options, &verdict, &error);
        assert_row(rows[i].what, status, rows[i].status);
        assert_row(rows[i].what, error.qvl, rows[i].qvl);
        assert_row(rows[i].what, verdict.custom_root, status == ASSAY_OK);
        assay_verdict_clear(&verdict);
        assay_collateral_unref(collateral);
    }
    vendors_free(&v);
}

/* A PCK CA that two named roots have signed: the root CRL must be of the root that stands in the
 * quote, or nothing would be known about this CA's revocation. */
static void the_root_crl_is_of_the_quotes_root(void **state)
{
    (void)state;
    vendors v;
    assay_roots roots = { 0 };
    assay_quote quote;
    pem_blocks chain;
    uint8_t der[8192];
    assay_collateral *collateral;
    assay_verdict verdict = { 0 };
    assay_error error;
    vendors_make(&v);
    sim_world world = v.worlds[0];
    sim_artifacts cross = { 0 };
    world.certificates[SIM_PLATFORM_CA].issuer = SIM_FOREIGN_ROOT;
    world.quote.chain.certificates[2] = SIM_FOREIGN_ROOT;
    assert_int_equal(sim_build(&world, &cross, NULL), ASSAY_OK);
    assert_int_equal(assay_quote_parse(bytes_span(&cross.quote), &quote, NULL), ASSAY_OK);
    assert_int_equal(
        pem_decode(quote.certification_data, "CERTIFICATE", der, sizeof(der), &chain, NULL),
        ASSAY_OK);
    assay_roots_add(&roots, bytes_span(&v.artifacts[0].root), NULL);
    assert_int_equal(assay_roots_add(&roots, chain.der[2], NULL), ASSAY_OK);
    assay_collateral_items items = sim_artifacts_items(&v.artifacts[0]);
    assay_verify_options options = { .now = SIM_DEFAULT_NOW };
    assert_int_equal(assay_collateral_new(&items, &roots, &collateral, NULL), ASSAY_OK);
    assert_int_equal(
        assay_verify(NULL, bytes_span(&cross.quote), collateral, &options, &verdict, &error),
        ASSAY_UNTRUSTED);
    assert_string_equal(error.where, "collateral.root_ca_crl");
    assay_collateral_unref(collateral);
    sim_artifacts_free(&cross);
    vendors_free(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_named_roots_vouch),
        cmocka_unit_test(the_root_crl_is_of_the_quotes_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
