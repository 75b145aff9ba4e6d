/* memo.c: not written yet. */
typedef int verify_memo_is_empty;
