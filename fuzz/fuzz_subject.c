/* fuzz_subject.c: any bytes as the subject of a new policy. */
#include <stdlib.h>
#include <string.h>

#include "assay/appraise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = NULL;
    bool debug = false;
    if (assay_policy_from_subject((assay_span) { data, size }, &text, &debug, NULL) == ASSAY_OK) {
        const size_t end = strlen(text);
        if (end < 2 || text[0] != '{' || text[end - 2] != '}' || strstr(text, "class_id") == NULL)
            abort();
    } else if (text != NULL) {
        abort();
    }
    assay_text_free(text);
    return 0;
}
