/* ear_status.h: what an appraisal amounts to in the trustworthiness vector of EAR.
 * appraisal.md 8.4.
 */
#ifndef ASSAY_TOKEN_EAR_STATUS_H
#define ASSAY_TOKEN_EAR_STATUS_H

#include "token/claims.h"

typedef enum ear_category {
    EAR_INSTANCE_IDENTITY,
    EAR_CONFIGURATION,
    EAR_EXECUTABLES,
    EAR_FILE_SYSTEM,
    EAR_HARDWARE,
    EAR_RUNTIME_OPAQUE,
    EAR_STORAGE_OPAQUE,
    EAR_SOURCED_DATA,
    EAR_CATEGORY_COUNT
} ear_category;

typedef enum ear_tier {
    EAR_NONE = 0,
    EAR_AFFIRMING = 2,
    EAR_WARNING = 32,
    EAR_CONTRAINDICATED = 96
} ear_tier;

typedef struct ear_vector {
    int8_t claims[EAR_CATEGORY_COUNT];
} ear_vector;

/* "instance-identity", ...; "affirming", ... */
const char *ear_category_name(ear_category category);
const char *ear_tier_name(ear_tier tier);

/* The tier of any claim value, -128 to 127. */
ear_tier ear_tier_of(int value);

ear_vector ear_vector_of(const assay_appraisal *appraisal, const assay_verdict *verdict);

/* Overall 1: the worst of the vector; 0: contraindicated; -1: none unless the vector is worse. */
ear_tier ear_status_of(const ear_vector *vector, assay_result overall);

#endif
