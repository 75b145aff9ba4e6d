/* dates.c: not written yet. */
typedef int verify_dates_is_empty;
