/* choose.h: which baseline a request wants. collateral-service.md 4 "Baseline", 7.4, 7.7.
 *
 * It may say so by URL (/b/NAME/...), by the header Assay-Baseline, by customParameter, by
 * tcbEvaluationDataNumber, or by update=early; all that say something must say the same.
 * update=standard says nothing: QPL always sends it, so it means the channel of whatever counts. */
#ifndef ASSAY_SERVE_CHOOSE_H
#define ASSAY_SERVE_CHOOSE_H

#include "serve/parameters.h"

enum { BASELINE_NAME_SIZE = 64 };

/* Takes "/b/NAME" off the path; `name` stays empty when there is none. */
assay_span choose_path(assay_span path, assay_span *name);

/* "" when nobody chose. MALFORMED by the name contradictory_parameters or bad_parameter. */
assay_status choose_baseline(const route *row, const parameters *given, const http_request *request,
                             assay_span of_path, char out[BASELINE_NAME_SIZE], assay_error *err);

/* The parameters that the choice stands for, in the row's order, as bits: an answer's key needs
 * only the choice. */
unsigned choose_parameters(const parameter *rows);

#endif
