/* simulated.h: evidence of the simulated vendor for the C interface, whose root the drop-in trusts
 * only through its configuration file. */
#ifndef TESTS_ABI_SIMULATED_H
#define TESTS_ABI_SIMULATED_H

#include "drop_in.h"

/* The rooms under the simulator have three names of the ABI for flags of their own. */
#define PCK_FLAG_FALSE     SIM_PCK_FLAG_FALSE
#define PCK_FLAG_TRUE      SIM_PCK_FLAG_TRUE
#define PCK_FLAG_UNDEFINED SIM_PCK_FLAG_UNDEFINED
#include "sim/faults.h"
#undef PCK_FLAG_FALSE
#undef PCK_FLAG_TRUE
#undef PCK_FLAG_UNDEFINED

typedef struct simulated {
    sim_world world;
    sim_artifacts artifacts;
    given_collateral given;
} simulated;

/* simulated_make() is simulated_init(), then simulated_build(); the world may change in between. */
void simulated_init(simulated *s, const char *profile);
void simulated_build(simulated *s);
void simulated_make(simulated *s, const char *profile);
void simulated_make_fault(simulated *s, const sim_fault *fault);
void simulated_free(simulated *s);

/* A folder of its own under the system's place for temporary files, and a file in it. */
const char *simulated_folder(void);
void simulated_file(const char *name, assay_span content);

/* Its collateral as files there, for fake_quoteprov.c. */
void simulated_serve(const simulated *s);

/* Points ASSAY_QUOTEVERIFY_CONF at a file with this text. */
void simulated_configure(const char *text);

/* Names the simulator's root in it. */
void simulated_trust_root(const simulated *s);

#endif
