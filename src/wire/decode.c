/* decode.c: not written yet. */
typedef int wire_decode_is_empty;
