/* appraisal.h: the inside of assay_appraisal: what a decision was and what it stands on.
 * appraisal.md 3, 5. Made by appraise.c; result_json.c and the tokens write it. */
#ifndef ASSAY_APPRAISE_APPRAISAL_H
#define ASSAY_APPRAISE_APPRAISAL_H

#include "appraise/reports.h"

struct assay_appraisal {
    arena memory; /* everything below that is not borrowed */
    const assay_reports *reports;
    int64_t now;       /* check date, seconds */
    uint32_t left_out; /* 1u << class */
    assay_result overall;

    /* One row per report, in the order of `reports`. */
    assay_appraised_report rows[REPORTS_MAX];
    /* The policy entry each was judged by, as JSON text without comments:
     * {"environment":{...},"reference":{...}}; empty when there was none. */
    assay_span policy_entries[REPORTS_MAX];
    size_t count;

    const char *const *warnings; /* sorted, each once, ends with NULL */

    assay_policy **policies; /* referenced: rows and entries above live in them */
    size_t policy_count;
};

#endif
