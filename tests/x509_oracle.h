/* x509_oracle.h: OpenSSL's X.509 code as judge of ours: whatever we accept, it must accept, with
 * the same fields. It is never asked outside tests. */
#ifndef TESTS_X509_ORACLE_H
#define TESTS_X509_ORACLE_H

#include "x509/x509.h"

/* NULL when OpenSSL accepts `ours->der` too and reads the same, else what differs (static text). */
const char *oracle_cert_difference(const x509_cert *ours);
const char *oracle_crl_difference(const x509_crl *ours);

/* NULL when OpenSSL's strict path validation (X509_V_FLAG_X509_STRICT, no dates) accepts `leaf`
 * under `chain`, of which the last is trusted; else why not (static text). */
const char *oracle_chain_fault(assay_span leaf, const assay_span *chain, size_t count);

#endif
