/* result_policy.h: whose policy judged a report of a result, and which. appraisal.md 5.3, 7.3. */
#ifndef ASSAY_TOKEN_RESULT_POLICY_H
#define ASSAY_TOKEN_RESULT_POLICY_H

#include "token/result.h"

/* The policy of the result is this entry of a policy file ({"environment","reference"}): notes are
 * ignored, numbers and texts are not. */
bool result_policy_equals(const result_report *judged, assay_span entry_json);

/* Neither signature nor signing key, and description and reference of the built-in policy. */
bool result_policy_is_default(const result_report *judged);

/* RFC 7638 thumbprint of the signing key; false when there is none that can be read. */
bool result_policy_signer(const result_report *judged, char out[44]);

#endif
