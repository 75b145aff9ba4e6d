/* pck.c: not written yet. */
typedef int x509_pck_is_empty;
