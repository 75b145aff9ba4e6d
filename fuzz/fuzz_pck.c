/* fuzz_pck.c: the value of the SGX extension (src/x509/pck.c), under either CA. No input may fit
 * both. */
#include <stdlib.h>

#include "x509/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    x509_cert leaf = { .der = { data, size }, .sgx_extension = { data, size } };
    pck_extension out;
    assay_error error;
    assay_status processor = pck_extension_parse(&leaf, PCK_CA_PROCESSOR, "leaf", &out, &error);
    assay_status platform = pck_extension_parse(&leaf, PCK_CA_PLATFORM, "leaf", &out, &error);
    if (processor == ASSAY_OK && platform == ASSAY_OK)
        abort();
    return 0;
}
