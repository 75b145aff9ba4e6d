/* checks.h: whether a report fulfils one key of a policy. appraisal.md 2.3 to 2.7. */
#ifndef ASSAY_APPRAISE_CHECKS_H
#define ASSAY_APPRAISE_CHECKS_H

#include "appraise/policy.h"

typedef struct check_input {
    const report *report;
    const policy_entry *entry;
    int64_t now;
    assay_span report_data_preimage; /* for report_data_hash */
} check_input;

/* One function per kind of key; the rows of the key table name them. An absent key constrains
 * nothing unless it is required. */
bool check_tcb_status(const check_input *in, policy_key_id key);
bool check_expiration(const check_input *in, policy_key_id key);
bool check_platform_grace(const check_input *in, policy_key_id key);
bool check_not_before(const check_input *in, policy_key_id key);
bool check_eval_num(const check_input *in, policy_key_id key);
bool check_at_least(const check_input *in, policy_key_id key);
bool check_one_of_numbers(const check_input *in, policy_key_id key);
bool check_one_of_hex(const check_input *in, policy_key_id key);
bool check_sgx_types(const check_input *in, policy_key_id key);
bool check_flag_allowed(const check_input *in, policy_key_id key);
bool check_no_rejected_advisory(const check_input *in, policy_key_id key);
bool check_advisories_accepted(const check_input *in, policy_key_id key);
bool check_collateral_age(const check_input *in, policy_key_id key);
bool check_bits_set(const check_input *in, policy_key_id key);
bool check_bits_clear(const check_input *in, policy_key_id key);
bool check_report_data_hash(const check_input *in, policy_key_id key);
bool check_debug(const check_input *in, policy_key_id key);

/* Bits of the attributes that make a TD or enclave debuggable, as far as the report has them set;
 * 0 for the other classes. */
uint64_t debug_bits_set(const report *r);

/* True when the policy decides about the debug bits that are set. */
bool debug_is_constrained(const report *r, const policy_entry *entry);

/* For a check that failed: what the policy wants and what the report says, in natural order, with a
 * hint where the value only stands in the other order. Live in `memory`; NULL when it is full. */
void check_words(const check_input *in, policy_key_id key, arena *memory, const char **wanted,
                 const char **found);

/* What a value of a policy means, for people. */
void value_words(policy_key_id key, const policy_value *value, char *out, size_t size);

#endif
