/* roots.c: not written yet. */
typedef int collateral_roots_is_empty;
