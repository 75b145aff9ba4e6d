/* reports_token.c: not written yet. */
typedef int token_reports_token_is_empty;
