/* fuzz_inspect.c: any bytes to inspect; a description begins with the kind that was recognised. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/collateral.h"
#include "assay/inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span file = { data, size };
    const assay_file_kind kind = assay_file_recognise(file);
    char *json = NULL, begin[64];
    assay_error error = { 0 };
    const assay_status status = assay_inspect(file, &json, &error);
    hold(kind != ASSAY_FILE_UNKNOWN || status == ASSAY_UNSUPPORTED);
    if (status != ASSAY_OK) {
        hold(json == NULL && error.status == status && error.detail[0] != '\0');
        return 0;
    }
    snprintf(begin, sizeof(begin), "{\"kind\":\"%s\",\"size\":%zu,", assay_file_kind_name(kind),
             size);
    hold(strncmp(json, begin, strlen(begin)) == 0);
    hold(json[strlen(json) - 1] == '}');
    assay_text_free(json);
    return 0;
}
