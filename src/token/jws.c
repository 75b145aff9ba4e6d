/* jws.c: not written yet. */
typedef int token_jws_is_empty;
