/* numbers.c: not written yet. */
typedef int collateral_numbers_is_empty;
