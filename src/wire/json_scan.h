/* json_scan.h: the lexical pass over a JSON text before jansson sees it: grammar, depth, the plain
 * form of numbers, keys without escapes; and where things stand in the text as received.
 *
 * Not checked here, because jansson does it next: UTF-8, escapes in texts, duplicate keys, integers
 * beyond 63 bits. */
#ifndef ASSAY_WIRE_JSON_SCAN_H
#define ASSAY_WIRE_JSON_SCAN_H

#include "base/limits.h"
#include "base/span.h"

/* MALFORMED with the path (`where` is the name of the document itself) and the offset. `member` is
 * a top-level key whose value's bytes, first to last, are wanted in *value (MALFORMED when it is
 * missing; the first one when it is there twice); NULL for none. */
assay_status json_scan(assay_span text, const char *member, const char *where, assay_span *value,
                       assay_error *err);

/* Writes the path of the value (or of the member, for a byte of a key) that holds the byte at
 * `offset` of a text that json_scan() accepts. Returns where that value or key begins. */
size_t json_scan_locate(assay_span text, size_t offset, const char *where,
                        char path[ASSAY_WHERE_SIZE]);

#endif
