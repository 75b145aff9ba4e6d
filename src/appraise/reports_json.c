/* reports_json.c: not written yet. */
typedef int appraise_reports_json_is_empty;
