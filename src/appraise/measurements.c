/* measurements.c: not written yet. */
typedef int appraise_measurements_is_empty;
