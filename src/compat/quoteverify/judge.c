/* judge.c: one verification: whose collateral, under which roots, and what came out in the codes of
 * the C interface. verification.md 4.2, 7.5. */
#include "glue.h"

sgx_ql_qv_result_t result_of_status(assay_tcb_status status)
{
    switch (status) {
    case ASSAY_TCB_UP_TO_DATE:
        return SGX_QL_QV_RESULT_OK;
    case ASSAY_TCB_SW_HARDENING_NEEDED:
        return SGX_QL_QV_RESULT_SW_HARDENING_NEEDED;
    case ASSAY_TCB_CONFIGURATION_NEEDED:
        return SGX_QL_QV_RESULT_CONFIG_NEEDED;
    case ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED:
        return SGX_QL_QV_RESULT_CONFIG_AND_SW_HARDENING_NEEDED;
    case ASSAY_TCB_OUT_OF_DATE:
        return SGX_QL_QV_RESULT_OUT_OF_DATE;
    case ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED:
        return SGX_QL_QV_RESULT_OUT_OF_DATE_CONFIG_NEEDED;
    case ASSAY_TCB_TD_RELAUNCH_ADVISED:
        return SGX_QL_QV_RESULT_TD_RELAUNCH_ADVISED;
    case ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED:
        return SGX_QL_QV_RESULT_TD_RELAUNCH_ADVISED_CONFIG_NEEDED;
    case ASSAY_TCB_REVOKED:
        return SGX_QL_QV_RESULT_REVOKED;
    case ASSAY_TCB_NOT_JUDGED:
    case ASSAY_TCB_NOT_SUPPORTED:
    case ASSAY_TCB_STATUS_COUNT:
        return SGX_QL_QV_RESULT_UNSPECIFIED;
    }
    return SGX_QL_QV_RESULT_UNSPECIFIED;
}

/* Revoked and not supported are answers of libassay, and failures of the C interface. */
static quote3_error_t code_of_verdict(const assay_verdict *verdict)
{
    const bool terminal =
        verdict->tcb_status == ASSAY_TCB_REVOKED || verdict->tcb_status == ASSAY_TCB_NOT_SUPPORTED;
    if (terminal && verdict->code != 0)
        return (quote3_error_t)verdict->code;
    return terminal || !verdict->authenticated ? SGX_QL_ERROR_UNEXPECTED : SGX_QL_SUCCESS;
}

/* Debug evidence and reserved bits are for appraisal to judge: the C interface has no word for
 * them. */
static quote3_error_t judge_with(assay_span quote, assay_collateral *collateral, time_t check_date,
                                 assay_verdict *verdict)
{
    const assay_verify_options options = { .now = check_date,
                                           .allow_debug = true,
                                           .allow_reserved = true };
    assay_error error = { 0 };
    const assay_status status = assay_verify(NULL, quote, collateral, &options, verdict, &error);
    if (status != ASSAY_OK)
        return code_of_failure(status, &error);
    if (verdict->custom_root)
        trace_always(SE_TRACE_WARNING, "the quote stands on a root of the configuration file");
    return code_of_verdict(verdict);
}

static quote3_error_t judge_items(assay_span quote, const assay_collateral_items *items,
                                  time_t check_date, assay_verdict *verdict)
{
    configuration settings;
    assay_collateral *collateral = NULL;
    assay_error error = { 0 };
    quote3_error_t code = configuration_load(&settings);
    if (code != SGX_QL_SUCCESS)
        return code;
    const assay_status status = assay_collateral_new(items, &settings.roots, &collateral, &error);
    code = status == ASSAY_OK ? judge_with(quote, collateral, check_date, verdict)
                              : code_of_failure(status, &error);
    assay_collateral_unref(collateral);
    configuration_free(&settings);
    return code;
}

static quote3_error_t judge_structure(assay_span quote, const void *collateral, time_t check_date,
                                      assay_verdict *verdict)
{
    assay_collateral_items items;
    const quote3_error_t code = items_of_collateral(collateral, &items);
    return code == SGX_QL_SUCCESS ? judge_items(quote, &items, check_date, verdict) : code;
}

static quote3_error_t judge_fetched(assay_span quote, time_t check_date, assay_verdict *verdict)
{
    sgx_ql_qve_collateral_t *collateral = NULL;
    quote3_error_t code = provider_get_collateral(quote, &collateral);
    if (code != SGX_QL_SUCCESS)
        return code;
    code = judge_structure(quote, collateral, check_date, verdict);
    provider_free_collateral(collateral);
    return code;
}

quote3_error_t quote_judge(assay_span quote, const void *collateral, time_t check_date,
                           assay_verdict *verdict, sgx_ql_qv_result_t *result)
{
    const quote3_error_t code = collateral != NULL
                                    ? judge_structure(quote, collateral, check_date, verdict)
                                    : judge_fetched(quote, check_date, verdict);
    *result = code == SGX_QL_SUCCESS ? result_of_status(verdict->tcb_status)
                                     : SGX_QL_QV_RESULT_UNSPECIFIED;
    return code;
}
