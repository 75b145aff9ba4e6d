/* policy_token.c: not written yet. */
typedef int token_policy_token_is_empty;
