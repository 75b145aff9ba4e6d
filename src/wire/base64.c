/* base64.c: not written yet. */
typedef int wire_base64_is_empty;
