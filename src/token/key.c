/* key.c: not written yet. */
typedef int token_key_is_empty;
