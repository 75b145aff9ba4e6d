/* abi.h: the published C interface of libdcap_quoteprov.so.1: the union of Intel's provider library
 * (QPL) and Azure's DCAP client. collateral-service.md 5, 6.
 *
 * Written from the documented ABI for 64-bit Linux. "in" pointers are borrowed for the call; what
 * is handed out belongs to the caller until it goes to the free function of the same name.
 * Differences from both libraries: docs/compat.md. */
#ifndef ASSAY_COMPAT_QUOTEPROV_ABI_H
#define ASSAY_COMPAT_QUOTEPROV_ABI_H

#include <assert.h>
#include <stddef.h>

#include "compat/quoteverify/collateral_abi.h"
#include "compat/quoteverify/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Quote configuration: the certificate of a platform ---- */

typedef struct _sgx_cpu_svn_t {
    uint8_t svn[16];
} sgx_cpu_svn_t;
typedef uint16_t sgx_isv_svn_t;

/* Both are packed. */
typedef struct __attribute__((packed)) _sgx_ql_pck_cert_id_t {
    uint8_t *p_qe3_id;
    uint32_t qe3_id_size;
    sgx_cpu_svn_t *p_platform_cpu_svn;
    sgx_isv_svn_t *p_platform_pce_isv_svn;
    uint8_t *p_encrypted_ppid; /* NULL: none */
    uint32_t encrypted_ppid_size;
    uint8_t crypto_suite; /* 1: RSA-OAEP with 3072 bits */
    uint16_t pce_id;
} sgx_ql_pck_cert_id_t; /* 43 bytes */

typedef enum _sgx_ql_config_version_t { SGX_QL_CONFIG_VERSION_1 = 1 } sgx_ql_config_version_t;

typedef struct __attribute__((packed)) _sgx_ql_config_t {
    sgx_ql_config_version_t version;
    sgx_cpu_svn_t cert_cpu_svn;
    sgx_isv_svn_t cert_pce_isv_svn;
    uint32_t cert_data_size; /* counts the NUL */
    uint8_t *p_cert_data;    /* PEM: PCK certificate, CA, root */
} sgx_ql_config_t;           /* 34 bytes */

static_assert(offsetof(sgx_ql_pck_cert_id_t, qe3_id_size) == 8, "sgx_ql_pck_cert_id_t");
static_assert(offsetof(sgx_ql_pck_cert_id_t, p_platform_cpu_svn) == 12, "sgx_ql_pck_cert_id_t");
static_assert(offsetof(sgx_ql_pck_cert_id_t, p_platform_pce_isv_svn) == 20, "sgx_ql_pck_cert_id_t");
static_assert(offsetof(sgx_ql_pck_cert_id_t, p_encrypted_ppid) == 28, "sgx_ql_pck_cert_id_t");
static_assert(offsetof(sgx_ql_pck_cert_id_t, encrypted_ppid_size) == 36, "sgx_ql_pck_cert_id_t");
static_assert(offsetof(sgx_ql_pck_cert_id_t, crypto_suite) == 40, "sgx_ql_pck_cert_id_t");
static_assert(offsetof(sgx_ql_pck_cert_id_t, pce_id) == 41, "sgx_ql_pck_cert_id_t");
static_assert(sizeof(sgx_ql_pck_cert_id_t) == 43, "sgx_ql_pck_cert_id_t");
static_assert(offsetof(sgx_ql_config_t, cert_cpu_svn) == 4, "sgx_ql_config_t");
static_assert(offsetof(sgx_ql_config_t, cert_pce_isv_svn) == 20, "sgx_ql_config_t");
static_assert(offsetof(sgx_ql_config_t, cert_data_size) == 22, "sgx_ql_config_t");
static_assert(offsetof(sgx_ql_config_t, p_cert_data) == 26, "sgx_ql_config_t");
static_assert(sizeof(sgx_ql_config_t) == 34, "sgx_ql_config_t");
static_assert(sizeof(sgx_ql_qve_collateral_t) == 120, "sgx_ql_qve_collateral_t");

quote3_error_t sgx_ql_get_quote_config(const sgx_ql_pck_cert_id_t *pck_cert_id,
                                       sgx_ql_config_t **config);
quote3_error_t sgx_ql_free_quote_config(sgx_ql_config_t *config);

/* ---- Collateral ---- */

quote3_error_t sgx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t fmspc_size,
                                                        const char *pck_ca,
                                                        sgx_ql_qve_collateral_t **collateral);
quote3_error_t sgx_ql_get_quote_verification_collateral_with_params(
    const uint8_t *fmspc, uint16_t fmspc_size, const char *pck_ca, const void *custom_param,
    uint16_t custom_param_size, sgx_ql_qve_collateral_t **collateral);
quote3_error_t sgx_ql_free_quote_verification_collateral(sgx_ql_qve_collateral_t *collateral);

quote3_error_t tdx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t fmspc_size,
                                                        const char *pck_ca,
                                                        tdx_ql_qv_collateral_t **collateral);
quote3_error_t tdx_ql_get_quote_verification_collateral_with_params(
    const uint8_t *fmspc, uint16_t fmspc_size, const char *pck_ca, const void *custom_param,
    uint16_t custom_param_size, tdx_ql_qv_collateral_t **collateral);
quote3_error_t tdx_ql_free_quote_verification_collateral(tdx_ql_qv_collateral_t *collateral);

/* ---- Single items ---- */

/* Sizes of texts count the NUL. */
quote3_error_t sgx_ql_get_qve_identity(char **identity, uint32_t *identity_size, char **chain,
                                       uint32_t *chain_size);
