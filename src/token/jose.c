/* jose.c: not written yet. */
typedef int token_jose_is_empty;
