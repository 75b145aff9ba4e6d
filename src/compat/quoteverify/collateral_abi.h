/* collateral_abi.h: the structure in which a provider library hands collateral to a verification
 * library. verification.md 7.2, collateral-service.md 6. */
#ifndef ASSAY_COMPAT_QUOTEVERIFY_COLLATERAL_ABI_H
#define ASSAY_COMPAT_QUOTEVERIFY_COLLATERAL_ABI_H

#include <stddef.h>
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

/* Its items, which have the same names in assay_collateral_items (assay/collateral.h, of whoever
 * uses the rows), and their forms. */
typedef enum item_form {
    FORM_TEXT, /* its only NUL is its last byte, which does not belong to the item */
    FORM_CRL   /* PEM, hex or DER */
} item_form;

typedef struct collateral_abi_row {
    size_t data, size; /* in the structure */
    size_t item;       /* in assay_collateral_items */
    item_form form;
} collateral_abi_row;

#define COLLATERAL_ABI_ROW(name, form)                                                             \
    {                                                                                              \
        offsetof(sgx_ql_qve_collateral_t, name), offsetof(sgx_ql_qve_collateral_t, name##_size),   \
            offsetof(assay_collateral_items, name), form                                           \
    }
#define COLLATERAL_ABI_ROWS                                                                        \
    COLLATERAL_ABI_ROW(pck_crl_issuer_chain, FORM_TEXT),                                           \
        COLLATERAL_ABI_ROW(root_ca_crl, FORM_CRL), COLLATERAL_ABI_ROW(pck_crl, FORM_CRL),          \
        COLLATERAL_ABI_ROW(tcb_info_issuer_chain, FORM_TEXT),                                      \
        COLLATERAL_ABI_ROW(tcb_info, FORM_TEXT),                                                   \
        COLLATERAL_ABI_ROW(qe_identity_issuer_chain, FORM_TEXT),                                   \
        COLLATERAL_ABI_ROW(qe_identity, FORM_TEXT)

#endif
