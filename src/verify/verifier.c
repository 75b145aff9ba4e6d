/* verifier.c: not written yet. */
typedef int verify_verifier_is_empty;
