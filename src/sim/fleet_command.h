/* fleet_command.h: the command line of `assay-sim fleet`. */
#ifndef ASSAY_SIM_FLEET_COMMAND_H
#define ASSAY_SIM_FLEET_COMMAND_H

#include "base/span.h"

/* The exit code. `now` is the clock's. */
int sim_fleet_command(char **words, size_t count, int64_t now);

#endif
