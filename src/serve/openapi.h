/* openapi.h: the service's API as OpenAPI 3, out of the rows that it answers by: docs/openapi.json,
 * and GET /assay/v1/openapi.json. */
#ifndef ASSAY_SERVE_OPENAPI_H
#define ASSAY_SERVE_OPENAPI_H

#include "serve/route.h"

void openapi_write(json_writer *w);

/* True when the API says that this row may answer with this code. */
bool openapi_has_code(const route *row, unsigned code);

#endif
