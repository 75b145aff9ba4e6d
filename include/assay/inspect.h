/* assay/inspect.h: recognises a file of the attestation world and describes it, without trust.
 *
 * Nothing is verified: no signature, no chain, no date. What is shown is what the bytes say.
 */
#ifndef ASSAY_INSPECT_H
#define ASSAY_INSPECT_H

#include "assay/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum assay_file_kind {
    ASSAY_FILE_UNKNOWN = 0,
    ASSAY_FILE_QUOTE,
    ASSAY_FILE_TD_REPORT,    /* 1024 bytes */
    ASSAY_FILE_SGX_REPORT,   /* 384 bytes, or 432 with key id and MAC */
    ASSAY_FILE_CERTIFICATES, /* one or a chain, PEM or DER */
    ASSAY_FILE_CRL,
    ASSAY_FILE_TCB_INFO,
    ASSAY_FILE_QE_IDENTITY,
    ASSAY_FILE_TCB_EVALUATION_DATA_NUMBERS,
    ASSAY_FILE_COLLATERAL, /* one-file collateral */
    ASSAY_FILE_BUNDLE      /* quote, collateral, time and result: assay/bundle.h */
} assay_file_kind;

/* "quote", "td_report", ... */
ASSAY_API const char *assay_file_kind_name(assay_file_kind kind);

/* What `file` is by its form (first bytes, size, top-level member). UNKNOWN when it is none. */
ASSAY_API assay_file_kind assay_file_recognise(assay_span file);

/* Every field as JSON text: {"kind":...,"fields":[{"name","offset","size","value"}...],...}; the
 * exact shape per kind is in assay-inspect(1). malloc'd: free with assay_text_free(). The status of
 * the parser when the file is broken. UNSUPPORTED when the kind is unknown. */
ASSAY_API assay_status assay_inspect(assay_span file, char **json, assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
