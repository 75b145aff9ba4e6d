/* appraise.c: not written yet. */
typedef int appraise_appraise_is_empty;
