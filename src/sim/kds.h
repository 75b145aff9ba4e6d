/* kds.h: AMD's keys and certificates under roots of the simulator. collateral-service.md 3. */
#ifndef ASSAY_SIM_KDS_H
#define ASSAY_SIM_KDS_H

#include "sim/bytes.h"

typedef struct sim_kds {
    uint64_t seed;
} sim_kds;

#endif
