/* classes.h: the classes of reports and policies: what each is about, its name, its identifier.
 * appraisal.md 1.1. */
#ifndef ASSAY_APPRAISE_CLASSES_H
#define ASSAY_APPRAISE_CLASSES_H

#include "assay/appraise.h"
#include "base/span.h"

typedef enum class_subject {
    SUBJECT_PLATFORM,
    SUBJECT_QE,
    SUBJECT_ENCLAVE,
    SUBJECT_TD
} class_subject;

class_subject class_subject_of(assay_class class_);

/* The class with this UUID in any letter case; false when there is none. */
bool class_parse(assay_span id, assay_class *out);

/* What Intel writes in `environment` beside the class: member and text. */
const char *class_description_member(assay_class class_);
const char *class_description(assay_class class_);

#endif
