/* completion.c: assay completion, and what the scripts of all shells share. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "assay/collateral.h"
#include "exit_code.h"
#include "failure.h"

void completion_each_verb(const verb *const *table, completion_writer write)
{
    for (; *table != NULL; table++) {
        write(*table);
        if ((*table)->verbs != NULL)
            completion_each_verb((*table)->verbs, write);
    }
}

void completion_verbs(const verb *const *table)
{
    for (const verb *const *v = table; *v != NULL; v++)
        printf("%s%s", v == table ? "" : " ", verb_last_word(*v));
}

void completion_statuses(void)
{
    for (int i = ASSAY_TCB_UP_TO_DATE; i < ASSAY_TCB_REVOKED; i++)
        printf("%s%s", i == ASSAY_TCB_UP_TO_DATE ? "" : " ",
               assay_tcb_status_name((assay_tcb_status)i));
}

static const struct {
    const char *name;
    void (*put)(void);
} shells[] = { { "bash", completion_bash },
               { "zsh", completion_zsh },
               { "fish", completion_fish } };

static int completion_run(const arguments *given)
{
    static const char *const names[] = { "bash", "zsh", "fish", NULL };
    if (given->operand_count != 1)
        return usage_error("completion", "for which shell? bash, zsh or fish");
    const char *name = given->operands[0];
    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(shells[i].name, name) != 0)
            continue;
        shells[i].put();
        return 0;
    }
    const char *meant = suggestion(name, names);
    if (meant != NULL)
        return usage_error("completion", "there is nothing for %s; did you mean %s?", name, meant);
    return usage_error("completion", "there is nothing for %s", name);
}

static const option_row completion_options[] = { OPTION_ROW_HELP, OPTIONS_END };

const verb verb_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .summary = "write a completion script for a shell",
    .text = "Writes a script that completes verbs, options and files: source it, or put it where\n"
            "the shell looks for such scripts.",
    .options = completion_options,
    .run = completion_run,
};
