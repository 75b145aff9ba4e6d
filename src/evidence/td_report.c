/* td_report.c: not written yet. */
typedef int evidence_td_report_is_empty;
