/* items.c: single items: the QvE's identity, the root CRL, default policies.
 * collateral-service.md 6. */
#include <stdlib.h>
#include <string.h>

#include "glue.h"

/* Takes a session and fetches; both outlive the call. */
static quote3_error_t item_fetch(const assay_fetch_request *request, const char *what,
                                 quote3_error_t no_data, session **taken, assay_fetched *out)
{
    const quote3_error_t code = session_take(taken);
    return code == SGX_QL_SUCCESS ? session_fetch(*taken, request, what, no_data, out) : code;
}

EXPORTED quote3_error_t sgx_ql_get_qve_identity(char **identity, uint32_t *identity_size,
                                                char **chain, uint32_t *chain_size)
{
    AUTO_SESSION *taken = NULL;
    AUTO_FETCHED fetched = { .body = NULL };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_QVE_IDENTITY, .tee = ASSAY_TEE_SGX };
    char *texts[2] = { NULL, NULL };
    uint32_t sizes[2];
    if (identity == NULL || identity_size == NULL || chain == NULL || chain_size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    const quote3_error_t code =
        item_fetch(&request, "QvE identity", SGX_QL_NO_QVE_IDENTITY_DATA, &taken, &fetched);
    if (code != SGX_QL_SUCCESS)
        return code;
    const char *issuers = fetched.issuer_chain != NULL ? fetched.issuer_chain : "";
    if (!text_copy((assay_span) { fetched.body, fetched.size }, &texts[0], &sizes[0]) ||
        !text_copy((assay_span) { (const uint8_t *)issuers, strlen(issuers) }, &texts[1],
                   &sizes[1])) {
        free(texts[0]);
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    }
    *identity = texts[0];
    *identity_size = sizes[0];
    *chain = texts[1];
    *chain_size = sizes[1];
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t sgx_ql_free_qve_identity(char *identity, char *chain)
{
    free(identity);
    free(chain);
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t sgx_ql_get_root_ca_crl(uint8_t **crl, uint16_t *size)
{
    AUTO_SESSION *taken = NULL;
    AUTO_FETCHED fetched = { .body = NULL };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_ROOT_CA_CRL, .tee = ASSAY_TEE_SGX };
    char *encoded;
    uint32_t whole;
    if (crl == NULL || size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    const quote3_error_t code =
        item_fetch(&request, "root CRL", SGX_QL_NO_QUOTE_COLLATERAL_DATA, &taken, &fetched);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (!crl_encode((assay_span) { fetched.body, fetched.size },
                    session_settings(taken, ASSAY_TEE_SGX)->form, &encoded, &whole))
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    if (whole - 1 > UINT16_MAX) {
        trace(TRACE_ERROR, "root CRL: %u bytes do not fit this call's 16 bits", whole - 1);
        free(encoded);
        return SGX_QL_ERROR_UNEXPECTED;
    }
    *crl = (uint8_t *)encoded;
    *size = (uint16_t)(whole - 1);
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t sgx_ql_free_root_ca_crl(uint8_t *crl)
{
    free(crl);
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_get_default_platform_policy(const uint8_t *fmspc, uint16_t fmspc_size,
                                                        uint8_t **policy, uint32_t *policy_size)
{
    AUTO_SESSION *taken = NULL;
    AUTO_FETCHED fetched = { .body = NULL };
    assay_fetch_request request = { .kind = ASSAY_FETCH_APPRAISAL_POLICY, .tee = ASSAY_TEE_SGX };
    char *text;
    if (fmspc == NULL || fmspc_size != FMSPC_SIZE || policy == NULL || policy_size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    memcpy(request.fmspc, fmspc, FMSPC_SIZE);
    const quote3_error_t code =
        item_fetch(&request, "appraisal policy", SGX_QL_NO_QUOTE_COLLATERAL_DATA, &taken, &fetched);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (!text_copy((assay_span) { fetched.body, fetched.size }, &text, policy_size))
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    *policy = (uint8_t *)text;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_free_platform_policy(uint8_t *policy)
{
    free(policy);
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_free_default_platform_policy(uint8_t *policy)
{
    return tee_free_platform_policy(policy);
}
