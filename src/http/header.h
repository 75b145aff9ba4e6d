/* header.h: one header line of a request. On its own, because the parser's header claims names that
 * server.h uses as well (HTTP_GET). */
#ifndef ASSAY_HTTP_HEADER_H
#define ASSAY_HTTP_HEADER_H

#include "base/span.h"

enum { HTTP_HEADER_MAX = 64, HTTP_ADDRESS_SIZE = 64, HTTP_REFUSED_HEADERS_SIZE = 128 };

typedef struct http_header {
    assay_span name; /* as received: compare with http_name_is() */
    assay_span value;
} http_header;

/* Why a request is refused; code 0 when it is not. `why` is static. */
typedef struct refusal {
    unsigned code;
    const char *why;
} refusal;

#endif
