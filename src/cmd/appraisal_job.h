/* appraisal_job.h: one appraisal from the command line: evidence, policies, outcome. */
#ifndef ASSAY_CMD_APPRAISAL_JOB_H
#define ASSAY_CMD_APPRAISAL_JOB_H

#include "assay/token.h"
#include "outcome.h"
#include "policy_files.h"

/* Zero it before its first use; appraisal_job_clear() when done. It must not be moved. */
typedef struct appraisal_job {
    int64_t now;
    input quote; /* empty when a verification result was given */
    request asked;
    outcome verified; /* of the quote */
    bool has_verdict;
    assay_reports *reports;
    policy_list policies;
    uint32_t left_out; /* classes, as bits */
    input preimage;
    assay_appraisal *appraisal;
    assay_error error;
} appraisal_job;

/* Judges the quote (--quote) or reads the verification result, reads the policies, and appraises,
 * in that order. On failure job->error says why. `signers` are those of --policy-signer, or the
 * caller's. */
assay_status appraisal_job_run(const arguments *given, const policy_signers *signers,
                               appraisal_job *job);
void appraisal_job_clear(appraisal_job *job);

/* The steps of it, for callers that must look at the quote before they choose policies. */
assay_status appraisal_job_begin(const arguments *given, appraisal_job *job);
assay_status appraisal_job_appraise(const arguments *given, const policy_signers *signers,
                                    appraisal_job *job);

typedef enum class_groups { CLASS_GROUPS_REFUSED, CLASS_GROUPS_TAKEN } class_groups;

/* A class by its UUID or its word ("td-1.5"), or a group of them ("platform", "qe", "tenant") where
 * one of them is enough, as bits; USAGE with a suggestion. `option` is named in the complaint. */
assay_status class_bits_read(const char *option, const char *text, class_groups groups,
                             uint32_t *out, assay_error *error);

#endif
