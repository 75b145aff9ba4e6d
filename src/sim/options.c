/* options.c: rows of options against the words of a command line. */
#include "sim/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_COUNT = 32 };

assay_status sim_option_unknown(const char *where, const char *kind, const char *word,
                                const char *const *candidates, assay_error *err)
{
    const char *meant = assay_suggest(word, candidates);
    return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "unknown %s %s%s%s%s", kind, word,
                meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
                meant != NULL ? "?" : "");
}

assay_status sim_option_number(const char *name, const char *value, uint64_t max, uint64_t *out,
                               assay_error *err)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number > max)
        return fail(err, ASSAY_USAGE, name, ASSAY_NO_OFFSET, "%s is no number up to %llu", value,
                    (unsigned long long)max);
    *out = number;
    return ASSAY_OK;
}

assay_status sim_option_days(const char *value, unsigned *out, assay_error *err)
{
    uint64_t days = 0;
    TRY(sim_option_number("--days", value, SIM_DAYS_MAX, &days, err));
    *out = (unsigned)days;
    return ASSAY_OK;
}

assay_status sim_option_time(const char *name, const char *value, int64_t *out, assay_error *err)
{
    if (assay_time_parse(value, out, err) == ASSAY_OK)
        return ASSAY_OK;
    return fail(err, ASSAY_USAGE, name, ASSAY_NO_OFFSET,
                "%s is no time: want 2026-06-01T12:00:00Z or Unix seconds", value);
}

assay_status sim_option_profile(const char *value, const sim_profile **out, assay_error *err)
{
    const char *names[NAME_MAX_COUNT] = { NULL };
    *out = sim_profile_find(value);
    if (*out != NULL)
        return ASSAY_OK;
    for (size_t i = 0; i + 1 < NAME_MAX_COUNT && sim_profiles[i].name != NULL; i++)
        names[i] = sim_profiles[i].name;
    return sim_option_unknown("--profile", "profile", value, names, err);
}

/* The row that `word` ("--out" or "--out=DIR") names. */
static const sim_option *find_option(const sim_option *options, const char *word)
{
    for (const sim_option *row = options; row->name != NULL; row++) {
        size_t size = strlen(row->name);
        if (strncmp(row->name, word, size) == 0 && (word[size] == '\0' || word[size] == '='))
            return row;
    }
    return NULL;
}

static assay_status unknown_option(const char *verb, const sim_option *options, const char *word,
                                   assay_error *err)
{
    const char *names[NAME_MAX_COUNT] = { NULL };
    for (size_t i = 0; i + 1 < NAME_MAX_COUNT && options[i].name != NULL; i++)
        names[i] = options[i].name;
    return sim_option_unknown(verb, word[0] == '-' ? "option" : "operand", word, names, err);
}

assay_status sim_options_parse(const char *verb, const sim_option *options, char **words,
                               size_t count, void *request, assay_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const sim_option *row = find_option(options, words[i]);
        if (row == NULL)
            return unknown_option(verb, options, words[i], err);
        const char *value = strchr(words[i], '=');
        if (row->argument == NULL && value != NULL)
            return fail(err, ASSAY_USAGE, row->name, ASSAY_NO_OFFSET, "takes no argument");
        if (value != NULL)
            value++;
        else if (row->argument != NULL && i + 1 < count)
            value = words[++i];
        if (row->argument != NULL && value == NULL)
            return fail(err, ASSAY_USAGE, row->name, ASSAY_NO_OFFSET, "needs %s behind it",
                        row->argument);
        TRY(row->take(value, request, err));
    }
    return ASSAY_OK;
}

void sim_options_help(const sim_option *options)
{
    for (const sim_option *row = options; row->name != NULL; row++)
        printf("  %-14s %-10s %s\n", row->name, row->argument != NULL ? row->argument : "",
               row->summary);
}

int sim_complain(assay_status status, const assay_error *err)
{
    fprintf(stderr, "assay-sim: %s: %s\n", err->where, err->detail);
    return status == ASSAY_USAGE ? SIM_EXIT_USAGE : SIM_EXIT_ENVIRONMENT;
}
