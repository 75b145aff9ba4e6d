/* explain.c: not written yet. */
typedef int appraise_explain_is_empty;
