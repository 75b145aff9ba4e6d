/* pcs_command.h: the command line of `assay-sim pcs`. */
#ifndef ASSAY_SIM_PCS_COMMAND_H
#define ASSAY_SIM_PCS_COMMAND_H

#include "base/span.h"

/* Serves until SIGTERM or SIGINT; the exit code. `now` is the clock's. */
int sim_pcs_command(char **words, size_t count, int64_t now);

#endif
