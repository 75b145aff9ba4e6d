/* reports_verdict.c: not written yet. */
typedef int appraise_reports_verdict_is_empty;
