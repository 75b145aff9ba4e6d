/* admin.c: assay admin: the table of its verbs. */
#include "admin.h"

static const option_row help_options[] = { OPTION_ROW_HELP, OPTIONS_END };

static const verb *const admin_verbs[] = { &verb_admin_status,   &verb_admin_platforms,
                                           &verb_admin_items,    &verb_admin_refresh,
                                           &verb_admin_baseline, &verb_admin_import,
                                           &verb_admin_export,   &verb_admin_audit,
                                           &verb_admin_tokens,   NULL };

const verb verb_admin = {
    .name = "admin",
    .operands = "status|platforms|items|refresh|baseline|import|export|audit|tokens",
    .summary = "administer assayd, the collateral service",
    .text = "Talks to the administration of a running assayd. The token comes from --token-file,\n"
            "ASSAYD_TOKEN_FILE or ASSAYD_TOKEN; what it may do are its scopes.",
    .options = help_options,
    .verbs = admin_verbs,
};
