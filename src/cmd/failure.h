/* failure.h: what went wrong on the command's own side, as the library's error record, and how
 * people are told. */
#ifndef ASSAY_CMD_FAILURE_H
#define ASSAY_CMD_FAILURE_H

#include <stdio.h>

#include "assay/base.h"

/* The only macro that hides a return. */
#define TRY(expression)                                                                            \
    do {                                                                                           \
        assay_status try_status_ = (expression);                                                   \
        if (try_status_ != ASSAY_OK)                                                               \
            return try_status_;                                                                    \
    } while (0)

/* Fills `error` and returns `status`. Texts are cut to fit. */
assay_status failed(assay_error *error, assay_status status, const char *where, const char *format,
                    ...) ASSAY_PRINTF(4, 5);

/* As failed(), under a name that scripts see; static storage. */
assay_status failed_as(assay_error *error, assay_status status, const char *name, const char *where,
                       const char *format, ...) ASSAY_PRINTF(5, 6);

/* The exit code of a command that failed with `status`; 0 for OK. */
int failure_exit_code(assay_status status);

/* Writes "assay VERB: text" and where help is to standard error; returns the exit code of wrong
 * usage. `verb` "" stands for the command itself. */
int usage_error(const char *verb, const char *format, ...) ASSAY_PRINTF(2, 3);

/* Writes "error: where at offset N: detail (status, code)" to standard error. */
void failure_print(assay_status status, const assay_error *error);

/* Writes text that may come from outside: control characters become "?", so that no file can speak
 * to a terminal. */
void text_put(const char *text, FILE *stream);

/* The candidate that a misspelt word means, also when only the case differs; or NULL.
 * `candidates` ends with NULL. */
const char *suggestion(const char *word, const char *const *candidates);

#endif
