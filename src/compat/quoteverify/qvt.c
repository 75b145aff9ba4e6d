/* qvt.c: verification tokens: what was found, for appraisal. verification.md 7.3, appraisal.md 1.2,
 * 6.5. */
#include <string.h>

#include "glue.h"

enum { USER_DATA_MAX = 128 };

/* Unsigned, as callers expect it, unless the configuration file names a key. */
static quote3_error_t token_make(const assay_reports *reports, const char *user_data,
                                 time_t check_date, char **out)
{
    configuration settings;
    assay_error error = { 0 };
    assay_reports_text_options options = { .user_data = user_data, .now = check_date };
    quote3_error_t code = random_fill(options.request_id, sizeof(options.request_id));
    if (code == SGX_QL_SUCCESS)
        code = configuration_load(&settings);
    if (code != SGX_QL_SUCCESS)
        return code;
    const assay_status status =
        assay_reports_to_token(reports, &options, settings.key, out, &error);
    configuration_free(&settings);
    return status == ASSAY_OK ? SGX_QL_SUCCESS : code_of_refusal(status, &error);
}

static quote3_error_t token_of_verdict(const assay_verdict *verdict, assay_span quote,
                                       const char *user_data, time_t check_date, char **out)
{
    assay_reports *reports = NULL;
    assay_error error = { 0 };
    const assay_status status = assay_reports_from_verdict(verdict, quote, &reports, &error);
    if (status != ASSAY_OK)
        return code_of_refusal(status, &error);
    const quote3_error_t code = token_make(reports, user_data, check_date, out);
    assay_reports_free(reports);
    return code;
}

EXPORTED quote3_error_t tee_verify_quote_qvt(const uint8_t *quote, uint32_t quote_size,
                                             const sgx_ql_qve_collateral_t *collateral,
                                             sgx_ql_qe_report_info_t *report_info,
                                             const uint8_t *user_data, uint32_t *token_size,
                                             uint8_t **token)
{
    assay_span span;
    assay_verdict verdict = { 0 };
    sgx_ql_qv_result_t result;
    char *text = NULL;
    const char *user_text = (const char *)user_data;
    const time_t now = time(NULL);
    quote3_error_t code = quote_argument(quote, quote_size, &span);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (token_size == NULL || token == NULL ||
        (user_text != NULL && strnlen(user_text, USER_DATA_MAX + 1) > USER_DATA_MAX))
        return SGX_QL_ERROR_INVALID_PARAMETER;
    if (report_info != NULL)
        return SGX_QL_PSW_NOT_AVAILABLE;
    code = quote_judge(span, collateral, now, &verdict, &result);
    if (code == SGX_QL_SUCCESS)
        code = token_of_verdict(&verdict, span, user_text, now, &text);
    assay_verdict_clear(&verdict);
    if (code != SGX_QL_SUCCESS)
        return code;
    *token_size = (uint32_t)strlen(text);
    *token = (uint8_t *)text;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_free_verify_quote_qvt(uint8_t *token, uint32_t *token_size)
{
    if (token == NULL || token_size == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    assay_text_free((char *)token);
    *token_size = 0;
    return SGX_QL_SUCCESS;
}
