/* batch.h: many quotes, judged by all cores; one JSON line each, in the order in which they came.
 */
#ifndef ASSAY_CMD_BATCH_H
#define ASSAY_CMD_BATCH_H

#include "request.h"

typedef enum batch_memory { BATCH_REMEMBERS, BATCH_FORGETS } batch_memory;

typedef struct batch_setup {
    const request *asked;
    char **paths; /* quotes named on the command line, or NULL */
    size_t path_count;
    const char *list; /* file with a line per quote ("-": standard input), or NULL */
    unsigned jobs;    /* threads; 0: one per core */
    batch_memory memory;
} batch_setup;

/* Judges them all and prints a line for each; progress on standard error when that is a terminal.
 * Returns the worst exit code (environment, not judged, not accepted, accepted); wrong usage when
 * there is no quote at all. */
int batch_run(const batch_setup *setup);

#endif
