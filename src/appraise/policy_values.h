/* policy_values.h: one value of a policy, from JSON to its type. appraisal.md 2.2. */
#ifndef ASSAY_APPRAISE_POLICY_VALUES_H
#define ASSAY_APPRAISE_POLICY_VALUES_H

#include "appraise/policy.h"

typedef struct value_reader {
    const policy_key *key;
    policy_key_id id;
    assay_policy_dialect dialect;
    const char *path; /* "policy_array[0].reference.tdx_mrtd" */
    arena *memory;
    assay_error *err;
} value_reader;

/* policy_wrong_type, policy_bad_value; NO_MEMORY. */
assay_status policy_value_read(const value_reader *r, json_t *json, policy_value *out);

#endif
