/* qe.c: not written yet. */
typedef int verify_qe_is_empty;
