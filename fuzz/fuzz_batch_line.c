/* fuzz_batch_line.c: any bytes as a line of a batch: a path or JSON, refused or complete. */
#include <stdlib.h>
#include <string.h>

#include "assay/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_batch_line line = { .quote = NULL };
    assay_error error = { .status = ASSAY_OK };
    if (assay_batch_line_parse((assay_span) { data, size }, &line, &error) != ASSAY_OK) {
        if (line.quote != NULL || error.detail[0] == '\0')
            abort();
        return 0;
    }
    if (line.quote == NULL || line.quote[0] == '\0')
        abort();
    if (line.form == ASSAY_BATCH_INLINE && strlen(line.quote) < 256)
        abort();
    if (line.id != NULL && line.id[0] != '"')
        abort();
    assay_batch_line_clear(&line);
    return 0;
}
