/* completion_zsh.c: the completion script for zsh. */
#include <stdio.h>
#include <string.h>

#include "completion.h"

/* Descriptions stand in single quotes, where "[", "]" and ":" mean something too. */
static void put_zsh_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text) != NULL)
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void put_zsh_argument(const option_row *row)
{
    printf(":");
    put_zsh_text(row->argument);
    if (row->value == VALUE_FILE)
        printf(":_files");
    if (row->value == VALUE_STATUSES) {
        printf(":_values -s , status ");
        completion_statuses();
    }
    if (row->value == VALUE_TEXT)
        printf(": ");
}

static void put_zsh_option(const option_row *row)
{
    const char *many = row->times == TIMES_MANY ? "*" : "";
    printf(" \\\n            '%s--%s[", many, row->name);
    put_zsh_text(row->help);
    printf("]");
    if (row->argument != NULL)
        put_zsh_argument(row);
    printf("'");
}

static void put_zsh_verbs(const verb *const *table)
{
    for (; *table != NULL; table++) {
        printf(" '%s:", verb_last_word(*table));
        put_zsh_text((*table)->summary);
        printf("'");
    }
}

static void put_zsh_case(const verb *v)
{
    printf("    '%s')\n", v->name);
    if (v->verbs != NULL) {
        printf("        local -a following=(");
        put_zsh_verbs(v->verbs);
        printf(")\n        if [[ $words[CURRENT] != -* ]]; then\n"
               "            _describe verb following\n            return\n        fi\n");
    }
    printf("        _arguments -s");
    for (const option_row *row = v->options; row->id != OPTION_NONE; row++)
        put_zsh_option(row);
    if (v == &verb_help)
        printf(" \\\n            '1:verb:(");
    if (v == &verb_help)
        completion_verbs(verbs);
    if (v == &verb_help)
        printf(")'");
    else if (v == &verb_completion)
        printf(" \\\n            '1:shell:(bash zsh fish)'");
    else if (v != &verb_version)
        printf(" \\\n            '*:file:_files'");
    printf("\n        ;;\n");
}

/* Verbs that another verb may follow. */
static void put_zsh_nested(const verb *v)
{
    if (v->verbs != NULL)
        printf(" '%s'", v->name);
}

void completion_zsh(void)
{
    printf("#compdef assay\n"
           "# zsh completion for assay\n"
           "_assay() {\n"
           "    local chosen=\"$words[2]\"\n"
           "    if (( CURRENT == 2 )); then\n"
           "        local -a all=(");
    put_zsh_verbs(verbs);
    printf(")\n        _describe verb all\n        return\n    fi\n"
           "    shift words\n    (( CURRENT-- ))\n"
           "    local -a nested=(");
    completion_each_verb(verbs, put_zsh_nested);
    printf(")\n"
           "    while (( CURRENT > 2 && ${nested[(Ie)$chosen]} )) && [[ $words[2] != -* ]]; do\n"
           "        chosen=\"$chosen $words[2]\"\n"
           "        shift words\n        (( CURRENT-- ))\n"
           "    done\n"
           "    case $chosen in\n");
    completion_each_verb(verbs, put_zsh_case);
    printf("    esac\n}\n_assay \"$@\"\n");
}
