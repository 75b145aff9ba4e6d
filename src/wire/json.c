/* json.c: not written yet. */
typedef int wire_json_is_empty;
