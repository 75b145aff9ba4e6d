/* collateral_abi.h: the structure in which a provider library hands collateral to a verification
 * library. verification.md 7.2, collateral-service.md 6. */
#ifndef ASSAY_COMPAT_QUOTEVERIFY_COLLATERAL_ABI_H
#define ASSAY_COMPAT_QUOTEVERIFY_COLLATERAL_ABI_H

#include <stdint.h>

/* Sizes of texts count the NUL at their end. */
typedef struct _sgx_ql_qve_collateral_t {
    union {
        uint32_t version;
        struct {
            uint16_t major_version;
            uint16_t minor_version;
        };
    };
    uint32_t tee_type; /* 0 SGX, 0x81 TDX */
    char *pck_crl_issuer_chain;
    uint32_t pck_crl_issuer_chain_size;
    char *root_ca_crl;
    uint32_t root_ca_crl_size;
    char *pck_crl;
    uint32_t pck_crl_size;
    char *tcb_info_issuer_chain;
    uint32_t tcb_info_issuer_chain_size;
    char *tcb_info;
    uint32_t tcb_info_size;
    char *qe_identity_issuer_chain;
    uint32_t qe_identity_issuer_chain_size;
    char *qe_identity;
    uint32_t qe_identity_size;
} sgx_ql_qve_collateral_t; /* 120 bytes */
typedef sgx_ql_qve_collateral_t tdx_ql_qv_collateral_t;

#endif
