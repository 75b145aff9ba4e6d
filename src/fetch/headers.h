/* headers.h: the header lines of a reply. */
#ifndef ASSAY_FETCH_HEADERS_H
#define ASSAY_FETCH_HEADERS_H

#include "base/span.h"

typedef enum header_found { HEADER_ABSENT, HEADER_ONCE, HEADER_REPEATED } header_found;

/* The value of a header by its name in any case, without space around it. A header that stands
 * more than once with different values is REPEATED: nobody may choose. */
header_found header_value(assay_span lines, const char *name, assay_span *value);

/* Decimal digits, at most `max`; false for anything else. */
bool header_number(assay_span text, int64_t max, int64_t *out);

/* max-age of a Cache-Control value, 0 for no-store and no-cache; -1 when it says neither. */
int64_t header_max_age(assay_span cache_control);

/* Seconds to wait, by a Retry-After value in either form (seconds, or a date after `now`); 0 when
 * it is neither. At most a day. */
int64_t header_retry_after(assay_span value, int64_t now);

/* Decodes %XX into `out` of at least in.size bytes; false for a broken escape or a NUL. '+' stays:
 * it is base64's. */
bool header_percent_decode(assay_span in, char *out, size_t *size);

#endif
