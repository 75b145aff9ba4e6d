/* describe.c: not written yet. */
typedef int inspect_describe_is_empty;
