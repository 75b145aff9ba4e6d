/* completion_fish.c: the completion script for fish. */
#include <stdio.h>
#include <string.h>

#include "completion.h"

/* Text within single quotes. */
static void put_quoted(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("\\'", stdout);
        else
            putchar(*text);
    }
}

/* The condition under which the verb's own words are offered. */
static void put_fish_seen(const verb *v)
{
    for (const char *word = v->name; *word != '\0';) {
        const int size = (int)strcspn(word, " ");
        printf("%s__fish_seen_subcommand_from %.*s", word == v->name ? "" : "; and ", size, word);
        word += size + (word[size] == ' ');
    }
}

static void put_fish_option(const verb *v, const option_row *row)
{
    printf("complete -c assay -n '");
    put_fish_seen(v);
    printf("' -l %s", row->name);
    if (row->letter != '\0')
        printf(" -s %c", row->letter);
    if (row->value == VALUE_FILE)
        printf(" -r -F");
    if (row->value == VALUE_TEXT)
        printf(" -x");
    if (row->value == VALUE_STATUSES) {
        printf(" -x -a '(__fish_append , ");
        completion_statuses();
        printf(")'");
    }
    printf(" -d '");
    put_quoted(row->help);
    printf("'\n");
}

static void put_fish_verb(const verb *v)
{
    for (const option_row *row = v->options; row->id != OPTION_NONE; row++)
        put_fish_option(v, row);
    for (size_t i = 0; v->verbs != NULL && v->verbs[i] != NULL; i++) {
        printf("complete -c assay -n '");
        put_fish_seen(v);
        printf("; and not __fish_seen_subcommand_from ");
        completion_verbs(v->verbs);
        printf("' -f -a %s -d '", verb_last_word(v->verbs[i]));
        put_quoted(v->verbs[i]->summary);
        printf("'\n");
    }
}

void completion_fish(void)
{
    printf("# fish completion for assay\n");
    for (const verb *const *v = verbs; *v != NULL; v++) {
        printf("complete -c assay -n __fish_use_subcommand -f -a %s -d '", (*v)->name);
        put_quoted((*v)->summary);
        printf("'\n");
    }
    printf("complete -c assay -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n"
           "complete -c assay -n '__fish_seen_subcommand_from help' -f -a '");
    completion_verbs(verbs);
    printf("'\n");
    completion_each_verb(verbs, put_fish_verb);
}
