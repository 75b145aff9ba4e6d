/* der.c: not written yet. */
typedef int wire_der_is_empty;
