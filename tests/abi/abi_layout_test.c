/* abi_layout_test.c: sizes and offsets of the published structures (verification.md 7.1, 7.2), and
 * the numbers of codes, as the compiler sees abi.h. */
#include <stddef.h>

#include "abi.h"
#include "support.h"

typedef struct place {
    const char *name;
    size_t got, wanted;
} place;

#define SUPPLEMENTAL(name, offset)                                                                 \
    {                                                                                              \
        "supplemental." #name, offsetof(sgx_ql_qv_supplemental_t, name), offset                    \
    }
#define COLLATERAL(name, offset)                                                                   \
    {                                                                                              \
        "collateral." #name, offsetof(sgx_ql_qve_collateral_t, name), offset                       \
    }

static const place places[] = {
    SUPPLEMENTAL(version, 0),
    SUPPLEMENTAL(major_version, 0),
    SUPPLEMENTAL(minor_version, 2),
    SUPPLEMENTAL(earliest_issue_date, 8),
    SUPPLEMENTAL(latest_issue_date, 16),
    SUPPLEMENTAL(earliest_expiration_date, 24),
    SUPPLEMENTAL(tcb_level_date_tag, 32),
    SUPPLEMENTAL(pck_crl_num, 40),
    SUPPLEMENTAL(root_ca_crl_num, 44),
    SUPPLEMENTAL(tcb_eval_ref_num, 48),
    SUPPLEMENTAL(root_key_id, 52),
    SUPPLEMENTAL(pck_ppid, 100),
    SUPPLEMENTAL(tcb_cpusvn, 116),
    SUPPLEMENTAL(tcb_pce_isvsvn, 132),
    SUPPLEMENTAL(pce_id, 134),
    SUPPLEMENTAL(tee_type, 136),
    SUPPLEMENTAL(sgx_type, 140),
    SUPPLEMENTAL(platform_instance_id, 141),
    SUPPLEMENTAL(dynamic_platform, 160),
    SUPPLEMENTAL(cached_keys, 164),
    SUPPLEMENTAL(smt_enabled, 168),
    SUPPLEMENTAL(sa_list, 172),
    SUPPLEMENTAL(qe_iden_earliest_issue_date, 624),
    SUPPLEMENTAL(qe_iden_latest_issue_date, 632),
    SUPPLEMENTAL(qe_iden_earliest_expiration_date, 640),
    SUPPLEMENTAL(qe_iden_tcb_level_date_tag, 648),
    SUPPLEMENTAL(qe_iden_tcb_eval_ref_num, 656),
    SUPPLEMENTAL(qe_iden_status, 660),
    SUPPLEMENTAL(platform_tcb_level_date_tag, 664),
    { "supplemental", sizeof(sgx_ql_qv_supplemental_t), 672 },
    COLLATERAL(version, 0),
    COLLATERAL(minor_version, 2),
    COLLATERAL(tee_type, 4),
    COLLATERAL(pck_crl_issuer_chain, 8),
    COLLATERAL(pck_crl_issuer_chain_size, 16),
    COLLATERAL(root_ca_crl, 24),
    COLLATERAL(root_ca_crl_size, 32),
    COLLATERAL(pck_crl, 40),
    COLLATERAL(pck_crl_size, 48),
    COLLATERAL(tcb_info_issuer_chain, 56),
    COLLATERAL(tcb_info_issuer_chain_size, 64),
    COLLATERAL(tcb_info, 72),
    COLLATERAL(tcb_info_size, 80),
    COLLATERAL(qe_identity_issuer_chain, 88),
    COLLATERAL(qe_identity_issuer_chain_size, 96),
    COLLATERAL(qe_identity, 104),
    COLLATERAL(qe_identity_size, 112),
    { "collateral", sizeof(sgx_ql_qve_collateral_t), 120 },
    { "descriptor.major_version", offsetof(tee_supp_data_descriptor_t, major_version), 0 },
    { "descriptor.data_size", offsetof(tee_supp_data_descriptor_t, data_size), 4 },
    { "descriptor.p_data", offsetof(tee_supp_data_descriptor_t, p_data), 8 },
    { "descriptor", sizeof(tee_supp_data_descriptor_t), 16 },
    { "report_info.app_enclave_target_info",
      offsetof(sgx_ql_qe_report_info_t, app_enclave_target_info), 16 },
    { "report_info.qe_report", offsetof(sgx_ql_qe_report_info_t, qe_report), 528 },
    { "report_info", sizeof(sgx_ql_qe_report_info_t), 960 },
    { "platform_policy.p_policy", offsetof(tee_platform_policy_t, p_policy), 8 },
    { "bundle.p_tenant_identity_policy", offsetof(tee_policy_bundle_t, p_tenant_identity_policy),
      0 },
    { "bundle.platform_policy", offsetof(tee_policy_bundle_t, platform_policy), 8 },
    { "bundle.tdqe_policy", offsetof(tee_policy_bundle_t, tdqe_policy), 24 },
    { "bundle.reserved", offsetof(tee_policy_bundle_t, reserved), 40 },
    { "bundle", sizeof(tee_policy_bundle_t), 72 },
    { "a code", sizeof(quote3_error_t), 4 },
    { "a result", sizeof(sgx_ql_qv_result_t), 4 },
    { "time", sizeof(time_t), 8 },
};

static void structures_are_where_they_are_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        assert_row(places[i].name, places[i].got, places[i].wanted);
}

static void codes_have_their_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned got, wanted;
    } rows[] = {
        { "success", SGX_QL_SUCCESS, 0 },
        { "first", SGX_QL_ERROR_MIN, 0xE001 },
        { "invalid parameter", TEE_ERROR_INVALID_PARAMETER, 0xE002 },
        { "provider missing", SGX_QL_PLATFORM_LIB_UNAVAILABLE, 0xE00E },
        { "certification data", SGX_QL_QUOTE_CERTIFICATION_DATA_UNSUPPORTED, 0xE01C },
        { "misspelt as published", SGX_QL_KEY_CERTIFCATION_ERROR, 0xE018 },
        { "revoked", TEE_PCK_REVOKED, 0xE031 },
        { "no enclave", SGX_QL_PSW_NOT_AVAILABLE, 0xE052 },
        { "version of supplemental data", TEE_SUPPLEMENTAL_DATA_VERSION_NOT_SUPPORTED, 0xE064 },
        { "signature of the quote", SGX_QL_RESULT_INVALID_SIGNATURE, 0xE068 },
        { "quote hash", TEE_RESULT_QUOTE_HASH_MISMATCH, 0xE072 },
        { "report data", TEE_RESULT_REPORT_DATA_MISMATCH, 0xE073 },
        { "last", SGX_QL_ERROR_MAX, 0xE0FF },
        { "result: relaunch", TEE_QV_RESULT_TD_RELAUNCH_ADVISED, 0xA009 },
        { "result: last", SGX_QL_QV_RESULT_MAX, 0xA0FF },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(rows[i].name, rows[i].got, rows[i].wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structures_are_where_they_are_published),
        cmocka_unit_test(codes_have_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
