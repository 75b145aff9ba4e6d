/* dialects.h: the dialects of result tokens as rows. appraisal.md 8. */
#ifndef ASSAY_TOKEN_DIALECTS_H
#define ASSAY_TOKEN_DIALECTS_H

#include "token/claims.h"

typedef enum dialect_need {
    NEEDS_APPRAISAL, /* also of a foreign verification result */
    NEEDS_VERDICT
} dialect_need;

typedef enum dialect_audience { AUDIENCE_OPTIONAL, AUDIENCE_REQUIRED } dialect_audience;

typedef enum dialect_outcome {
    OUTCOME_ANY,
    OUTCOME_PASSED /* its readers look at the signature alone: no token for a failure */
} dialect_outcome;

typedef struct dialect_row {
    const char *name;
    dialect_need need;
    dialect_audience audience;
    dialect_outcome outcome;
    subject_source subject;
    outcome_place place;
    dialect_claims *claims;
} dialect_row;

/* NULL for a number outside the enum. */
const dialect_row *dialect_at(assay_dialect dialect);

/* The payload of a token; the caller frees it with memory_free(). NO_MEMORY. */
assay_status dialect_payload(const dialect_row *dialect, const token_facts *facts, char **out,
                             assay_error *err);

#endif
