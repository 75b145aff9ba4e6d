/* name.h: distinguished names, for the other files of this room. */
#ifndef ASSAY_X509_NAME_H
#define ASSAY_X509_NAME_H

#include "wire/der.h"
#include "x509/x509.h"

/* Takes the next element, a Name of at least one RDN, each with one attribute, the common name at
 * most once; values are UTF8String, PrintableString or IA5String without control characters.
 * `common_name` is empty when there is none. MALFORMED, TRUNCATED. */
assay_status x509_name_read(der_reader *r, const char *what, assay_span *name,
                            assay_span *common_name, assay_error *err);

#endif
