/* verify_platform_test.c: what a quote says about its platform before any trust
 * (src/verify/platform.c). */
#include "assay/verify.h"
#include "sim/build.h"
#include "support.h"

static void make(sim_world *world, sim_artifacts *artifacts, const char *profile)
{
    memset(artifacts, 0, sizeof(*artifacts));
    sim_world_init(world, sim_profile_find(profile), 3, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(world, artifacts, NULL), ASSAY_OK);
}

/* The same facts as in the verdict of a whole verification. */
static void facts_are_those_of_the_verdict(void **state)
{
    (void)state;
    static const char *const profiles[] = { "sgx-v3", "tdx-v4", "tdx-v5" };
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        sim_world world;
        sim_artifacts artifacts;
        assay_platform platform;
        assay_verdict verdict = { 0 };
        assay_collateral *collateral;
        assay_roots roots = { 0 };
        make(&world, &artifacts, profiles[i]);
        const assay_span quote = bytes_span(&artifacts.quote);
        const assay_collateral_items items = sim_artifacts_items(&artifacts);
        const assay_verify_options options = { .now = world.now };
        assert_int_equal(assay_roots_add(&roots, bytes_span(&artifacts.root), NULL), ASSAY_OK);
        assert_int_equal(assay_collateral_new(&items, &roots, &collateral, NULL), ASSAY_OK);
        assert_int_equal(assay_verify(NULL, quote, collateral, &options, &verdict, NULL), ASSAY_OK);
        assert_int_equal(assay_platform_read(quote, &platform, NULL), ASSAY_OK);
        assert_memory_equal(platform.fmspc, verdict.platform.fmspc, sizeof(platform.fmspc));
        assert_memory_equal(platform.ppid, verdict.platform.ppid, sizeof(platform.ppid));
        assert_row(profiles[i], platform.ca, verdict.platform.ca);
        assert_row(profiles[i], platform.sgx_type, verdict.platform.sgx_type);
        assay_verdict_clear(&verdict);
        assay_collateral_unref(collateral);
        sim_artifacts_free(&artifacts);
    }
}

static void what_is_no_chain_is_refused(void **state)
{
    (void)state;
    sim_world world;
    sim_artifacts artifacts;
    assay_platform platform;
    assay_error error;
    make(&world, &artifacts, "tdx-v4");
    const size_t type = artifacts.map.certification_type, data = artifacts.map.certification_data;
    uint8_t *quote = artifacts.quote.data;
    const struct {
        const char *what;
        size_t offset;
        uint8_t value;
        size_t size;
        unsigned code;
    } rows[] = {
        { "a quote cut short", 0, quote[0], 1500, 0xE01D },
        { "version 7", 0, 7, artifacts.quote.size, 0xE01D },
        { "certification data type 4", type, 4, artifacts.quote.size, 0xE01C },
        { "a chain that is no PEM", data, '?', artifacts.quote.size, 0xE022 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const uint8_t before = quote[rows[i].offset];
        quote[rows[i].offset] = rows[i].value;
        assert_true(assay_platform_read((assay_span) { quote, rows[i].size }, &platform, &error) !=
                    ASSAY_OK);
        assert_row(rows[i].what, error.code, rows[i].code);
        quote[rows[i].offset] = before;
    }
    sim_artifacts_free(&artifacts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_those_of_the_verdict),
        cmocka_unit_test(what_is_no_chain_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
