/* verify.c: not written yet. */
typedef int verify_verify_is_empty;
