/* azure.c: the calls that only Azure's client has: revocation info and QE identity, with structures
 * and errors of their own. collateral-service.md 5. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "glue.h"

enum { CRL_MAX = 16 };

static assay_span text_span(const char *text)
{
    return (assay_span) { (const uint8_t *)text, text != NULL ? strlen(text) : 0 };
}

/* As text_copy(); here sizes do not count the NUL. */
static bool copy(assay_span in, char **out, uint32_t *size)
{
    uint32_t whole;
    if (!text_copy(in, out, &whole))
        return false;
    *size = whole - 1;
    return true;
}

/* ---- CRLs by their address ---- */

/* The addresses that Intel's certificates carry, old and new; any other is asked for as it is. */
static const struct {
    const char *part;
    assay_fetch_kind kind;
    assay_ca ca;
} addresses[] = {
    { "IntelSGXRootCA", ASSAY_FETCH_ROOT_CA_CRL, ASSAY_CA_NONE },
    { "ca=processor", ASSAY_FETCH_PCK_CRL, ASSAY_CA_PROCESSOR },
    { "ca=platform", ASSAY_FETCH_PCK_CRL, ASSAY_CA_PLATFORM },
    { "IntelSGXPCKProcessor", ASSAY_FETCH_PCK_CRL, ASSAY_CA_PROCESSOR },
    { "IntelSGXPCKPlatform", ASSAY_FETCH_PCK_CRL, ASSAY_CA_PLATFORM },
};

static assay_fetch_request crl_request(const char *url)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        if (strcasestr(url, addresses[i].part) != NULL)
            return (assay_fetch_request) { .kind = addresses[i].kind,
                                           .tee = ASSAY_TEE_SGX,
                                           .ca = addresses[i].ca };
    }
    return (assay_fetch_request) { .kind = ASSAY_FETCH_CRL, .tee = ASSAY_TEE_SGX, .uri = url };
}

static quote3_error_t crl_fill(const session *taken, const char *url, sgx_ql_crl_data_t *out)
{
    AUTO_FETCHED fetched = { .body = NULL };
    const assay_fetch_request request = crl_request(url);
    const quote3_error_t code =
        session_fetch(taken, &request, "CRL", SGX_QL_NO_QUOTE_COLLATERAL_DATA, &fetched);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (!copy((assay_span) { fetched.body, fetched.size }, &out->crl_data, &out->crl_data_size) ||
        !copy(text_span(fetched.issuer_chain), &out->crl_issuer_chain, &out->crl_issuer_chain_size))
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    return SGX_QL_SUCCESS;
}

static quote3_error_t crls_fill(const session *taken,
                                const sgx_ql_get_revocation_info_params_t *params,
                                sgx_ql_revocation_info_t *info)
{
    if (params->crl_url_count == 0)
        return SGX_QL_SUCCESS;
    info->crls = calloc(params->crl_url_count, sizeof(*info->crls));
    if (info->crls == NULL)
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    for (uint32_t i = 0; i < params->crl_url_count; i++) {
        info->crl_count = i + 1;
        const quote3_error_t code = crl_fill(taken, params->crl_urls[i], &info->crls[i]);
        if (code != SGX_QL_SUCCESS)
            return code;
    }
    return SGX_QL_SUCCESS;
}

/* ---- Revocation info ---- */

static quote3_error_t tcb_info_fill(const session *taken,
                                    const sgx_ql_get_revocation_info_params_t *params,
                                    sgx_ql_revocation_info_t *info)
{
    AUTO_FETCHED fetched = { .body = NULL };
    assay_fetch_request request = { .kind = ASSAY_FETCH_TCB_INFO, .tee = ASSAY_TEE_SGX };
    if (params->fmspc_size == 0)
        return SGX_QL_SUCCESS;
    memcpy(request.fmspc, params->fmspc, FMSPC_SIZE);
    const quote3_error_t code =
        session_fetch(taken, &request, "TCB info", SGX_QL_NO_QUOTE_COLLATERAL_DATA, &fetched);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (!copy((assay_span) { fetched.body, fetched.size }, &info->tcb_info, &info->tcb_info_size) ||
        !copy(text_span(fetched.issuer_chain), &info->tcb_issuer_chain,
              &info->tcb_issuer_chain_size))
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    return SGX_QL_SUCCESS;
}

