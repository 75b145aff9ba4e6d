/* fuzz_numbers.c: any bytes as TCB evaluation data numbers. */
#include <stdlib.h>

#include "collateral/documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena memory = { NULL };
    assay_error error = { 0 };
    evaluation_numbers numbers;
    assay_status status = evaluation_numbers_parse(span_of(data, size), &memory, &numbers, &error);
    if (status == ASSAY_OK && (numbers.count == 0 || numbers.tee == ASSAY_TEE_NONE))
        abort();
    if (status != ASSAY_OK && (error.status != status || error.where[0] == '\0'))
        abort();
    arena_free(&memory);
    return 0;
}
