/* abi_provider_test.c: collateral and QvE identity through a provider library (verification.md
 * 7.4): first one that can't be loaded, then one that can. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulated.h"
#include "support.h"

static simulated evidence;

static const uint8_t *quote_data(void)
{
    return bytes_span(&evidence.artifacts.quote).data;
}

static uint32_t quote_size(void)
{
    return (uint32_t)evidence.artifacts.quote.size;
}

static int evidence_serve(void **state)
{
    (void)state;
    simulated_make(&evidence, "tdx-v4");
    simulated_trust_root(&evidence);
    simulated_serve(&evidence);
    return setenv("FAKE_QUOTEPROV_FOLDER", simulated_folder(), 1);
}

static int evidence_free(void **state)
{
    (void)state;
    simulated_free(&evidence);
    return 0;
}

static quote3_error_t verify_fetched(uint32_t *expired, tee_qv_result_t *result)
{
    return drop_in_library()->tee_verify_quote(quote_data(), quote_size(), NULL, evidence.world.now,
                                               expired, result, NULL, NULL);
}

static void without_a_provider_there_is_a_clear_error(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    uint8_t *collateral = NULL;
    uint32_t size, expired = 0;
    tee_qv_result_t result = TEE_QV_RESULT_OK;
    char path[512];
    simulated_file("no_library", (assay_span) { (const uint8_t *)"no", 2 });
    snprintf(path, sizeof(path), "%s/no_library", simulated_folder());
    assert_row("set", library->sgx_qv_set_path(SGX_QV_QPL_PATH, path), 0);
    assert_row("verify", verify_fetched(&expired, &result), SGX_QL_PLATFORM_LIB_UNAVAILABLE);
    assert_row("expired", expired, 1);
    assert_row("result", result, TEE_QV_RESULT_UNSPECIFIED);
    assert_row("get",
               library->tee_qv_get_collateral(quote_data(), quote_size(), &collateral, &size),
               SGX_QL_PLATFORM_LIB_UNAVAILABLE);
    assert_null(collateral);
}

/* The failure before is not remembered. */
static void collateral_is_fetched(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    uint32_t expired = 7;
    tee_qv_result_t result = TEE_QV_RESULT_UNSPECIFIED;
    assert_row("set", library->sgx_qv_set_path(SGX_QV_QPL_PATH, getenv("FAKE_QUOTEPROV")), 0);
    assert_row("verify", verify_fetched(&expired, &result), SGX_QL_SUCCESS);
    assert_row("expired", expired, 0);
    assert_row("result", result, TEE_QV_RESULT_OK);
}

static void collateral_is_handed_out(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    uint8_t *collateral = NULL;
    uint32_t size = 0, expired;
    tee_qv_result_t result;
    assert_row("get",
               library->tee_qv_get_collateral(quote_data(), quote_size(), &collateral, &size), 0);
    const sgx_ql_qve_collateral_t *c = (const void *)collateral;
    assert_row("size", size,
               120 + c->pck_crl_issuer_chain_size + c->root_ca_crl_size + c->pck_crl_size +
                   c->tcb_info_issuer_chain_size + c->tcb_info_size +
                   c->qe_identity_issuer_chain_size + c->qe_identity_size);
    assert_row("tee type", c->tee_type, 0x81);
    assert_row("verify",
               library->tee_verify_quote(quote_data(), quote_size(), collateral, evidence.world.now,
                                         &expired, &result, NULL, NULL),
               0);
    assert_row("a pointer that holds something",
               library->tee_qv_get_collateral(quote_data(), quote_size(), &collateral, &size),
               SGX_QL_ERROR_INVALID_PARAMETER);
    assert_row("free", library->tee_qv_free_collateral(collateral), 0);
    assert_row("free nothing", library->tee_qv_free_collateral(NULL),
               SGX_QL_ERROR_INVALID_PARAMETER);
}

static void the_qve_identity_is_handed_out(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    uint8_t *identity = NULL, *chain = NULL, *crl = NULL;
    uint32_t identity_size, chain_size;
    uint16_t crl_size;
    assert_row("get",
               library->sgx_qv_get_qve_identity(&identity, &identity_size, &chain, &chain_size,
                                                &crl, &crl_size),
               0);
    assert_row("identity", identity_size, evidence.artifacts.qe_identity.size + 1);
    assert_row("crl", crl_size, evidence.artifacts.root_ca_crl.size);
    assert_row("free", library->sgx_qv_free_qve_identity(identity, chain, crl), 0);
    assert_row("no place",
               library->sgx_qv_get_qve_identity(NULL, &identity_size, &chain, &chain_size, &crl,
                                                &crl_size),
               SGX_QL_ERROR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_provider_there_is_a_clear_error),
        cmocka_unit_test(collateral_is_fetched),
        cmocka_unit_test(collateral_is_handed_out),
        cmocka_unit_test(the_qve_identity_is_handed_out),
    };
    return cmocka_run_group_tests(tests, evidence_serve, evidence_free);
}