static bool parameters_usable(const sgx_ql_get_revocation_info_params_t *params)
{
    if (params == NULL || params->version < SGX_QL_REVOCATION_INFO_VERSION_1 ||
        params->crl_url_count > CRL_MAX ||
        (params->crl_url_count == 0) != (params->crl_urls == NULL) ||
        (params->fmspc_size == 0) != (params->fmspc == NULL) ||
        (params->fmspc_size != 0 && params->fmspc_size != FMSPC_SIZE))
        return false;
    for (uint32_t i = 0; i < params->crl_url_count; i++) {
        if (params->crl_urls[i] == NULL)
            return false;
    }
    return true;
}

static quote3_error_t info_fill(const sgx_ql_get_revocation_info_params_t *params,
                                sgx_ql_revocation_info_t *info)
{
    AUTO_SESSION *taken = NULL;
    quote3_error_t code = session_take(&taken);
    if (code == SGX_QL_SUCCESS)
        code = crls_fill(taken, params, info);
    if (code == SGX_QL_SUCCESS)
        code = tcb_info_fill(taken, params, info);
    return code;
}

EXPORTED sgx_plat_error_t sgx_ql_get_revocation_info(
    const sgx_ql_get_revocation_info_params_t *params, sgx_ql_revocation_info_t **info)
{
    if (info == NULL || !parameters_usable(params))
        return SGX_PLAT_ERROR_INVALID_PARAMETER;
    sgx_ql_revocation_info_t *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return SGX_PLAT_ERROR_OUT_OF_MEMORY;
    made->version = SGX_QL_REVOCATION_INFO_VERSION_1;
    const quote3_error_t code = info_fill(params, made);
    if (code != SGX_QL_SUCCESS) {
        sgx_ql_free_revocation_info(made);
        return plat_error_of(code);
    }
    *info = made;
    return SGX_PLAT_ERROR_OK;
}

EXPORTED void sgx_ql_free_revocation_info(sgx_ql_revocation_info_t *info)
{
    if (info == NULL)
        return;
    for (uint32_t i = 0; i < info->crl_count; i++) {
        free(info->crls[i].crl_data);
        free(info->crls[i].crl_issuer_chain);
    }
    free(info->crls);
    free(info->tcb_info);
    free(info->tcb_issuer_chain);
    free(info);
}

/* ---- QE identity ---- */

static quote3_error_t identity_fill(sgx_qe_identity_info_t *info)
{
    AUTO_SESSION *taken = NULL;
    AUTO_FETCHED fetched = { .body = NULL };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_QE_IDENTITY, .tee = ASSAY_TEE_SGX };
    quote3_error_t code = session_take(&taken);
    if (code == SGX_QL_SUCCESS)
        code = session_fetch(taken, &request, "QE identity", SGX_QL_NO_QUOTE_COLLATERAL_DATA,
                             &fetched);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (!copy((assay_span) { fetched.body, fetched.size }, &info->qe_id_info,
              &info->qe_id_info_size) ||
        !copy(text_span(fetched.issuer_chain), &info->issuer_chain, &info->issuer_chain_size))
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    return SGX_QL_SUCCESS;
}

EXPORTED sgx_plat_error_t sgx_get_qe_identity_info(sgx_qe_identity_info_t **info)
{
    if (info == NULL)
        return SGX_PLAT_ERROR_INVALID_PARAMETER;
    sgx_qe_identity_info_t *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return SGX_PLAT_ERROR_OUT_OF_MEMORY;
    const quote3_error_t code = identity_fill(made);
    if (code != SGX_QL_SUCCESS) {
        sgx_free_qe_identity_info(made);
        return plat_error_of(code);
    }
    *info = made;
    return SGX_PLAT_ERROR_OK;
}

EXPORTED void sgx_free_qe_identity_info(sgx_qe_identity_info_t *info)
{
    if (info == NULL)
        return;
    free(info->qe_id_info);
    free(info->issuer_chain);
    free(info);
}
