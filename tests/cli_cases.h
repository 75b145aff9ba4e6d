/* cli_cases.h: two real cases that the tests of the command use: one accepted, one out of date. */
#ifndef TESTS_CLI_CASES_H
#define TESTS_CLI_CASES_H

#include <stdio.h>
#include <stdlib.h>

#include "run_command.h"
#include "support.h"
#include "vectors.h"

#define GOOD_CASE "tdx-v4/asm-00b252-00806f050000-2025-02" /* UpToDate */
#define GOOD_TIME "2025-02-28T03:44:50Z"
#define OLD_CASE  "tdx-v5/oe-v5-outofdate-eval21" /* OutOfDate */
#define OLD_TIME  "2026-06-27T22:27:15Z"

/* "VECTORS/case/name"; the text is overwritten by the sixteenth call after it. */
static inline const char *case_path(const char *name_of_case, const char *name)
{
    static char paths[16][1024];
    static size_t next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof(paths[0]), "%s/%s/%s", vectors_folder(), name_of_case, name);
    return path;
}

#define SKIP_WITHOUT_VECTORS()                                                                     \
    do {                                                                                           \
        if (vectors_folder() == NULL)                                                              \
            skip();                                                                                \
    } while (0)

#endif
