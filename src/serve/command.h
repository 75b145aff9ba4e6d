/* command.h: the command line of assayd. */
#ifndef ASSAY_SERVE_COMMAND_H
#define ASSAY_SERVE_COMMAND_H

#include <stddef.h>
#include <stdint.h>

/* Runs what `words` (without the program's name) say; the exit code: 0 done, 2 wrong usage, 3 a
 * configuration or store that is not sound, 4 the system. */
int assayd_command(char **words, size_t count, int64_t now);

#endif
