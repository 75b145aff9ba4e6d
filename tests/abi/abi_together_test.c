/* abi_together_test.c: both drop-ins in one folder, as they are installed: quotes are verified
 * without collateral at hand, for the provider library beside fetches it from the vendor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assay/assay.h"
#include "assay/fetch.h"
#include "assayd_process.h"
#include "simulated.h"
#include "support.h"

static simulated evidence;
static vendor_process vendor;

static void link_make(const char *variable, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", simulated_folder(), name);
    assert_non_null(getenv(variable));
    assert_int_equal(symlink(getenv(variable), path), 0);
    assert_int_equal(setenv(variable, path, 1), 0);
}

static void provider_configure(void)
{
    char text[512], path[512];
    snprintf(text, sizeof(text),
             "{ \"pccs_url\": \"%s/sgx/certification/v4/\", \"pccs_api_version\": \"3.1\",\n"
             "  \"pck_cache_expire_hours\": 0, \"verify_collateral_cache_expire_hours\": 0 }\n",
             vendor.url);
    simulated_file("qcnl.conf", (assay_span) { (const uint8_t *)text, strlen(text) });
    snprintf(path, sizeof(path), "%s/qcnl.conf", simulated_folder());
    assert_int_equal(setenv("QCNL_CONF_PATH", path, 1), 0);
    assert_int_equal(setenv("ASSAY_QUOTEPROV_SERVICE", "pcs", 1), 0);
}

static int installed(void **state)
{
    (void)state;
    /* Loaded already, so that links in another folder find them. */
    assert_non_null(assay_version());
    assay_key_free(NULL);
    assert_non_null(assay_service_name(ASSAY_SERVICE_PCS));
    simulated_make(&evidence, "tdx-v4");
    simulated_trust_root(&evidence);
    const char *const more[] = { "--seed", "7", "--at", "2026-06-01T12:00:00Z", NULL };
    vendor = vendor_start(more);
    link_make("ASSAY_QUOTEVERIFY", "libsgx_dcap_quoteverify.so.1");
    link_make("ASSAY_QUOTEPROV", "libdcap_quoteprov.so.1");
    provider_configure();
    return 0;
}

static int removed(void **state)
{
    (void)state;
    vendor_stop(&vendor);
    simulated_free(&evidence);
    return 0;
}

static void judge(const char *what, const simulated *s)
{
    const assay_span quote = bytes_span(&s->artifacts.quote);
    uint32_t expired = 7;
    tee_qv_result_t result = TEE_QV_RESULT_UNSPECIFIED;
    assert_row(what,
               drop_in_library()->tee_verify_quote(quote.data, (uint32_t)quote.size, NULL,
                                                   s->world.now, &expired, &result, NULL, NULL),
               SGX_QL_SUCCESS);
    assert_row(what, expired, 0);
    assert_row(what, result, TEE_QV_RESULT_OK);
}

static void quotes_are_verified_without_collateral(void **state)
{
    (void)state;
    static const char *const profiles[] = { "sgx-v3", "sgx-v3-processor", "tdx-v5" };
    judge("tdx-v4", &evidence);
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        simulated s;
        simulated_make(&s, profiles[i]);
        judge(profiles[i], &s);
        simulated_free(&s);
    }
}

static void collateral_is_handed_through(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    const assay_span quote = bytes_span(&evidence.artifacts.quote);
    uint8_t *collateral = NULL;
    uint32_t size = 0, expired;
    tee_qv_result_t result;
    assert_row("get",
               library->tee_qv_get_collateral(quote.data, (uint32_t)quote.size, &collateral, &size),
               SGX_QL_SUCCESS);
    assert_row("verify",
               library->tee_verify_quote(quote.data, (uint32_t)quote.size, collateral,
                                         evidence.world.now, &expired, &result, NULL, NULL),
               SGX_QL_SUCCESS);
    assert_row("result", result, TEE_QV_RESULT_OK);
    assert_row("free", library->tee_qv_free_collateral(collateral), SGX_QL_SUCCESS);
}

static void the_qve_identity_is_handed_through(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    uint8_t *identity = NULL, *chain = NULL, *crl = NULL;
    uint32_t identity_size, chain_size;
    uint16_t crl_size;
    assert_row("get",
               library->sgx_qv_get_qve_identity(&identity, &identity_size, &chain, &chain_size,
                                                &crl, &crl_size),
               SGX_QL_SUCCESS);
    assert_row("identity", identity_size, strlen((const char *)identity) + 1);
    assert_row("chain", chain_size, strlen((const char *)chain) + 1);
    assert_true(crl_size > 0);
    assert_row("free", library->sgx_qv_free_qve_identity(identity, chain, crl), SGX_QL_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_are_verified_without_collateral),
        cmocka_unit_test(collateral_is_handed_through),
        cmocka_unit_test(the_qve_identity_is_handed_through),
    };
    return cmocka_run_group_tests(tests, installed, removed);
}
