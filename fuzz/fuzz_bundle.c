/* fuzz_bundle.c: any bytes as a bundle; what is read is complete, and replays without a crash. */
#include <stdlib.h>
#include <string.h>

#include "assay/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static assay_verdict verdict;
    assay_bundle *bundle = NULL;
    assay_error error = { 0 };
    char *result = NULL;
    const assay_status status = assay_bundle_parse((assay_span) { data, size }, &bundle, &error);
    if (status != ASSAY_OK) {
        hold(bundle == NULL && error.status == status && error.detail[0] != '\0');
        return 0;
    }
    hold(assay_bundle_options(bundle)->now > 0);
    hold(assay_bundle_result(bundle)[0] == '{');
    hold(assay_bundle_quote(bundle).size <= size);
    const assay_status replayed = assay_bundle_replay(bundle, NULL, &verdict, &result, NULL);
    hold(replayed == ASSAY_OK || replayed == ASSAY_MISMATCH);
    hold((strcmp(result, assay_bundle_result(bundle)) == 0) == (replayed == ASSAY_OK));
    assay_text_free(result);
    assay_verdict_clear(&verdict);
    assay_bundle_free(bundle);
    return 0;
}
