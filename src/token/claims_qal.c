/* claims_qal.c: not written yet. */
typedef int token_claims_qal_is_empty;
