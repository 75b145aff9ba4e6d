/* accept.c: not written yet. */
typedef int verify_accept_is_empty;
