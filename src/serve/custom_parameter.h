/* custom_parameter.h: customParameter, by which clients of THIM choose a baseline.
 * collateral-service.md 4, "Baseline". */
#ifndef ASSAY_SERVE_CUSTOM_PARAMETER_H
#define ASSAY_SERVE_CUSTOM_PARAMETER_H

#include "base/span.h"

#define CUSTOM_PARAMETER "customParameter"

/* base64 of "region=eastus&tcbevaluationdatanumber=17", either member, once, in any order and case
 * of the name; the region means nothing here. *number 0 when there is none. MALFORMED by the names
 * bad_parameter, unknown_parameter, repeated_parameter. */
assay_status custom_parameter_read(assay_span value, uint32_t *number, assay_error *err);

#endif
