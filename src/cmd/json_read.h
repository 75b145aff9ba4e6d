/* json_read.h: looks members up in JSON that assayd has written. It walks text and builds nothing;
 * what is not of the form wanted reads as absent. */
#ifndef ASSAY_CMD_JSON_READ_H
#define ASSAY_CMD_JSON_READ_H

#include <stdbool.h>

#include "assay/base.h"

/* One value as it stands in the text; data NULL: absent. */
typedef assay_span json_value;

/* The value that the text begins with. */
json_value json_value_of(assay_span text);

/* The member of an object. */
json_value json_value_member(json_value object, const char *name);

/* "queues.store": a member of a member. */
json_value json_value_at(json_value object, const char *path);

/* The next element of an array: begin with *element absent; false behind the last. */
bool json_value_next(json_value array, json_value *element);

/* A text without its quotation marks and escapes (cut to fit), anything else as it stands; "" for
 * null and what is absent. Returns `out`. */
const char *json_value_text(json_value value, char *out, size_t size);

/* 0 when it is none. */
uint64_t json_value_number(json_value value);
bool json_value_is_true(json_value value);

#endif
