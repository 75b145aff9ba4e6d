/* help.c: assay help: written from the tables of verbs and options. */
#include <stdio.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "verbs.h"

enum { OPTION_WIDTH = 38, VERB_WIDTH = 12, OPTION_TEXT_SIZE = 96 };

static void print_option(const option_row *row)
{
    char text[OPTION_TEXT_SIZE];
    char letter[] = "-x, ";
    letter[1] = row->letter;
    snprintf(text, sizeof(text), "%s--%s%s%s", row->letter != '\0' ? letter : "    ", row->name,
             row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
    if (strlen(text) < OPTION_WIDTH)
        printf("  %-*s  %s\n", OPTION_WIDTH, text, row->help);
    else
        printf("  %s\n  %-*s  %s\n", text, OPTION_WIDTH, "", row->help);
}

void help_verb(const verb *v)
{
    const char *space = v->operands[0] != '\0' ? " " : "";
    printf("assay %s: %s\n\n", v->name, v->summary);
    printf("Usage: assay %s%s%s [OPTION]...\n\n%s\n", v->name, space, v->operands, v->text);
    for (size_t i = 0; v->verbs != NULL && v->verbs[i] != NULL; i++)
        printf("%s  %-*s %s\n", i == 0 ? "\nVerbs:\n" : "", VERB_WIDTH, verb_last_word(v->verbs[i]),
               v->verbs[i]->summary);
    printf("\nOptions:\n");
    for (const option_row *row = v->options; row->id != OPTION_NONE; row++)
        print_option(row);
}

void help_all(void)
{
    printf("assay: is this machine what it claims to be, and is that good enough?\n\n"
           "Usage: assay VERB [OPERAND]... [OPTION]...\n\nVerbs:\n");
    for (size_t i = 0; verbs[i] != NULL; i++)
        printf("  %-*s %s\n", VERB_WIDTH, verbs[i]->name, verbs[i]->summary);
    printf("\n'assay help VERB' tells more. Exit code: 0 accepted, 1 judged and not accepted,\n"
           "2 wrong usage, 3 can't be judged, 4 file, network or memory.\n");
}

static int help_run(const arguments *given)
{
    const verb *const *table = verbs;
    const verb *v = NULL;
    for (size_t i = 0; i < given->operand_count; i++) {
        const char *word = given->operands[i];
        const char *meant = table != NULL ? verb_suggestion(table, word) : NULL;
        v = table != NULL ? verb_find(table, word) : NULL;
        if (v == NULL && meant != NULL)
            return usage_error("help", "there is no verb %s; did you mean %s?", word, meant);
        if (v == NULL)
            return usage_error("help", "there is no verb %s", word);
        table = v->verbs;
    }
    if (v == NULL)
        help_all();
    else
        help_verb(v);
    return 0;
}

static const option_row help_options[] = { OPTION_ROW_HELP, OPTIONS_END };

const verb verb_help = {
    .name = "help",
    .operands = "[VERB]",
    .summary = "show what a verb does and takes",
    .text = "Shows all verbs, or the options of one: assay help bundle create.",
    .options = help_options,
    .run = help_run,
};
