/* subject.c: not written yet. */
typedef int appraise_subject_is_empty;
