/* pck.c: not written yet. */
typedef int verify_pck_is_empty;
