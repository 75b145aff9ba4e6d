/* check.c: not written yet. */
typedef int token_check_is_empty;
