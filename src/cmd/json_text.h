/* json_text.h: the little JSON that the command itself writes, around that of the library. */
#ifndef ASSAY_CMD_JSON_TEXT_H
#define ASSAY_CMD_JSON_TEXT_H

#include "assay/base.h"

/* A text with its quotation marks, to standard output; bytes outside ASCII become U+FFFD. */
void json_text_put(const char *text);

/* A list of names; NULL ends them. */
void json_names_put(const char *const *names);

/* "status":"refused","error":{...}: the members of a refusal, without braces around them. */
void json_refusal_put(assay_status status, const assay_error *error);

/* What stands between the outer braces of a JSON object. */
void json_members_put(const char *object);

#endif
