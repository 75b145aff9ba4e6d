/* appraised.h: a simulated quote, verified and appraised: what the tests of tokens start from. */
#ifndef TESTS_APPRAISED_H
#define TESTS_APPRAISED_H

#include "assay/token.h"
#include "sim/build.h"

typedef struct appraised {
    sim_world world;
    sim_artifacts artifacts;
    assay_collateral *collateral;
    assay_verdict verdict;
    assay_reports *reports;
    assay_policy *policy;
    assay_appraisal *appraisal;
} appraised;

/* `profile` of the simulator; one policy file, or NULL: the one that assay makes of the quote;
 * classes left out (1u << class). Fails the test when a step does. */
void appraised_make(appraised *a, const char *profile, const char *policy, uint32_t left_out);
void appraised_free(appraised *a);

/* A token of it, with everything plain: signed by `key` (NULL: unsigned) for `dialect` at the
 * world's time; options may change anything before `issue`. Text to free with assay_text_free(). */
assay_issue_options appraised_options(const appraised *a, const assay_key *key,
                                      assay_dialect dialect);
char *appraised_issue(const appraised *a, const assay_issue_options *options);

/* Pins the public part of a key for everything. */
void appraised_pin(assay_key_set *set, const assay_key *key);

#endif
