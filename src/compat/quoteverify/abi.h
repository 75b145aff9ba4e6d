/* abi.h: the published C interface of libsgx_dcap_quoteverify.so.1 and libsgx_dcap_qal.so.1: its
 * structures, enums and exports. verification.md 7, appraisal.md 6.5.
 *
 * Written from the documented ABI for 64-bit Linux: natural alignment, time_t of 8 bytes, enums of
 * 4. "in" pointers are borrowed for the call; every buffer handed out belongs to the caller until
 * it goes to the free function of the same family. Differences from Intel's library:
 * docs/compat.md.
 */
#ifndef ASSAY_COMPAT_QUOTEVERIFY_ABI_H
#define ASSAY_COMPAT_QUOTEVERIFY_ABI_H

#include <stdint.h>
#include <time.h>

#include "collateral_abi.h"
#include "errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Results ---- */

typedef enum _sgx_ql_qv_result_t {
    SGX_QL_QV_RESULT_OK = 0,
    TEE_QV_RESULT_OK = 0,
    SGX_QL_QV_RESULT_MIN = 0xA001,
    TEE_QV_RESULT_MIN = 0xA001,
    SGX_QL_QV_RESULT_CONFIG_NEEDED = 0xA001,
    TEE_QV_RESULT_CONFIG_NEEDED = 0xA001,
    SGX_QL_QV_RESULT_OUT_OF_DATE = 0xA002,
    TEE_QV_RESULT_OUT_OF_DATE = 0xA002,
    SGX_QL_QV_RESULT_OUT_OF_DATE_CONFIG_NEEDED = 0xA003,
    TEE_QV_RESULT_OUT_OF_DATE_CONFIG_NEEDED = 0xA003,
    SGX_QL_QV_RESULT_INVALID_SIGNATURE = 0xA004,
    TEE_QV_RESULT_INVALID_SIGNATURE = 0xA004,
    SGX_QL_QV_RESULT_REVOKED = 0xA005,
    TEE_QV_RESULT_REVOKED = 0xA005,
    SGX_QL_QV_RESULT_UNSPECIFIED = 0xA006,
    TEE_QV_RESULT_UNSPECIFIED = 0xA006,
    SGX_QL_QV_RESULT_SW_HARDENING_NEEDED = 0xA007,
    TEE_QV_RESULT_SW_HARDENING_NEEDED = 0xA007,
    SGX_QL_QV_RESULT_CONFIG_AND_SW_HARDENING_NEEDED = 0xA008,
    TEE_QV_RESULT_CONFIG_AND_SW_HARDENING_NEEDED = 0xA008,
    SGX_QL_QV_RESULT_TD_RELAUNCH_ADVISED = 0xA009,
    TEE_QV_RESULT_TD_RELAUNCH_ADVISED = 0xA009,
    SGX_QL_QV_RESULT_TD_RELAUNCH_ADVISED_CONFIG_NEEDED = 0xA00A,
    TEE_QV_RESULT_TD_RELAUNCH_ADVISED_CONFIG_NEEDED = 0xA00A,
    SGX_QL_QV_RESULT_MAX = 0xA0FF,
    TEE_QV_RESULT_MAX = 0xA0FF
} sgx_ql_qv_result_t;
typedef sgx_ql_qv_result_t tee_qv_result_t;

/* ---- Supplemental data 3.4 ---- */

typedef enum _pck_cert_flag_enum_t {
    PCK_FLAG_FALSE = 0,
    PCK_FLAG_TRUE,
    PCK_FLAG_UNDEFINED
} pck_cert_flag_enum_t;

#define ROOT_KEY_ID_SIZE          48
#define PLATFORM_INSTANCE_ID_SIZE 16
#define MAX_SA_LIST_SIZE          450

