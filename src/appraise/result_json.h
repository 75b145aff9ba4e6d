/* result_json.h: an appraisal as the document `appraisal_result` of Intel's library, in both of its
 * shapes. appraisal.md 5.2, 5.3. For the token room. */
#ifndef ASSAY_APPRAISE_RESULT_JSON_H
#define ASSAY_APPRAISE_RESULT_JSON_H

#include "appraise/appraisal.h"
#include "wire/json_write.h"

typedef enum result_shape {
    RESULT_ARRAY, /* "result": [X]: since DCAP 1.22, dialect qal */
    RESULT_OBJECT /* "result": X: before, and the cloud guide, dialect qal-guide */
} result_shape;

/* Writes [{"result": ...}] as an element or at the top. `check_date` is in seconds; `nonce` is
 * below 10^15. Members stand in the order of the specification, reports in that of the evidence. */
void appraisal_result_write(json_writer *w, const assay_appraisal *appraisal, result_shape shape,
                            int64_t check_date, uint64_t nonce);

#endif
