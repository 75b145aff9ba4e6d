/* layout.c: not written yet. */
typedef int evidence_layout_is_empty;
