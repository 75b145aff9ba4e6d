/* algorithms.c: not written yet. */
typedef int token_algorithms_is_empty;
