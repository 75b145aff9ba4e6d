/* fuzz_cert.c: certificates (src/x509/cert.c), and every role asked about what parses. */
#include <stdlib.h>

#include "x509/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    x509_cert cert;
    assay_error error;
    if (x509_cert_parse(span_of(data, size), "cert", &cert, &error) != ASSAY_OK)
        return 0;
    for (x509_role role = 0; role < ROLE_COUNT; role++)
        x509_role_check(role, &cert, "cert", &error);
    x509_link_check(ROLE_SGX_ROOT, &cert, &cert, NULL, NULL, "cert", &error);
    if (pck_ca_of_name(cert.issuer) != PCK_CA_NONE && x509_common_name(cert.issuer).size == 0)
        abort();
    return 0;
}
