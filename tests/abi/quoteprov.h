/* quoteprov.h: the built provider library, loaded as Intel's verification library loads it, the
 * settings it finds, and what it tells its callbacks. */
#ifndef TESTS_ABI_QUOTEPROV_H
#define TESTS_ABI_QUOTEPROV_H

#include "compat/quoteprov/abi.h"

/* clang-format off */
#define QUOTEPROV_FUNCTIONS(row) \
    row(sgx_ql_get_quote_config) \
    row(sgx_ql_free_quote_config) \
    row(sgx_ql_get_quote_verification_collateral) \
    row(sgx_ql_get_quote_verification_collateral_with_params) \
    row(sgx_ql_free_quote_verification_collateral) \
    row(tdx_ql_get_quote_verification_collateral) \
    row(tdx_ql_get_quote_verification_collateral_with_params) \
    row(tdx_ql_free_quote_verification_collateral) \
    row(sgx_ql_get_qve_identity) \
    row(sgx_ql_free_qve_identity) \
    row(sgx_ql_get_root_ca_crl) \
    row(sgx_ql_free_root_ca_crl) \
    row(tee_get_default_platform_policy) \
    row(tee_free_platform_policy) \
    row(tee_free_default_platform_policy) \
    row(sgx_ql_set_logging_callback) \
    row(sgx_qpl_clear_cache) \
    row(sgx_qpl_global_init) \
    row(sgx_qpl_global_cleanup) \
    row(sgx_ql_get_revocation_info) \
    row(sgx_ql_free_revocation_info) \
    row(sgx_get_qe_identity_info) \
    row(sgx_free_qe_identity_info) \
    row(sgx_ql_set_logging_function)
/* clang-format on */

typedef struct quoteprov {
    void *handle;
#define MEMBER(name) __typeof__(name) *name;
    QUOTEPROV_FUNCTIONS(MEMBER)
#undef MEMBER
} quoteprov;

/* $ASSAY_QUOTEPROV with every one of its symbols; a test that can't have it fails. */
const quoteprov *quoteprov_library(void);

/* A folder of its own for configuration and cache; removed at exit. */
const char *quoteprov_folder(void);

/* Writes QCNL's file, clears Azure's variables, and lets the library forget what it had: the next
 * call reads the settings anew. */
void quoteprov_configure(const char *file_text);
void quoteprov_set(const char *variable, const char *value); /* NULL: unset; then the same */

/* Everything told since the last call. */
const char *quoteprov_messages(void);
void quoteprov_listen(void);

#endif
