/* policy.c: not written yet. */
typedef int appraise_policy_is_empty;
