/* arguments.c: what a caller may hand over, and what a failure is called. verification.md 4.2, 7.3.
 */
#include "glue.h"

uint32_t quote_tee_type(assay_span quote)
{
    return (uint32_t)quote.data[4] | (uint32_t)quote.data[5] << 8 | (uint32_t)quote.data[6] << 16 |
           (uint32_t)quote.data[7] << 24;
}

quote3_error_t quote_argument(const uint8_t *quote, uint32_t size, assay_span *out)
{
    if (quote == NULL || size < QUOTE_SIZE_MIN)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    const assay_span span = { quote, size };
    const uint32_t type = quote_tee_type(span);
    if (type != TEE_TYPE_SGX && type != TEE_TYPE_TDX)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    *out = span;
    return SGX_QL_SUCCESS;
}

quote3_error_t code_of_failure(assay_status status, const assay_error *error)
{
    trace(SE_TRACE_ERROR, "%s: %s: %s", assay_error_name(error), error->where, error->detail);
    if (error->code != 0)
        return (quote3_error_t)error->code;
    switch (status) {
    case ASSAY_NO_MEMORY:
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    case ASSAY_USAGE:
        return SGX_QL_ERROR_INVALID_PARAMETER;
    case ASSAY_OK:
    case ASSAY_TRUNCATED:
    case ASSAY_MALFORMED:
    case ASSAY_UNSUPPORTED:
    case ASSAY_UNTRUSTED:
    case ASSAY_MISMATCH:
    case ASSAY_REVOKED:
    case ASSAY_ENVIRONMENT:
        return SGX_QL_ERROR_UNEXPECTED;
    }
    return SGX_QL_ERROR_UNEXPECTED;
}
