/* verbs.c: the table of all verbs. */
#include "verbs.h"

const verb *const verbs[] = { &verb_verify, &verb_appraise, &verb_policy,     &verb_token,
                              &verb_key,    &verb_inspect,  &verb_bundle,     &verb_collateral,
                              &verb_admin,  &verb_help,     &verb_completion, &verb_version,
                              NULL };
