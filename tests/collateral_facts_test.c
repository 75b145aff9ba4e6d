/* collateral_facts_test.c: what a collateral says of itself (src/collateral/facts.c). */
#include "collateral/object.h"
#include "sim/build.h"
#include "support.h"

enum { SEED = 5 };

static assay_collateral *make(const char *profile, assay_item broken)
{
    sim_world world;
    sim_artifacts artifacts = { 0 };
    assay_collateral *collateral = NULL;
    sim_world_init(&world, sim_profile_find(profile), SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&world, &artifacts, NULL), ASSAY_OK);
    assay_collateral_items items = sim_artifacts_items(&artifacts);
    if (broken == ASSAY_ITEM_TCB_INFO)
        items.tcb_info = SPAN_TEXT("{}");
    if (broken == ASSAY_ITEM_PCK_CRL)
        items.pck_crl = SPAN_TEXT("00");
    if (broken == ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN)
        items.tcb_info_issuer_chain = SPAN_TEXT("none");
    assert_int_equal(assay_collateral_new(&items, NULL, &collateral, NULL), ASSAY_OK);
    sim_artifacts_free(&artifacts);
    return collateral;
}

static void items_say_what_they_are(void **state)
{
    (void)state;
    static const struct {
        assay_item item;
        const char *signer;
        bool has_root, has_number;
    } rows[] = {
        { ASSAY_ITEM_ROOT_CA_CRL, "Intel SGX Root CA", false, false },
        { ASSAY_ITEM_PCK_CRL, "Intel SGX PCK Platform CA", true, false },
        { ASSAY_ITEM_PCK_CRL_ISSUER_CHAIN, "Intel SGX PCK Platform CA", true, false },
        { ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN, "Intel SGX TCB Signing", true, false },
        { ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN, "Intel SGX TCB Signing", true, false },
        { ASSAY_ITEM_TCB_INFO, "Intel SGX TCB Signing", true, true },
        { ASSAY_ITEM_QE_IDENTITY, "Intel SGX TCB Signing", true, true },
    };
    assay_collateral *c = make("tdx-v4", ASSAY_ITEM_COUNT);
    const sha256_digest root = x509_key_digest(c->root.point);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *name = assay_item_name(rows[i].item);
        assay_item_facts facts;
        assert_row(name, assay_collateral_item_facts(c, rows[i].item, &facts, NULL), ASSAY_OK);
        assert_string_equal(facts.signer, rows[i].signer);
        assert_row(name, facts.has_root, rows[i].has_root);
        assert_false(facts.intel_root);
        assert_row(name, facts.evaluation_number != 0, rows[i].has_number);
        assert_true(facts.validity.latest_begin <= SIM_DEFAULT_NOW);
        assert_true(facts.validity.end > SIM_DEFAULT_NOW);
        if (rows[i].has_root)
            assert_memory_equal(facts.root_key_sha256, root.bytes, sizeof(root.bytes));
    }
    assay_collateral_unref(c);
}

static void revoked_certificates_are_counted(void **state)
{
    (void)state;
    assay_collateral *c = make("tdx-v4", ASSAY_ITEM_COUNT);
    assay_item_facts facts;
    assert_int_equal(assay_collateral_item_facts(c, ASSAY_ITEM_PCK_CRL, &facts, NULL), ASSAY_OK);
    assert_int_equal(facts.entry_count, c->pck_crl.entry_count);
    assert_true(facts.entry_count > 0);
    assay_collateral_unref(c);
}

static void what_is_broken_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        assay_item broken, asked;
        assay_status status;
    } rows[] = {
        { "the TCB info", ASSAY_ITEM_TCB_INFO, ASSAY_ITEM_TCB_INFO, ASSAY_MALFORMED },
        { "another item of it", ASSAY_ITEM_TCB_INFO, ASSAY_ITEM_QE_IDENTITY, ASSAY_OK },
        { "a CRL", ASSAY_ITEM_PCK_CRL, ASSAY_ITEM_PCK_CRL, ASSAY_TRUNCATED },
        { "a chain", ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN, ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN,
          ASSAY_MALFORMED },
        { "the chain of the quote", ASSAY_ITEM_COUNT, ASSAY_ITEM_PCK_CHAIN, ASSAY_USAGE },
        { "no item", ASSAY_ITEM_COUNT, ASSAY_ITEM_COUNT, ASSAY_USAGE },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_collateral *c = make("tdx-v4", rows[i].broken);
        assay_item_facts facts;
        assert_row(rows[i].what, assay_collateral_item_facts(c, rows[i].asked, &facts, NULL),
                   rows[i].status);
        assay_collateral_unref(c);
    }
}

