/* fuzz_roots.c: any bytes as a root that a caller names: refused, or a point of the curve. */
#include <stdlib.h>

#include "assay/collateral.h"
#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_roots roots = { .count = 0 };
    assay_error error = { .status = ASSAY_OK };
    if (assay_roots_add(&roots, (assay_span) { data, size }, &error) != ASSAY_OK) {
        if (roots.count != 0 || error.detail[0] == '\0')
            abort();
        return 0;
    }
    if (roots.count != 1 || roots.points[0][0] != 0x04 || !p256_point_valid(roots.points[0] + 1))
        abort();
    return 0;
}
