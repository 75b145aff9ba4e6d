/* authenticate.c: not written yet. */
typedef int token_authenticate_is_empty;
