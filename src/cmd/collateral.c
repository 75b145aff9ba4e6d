/* collateral.c: assay collateral: what the vendor says, for people: fetch it, look at it, compare
 * it.
 */
#include "collateral.h"

#include <stdio.h>

#include "collateral_input.h"
#include "exit_code.h"
#include "failure.h"
#include "json_text.h"
#include "request.h"

const assay_item collateral_items[] = {
    ASSAY_ITEM_TCB_INFO,    ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN,
    ASSAY_ITEM_QE_IDENTITY, ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN,
    ASSAY_ITEM_PCK_CRL,     ASSAY_ITEM_PCK_CRL_ISSUER_CHAIN,
    ASSAY_ITEM_ROOT_CA_CRL, ASSAY_ITEM_COUNT,
};

assay_status collateral_view_read(const arguments *given, const char *path, collateral_view *out,
                                  assay_error *error)
{
    TRY(request_read_time(given, &out->at, error));
    TRY(request_read_roots(given, &out->roots, error));
    return collateral_input_read_path(path, &out->roots, &out->collateral, error);
}

void collateral_view_free(collateral_view *view)
{
    assay_collateral_unref(view->collateral);
    *view = (collateral_view) { 0 };
}

int collateral_failure(const char *name, assay_status status, const assay_error *error,
                       const arguments *given)
{
    if (status == ASSAY_USAGE)
        return usage_error(name, "%s", error->detail);
    if (!option_given(given, OPTION_JSON)) {
        failure_print(status, error);
        return failure_exit_code(status);
    }
    printf("{");
    json_refusal_put(status, error);
    printf("}\n");
    return failure_exit_code(status);
}

const char *item_state_name(item_state state)
{
    static const char *const names[] = { "ok", "soon", "stale", "not yet valid", "broken" };
    return names[state];
}

item_state item_state_of(const assay_validity *validity, int64_t at, int64_t warn)
{
    if (at >= validity->end)
        return ITEM_STALE;
    if (at < validity->latest_begin)
        return ITEM_EARLY;
    return validity->end - at <= warn ? ITEM_SOON : ITEM_SOUND;
}

static const option_row help_options[] = { OPTION_ROW_HELP, OPTIONS_END };

static const verb *const collateral_verbs[] = { &verb_collateral_fetch, &verb_collateral_show,
                                                &verb_collateral_check, &verb_collateral_diff,
                                                &verb_collateral_age,   NULL };

const verb verb_collateral = {
    .name = "collateral",
    .operands = "fetch|show|check|diff|age",
    .summary = "fetch, show and compare what the vendor says about platforms",
    .text = "Certificates, CRLs, TCB info and QE identity: all that a quote is judged against.\n"
            "A collateral is a folder of items or one JSON file, as assay verify reads them.",
    .options = help_options,
    .verbs = collateral_verbs,
};