quote3_error_t sgx_ql_free_qve_identity(char *identity, char *chain);

/* The size does not count the NUL that stands behind. */
quote3_error_t sgx_ql_get_root_ca_crl(uint8_t **crl, uint16_t *size);
quote3_error_t sgx_ql_free_root_ca_crl(uint8_t *crl);

/* Policies as tokens, joined with commas. The size counts the NUL. */
quote3_error_t tee_get_default_platform_policy(const uint8_t *fmspc, uint16_t fmspc_size,
                                               uint8_t **policy, uint32_t *policy_size);
quote3_error_t tee_free_platform_policy(uint8_t *policy);
quote3_error_t tee_free_default_platform_policy(uint8_t *policy); /* the same */

/* ---- The library as such ---- */

typedef enum _sgx_ql_log_level_t {
    SGX_QL_LOG_ERROR = 0,
    SGX_QL_LOG_INFO,
    SGX_QL_LOG_DEBUG,
    SGX_QL_LOG_TRACE
} sgx_ql_log_level_t;
typedef void (*sgx_ql_logging_callback_t)(sgx_ql_log_level_t level, const char *message);

typedef enum _sgx_qpl_cache_type_t {
    SGX_QPL_CACHE_CERTIFICATE = 1,
    SGX_QPL_CACHE_QV_COLLATERAL = 2,
    SGX_QPL_CACHE_MULTICERTS = 4
} sgx_qpl_cache_type_t;

/* Messages up to `level`; older callers pass no level, and get errors at least. NULL: none. */
quote3_error_t sgx_ql_set_logging_callback(sgx_ql_logging_callback_t callback,
                                           sgx_ql_log_level_t level);
quote3_error_t sgx_qpl_clear_cache(uint32_t cache_types);
quote3_error_t sgx_qpl_global_init(void);
quote3_error_t sgx_qpl_global_cleanup(void);

/* ---- Azure's: levels and errors of their own ---- */

typedef enum _sgx_plat_error_t {
    SGX_PLAT_ERROR_OK = 0,
    SGX_PLAT_ERROR_OUT_OF_MEMORY,
    SGX_PLAT_ERROR_INVALID_PARAMETER,
    SGX_PLAT_ERROR_UNEXPECTED_SERVER_RESPONSE,
    SGX_PLAT_NO_DATA_FOUND,
    SGX_PLAT_ERROR_OVERFLOW
} sgx_plat_error_t;

typedef enum azure_log_level {
    AZURE_LOG_ERROR = 0,
    AZURE_LOG_WARNING,
    AZURE_LOG_INFO,
    AZURE_LOG_NONE
} azure_log_level;
typedef void (*sgx_ql_logging_function_t)(azure_log_level level, const char *message);

typedef enum _sgx_ql_revocation_info_version_t {
    SGX_QL_REVOCATION_INFO_VERSION_1 = 1
} sgx_ql_revocation_info_version_t;

typedef struct _sgx_ql_get_revocation_info_params_t {
    sgx_ql_revocation_info_version_t version;
    uint32_t fmspc_size;
    const uint8_t *fmspc; /* NULL: no TCB info is asked for */
    uint32_t crl_url_count;
    const char *const *crl_urls;
} sgx_ql_get_revocation_info_params_t; /* 32 bytes */

typedef struct _sgx_ql_crl_data_t {
    uint32_t crl_data_size; /* none of these sizes counts the NUL that stands behind */
    char *crl_data;         /* DER */
    uint32_t crl_issuer_chain_size;
    char *crl_issuer_chain;
} sgx_ql_crl_data_t; /* 32 bytes */

typedef struct _sgx_ql_revocation_info_t {
    sgx_ql_revocation_info_version_t version;
    uint32_t tcb_info_size;
    char *tcb_info;
    uint32_t tcb_issuer_chain_size;
    char *tcb_issuer_chain;
    uint32_t crl_count;
    sgx_ql_crl_data_t *crls;
} sgx_ql_revocation_info_t; /* 48 bytes */

typedef struct _sgx_qe_identity_info_t {
    uint32_t qe_id_info_size;
    char *qe_id_info;
    uint32_t issuer_chain_size;
    char *issuer_chain;
} sgx_qe_identity_info_t; /* 32 bytes */

static_assert(sizeof(sgx_ql_get_revocation_info_params_t) == 32, "revocation_info_params");
static_assert(offsetof(sgx_ql_get_revocation_info_params_t, crl_urls) == 24,
              "revocation_info_params");
static_assert(sizeof(sgx_ql_crl_data_t) == 32, "crl_data");
static_assert(sizeof(sgx_ql_revocation_info_t) == 48, "revocation_info");
static_assert(offsetof(sgx_ql_revocation_info_t, crls) == 40, "revocation_info");
static_assert(sizeof(sgx_qe_identity_info_t) == 32, "qe_identity_info");

sgx_plat_error_t sgx_ql_get_revocation_info(const sgx_ql_get_revocation_info_params_t *params,
                                            sgx_ql_revocation_info_t **info);
void sgx_ql_free_revocation_info(sgx_ql_revocation_info_t *info);
sgx_plat_error_t sgx_get_qe_identity_info(sgx_qe_identity_info_t **info);
void sgx_free_qe_identity_info(sgx_qe_identity_info_t *info);
sgx_plat_error_t sgx_ql_set_logging_function(sgx_ql_logging_function_t callback);

#ifdef __cplusplus
}
#endif
#endif
