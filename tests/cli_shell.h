/* cli_shell.h: command lines as people type them: run through bash, one after the other, in one
 * folder of scratch files.
 *
 * The variables that they may use: $A is the command, $V the folder of vectors, $GOOD and $QUOTE
 * the folder and the quote of a real case that is up to date at $AT, $POLICIES the sample policies.
 */
#ifndef TESTS_CLI_SHELL_H
#define TESTS_CLI_SHELL_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_cases.h"

typedef struct shell_row {
    const char *what;
    const char *script;
    int exit_code;
    const char *out; /* must be in standard output */
    const char *err; /* must be in standard error; NULL: anything */
} shell_row;

static inline void shell_run(const shell_row *row)
{
    char script[8192];
    snprintf(script, sizeof(script), "cd '%s'\n%s", command_scratch(), row->script);
    const char *const words[] = { "/bin/bash", "-o", "pipefail", "-c", script, NULL };
    command_result result = command_run(words, NO_INPUT);
    if (result.exit_code != row->exit_code || strstr(result.out, row->out) == NULL ||
        (row->err != NULL && strstr(result.err, row->err) == NULL))
        test_fail("%s: exit code %d, want %d; says:\n%s%s", row->what, result.exit_code,
                  row->exit_code, result.out, result.err);
    command_free(&result);
}

static inline void shell_run_all(const shell_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        shell_run(&rows[i]);
}

/* A fresh state folder, so that no test sees keys of the user. False without vectors. */
static inline bool shell_begin(void)
{
    char path[4096];
    const char *vectors = vectors_folder();
    setenv("A", getenv("ASSAY_BIN"), 1);
    setenv("XDG_STATE_HOME", command_scratch(), 1);
    unsetenv("ASSAY_KEY");
    if (vectors == NULL || realpath(vectors, path) == NULL)
        return false;
    setenv("V", path, 1);
    strncat(path, "/" GOOD_CASE, sizeof(path) - strlen(path) - 1);
    setenv("GOOD", path, 1);
    strncat(path, "/quote.bin", sizeof(path) - strlen(path) - 1);
    setenv("QUOTE", path, 1);
    setenv("AT", GOOD_TIME, 1);
    return true;
}

#define SHELL(rows) shell_run_all(rows, COUNT_OF(rows))

#endif
