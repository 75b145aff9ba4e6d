/* drop_in.h: the built drop-in library, loaded as a program written to the published ABI would load
 * it, and its collateral structure made of items. */
#ifndef TESTS_ABI_DROP_IN_H
#define TESTS_ABI_DROP_IN_H

#include "abi.h"
#include "assay/collateral.h"

/* clang-format off */
#define DROP_IN_FUNCTIONS(row) \
    row(sgx_qv_verify_quote) \
    row(tdx_qv_verify_quote) \
    row(tee_verify_quote) \
    row(sgx_qv_get_quote_supplemental_data_size) \
    row(tdx_qv_get_quote_supplemental_data_size) \
    row(tee_get_supplemental_data_version_and_size) \
    row(tee_qv_get_collateral) \
    row(tee_qv_free_collateral) \
    row(tee_get_fmspc_from_quote) \
    row(sgx_qv_get_qve_identity) \
    row(sgx_qv_free_qve_identity) \
    row(sgx_qv_set_path) \
    row(sgx_qv_set_enclave_load_policy) \
    row(sgx_qae_set_enclave_load_policy) \
    row(tee_verify_quote_qvt) \
    row(tee_free_verify_quote_qvt) \
    row(tee_appraise_verification_token) \
    row(tee_free_appraisal_token) \
    row(tee_authenticate_appraisal_result) \
    row(tee_authenticate_appraisal_result_ex) \
    row(tee_authenticate_policy_owner)
/* clang-format on */

typedef struct drop_in {
    void *handle;
#define MEMBER(name) __typeof__(name) *name;
    DROP_IN_FUNCTIONS(MEMBER)
#undef MEMBER
    sgx_logging_callback_t *callback;
    se_trace_t *level;
} drop_in;

/* $ASSAY_QUOTEVERIFY with every one of its 23 symbols; a test that can't have it fails. */
const drop_in *drop_in_library(void);

/* The structure that a program would hand over: texts get their NUL. */
typedef struct given_collateral {
    sgx_ql_qve_collateral_t structure;
} given_collateral;

void given_collateral_make(given_collateral *out, const assay_collateral_items *items,
                           uint32_t tee_type);
void given_collateral_free(given_collateral *collateral);

#endif
