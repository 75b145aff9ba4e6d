/* quote_config.c: the certificate of a platform, for the quoting enclave.
 * collateral-service.md 6, "Requests". */
#include <stdlib.h>
#include <string.h>

#include "glue.h"

enum { QE_ID_MAX = 130, PPID_SIZE = 384, RSA_OAEP_3072 = 1, TCBM_DIGITS = 36, TCBM_SIZE = 18 };

static quote3_error_t request_of(const sgx_ql_pck_cert_id_t *id, assay_fetch_request *out)
{
    if (id == NULL || id->p_qe3_id == NULL || id->qe3_id_size == 0 || id->qe3_id_size > QE_ID_MAX ||
        id->p_platform_cpu_svn == NULL || id->p_platform_pce_isv_svn == NULL ||
        id->crypto_suite != RSA_OAEP_3072)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    if (id->p_encrypted_ppid != NULL && id->encrypted_ppid_size != PPID_SIZE)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    *out = (assay_fetch_request) { .kind = ASSAY_FETCH_PCK_CERTIFICATE,
                                   .tee = ASSAY_TEE_SGX,
                                   .qe_id = { id->p_qe3_id, id->qe3_id_size },
                                   .pce_id = id->pce_id };
    if (id->p_encrypted_ppid != NULL)
        out->encrypted_ppid = (assay_span) { id->p_encrypted_ppid, id->encrypted_ppid_size };
    memcpy(out->cpu_svn, id->p_platform_cpu_svn, sizeof(out->cpu_svn));
    memcpy(&out->pce_svn, id->p_platform_pce_isv_svn, sizeof(out->pce_svn));
    return SGX_QL_SUCCESS;
}

/* Which TCB the certificate is for: 16 bytes of CPU SVN, 2 of PCE SVN, little-endian. */
static bool tcbm_read(const char *tcbm, sgx_ql_config_t *out)
{
    uint8_t bytes[TCBM_SIZE];
    const assay_span text = { (const uint8_t *)tcbm, strlen(tcbm) };
    if (text.size != TCBM_DIGITS || assay_hex_decode(text, bytes, sizeof(bytes), NULL) != ASSAY_OK)
        return false;
    memcpy(out->cert_cpu_svn.svn, bytes, sizeof(out->cert_cpu_svn.svn));
    out->cert_pce_isv_svn = (uint16_t)(bytes[16] | bytes[17] << 8);
    return true;
}

/* Structure and text in one piece, as Azure's client does it. */
static sgx_ql_config_t *config_make(const assay_fetched *fetched)
{
    const size_t chain_size = strlen(fetched->issuer_chain);
    const bool ends_line = fetched->size > 0 && fetched->body[fetched->size - 1] == '\n';
    const size_t data_size = fetched->size + (ends_line ? 0 : 1) + chain_size + 1;
    sgx_ql_config_t *config =
        data_size < UINT32_MAX ? calloc(1, sizeof(*config) + data_size) : NULL;
    if (config == NULL)
        return NULL;
    uint8_t *at = (uint8_t *)config + sizeof(*config);
    config->version = SGX_QL_CONFIG_VERSION_1;
    config->cert_data_size = (uint32_t)data_size;
    config->p_cert_data = at;
    memcpy(at, fetched->body, fetched->size);
    at += fetched->size;
    if (!ends_line)
        *at++ = '\n';
    memcpy(at, fetched->issuer_chain, chain_size);
    return config;
}

static quote3_error_t config_of(const assay_fetched *fetched, sgx_ql_config_t **out)
{
    if (fetched->issuer_chain == NULL) {
        trace(TRACE_ERROR, "PCK certificate: %s sent no issuer chain", fetched->url);
        return SGX_QL_ERROR_MESSAGE_PARSING_ERROR;
    }
    sgx_ql_config_t *config = config_make(fetched);
    if (config == NULL)
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    if (!tcbm_read(fetched->tcbm, config)) {
        trace(TRACE_ERROR, "PCK certificate: %s sent no usable SGX-TCBm: \"%s\"", fetched->url,
              fetched->tcbm);
        free(config);
        return SGX_QL_ERROR_MESSAGE_PARSING_ERROR;
    }
    *out = config;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t sgx_ql_get_quote_config(const sgx_ql_pck_cert_id_t *pck_cert_id,
                                                sgx_ql_config_t **config)
{
    AUTO_SESSION *taken = NULL;
    AUTO_FETCHED fetched = { .body = NULL };
    assay_fetch_request request;
    if (config == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    quote3_error_t code = request_of(pck_cert_id, &request);
    if (code == SGX_QL_SUCCESS)
        code = session_take(&taken);
    if (code == SGX_QL_SUCCESS)
        code = session_fetch(taken, &request, "PCK certificate", SGX_QL_NO_PLATFORM_CERT_DATA,
                             &fetched);
    return code == SGX_QL_SUCCESS ? config_of(&fetched, config) : code;
}

EXPORTED quote3_error_t sgx_ql_free_quote_config(sgx_ql_config_t *config)
{
    free(config);
    return SGX_QL_SUCCESS;
}
