/* upper_hex.h: hex and PEM as Intel's services write them. */
#ifndef ASSAY_SERVE_UPPER_HEX_H
#define ASSAY_SERVE_UPPER_HEX_H

#include "base/memory.h"
#include "wire/json_write.h"

/* Writes 2 * bytes.size upper-case digits and NUL; returns their number. */
size_t upper_hex(assay_span bytes, char *out);

/* A member of upper-case hex digits. */
void json_put_upper_hex(json_writer *w, const char *member, assay_span bytes, arena *memory);

/* One PEM block of a certificate, with a NUL behind that is not counted; data NULL: no memory. */
assay_span pem_certificate(assay_span der, arena *memory);

#endif
