/* batch_lines.h: the quotes of a batch, one after the other: from the command line or from a list.
 */
#ifndef ASSAY_CMD_BATCH_LINES_H
#define ASSAY_CMD_BATCH_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "assay/base.h"
#include "input.h"

enum { BATCH_LINE_MAX = INPUT_QUOTE_MAX };

typedef struct batch_lines {
    char **paths;
    size_t path_count;
    size_t next_path;
    FILE *list;
    uint64_t number; /* of the line read last, from 1 */
} batch_lines;

typedef struct batch_line_text {
    char *text; /* malloc'd; keep it between calls, free() it at the end */
    size_t size;
    size_t capacity;
    uint64_t number;
    bool too_long; /* longer than BATCH_LINE_MAX: `text` is its beginning */
} batch_line_text;

/* ENVIRONMENT when the list can't be opened. */
assay_status batch_lines_open(char **paths, size_t path_count, const char *list, batch_lines *out,
                              assay_error *error);
void batch_lines_close(batch_lines *lines);

/* The next line that is not empty, without its end. FAILED fills `error`: ENVIRONMENT when
 * the list can't be read, NO_MEMORY. */
typedef enum batch_next { BATCH_LINE, BATCH_END, BATCH_FAILED } batch_next;
batch_next batch_lines_next(batch_lines *lines, batch_line_text *out, assay_error *error);

#endif
