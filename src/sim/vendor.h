/* vendor.h: what the verbs of `assay-sim vendor` do. */
#ifndef ASSAY_SIM_VENDOR_H
#define ASSAY_SIM_VENDOR_H

#include "sim/faults.h"

enum { SIM_VENDOR_FAULT_MAX = 16, SIM_VENDOR_SETTING_MAX = 64 };

typedef struct sim_order {
    const char *folder;
    const sim_profile *profile; /* NULL: the platform's, the first fault's, or SIM_FAULT_PROFILE */
    bool of_fleet;              /* a platform of the seed's fleet, not the profile's own */
    uint64_t platform;          /* its number there */
    uint64_t seed;
    int64_t now;
    unsigned days;
    const sim_fault *faults[SIM_VENDOR_FAULT_MAX];
    size_t fault_count;
    const char *settings[SIM_VENDOR_SETTING_MAX]; /* KEY=VALUE */
    size_t setting_count;
} sim_order;

/* Writes quote, collateral and README into the folder. USAGE (settings), ENVIRONMENT, NO_MEMORY. */
assay_status sim_vendor_new(const sim_order *order, assay_error *err);

/* Writes deterministic seeds for the fuzz targets into folder/<target>/. */
assay_status sim_vendor_seeds(const char *folder, assay_error *err);

typedef enum sim_list_form { SIM_LIST_TEXT, SIM_LIST_JSON } sim_list_form;
void sim_list_faults(sim_list_form form);
void sim_list_profiles(sim_list_form form);
void sim_list_settings(void);

/* The command line behind "assay-sim vendor"; the exit code. `now` is the clock's. */
int sim_vendor_command(char **words, size_t count, int64_t now);

#endif
