/* identity.c: not written yet. */
typedef int collateral_identity_is_empty;
