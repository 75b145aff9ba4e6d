/* policy.h: the inside of assay_policy: typed values by row of the key table. appraisal.md 2. */
#ifndef ASSAY_APPRAISE_POLICY_H
#define ASSAY_APPRAISE_POLICY_H

#include <stdatomic.h>

#include "appraise/policy_keys.h"

enum { POLICY_TEXT_MAX = 64 * 1024, POLICY_COUNT_MAX = 16 };

/* In alphabetical order of their names: a set of bits comes out sorted. */
typedef enum policy_warning {
    WARNING_CLASS_ID_CASE,
    WARNING_DEBUG_UNCONSTRAINED,
    WARNING_EMPTY_REFERENCE,
    WARNING_EXPIRY_UNCHECKED,
    WARNING_KNOWN_TYPO,
    WARNING_MISPLACED_MEMBER,
    WARNING_NEVER_PASSES,
    WARNING_POLICY_UNUSED,
    WARNING_COUNT
} policy_warning;

/* Writes the names of the bits into `out`, with a NULL behind. */
void policy_warning_names(unsigned bits, const char *out[WARNING_COUNT + 1]);

typedef struct policy_entry {
    assay_class class_;
    assay_span json;         /* {"environment":{...},"reference":{...}} without comments */
    const char *description; /* or NULL */
    const policy_value *values[POLICY_KEY_COUNT]; /* NULL: the key is absent */
} policy_entry;

struct assay_policy {
    arena memory;
    atomic_uint references;
    const char *text;
    char id[97];
    assay_policy_origin origin;
    policy_entry *entries[ASSAY_CLASS_COUNT];
    size_t entry_count;
    const char *warnings[WARNING_COUNT + 1];
    unsigned warning_bits;
};

/* assay_policy_parse() that also keeps who stands behind the policy (signature and signing key are
 * copied); `origin` may be NULL. */
assay_status policy_parse_with_origin(assay_span text, assay_policy_dialect dialect,
                                      const assay_policy_origin *origin, assay_policy **out,
                                      assay_error *err);

/* A reference on a policy that somebody else may only read. */
assay_policy *policy_hold(const assay_policy *policy);

/* The strict default of a platform class or QE; NULL for tenant classes. Static storage. */
const policy_entry *policy_default(assay_class class_);

/* True when no evidence can fulfil the entry. */
bool policy_never_passes(const policy_entry *entry);

#endif
