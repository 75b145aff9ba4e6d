/* assay/batch.h: the lines of a list of quotes, as `assay verify --batch` reads them.
 *
 * A line is a path, or JSON: {"quote": PATH or base64, "id": any text}. Nothing is read or judged
 * here. */
#ifndef ASSAY_BATCH_H
#define ASSAY_BATCH_H

#include "assay/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum assay_batch_form {
    ASSAY_BATCH_PATH = 0, /* `quote` names a file */
    ASSAY_BATCH_INLINE    /* `quote` is the quote itself, base64 or hex */
} assay_batch_form;

/* Texts end with NUL and are malloc'd: assay_batch_line_clear(). */
typedef struct assay_batch_line {
    assay_batch_form form;
    char *quote;
    char *id; /* a JSON string with its quotes, ready to be written out; NULL when there is none */
} assay_batch_line;

/* Reads one line without its end. A line that begins with "{" is JSON: MALFORMED unless it has
 * `quote` (text, not empty) and at most `id` (text) beside. Its `quote` is inline when it is at
 * least 256 characters, none of which falls outside base64 or hex, and begins with no "/". Any
 * other line is a path, and its own id. NO_MEMORY. */
ASSAY_API assay_status assay_batch_line_parse(assay_span line, assay_batch_line *out,
                                              assay_error *error);
ASSAY_API void assay_batch_line_clear(assay_batch_line *line);

#ifdef __cplusplus
}
#endif
#endif
