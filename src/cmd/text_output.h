/* text_output.h: a verdict as people read it: the verdict, then why, then the facts. */
#ifndef ASSAY_CMD_TEXT_OUTPUT_H
#define ASSAY_CMD_TEXT_OUTPUT_H

#include "assay/verify.h"

typedef enum verdict_detail { VERDICT_SHORT, VERDICT_EXPLAINED } verdict_detail;

/* Writes to standard output; in colour when that is a terminal that shows it and NO_COLOR is not
 * set. */
void verdict_print(const assay_verdict *verdict, const assay_verify_options *options,
                   verdict_detail detail);

#endif
