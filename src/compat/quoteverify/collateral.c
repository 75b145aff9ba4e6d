/* collateral.c: collateral and QvE identity from the provider library. verification.md 7.3, 7.4. */
#include <stddef.h>

#include "glue.h"
#include "provider.h"

/* Of assay_platform.ca. */
enum { CA_PROCESSOR = 1 };

quote3_error_t provider_get_collateral(assay_span quote, sgx_ql_qve_collateral_t **out)
{
    const provider_functions *provider;
    assay_platform platform;
    assay_error error = { 0 };
    const assay_status status = assay_platform_read(quote, &platform, &error);
    if (status != ASSAY_OK)
        return code_of_failure(status, &error);
    quote3_error_t code = provider_load(&provider);
    if (code != SGX_QL_SUCCESS)
        return code;
    const char *ca = platform.ca == CA_PROCESSOR ? "processor" : "platform";
    if (quote_tee_type(quote) != TEE_TYPE_TDX)
        code = provider->get_sgx_collateral(platform.fmspc, sizeof(platform.fmspc), ca, out);
    else if (provider->get_tdx_collateral != NULL && provider->free_tdx_collateral != NULL)
        code = provider->get_tdx_collateral(platform.fmspc, sizeof(platform.fmspc), ca, out);
    else
        return SGX_QL_PLATFORM_LIB_UNAVAILABLE;
    if (code == SGX_QL_SUCCESS && *out == NULL)
        return SGX_QL_ERROR_UNEXPECTED;
    return code;
}

quote3_error_t provider_free_collateral(sgx_ql_qve_collateral_t *collateral)
{
    const provider_functions *provider;
    const quote3_error_t code = provider_load(&provider);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (collateral->tee_type == TEE_TYPE_SGX)
        return provider->free_sgx_collateral(collateral);
    if (collateral->tee_type == TEE_TYPE_TDX && provider->free_tdx_collateral != NULL)
        return provider->free_tdx_collateral(collateral);
    return SGX_QL_ERROR_INVALID_PARAMETER;
}

EXPORTED quote3_error_t tee_qv_get_collateral(const uint8_t *quote, uint32_t quote_size,
                                              uint8_t **collateral, uint32_t *collateral_size)
{
    assay_span span;
    sgx_ql_qve_collateral_t *fetched = NULL;
    quote3_error_t code = quote_argument(quote, quote_size, &span);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (collateral == NULL || *collateral != NULL || collateral_size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    code = provider_get_collateral(span, &fetched);
    if (code != SGX_QL_SUCCESS)
        return code;
    *collateral_size = collateral_total_size(fetched);
    *collateral = (uint8_t *)fetched;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_qv_free_collateral(uint8_t *collateral)
{
    /* The very pointer that tee_qv_get_collateral() gave out: aligned as its structure. */
    void *given = collateral;
    return given != NULL ? provider_free_collateral(given) : SGX_QL_ERROR_INVALID_PARAMETER;
}

EXPORTED quote3_error_t sgx_qv_get_qve_identity(uint8_t **identity, uint32_t *identity_size,
                                                uint8_t **issuer_chain, uint32_t *issuer_chain_size,
                                                uint8_t **root_ca_crl, uint16_t *root_ca_crl_size)
{
    const provider_functions *provider;
    char *texts[2] = { NULL, NULL };
    if (identity == NULL || identity_size == NULL || issuer_chain == NULL ||
        issuer_chain_size == NULL || root_ca_crl == NULL || root_ca_crl_size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    quote3_error_t code = provider_load(&provider);
    if (code != SGX_QL_SUCCESS)
        return code;
    code = provider->get_qve_identity(&texts[0], identity_size, &texts[1], issuer_chain_size);
    if (code != SGX_QL_SUCCESS)
        return code;
    code = provider->get_root_ca_crl(root_ca_crl, root_ca_crl_size);
    if (code != SGX_QL_SUCCESS) {
        provider->free_qve_identity(texts[0], texts[1]);
        return code;
    }
    *identity = (uint8_t *)texts[0];
    *issuer_chain = (uint8_t *)texts[1];
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t sgx_qv_free_qve_identity(uint8_t *identity, uint8_t *issuer_chain,
                                                 uint8_t *root_ca_crl)
{
    const provider_functions *provider;
    quote3_error_t code = provider_load(&provider);
    if (code != SGX_QL_SUCCESS)
        return code;
    code = provider->free_qve_identity((char *)identity, (char *)issuer_chain);
    const quote3_error_t crl_code = provider->free_root_ca_crl(root_ca_crl);
    return code != SGX_QL_SUCCESS ? code : crl_code;
}