typedef struct _sgx_ql_qv_supplemental_t {
    union {
        uint32_t version;
        struct {
            uint16_t major_version;
            uint16_t minor_version;
        };
    };
    time_t earliest_issue_date;
    time_t latest_issue_date;
    time_t earliest_expiration_date;
    time_t tcb_level_date_tag;
    uint32_t pck_crl_num;
    uint32_t root_ca_crl_num;
    uint32_t tcb_eval_ref_num;
    uint8_t root_key_id[ROOT_KEY_ID_SIZE];
    uint8_t pck_ppid[16];
    uint8_t tcb_cpusvn[16];
    uint16_t tcb_pce_isvsvn;
    uint16_t pce_id;
    uint32_t tee_type;
    uint8_t sgx_type;
    uint8_t platform_instance_id[PLATFORM_INSTANCE_ID_SIZE];
    pck_cert_flag_enum_t dynamic_platform;
    pck_cert_flag_enum_t cached_keys;
    pck_cert_flag_enum_t smt_enabled;
    char sa_list[MAX_SA_LIST_SIZE]; /* comma-separated, sorted, ends with NUL */
    time_t qe_iden_earliest_issue_date;
    time_t qe_iden_latest_issue_date;
    time_t qe_iden_earliest_expiration_date;
    time_t qe_iden_tcb_level_date_tag;
    uint32_t qe_iden_tcb_eval_ref_num;
    sgx_ql_qv_result_t qe_iden_status;
    time_t platform_tcb_level_date_tag;
} sgx_ql_qv_supplemental_t; /* 672 bytes */

typedef struct _tee_supp_data_descriptor_t {
    uint16_t major_version;
    uint32_t data_size;
    uint8_t *p_data;
} tee_supp_data_descriptor_t;

/* Asks an enclave to vouch for the answer. There is none here: only NULL is taken. */
typedef struct _sgx_ql_qe_report_info_t {
    uint8_t nonce[16];
    uint8_t app_enclave_target_info[512];
    uint8_t qe_report[432];
} sgx_ql_qe_report_info_t;

/* ---- Settings ---- */

typedef enum _sgx_ql_request_policy {
    SGX_QL_PERSISTENT = 0,
    SGX_QL_EPHEMERAL,
    SGX_QL_EPHEMERAL_QVE_MULTI_THREAD,
    SGX_QL_PERSISTENT_QVE_MULTI_THREAD
} sgx_ql_request_policy_t;

typedef enum _sgx_qv_path_type_t { SGX_QV_QVE_PATH = 0, SGX_QV_QPL_PATH } sgx_qv_path_type_t;

/* ---- Policies ---- */

typedef enum _tee_platform_policy_type_t {
    DEFAULT_STRICT = 0,
    CUSTOMIZED
} tee_platform_policy_type_t;

typedef struct _tee_platform_policy_t {
    tee_platform_policy_type_t pt;
    const uint8_t *p_policy;
} tee_platform_policy_t;

typedef struct _tee_policy_bundle_t {
    const uint8_t *p_tenant_identity_policy;
    tee_platform_policy_t platform_policy;
    tee_platform_policy_t tdqe_policy;
    tee_platform_policy_t reserved[2]; /* zero */
} tee_policy_bundle_t;                 /* 72 bytes */

typedef enum _tee_policy_auth_result_t {
    TEE_AUTH_INCOMPLET = -1,
    TEE_AUTH_SUCCESS = 0,
    TEE_AUTH_FAILURE = 1
} tee_policy_auth_result_t;

/* ---- Verification ---- */

quote3_error_t sgx_qv_verify_quote(const uint8_t *quote, uint32_t quote_size,
                                   const sgx_ql_qve_collateral_t *collateral, time_t check_date,
                                   uint32_t *expiration_status, sgx_ql_qv_result_t *result,
                                   sgx_ql_qe_report_info_t *report_info, uint32_t supplemental_size,
                                   uint8_t *supplemental);
quote3_error_t tdx_qv_verify_quote(const uint8_t *quote, uint32_t quote_size,
                                   const tdx_ql_qv_collateral_t *collateral, time_t check_date,
                                   uint32_t *expiration_status, tee_qv_result_t *result,
                                   sgx_ql_qe_report_info_t *report_info, uint32_t supplemental_size,
                                   uint8_t *supplemental);
quote3_error_t tee_verify_quote(const uint8_t *quote, uint32_t quote_size,
                                const uint8_t *collateral, time_t check_date,
                                uint32_t *expiration_status, tee_qv_result_t *result,
                                sgx_ql_qe_report_info_t *report_info,
                                tee_supp_data_descriptor_t *supplemental);

