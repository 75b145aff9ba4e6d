/* claims_flat.c: not written yet. */
typedef int token_claims_flat_is_empty;
