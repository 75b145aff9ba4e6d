/* classes.c: not written yet. */
typedef int appraise_classes_is_empty;
