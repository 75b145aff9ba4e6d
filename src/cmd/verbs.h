/* verbs.h: the table of verbs: what each is called, takes, and does. Help and completion are made
 * from the same rows. */
#ifndef ASSAY_CMD_VERBS_H
#define ASSAY_CMD_VERBS_H

#include "options.h"

typedef struct verb {
    const char *name;                   /* "verify", "bundle create": as people type it */
    const char *operands;               /* "QUOTE...", or "" */
    const char *summary;                /* one line */
    const char *text;                   /* help: what it does, lines of at most 80 characters */
    const option_row *options;          /* --help included */
    const struct verb *const *verbs;    /* what may follow ("create"), NULL behind; or NULL */
    int (*run)(const arguments *given); /* NULL when one of `verbs` must follow */
} verb;

#define OPTION_ROW_HELP                                                                            \
    {                                                                                              \
        .id = OPTION_HELP, .name = "help", .letter = 'h', .help = "show this help"                 \
    }

extern const verb verb_verify, verb_appraise, verb_policy, verb_token, verb_key, verb_inspect,
    verb_bundle, verb_collateral, verb_admin, verb_help, verb_version, verb_completion;

/* All of them; NULL ends the table. */
extern const verb *const verbs[];

/* The row whose last word is `word`, or NULL. */
const verb *verb_find(const verb *const *table, const char *word);

/* The row that a misspelt word means, or NULL. */
const char *verb_suggestion(const verb *const *table, const char *word);

/* "create" of "bundle create". */
const char *verb_last_word(const verb *v);

/* Runs the verb that `words` begin with; returns the exit code. */
int verb_dispatch(const verb *const *table, const char *before, char **words, size_t count);

/* Writes the help of one verb, or the list of all, to standard output. */
void help_verb(const verb *v);
void help_all(void);

#endif
