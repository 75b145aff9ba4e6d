/* qae.c: appraisal and authentication of results: the functions of libsgx_dcap_qal.so.1.
 * verification.md 7.2, 7.3, appraisal.md 6.5, 7.3. */
#include <string.h>

#include "glue.h"

enum { POLICY_MAX = 16, RESERVED_COUNT = 2 };

/* The policies of one call: as many as have been read. */
typedef struct policy_list {
    assay_policy *at[POLICY_MAX];
    size_t count;
} policy_list;

static assay_span text_span(const void *text)
{
    return text != NULL ? (assay_span) { text, strlen(text) } : (assay_span) { NULL, 0 };
}

static void policies_free(policy_list *p)
{
    for (size_t i = 0; i < p->count; i++)
        assay_policy_unref(p->at[i]);
}

/* Caller mode: the program itself hands the policies over, so any signer counts, unless the
 * configuration file pins some. */
static assay_status policies_read(uint8_t **tokens, size_t count, time_t check_date,
                                  const configuration *settings, policy_list *out,
                                  assay_error *error)
{
    const assay_policy_token_options options = { .now = check_date,
                                                 .signers = settings->signers,
                                                 .any_signer = settings->signers == NULL,
                                                 .dialect = ASSAY_POLICY_EXTENDED };
    for (size_t i = 0; i < count; i++) {
        const assay_status status =
            assay_policy_token_read(text_span(tokens[i]), &options, &out->at[out->count], error);
        if (status != ASSAY_OK)
            return status;
        out->count++;
    }
    return ASSAY_OK;
}

/* Unsigned results are what this interface hands around; signed ones count by our own key. */
static assay_status reports_read(const uint8_t *token, const configuration *settings,
                                 assay_reports **out, assay_error *error)
{
    assay_key_set *keys = NULL;
    char *own = NULL;
    assay_status status = assay_key_set_new(&keys, error);
    if (status == ASSAY_OK && settings->key != NULL)
        status = assay_key_to_public_pem(settings->key, &own, error);
    if (own != NULL)
        status = assay_key_set_add(keys, text_span(own), ASSAY_ROLE_ANY, error);
    if (status == ASSAY_OK)
        status = assay_reports_from_token(text_span(token), keys, true, out, error);
    assay_text_free(own);
    assay_key_set_free(keys);
    return status;
}

static assay_status token_issue(const assay_appraisal *appraisal, time_t check_date,
                                const configuration *settings, const uint8_t random[32], char **out,
                                assay_error *error)
{
    assay_issue_options options = { .dialect = ASSAY_DIALECT_QAL,
                                    .algorithm = ASSAY_ALG_NONE,
                                    .unsigned_output = true,
                                    .now = check_date };
    if (settings->key != NULL) {
        options.algorithm = ASSAY_ALG_ES384;
        options.unsigned_output = false;
        options.key = settings->key;
        options.compat_jwk = true;
    }
    memcpy(options.random, random, sizeof(options.random));
    return assay_token_issue(appraisal, NULL, &options, out, error);
}

static assay_status appraise(const assay_reports *reports, const policy_list *policies,
                             time_t check_date, const configuration *settings,
                             const uint8_t random[32], char **out, assay_error *error)
{
    const assay_appraise_options options = { .now = check_date,
                                             .policies = (const assay_policy *const *)policies->at,
                                             .policy_count = policies->count };
    assay_appraisal *appraisal = NULL;
    assay_status status = assay_appraise(reports, &options, &appraisal, error);
    if (status == ASSAY_OK)
        status = token_issue(appraisal, check_date, settings, random, out, error);
    assay_appraisal_free(appraisal);
    return status;
}

/* The verification result first, then the policies in the order given: the order of errors. */
static quote3_error_t appraise_tokens(const uint8_t *token, uint8_t **tokens, size_t count,
                                      time_t check_date, const configuration *settings, char **out)
{
    policy_list policies = { .count = 0 };
    assay_reports *reports = NULL;
    assay_error error = { 0 };
    uint8_t random[32];
    quote3_error_t code = random_fill(random, sizeof(random));
    if (code != SGX_QL_SUCCESS)
        return code;
    assay_status status = reports_read(token, settings, &reports, &error);
    if (status == ASSAY_OK)
        status = policies_read(tokens, count, check_date, settings, &policies, &error);
    if (status == ASSAY_OK)
        status = appraise(reports, &policies, check_date, settings, random, out, &error);
    policies_free(&policies);
    assay_reports_free(reports);
    return status == ASSAY_OK ? SGX_QL_SUCCESS : code_of_refusal(status, &error);
}

