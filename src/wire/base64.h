/* base64.h: strict base64 (RFC 4648): right padding, zero pad bits, one alphabet per call. */
#ifndef ASSAY_WIRE_BASE64_H
#define ASSAY_WIRE_BASE64_H

#include "base/span.h"

typedef enum base64_alphabet {
    BASE64_STANDARD,  /* + /, padding required */
    BASE64_URL,       /* - _, no padding (JOSE) */
    BASE64_URL_PADDED /* - _, padding optional: what people paste */
} base64_alphabet;

typedef enum base64_space {
    BASE64_SPACE_REFUSED,
    BASE64_SPACE_SKIPPED /* space, tab, CR, LF anywhere */
} base64_space;

/* Writes at most text.size / 4 * 3 + 3 bytes; `out` NULL: only checks and counts. MALFORMED with
 * the offset of the offending character; USAGE when `capacity` is too small. On failure the buffer
 * may hold some of the bytes. */
assay_status base64_decode(assay_span text, base64_alphabet alphabet, base64_space space,
                           uint8_t *out, size_t capacity, size_t *out_size, assay_error *err);

/* Characters that base64_encode() writes for `size` bytes, without the NUL. */
size_t base64_encoded_size(size_t size, base64_alphabet alphabet);

/* Encodes without line breaks and writes a NUL behind. */
void base64_encode(assay_span bytes, base64_alphabet alphabet, char *out);

#endif
