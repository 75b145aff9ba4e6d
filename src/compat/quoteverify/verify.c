/* verify.c: the verification functions of the ABI: arguments, answer, supplemental data.
 * verification.md 7.1, 7.3. */
#include <string.h>

#include "glue.h"

/* Where one call wants its answer. Any of the pointers may be NULL until it has been checked. */
typedef struct answer {
    uint32_t *expiration_status;
    sgx_ql_qv_result_t *result;
    const void *report_info;
    uint8_t *supplemental; /* SUPPLEMENTAL_SIZE bytes, or NULL */
    uint16_t minor_version;
} answer;

/* What is said until something better is known, and after every failure. */
static void answer_reset(const answer *a)
{
    if (a->expiration_status != NULL)
        *a->expiration_status = 1;
    if (a->result != NULL)
        *a->result = SGX_QL_QV_RESULT_UNSPECIFIED;
    if (a->supplemental != NULL)
        memset(a->supplemental, 0, SUPPLEMENTAL_SIZE);
}

static void answer_give(const answer *a, const assay_verdict *verdict, sgx_ql_qv_result_t result)
{
    *a->expiration_status = verdict->collateral_expired ? 1 : 0;
    *a->result = result;
    if (a->supplemental != NULL) {
        sgx_ql_qv_supplemental_t supplemental;
        supplemental_fill(verdict, a->minor_version, &supplemental);
        memcpy(a->supplemental, &supplemental, sizeof(supplemental));
    }
}

static quote3_error_t verify(const uint8_t *bytes, uint32_t size, const void *collateral,
                             time_t check_date, const answer *a)
{
    assay_span quote;
    assay_verdict verdict = { 0 };
    sgx_ql_qv_result_t result;
    answer_reset(a);
    quote3_error_t code = quote_argument(bytes, size, &quote);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (a->expiration_status == NULL || a->result == NULL || check_date <= 0)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    if (a->report_info != NULL)
        return SGX_QL_PSW_NOT_AVAILABLE; /* asks for an enclave */
    code = quote_judge(quote, collateral, check_date, &verdict, &result);
    if (code == SGX_QL_SUCCESS)
        answer_give(a, &verdict, result);
    assay_verdict_clear(&verdict);
    return code;
}

EXPORTED quote3_error_t sgx_qv_verify_quote(const uint8_t *quote, uint32_t quote_size,
                                            const sgx_ql_qve_collateral_t *collateral,
                                            time_t check_date, uint32_t *expiration_status,
                                            sgx_ql_qv_result_t *result,
                                            sgx_ql_qe_report_info_t *report_info,
                                            uint32_t supplemental_size, uint8_t *supplemental)
{
    answer a = { .expiration_status = expiration_status,
                 .result = result,
                 .report_info = report_info,
                 .minor_version = 0 };
    const uint32_t wanted = supplemental != NULL ? SUPPLEMENTAL_SIZE : 0;
    if (supplemental_size != wanted) {
        answer_reset(&a);
        if (supplemental != NULL)
            memset(supplemental, 0, supplemental_size);
        return SGX_QL_ERROR_INVALID_PARAMETER;
    }
    a.supplemental = supplemental;
    return verify(quote, quote_size, collateral, check_date, &a);
}

EXPORTED quote3_error_t tdx_qv_verify_quote(const uint8_t *quote, uint32_t quote_size,
                                            const tdx_ql_qv_collateral_t *collateral,
                                            time_t check_date, uint32_t *expiration_status,
                                            tee_qv_result_t *result,
                                            sgx_ql_qe_report_info_t *report_info,
                                            uint32_t supplemental_size, uint8_t *supplemental)
{
    return sgx_qv_verify_quote(quote, quote_size, collateral, check_date, expiration_status, result,
                               report_info, supplemental_size, supplemental);
}

/* The descriptor's memory, once it is of a version and size that is spoken here. */
static quote3_error_t descriptor_read(const tee_supp_data_descriptor_t *descriptor, uint8_t **out)
{
    if (descriptor == NULL)
        return SGX_QL_SUCCESS;
    if (descriptor->p_data == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    if (descriptor->major_version > SUPPLEMENTAL_MAJOR)
        return SGX_QL_SUPPLEMENTAL_DATA_VERSION_NOT_SUPPORTED;
    if (descriptor->major_version == 1 || descriptor->major_version == 2 ||
        descriptor->data_size != SUPPLEMENTAL_SIZE)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    *out = descriptor->p_data;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_verify_quote(const uint8_t *quote, uint32_t quote_size,
                                         const uint8_t *collateral, time_t check_date,
                                         uint32_t *expiration_status, tee_qv_result_t *result,
                                         sgx_ql_qe_report_info_t *report_info,
                                         tee_supp_data_descriptor_t *supplemental)
{
    answer a = { .expiration_status = expiration_status,
                 .result = result,
                 .report_info = report_info,
                 .minor_version = SUPPLEMENTAL_MINOR };
    assay_span unused;
    const quote3_error_t descriptor_code = descriptor_read(supplemental, &a.supplemental);
    quote3_error_t code = quote_argument(quote, quote_size, &unused);
    if (code == SGX_QL_SUCCESS)
        code = descriptor_code;
    if (code == SGX_QL_SUCCESS)
        return verify(quote, quote_size, collateral, check_date, &a);
    answer_reset(&a);
    return code;
}

EXPORTED quote3_error_t sgx_qv_get_quote_supplemental_data_size(uint32_t *size)
{
    if (size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    *size = SUPPLEMENTAL_SIZE;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tdx_qv_get_quote_supplemental_data_size(uint32_t *size)
{
    return sgx_qv_get_quote_supplemental_data_size(size);
}

EXPORTED quote3_error_t tee_get_supplemental_data_version_and_size(const uint8_t *quote,
                                                                   uint32_t quote_size,
                                                                   uint32_t *version,
                                                                   uint32_t *size)
{
    assay_span unused;
    const quote3_error_t code = quote_argument(quote, quote_size, &unused);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    if (version != NULL)
        *version = (uint32_t)SUPPLEMENTAL_MINOR << 16 | SUPPLEMENTAL_MAJOR;
    *size = SUPPLEMENTAL_SIZE;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_get_fmspc_from_quote(const uint8_t *quote, uint32_t quote_size,
                                                 uint8_t *fmspc, uint32_t fmspc_size)
{
    assay_span span;
    assay_platform platform;
    assay_error error = { 0 };
    const quote3_error_t code = quote_argument(quote, quote_size, &span);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (fmspc == NULL || fmspc_size < sizeof(platform.fmspc))
        return SGX_QL_ERROR_INVALID_PARAMETER;
    const assay_status status = assay_platform_read(span, &platform, &error);
    if (status != ASSAY_OK)
        return code_of_failure(status, &error);
    memcpy(fmspc, platform.fmspc, sizeof(platform.fmspc));
    return SGX_QL_SUCCESS;
}
