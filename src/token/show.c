/* show.c: not written yet. */
typedef int token_show_is_empty;