EXPORTED quote3_error_t tee_appraise_verification_token(const uint8_t *token, uint8_t **policies,
                                                        uint8_t policy_count, time_t check_date,
                                                        sgx_ql_qe_report_info_t *report_info,
                                                        uint32_t *result_token_size,
                                                        uint8_t **result_token)
{
    configuration settings;
    char *text = NULL;
    if (token == NULL || policies == NULL || policy_count == 0 || policy_count > POLICY_MAX ||
        check_date <= 0 || report_info != NULL || result_token_size == NULL || result_token == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    quote3_error_t code = configuration_load(&settings);
    if (code != SGX_QL_SUCCESS)
        return code;
    code = appraise_tokens(token, policies, policy_count, check_date, &settings, &text);
    configuration_free(&settings);
    if (code != SGX_QL_SUCCESS)
        return code;
    *result_token_size = (uint32_t)strlen(text) + 1;
    *result_token = (uint8_t *)text;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_free_appraisal_token(uint8_t *result_token)
{
    if (result_token == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    assay_text_free((char *)result_token);
    return SGX_QL_SUCCESS;
}

/* ---- Authentication ---- */

static tee_policy_auth_result_t authentication_of(assay_result result)
{
    switch (result) {
    case ASSAY_RESULT_PASSED:
        return TEE_AUTH_SUCCESS;
    case ASSAY_RESULT_FAILED:
        return TEE_AUTH_FAILURE;
    case ASSAY_RESULT_INCOMPLETE:
        return TEE_AUTH_INCOMPLET;
    }
    return TEE_AUTH_FAILURE;
}

/* Default strict without a policy, or customized with one; nothing else has a meaning. */
static bool policy_take(const tee_platform_policy_t *in, bool *is_default, assay_span *out)
{
    *is_default = in->pt == DEFAULT_STRICT;
    *out = (assay_span) { NULL, 0 };
    if (in->pt == CUSTOMIZED)
        *out = text_span(in->p_policy);
    return (in->pt == DEFAULT_STRICT && in->p_policy == NULL) ||
           (in->pt == CUSTOMIZED && out->size > 0);
}

static bool bundle_take(const tee_policy_bundle_t *in, assay_policy_bundle *out)
{
    if (in == NULL)
        return false;
    for (size_t i = 0; i < RESERVED_COUNT; i++) {
        if (in->reserved[i].pt != DEFAULT_STRICT || in->reserved[i].p_policy != NULL)
            return false;
    }
    out->tenant = text_span(in->p_tenant_identity_policy);
    return policy_take(&in->platform_policy, &out->platform_default, &out->platform) &&
           policy_take(&in->tdqe_policy, &out->qe_default, &out->qe);
}

static quote3_error_t authenticate(assay_span quote, const uint8_t *result_token,
                                   const tee_policy_bundle_t *bundle,
                                   tee_policy_auth_result_t *result)
{
    assay_policy_bundle policies;
    assay_result outcome = ASSAY_RESULT_INCOMPLETE;
    assay_error error = { 0 };
    if (result_token == NULL || result == NULL || !bundle_take(bundle, &policies))
        return SGX_QL_ERROR_INVALID_PARAMETER;
    *result = TEE_AUTH_FAILURE;
    const assay_status status =
        assay_authenticate_policies(text_span(result_token), &policies, quote, &outcome, &error);
    if (status != ASSAY_OK)
        return code_of_refusal(status, &error);
    *result = authentication_of(outcome);
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t tee_authenticate_appraisal_result(const uint8_t *result_token,
                                                          const tee_policy_bundle_t *bundle,
                                                          tee_policy_auth_result_t *result)
{
    return authenticate((assay_span) { NULL, 0 }, result_token, bundle, result);
}

EXPORTED quote3_error_t tee_authenticate_appraisal_result_ex(
    const uint8_t *quote, uint32_t quote_size, const uint8_t *result_token,
    const tee_policy_bundle_t *bundle, const uint8_t *td_identity, const uint8_t *td_tcb_mapping,
    tee_policy_auth_result_t *result, sgx_ql_qe_report_info_t *report_info)
{
    if (quote == NULL || quote_size == 0 || td_identity != NULL || td_tcb_mapping != NULL ||
        report_info != NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    return authenticate((assay_span) { quote, quote_size }, result_token, bundle, result);
}

static assay_status owners_add(assay_key_set *owners, const uint8_t **keys, uint32_t key_count,
                               assay_error *error)
{
    for (uint32_t i = 0; i < key_count; i++) {
        const assay_status status =
            assay_key_set_add(owners, text_span(keys[i]), ASSAY_ROLE_ANY, error);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

EXPORTED quote3_error_t tee_authenticate_policy_owner(
    const uint8_t *quote, uint32_t quote_size, const uint8_t *result_token, const uint8_t **keys,
    uint32_t key_count, const uint8_t *td_identity, const uint8_t *td_tcb_mapping,
    tee_policy_auth_result_t *result, sgx_ql_qe_report_info_t *report_info)
{
    assay_key_set *owners = NULL;
    assay_result outcome = ASSAY_RESULT_INCOMPLETE;
    assay_error error = { 0 };
    if ((quote == NULL) != (quote_size == 0) || result_token == NULL || keys == NULL ||
        key_count == 0 || td_identity != NULL || td_tcb_mapping != NULL || result == NULL ||
        report_info != NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    *result = TEE_AUTH_FAILURE;
    assay_status status = assay_key_set_new(&owners, &error);
    if (status == ASSAY_OK)
        status = owners_add(owners, keys, key_count, &error);
    if (status == ASSAY_OK)
        status = assay_authenticate_policy_owner(
            text_span(result_token), owners, (assay_span) { quote, quote_size }, &outcome, &error);
    assay_key_set_free(owners);
    if (status != ASSAY_OK)
        return code_of_refusal(status, &error);
    *result = authentication_of(outcome);
    return SGX_QL_SUCCESS;
}

/* There is no appraisal enclave: accepted, and nothing changes. */
EXPORTED quote3_error_t sgx_qae_set_enclave_load_policy(sgx_ql_request_policy_t policy)
{
    switch (policy) {
    case SGX_QL_PERSISTENT:
    case SGX_QL_EPHEMERAL:
    case SGX_QL_EPHEMERAL_QVE_MULTI_THREAD:
    case SGX_QL_PERSISTENT_QVE_MULTI_THREAD:
        return SGX_QL_SUCCESS;
    }
    return SGX_QL_UNSUPPORTED_LOADING_POLICY;
}
