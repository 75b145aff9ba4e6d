/* policy_text.c: not written yet. */
typedef int appraise_policy_text_is_empty;