quote3_error_t sgx_qv_get_quote_supplemental_data_size(uint32_t *size);
quote3_error_t tdx_qv_get_quote_supplemental_data_size(uint32_t *size);
quote3_error_t tee_get_supplemental_data_version_and_size(const uint8_t *quote, uint32_t quote_size,
                                                          uint32_t *version, uint32_t *size);

/* ---- Collateral and identities from the provider library ---- */

quote3_error_t tee_qv_get_collateral(const uint8_t *quote, uint32_t quote_size,
                                     uint8_t **collateral, uint32_t *collateral_size);
quote3_error_t tee_qv_free_collateral(uint8_t *collateral);
quote3_error_t tee_get_fmspc_from_quote(const uint8_t *quote, uint32_t quote_size, uint8_t *fmspc,
                                        uint32_t fmspc_size);
quote3_error_t sgx_qv_get_qve_identity(uint8_t **identity, uint32_t *identity_size,
                                       uint8_t **issuer_chain, uint32_t *issuer_chain_size,
                                       uint8_t **root_ca_crl, uint16_t *root_ca_crl_size);
quote3_error_t sgx_qv_free_qve_identity(uint8_t *identity, uint8_t *issuer_chain,
                                        uint8_t *root_ca_crl);
quote3_error_t sgx_qv_set_path(sgx_qv_path_type_t type, const char *path);
quote3_error_t sgx_qv_set_enclave_load_policy(sgx_ql_request_policy_t policy);

/* ---- Verification tokens; appraisal (also in libsgx_dcap_qal.so.1, but for the first two) ---- */

quote3_error_t tee_verify_quote_qvt(const uint8_t *quote, uint32_t quote_size,
                                    const sgx_ql_qve_collateral_t *collateral,
                                    sgx_ql_qe_report_info_t *report_info, const uint8_t *user_data,
                                    uint32_t *token_size, uint8_t **token);
quote3_error_t tee_free_verify_quote_qvt(uint8_t *token, uint32_t *token_size);
quote3_error_t tee_appraise_verification_token(const uint8_t *token, uint8_t **policies,
                                               uint8_t policy_count, time_t check_date,
                                               sgx_ql_qe_report_info_t *report_info,
                                               uint32_t *result_token_size, uint8_t **result_token);
quote3_error_t tee_free_appraisal_token(uint8_t *result_token);
quote3_error_t tee_authenticate_appraisal_result(const uint8_t *result_token,
                                                 const tee_policy_bundle_t *bundle,
                                                 tee_policy_auth_result_t *result);
quote3_error_t tee_authenticate_appraisal_result_ex(
    const uint8_t *quote, uint32_t quote_size, const uint8_t *result_token,
    const tee_policy_bundle_t *bundle, const uint8_t *td_identity, const uint8_t *td_tcb_mapping,
    tee_policy_auth_result_t *result, sgx_ql_qe_report_info_t *report_info);
quote3_error_t tee_authenticate_policy_owner(const uint8_t *quote, uint32_t quote_size,
                                             const uint8_t *result_token, const uint8_t **keys,
                                             uint32_t key_count, const uint8_t *td_identity,
                                             const uint8_t *td_tcb_mapping,
                                             tee_policy_auth_result_t *result,
                                             sgx_ql_qe_report_info_t *report_info);
quote3_error_t sgx_qae_set_enclave_load_policy(sgx_ql_request_policy_t policy);

/* ---- Trace: a program may define these itself; its definitions win ---- */

typedef enum _se_trace_t {
    SE_TRACE_NONE = 0,
    SE_TRACE_ERROR,
    SE_TRACE_WARNING,
    SE_TRACE_NOTICE,
    SE_TRACE_DEBUG
} se_trace_t;
typedef void (*sgx_logging_callback_t)(int level, const char *message);

extern sgx_logging_callback_t sgx_trace_logger_callback;
extern se_trace_t sgx_trace_loglevel;

#ifdef __cplusplus
}
#endif
#endif
