/* key_set.c: not written yet. */
typedef int token_key_set_is_empty;
