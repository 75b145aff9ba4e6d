/* quote.c: not written yet. */
typedef int evidence_quote_is_empty;
