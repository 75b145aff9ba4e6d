/* issue.c: not written yet. */
typedef int token_issue_is_empty;
