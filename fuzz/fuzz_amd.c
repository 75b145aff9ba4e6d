/* fuzz_amd.c: AMD's certificates and chains (src/x509/amd.c, amd_vcek.c,
 * src/crypto/amd_certificates.c): nothing that can be made up stands on AMD's roots, and what is
 * taken as a root is taken once. */
#include <stdlib.h>

#include "x509/amd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span in = span_of(data, size);
    amd_roots roots = { .count = 0 };
    amd_vcek vcek;
    amd_chain chain;
    amd_crl crl;
    assay_error error;
    if (amd_roots_add(&roots, in, &error) == ASSAY_OK &&
        (amd_roots_add(&roots, in, &error) != ASSAY_OK || roots.count != 1))
        abort();
    if (amd_chain_check(in, NULL, &chain, &error) == ASSAY_OK &&
        (chain.product == AMD_NONE || chain.not_before > chain.not_after))
        abort();
    if (amd_vcek_check(in, in, &roots, &vcek, &error) == ASSAY_OK)
        abort();
    amd_crl_check(in, in, &roots, &crl, &error);
    return 0;
}
