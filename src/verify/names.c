/* names.c: not written yet. */
typedef int verify_names_is_empty;
