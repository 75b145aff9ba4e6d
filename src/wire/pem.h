/* pem.h: certificates and CRLs in PEM, by the rules of verification.md 2.6.
 *
 * Blocks of one label; base64 lines of any length, LF or CRLF, behind a BEGIN and before an END
 * that stand on lines of their own; white space (space, tab, CR, LF) before, between and after
 * blocks, none needed; one NUL allowed at the very end of the input. Any other byte outside blocks,
 * a NUL elsewhere, bad padding, non-zero pad bits: MALFORMED with the offset. */
#ifndef ASSAY_WIRE_PEM_H
#define ASSAY_WIRE_PEM_H

#include "base/limits.h"
#include "base/span.h"

typedef struct pem_blocks {
    assay_span der[LIMIT_CHAIN_CERTIFICATES]; /* views into the caller's buffer */
    size_t count;
} pem_blocks;

/* Decodes every block labelled `label` ("CERTIFICATE", "X509 CRL") into `buffer`, in order. A
 * capacity of 3/4 of text.size + 3 per block is enough. MALFORMED when there is no block, or more
 * than LIMIT_CHAIN_CERTIFICATES; USAGE when the capacity is too small. On failure the buffer may
 * hold some of the bytes. */
assay_status pem_decode(assay_span text, const char *label, uint8_t *buffer, size_t capacity,
                        pem_blocks *out, assay_error *err);

/* True when the text begins, after white space, with a BEGIN line. */
bool pem_looks_like(assay_span text);

#endif
