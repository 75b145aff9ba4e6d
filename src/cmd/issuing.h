/* issuing.h: the token of an appraisal: by which key, in which dialect, for whom. */
#ifndef ASSAY_CMD_ISSUING_H
#define ASSAY_CMD_ISSUING_H

#include "appraisal_job.h"

typedef struct issuing {
    assay_issue_options options;
    assay_key *key;
    input nonce;
} issuing;

/* --nonce: the bytes of the text, or those of a file (@FILE). ENVIRONMENT; USAGE when empty. */
assay_status nonce_read(const char *text, input *out, assay_error *error);

/* Reads --dialect, --alg, --key and what the token says; the local key when no key is named. */
assay_status issuing_read(const arguments *given, issuing *out, assay_error *error);
void issuing_free(issuing *i);

/* malloc'd: assay_text_free(). */
assay_status issuing_token(issuing *i, const appraisal_job *job, char **out, assay_error *error);

#endif
