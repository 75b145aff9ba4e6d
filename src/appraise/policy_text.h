/* policy_text.h: from the text of a policy file to its tree. appraisal.md 2.1. */
#ifndef ASSAY_APPRAISE_POLICY_TEXT_H
#define ASSAY_APPRAISE_POLICY_TEXT_H

#include "wire/json.h"

/* Any JSON value with comments. Notes (names that begin with #) stay in the tree, of several with
 * one name the last. policy_json with the offset, policy_duplicate_member with the path; NO_MEMORY.
 * The caller owns *out. */
assay_status policy_text_read(assay_span text, json_t **out, assay_error *err);

#endif
