/* report_json.h: the parts of a report as JSON, in the form of Intel's results. appraisal.md 1.1 to
 * 1.3. The measurement is written by report_write_measurement(). */
#ifndef ASSAY_APPRAISE_REPORT_JSON_H
#define ASSAY_APPRAISE_REPORT_JSON_H

#include "appraise/reports.h"
#include "wire/json_write.h"

/* The member `environment`: as received, or class and description. */
void report_write_environment(json_writer *w, const report *r);

bool reports_have_certification(const assay_reports *reports);

/* {the seven items in base64}: as received, or of the collateral. Only when there are some. */
void reports_write_certification(json_writer *w, const char *member, const assay_reports *reports);

/* About how many characters that makes; 0 when there are none. */
size_t reports_certification_size(const assay_reports *reports);

#endif
