/* names.c: not written yet. */
typedef int collateral_names_is_empty;
