/* options.h: the command lines of assay-sim: rows of options, and what they take. */
#ifndef ASSAY_SIM_OPTIONS_H
#define ASSAY_SIM_OPTIONS_H

#include "sim/world.h"

enum { SIM_EXIT_OK = 0, SIM_EXIT_USAGE = 2, SIM_EXIT_ENVIRONMENT = 4, SIM_DAYS_MAX = 3650 };

typedef struct sim_option {
    const char *name;
    const char *argument; /* NULL: a switch */
    const char *summary;
    assay_status (*take)(const char *value, void *request, assay_error *err);
} sim_option;

#define SIM_OPTION_END                                                                             \
    {                                                                                              \
        NULL, NULL, NULL, NULL                                                                     \
    }

/* Gives "--out DIR" and "--out=DIR" to the rows (the last one has a NULL name). USAGE, with the
 * closest option, for what no row takes. */
assay_status sim_options_parse(const char *verb, const sim_option *options, char **words,
                               size_t count, void *request, assay_error *err);
void sim_options_help(const sim_option *options);

/* Says on standard error what went wrong; the exit code. */
int sim_complain(assay_status status, const assay_error *err);

/* USAGE; `candidates` ends with NULL. */
assay_status sim_option_unknown(const char *where, const char *kind, const char *word,
                                const char *const *candidates, assay_error *err);

/* Values; USAGE when they are none. */
assay_status sim_option_number(const char *name, const char *value, uint64_t max, uint64_t *out,
                               assay_error *err);
assay_status sim_option_days(const char *value, unsigned *out, assay_error *err);
assay_status sim_option_time(const char *name, const char *value, int64_t *out, assay_error *err);
assay_status sim_option_profile(const char *value, const sim_profile **out, assay_error *err);

#endif
