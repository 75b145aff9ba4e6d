/* members.c: not written yet. */
typedef int collateral_members_is_empty;