/* A chain that can't be read leaves the names of signers empty, and the documents readable. */
static void documents_do_not_need_their_chain(void **state)
{
    (void)state;
    assay_collateral *c = make("tdx-v4", ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN);
    assay_item_facts facts;
    assert_int_equal(assay_collateral_item_facts(c, ASSAY_ITEM_TCB_INFO, &facts, NULL), ASSAY_OK);
    assert_string_equal(facts.signer, "");
    assert_false(facts.has_root);
    assert_true(facts.evaluation_number > 0);
    assay_collateral_unref(c);
}

static void subjects(void **state)
{
    (void)state;
    static const struct {
        const char *profile;
        assay_tee tee;
    } rows[] = { { "tdx-v4", ASSAY_TEE_TDX }, { "sgx-v3", ASSAY_TEE_SGX } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_collateral *c = make(rows[i].profile, ASSAY_ITEM_COUNT);
        assay_tee tee;
        uint8_t fmspc[6];
        assert_int_equal(assay_collateral_subject(c, &tee, fmspc, NULL), ASSAY_OK);
        assert_row(rows[i].profile, tee, rows[i].tee);
        assert_memory_equal(fmspc, c->tcb.fmspc, sizeof(fmspc));
        assay_collateral_unref(c);
    }
    assay_collateral *c = make("tdx-v4", ASSAY_ITEM_TCB_INFO);
    assay_tee tee;
    uint8_t fmspc[6];
    assert_int_equal(assay_collateral_subject(c, &tee, fmspc, NULL), ASSAY_MALFORMED);
    assay_collateral_unref(c);
}

static void levels_come_in_the_order_of_the_tables(void **state)
{
    (void)state;
    static const char *const profiles[] = { "tdx-v4", "sgx-v3" };
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        assay_collateral *c = make(profiles[i], ASSAY_ITEM_COUNT);
        size_t counts[3] = { 0 }, modules = 0, count = 0;
        assay_level_facts level, first;
        for (; assay_collateral_level(c, count, &level); count++)
            counts[level.part]++;
        for (size_t m = 0; m < c->tcb.module_count; m++)
            modules += c->tcb.modules[m].levels.count;
        assert_row(profiles[i], counts[ASSAY_PART_PLATFORM], c->tcb.levels.count);
        assert_row(profiles[i], counts[ASSAY_PART_MODULE], modules);
        assert_row(profiles[i], counts[ASSAY_PART_QE], c->identity.levels.count);
        assert_true(assay_collateral_level(c, 0, &first));
        assert_int_equal(first.status, c->tcb.levels.at[0].status);
        assert_memory_equal(first.components, c->tcb.levels.at[0].sgx, 16);
        assert_int_equal(first.pce_svn, c->tcb.levels.at[0].pce_svn);
        assert_int_equal(first.date, c->tcb.levels.at[0].date);
        assay_collateral_unref(c);
    }
}

static void broken_documents_have_no_levels(void **state)
{
    (void)state;
    assay_collateral *c = make("tdx-v4", ASSAY_ITEM_TCB_INFO);
    assay_level_facts level;
    assert_true(assay_collateral_level(c, 0, &level));
    assert_int_equal(level.part, ASSAY_PART_QE);
    assay_collateral_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_say_what_they_are),
        cmocka_unit_test(revoked_certificates_are_counted),
        cmocka_unit_test(what_is_broken_says_so),
        cmocka_unit_test(documents_do_not_need_their_chain),
        cmocka_unit_test(subjects),
        cmocka_unit_test(levels_come_in_the_order_of_the_tables),
        cmocka_unit_test(broken_documents_have_no_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
