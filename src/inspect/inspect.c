/* inspect.c: not written yet. */
typedef int inspect_inspect_is_empty;
