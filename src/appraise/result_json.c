/* result_json.c: not written yet. */
typedef int appraise_result_json_is_empty;
