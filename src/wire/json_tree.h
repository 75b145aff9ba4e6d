/* json_tree.h: jansson's values from tokens of the lexical pass. Each function says what is wrong
 * with a token in words (static storage); NULL means nothing is. */
#ifndef ASSAY_WIRE_JSON_TREE_H
#define ASSAY_WIRE_JSON_TREE_H

#include <jansson.h>

#include "base/span.h"

/* The fault that is not the text's. */
extern const char json_tree_no_memory[];

/* A text with its quotes; escapes are decoded by jansson, which refuses invalid UTF-8, lone
 * surrogates and \\u0000. NULL with *fault set. */
json_t *json_tree_text(assay_span quoted, const char **fault);

/* Decimal digits, at most 63 bits. NULL with *fault set. */
json_t *json_tree_integer(assay_span digits, const char **fault);

/* A key without escapes that may be added: UTF-8, not there yet, at most 255 bytes. */
const char *json_tree_key_fault(const json_t *object, assay_span key);

/* These take `value` over, also when they fail. */
const char *json_tree_set(json_t *object, assay_span key, json_t *value);
const char *json_tree_append(json_t *array, json_t *value);

#endif
