/* json.h: the only door to jansson, and what it does not do by itself.
 *
 * json_document_parse() makes one lexical pass of our own that bounds depth and size, refuses
 * duplicate and escaped keys and numbers outside the plain integer form (sign, fraction, exponent,
 * leading zero, -0), finds the byte range of one top-level member as received, and builds jansson's
 * tree on the way; texts with escapes go through jansson's lexer, which refuses lone surrogates and
 * \u0000. Invalid UTF-8 is refused everywhere.
 *
 * Members are then taken by table: one row per key. */
#ifndef ASSAY_WIRE_JSON_H
#define ASSAY_WIRE_JSON_H

#include <jansson.h>

#include "base/limits.h"
#include "base/span.h"

typedef struct json_document {
    json_t *root;            /* owned; json_document_free() */
    assay_span signed_bytes; /* of the member asked for, from its first to its last byte; a view */
} json_document;

/* `signed_member` NULL: no range is wanted. `where` names the document in paths ("$", "tcb_info").
 * MALFORMED with the path ("$.tcbInfo.tcbLevels[2]") of duplicates and bad values and the byte
 * offset, and when the signed member is missing; NO_MEMORY. Leading and trailing white space is
 * allowed, BOM, NUL and text behind the document are not. Objects and arrays only at the top. At
 * most LIMIT_BUNDLE_SIZE bytes; tighter limits are the caller's. */
assay_status json_document_parse(assay_span text, const char *signed_member, json_document *out,
                                 const char *where, assay_error *err);
void json_document_free(json_document *doc);

/* Fails with the path `where` + "." + member. */
assay_status json_fail(assay_error *err, const char *where, const char *member, const char *format,
                       ...) ASSAY_PRINTF(4, 5);

/* Each of these takes a member that must be there with the right type; `where` is the path of the
 * object. MALFORMED otherwise. Texts and arrays are borrowed from the tree. */
assay_status json_take_object(json_t *object, const char *member, const char *where, json_t **out,
                              assay_error *err);
assay_status json_take_array(json_t *object, const char *member, const char *where, size_t min,
                             size_t max, json_t **out, assay_error *err);
assay_status json_take_text(json_t *object, const char *member, const char *where, assay_span *out,
                            assay_error *err);
assay_status json_take_unsigned(json_t *object, const char *member, const char *where, uint64_t max,
                                uint64_t *out, assay_error *err);
assay_status json_take_hex(json_t *object, const char *member, const char *where, uint8_t *out,
                           size_t size, assay_error *err);

/* Exactly "YYYY-MM-DDThh:mm:ssZ", in the calendar. */
assay_status json_take_time(json_t *object, const char *member, const char *where, int64_t *out,
                            assay_error *err);

/* Calls `unknown` for every member of `object` that `known` (ends with NULL) does not list. */
void json_each_unknown(json_t *object, const char *const *known,
                       void (*unknown)(void *context, const char *member), void *context);

#endif
