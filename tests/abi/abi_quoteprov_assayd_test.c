/* abi_quoteprov_assayd_test.c: the provider library as the client of assayd, which fills itself
 * from the simulated vendor: what a QPL client meets when its PCCS is replaced. */
#include <stdio.h>
#include <string.h>

#include "assayd_process.h"
#include "quoteprov_checks.h"
#include "support.h"

enum { SEED = 7, PLATFORMS = 8 };

static sim_fleet fleet;
static vendor_process vendor;
static assayd_process assayd;

static int service_begin(void **state)
{
    (void)state;
    const char *const options[] = { "--seed", "7", "--platforms", "8", NULL };
    vendor = vendor_start(options);
    assayd = assayd_start(&(assayd_order) { .vendor = &vendor });
    quoteprov_listen();
    return fleet_init(&fleet, SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS, PLATFORMS, NULL);
}

static int service_end(void **state)
{
    (void)state;
    assayd_stop(&assayd);
    vendor_stop(&vendor);
    return 0;
}

static void configure(const char *api_version)
{
    char text[512];
    snprintf(text, sizeof(text),
             "{ \"pccs_url\": \"%s/sgx/certification/v4/\", \"pccs_api_version\": \"%s\",\n"
             "  \"retry_times\": 1, \"pck_cache_expire_hours\": 0,\n"
             "  \"verify_collateral_cache_expire_hours\": 0 }\n",
             assayd.url, api_version);
    quoteprov_configure(text);
}

static const uint8_t *fmspc_of(enum sim_world_id world)
{
    return fleet.worlds[world].tcb_info.fmspc;
}

static void collateral_in_both_api_versions(void **state)
{
    (void)state;
    static const char *const versions[] = { "3.0", "3.1" };
    const quoteprov *q = quoteprov_library();
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        sgx_ql_qve_collateral_t *sgx = NULL, *tdx = NULL;
        configure(versions[i]);
        if (q->sgx_ql_get_quote_verification_collateral(fmspc_of(SIM_WORLD_PROCESSOR), 6,
                                                        "processor", &sgx) != SGX_QL_SUCCESS ||
            q->tdx_ql_get_quote_verification_collateral(fmspc_of(SIM_WORLD_TDX), 6, "platform",
                                                        &tdx) != SGX_QL_SUCCESS)
            test_fail("API %s: %s", versions[i], quoteprov_messages());
        collateral_sound(versions[i], sgx, vendor.root);
        collateral_sound(versions[i], tdx, vendor.root);
        assert_int_equal(q->sgx_ql_free_quote_verification_collateral(sgx), SGX_QL_SUCCESS);
        assert_int_equal(q->tdx_ql_free_quote_verification_collateral(tdx), SGX_QL_SUCCESS);
    }
}

/* The first time by the vendor, the second time from the store. */
static void certificates_of_platforms(void **state)
{
    (void)state;
    configure("3.0");
    for (int round = 0; round < 2; round++) {
        for (uint64_t number = 0; number < PLATFORMS; number++) {
            platform p;
            platform_make(&p, &fleet, number);
            platform_certificate_expect(&p);
            platform_free(&p);
        }
    }
}

static void single_items(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    char *identity = NULL, *chain = NULL;
    uint32_t identity_size, chain_size;
    uint8_t *crl = NULL;
    uint16_t crl_size;
    configure("3.0");
    if (q->sgx_ql_get_qve_identity(&identity, &identity_size, &chain, &chain_size) != 0 ||
        q->sgx_ql_get_root_ca_crl(&crl, &crl_size) != 0)
        test_fail("%s", quoteprov_messages());
    assert_non_null(strstr(identity, "\"id\":\"QVE\""));
    assert_int_equal(count_of(chain, "-----BEGIN CERTIFICATE"), 2);
    assert_int_equal(crl_size, strspn((const char *)crl, "0123456789abcdefABCDEF"));
    q->sgx_ql_free_qve_identity(identity, chain);
    q->sgx_ql_free_root_ca_crl(crl);
}

static void what_is_unknown_has_its_code(void **state)
{
    (void)state;
    static const uint8_t unknown[] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc };
    const quoteprov *q = quoteprov_library();
    sgx_ql_qve_collateral_t *c = NULL;
    sgx_ql_config_t *config = NULL;
    platform p;
    configure("3.1");
    assert_row("FMSPC", q->sgx_ql_get_quote_verification_collateral(unknown, 6, "platform", &c),
               SGX_QL_NO_QUOTE_COLLATERAL_DATA);
    platform_make(&p, &fleet, 0);
    p.member.qe_id[0] ^= 0xff;
    memset(p.ppid.data, 0x5a, p.ppid.size);
    assert_int_not_equal(q->sgx_ql_get_quote_config(&p.id, &config), SGX_QL_SUCCESS);
    platform_free(&p);
    assert_null(c);
    assert_null(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collateral_in_both_api_versions),
        cmocka_unit_test(certificates_of_platforms),
        cmocka_unit_test(single_items),
        cmocka_unit_test(what_is_unknown_has_its_code),
    };
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
