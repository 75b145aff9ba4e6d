/* claims_ear.c: not written yet. */
typedef int token_claims_ear_is_empty;
