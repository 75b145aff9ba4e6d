/* policy_keys.c: not written yet. */
typedef int appraise_policy_keys_is_empty;
