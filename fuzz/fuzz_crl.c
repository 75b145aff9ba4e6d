/* fuzz_crl.c: CRLs (src/x509/crl.c): every entry of a list that parses is found by look-up. */
#include <stdlib.h>

#include "x509/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    x509_crl crl;
    assay_error error;
    if (x509_crl_parse(span_of(data, size), "crl", &crl, &error) != ASSAY_OK)
        return 0;
    size_t cursor = 0, count = 0;
    assay_span serial;
    int64_t revoked_at;
    for (; x509_crl_entry(&crl, &cursor, &serial, &revoked_at); count++)
        if (!x509_crl_lists(&crl, serial))
            abort();
    if (count != crl.entry_count || cursor != crl.entries.size)
        abort();
    return 0;
}
