/* version.c: assay version. */
#include <stdio.h>

#include "assay/base.h"
#include "failure.h"
#include "verbs.h"

static int version_run(const arguments *given)
{
    if (given->operand_count > 0)
        return usage_error("version", "no operand is taken");
    printf("assay %s\n", assay_version());
    return 0;
}

static const option_row version_options[] = { OPTION_ROW_HELP, OPTIONS_END };

const verb verb_version = {
    .name = "version",
    .operands = "",
    .summary = "show the version",
    .text = "Shows the version of assay and of the library it runs with.",
    .options = version_options,
    .run = version_run,
};
