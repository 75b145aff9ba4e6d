/* json_scan.c: not written yet. */
typedef int wire_json_scan_is_empty;
