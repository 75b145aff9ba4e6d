/* tables.c: not written yet. */
typedef int evidence_tables_is_empty;
