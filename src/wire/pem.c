/* pem.c: not written yet. */
typedef int wire_pem_is_empty;
