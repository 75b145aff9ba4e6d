/* fuzz_x509_differential.c: whatever we accept as certificate or CRL, OpenSSL accepts too and reads
 * the same. */
#include <stdio.h>
#include <stdlib.h>

#include "x509_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void stop_at(const char *difference)
{
    if (difference == NULL)
        return;
    fprintf(stderr, "%s\n", difference);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    x509_cert cert;
    x509_crl crl;
    if (x509_cert_parse(span_of(data, size), "cert", &cert, NULL) == ASSAY_OK)
        stop_at(oracle_cert_difference(&cert));
    if (x509_crl_parse(span_of(data, size), "crl", &crl, NULL) == ASSAY_OK)
        stop_at(oracle_crl_difference(&crl));
    return 0;
}
