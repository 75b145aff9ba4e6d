/* glue.h: what the files of this drop-in share. Between the published ABI (abi.h) and the public
 * headers of libassay nothing else stands. */
#ifndef ASSAY_COMPAT_QUOTEVERIFY_GLUE_H
#define ASSAY_COMPAT_QUOTEVERIFY_GLUE_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"
#include "assay/assay.h"

#define EXPORTED __attribute__((visibility("default")))

enum { TEE_TYPE_SGX = 0, TEE_TYPE_TDX = 0x81, QUOTE_SIZE_MIN = 1020 };
enum { SUPPLEMENTAL_SIZE = 672, SUPPLEMENTAL_MAJOR = 3, SUPPLEMENTAL_MINOR = 4 };

/* ---- arguments.c ---- */

/* A quote that can be looked at: not NULL, at least 1020 bytes, of a known TEE type. E002. */
quote3_error_t quote_argument(const uint8_t *quote, uint32_t size, assay_span *out);

/* TEE_TYPE_SGX or TEE_TYPE_TDX of a quote that quote_argument() let pass. */
uint32_t quote_tee_type(assay_span quote);

/* What the C interface returns for a status of libassay that is not OK. */
quote3_error_t code_of_failure(assay_status status, const assay_error *error);

/* The same where named errors of policies, results and tokens are folded: quote_hash_* is E072,
 * user_data_mismatch E073, any other name E002. */
quote3_error_t code_of_refusal(assay_status status, const assay_error *error);

/* Random bytes of the system; E001 when there are none. */
quote3_error_t random_fill(uint8_t *out, size_t size);

/* ---- items.c ---- */

/* Collateral as the caller's structure holds it: views. E002 when a text is not one, or an item is
 * missing; E053 for an unknown version. `collateral` need not be aligned. */
quote3_error_t items_of_collateral(const void *collateral, assay_collateral_items *out);

/* 120 bytes and the seven sizes. */
uint32_t collateral_total_size(const sgx_ql_qve_collateral_t *collateral);

/* ---- judge.c ---- */

/* Judges a quote with the collateral given, or with the provider's when it is NULL. The verdict is
 * to be cleared by the caller whatever is returned. SGX_QL_SUCCESS: judged, and *result says how.
 */
quote3_error_t quote_judge(assay_span quote, const void *collateral, time_t check_date,
                           assay_verdict *verdict, sgx_ql_qv_result_t *result);

/* The result code of a TCB status. */
sgx_ql_qv_result_t result_of_status(assay_tcb_status status);

/* ---- supplemental.c ---- */

void supplemental_fill(const assay_verdict *verdict, uint16_t minor_version,
                       sgx_ql_qv_supplemental_t *out);

/* ---- collateral.c ---- */

quote3_error_t provider_get_collateral(assay_span quote, sgx_ql_qve_collateral_t **out);
quote3_error_t provider_free_collateral(sgx_ql_qve_collateral_t *collateral);

/* ---- provider.c ---- */

/* The provider library to load instead of the usual names; copied. */
quote3_error_t provider_path_set(const char *path);

/* ---- configuration.c ---- */

/* What the configuration file says. A root or a pin in it is never silent: see trace_always(). */
typedef struct configuration {
    assay_roots roots;
    assay_key *key;         /* signs tokens (ES384); NULL: they are unsigned */
    assay_key_set *signers; /* whose policies count; NULL: those of any signer (caller mode) */
} configuration;

/* Empty when there is no file. E006 when it, or a file it names, can't be read; E002 when it says
 * something unknown. */
quote3_error_t configuration_load(configuration *out);
void configuration_free(configuration *settings);

/* ---- trace.c ---- */

/* To the program's callback, when the level is within its limit. */
void trace(se_trace_t level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* To the callback whatever the limit is. */
void trace_always(se_trace_t level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
