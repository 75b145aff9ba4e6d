/* subject.h: the subject of a client certificate as text. RFC 4514. */
#ifndef ASSAY_SERVE_SUBJECT_H
#define ASSAY_SERVE_SUBJECT_H

#include "base/span.h"

/* "CN=ops,O=Example", as `openssl x509 -noout -subject -nameopt RFC2253` prints it. The certificate
 * was verified before: this reads no more of it than it must. MALFORMED; UNSUPPORTED for a subject
 * that does not fit or is empty. */
assay_status subject_of_certificate(assay_span der, char *out, size_t size, assay_error *err);

#endif
