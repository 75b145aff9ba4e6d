/* provider.h: the functions of the collateral provider library, libdcap_quoteprov.so.1, as they are
 * called from here. verification.md 7.4. */
#ifndef ASSAY_COMPAT_QUOTEVERIFY_PROVIDER_H
#define ASSAY_COMPAT_QUOTEVERIFY_PROVIDER_H

#include "abi.h"

/* NULL where the library lacks an optional one. */
typedef struct provider_functions {
    quote3_error_t (*global_init)(void);
    quote3_error_t (*get_sgx_collateral)(const uint8_t *fmspc, uint16_t fmspc_size, const char *ca,
                                         sgx_ql_qve_collateral_t **out);
    quote3_error_t (*free_sgx_collateral)(sgx_ql_qve_collateral_t *collateral);
    quote3_error_t (*get_tdx_collateral)(const uint8_t *fmspc, uint16_t fmspc_size, const char *ca,
                                         tdx_ql_qv_collateral_t **out);
    quote3_error_t (*free_tdx_collateral)(tdx_ql_qv_collateral_t *collateral);
    quote3_error_t (*get_qve_identity)(char **identity, uint32_t *identity_size, char **chain,
                                       uint32_t *chain_size);
    quote3_error_t (*free_qve_identity)(char *identity, char *chain);
    quote3_error_t (*get_root_ca_crl)(uint8_t **crl, uint16_t *size);
    quote3_error_t (*free_root_ca_crl)(uint8_t *crl);
} provider_functions;

/* Loads the library unless it is loaded: E00E when there is none. A failure is not remembered.
 * *out stays valid until this library is unloaded. */
quote3_error_t provider_load(const provider_functions **out);

#endif
