/* dialects.c: not written yet. */
typedef int token_dialects_is_empty;
