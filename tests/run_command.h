/* run_command.h: runs the built command as a user does, and keeps what it said. */
#ifndef TESTS_RUN_COMMAND_H
#define TESTS_RUN_COMMAND_H

#include "assay/base.h"

typedef struct command_result {
    int exit_code; /* 128 + signal when it was killed */
    char *out;     /* standard output, NUL behind */
    char *err;     /* standard error, NUL behind */
    long peak_kib; /* most memory it held */
} command_result;

/* Runs `words` (the first one NULL stands for $ASSAY_BIN; NULL ends them) with `input` as standard
 * input. Free with command_free(). Ends the test when it can't be run. */
command_result command_run(const char *const *words, assay_span input);
void command_free(command_result *result);

/* The folder of scratch files of this program; made at the first call. */
const char *command_scratch(void);

/* "SCRATCH/name" with these bytes; malloc'd path. */
char *command_file(const char *name, assay_span bytes);

#define RUN(input, ...) command_run((const char *const[]) { NULL, __VA_ARGS__, NULL }, (input))
#define NO_INPUT        ((assay_span) { NULL, 0 })
#define TEXT(text)      ((assay_span) { (const uint8_t *)(text), strlen(text) })

#endif
