/* tcb.c: not written yet. */
typedef int verify_tcb_is_empty;
