/* dispatch.c: finds the verb that the words name, reads its options and runs it. */
#include <stdio.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "verbs.h"

enum { VERB_MAX = 16 };

const char *verb_last_word(const verb *v)
{
    const char *space = strrchr(v->name, ' ');
    return space != NULL ? space + 1 : v->name;
}

const verb *verb_find(const verb *const *table, const char *word)
{
    for (; *table != NULL; table++) {
        if (strcmp(verb_last_word(*table), word) == 0)
            return *table;
    }
    return NULL;
}

const char *verb_suggestion(const verb *const *table, const char *word)
{
    const char *candidates[VERB_MAX + 1] = { NULL };
    for (size_t i = 0; i < VERB_MAX && table[i] != NULL; i++)
        candidates[i] = verb_last_word(table[i]);
    return suggestion(word, candidates);
}

static int unknown_verb(const verb *const *table, const char *before, const char *word)
{
    const char *meant = verb_suggestion(table, word);
    if (meant != NULL)
        return usage_error(before, "unknown verb %s; did you mean %s?", word, meant);
    return usage_error(before, "unknown verb %s", word);
}

static int verb_run(const verb *v, char **words, size_t count)
{
    arguments given;
    if (!options_parse(v->name, v->options, words, count, &given))
        return EXIT_CODE_USAGE;
    if (option_given(&given, OPTION_HELP)) {
        help_verb(v);
        return 0;
    }
    if (v->run == NULL)
        return usage_error(v->name, "a verb must follow: %s", v->operands);
    return v->run(&given);
}

int verb_dispatch(const verb *const *table, const char *before, char **words, size_t count)
{
    const verb *v = verb_find(table, words[0]);
    if (v == NULL)
        return unknown_verb(table, before, words[0]);
    if (v->verbs != NULL && count > 1 && words[1][0] != '-')
        return verb_dispatch(v->verbs, v->name, words + 1, count - 1);
    return verb_run(v, words + 1, count - 1);
}
