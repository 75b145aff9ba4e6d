/* fuzz_policy_token.c: any bytes as a policy token (src/token/policy_token.c) and as a verification
 * result (src/token/reports_token.c). Without pins nothing counts; what counts was signed; every
 * refusal has a name. */
#include <stdlib.h>
#include <string.h>

#include "assay/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void check_policy(assay_span token)
{
    assay_policy_token_options options = { .now = 1750420800 };
    assay_policy *policy = NULL;
    assay_error error = { 0 };
    hold(assay_policy_token_read(token, &options, &policy, &error) != ASSAY_OK);
    hold(error.name != NULL || error.status == ASSAY_NO_MEMORY);
    options.any_signer = true;
    const assay_status status = assay_policy_token_read(token, &options, &policy, &error);
    if (status != ASSAY_OK) {
        hold(policy == NULL && error.name != NULL);
        return;
    }
    const assay_policy_origin *origin = assay_policy_origin_of(policy);
    hold(origin->is_signed && !origin->signer_pinned && strlen(origin->signer) == 43);
    hold(assay_policy_class_count(policy) > 0);
    assay_policy_unref(policy);
}

static void check_reports(assay_span text)
{
    assay_reports *reports = NULL;
    assay_error error = { 0 };
    hold(assay_reports_from_token(text, NULL, false, &reports, &error) != ASSAY_OK);
    if (assay_reports_from_token(text, NULL, true, &reports, &error) == ASSAY_OK)
        hold(assay_reports_count(reports) > 0);
    assay_reports_free(reports);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span text = { data, size };
    check_policy(text);
    check_reports(text);
    return 0;
}
