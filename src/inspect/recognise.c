/* recognise.c: not written yet. */
typedef int inspect_recognise_is_empty;
