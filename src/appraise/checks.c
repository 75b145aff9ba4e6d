/* checks.c: not written yet. */
typedef int appraise_checks_is_empty;
