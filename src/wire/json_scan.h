/* json_scan.h: the one lexical pass over a JSON text: grammar, depth, the plain form of numbers,
 * keys without escapes and never twice; where things stand in the text as received; and the tree.
 */
#ifndef ASSAY_WIRE_JSON_SCAN_H
#define ASSAY_WIRE_JSON_SCAN_H

#include <jansson.h>

#include "base/limits.h"
#include "base/span.h"

/* MALFORMED with the path (`where` is the name of the document itself) and the offset; NO_MEMORY.
 * `member` is a top-level key whose value's bytes, first to last, are wanted in *value (MALFORMED
 * when it is missing); NULL for none. The caller owns *root. */
assay_status json_scan(assay_span text, const char *member, const char *where, json_t **root,
                       assay_span *value, assay_error *err);

#endif
