/* profiles.c: the kinds of platform and quote that the simulated vendor knows, as rows, and the TCB
 * situations. Tables only; world.c makes worlds of them. verification.md 1.2, 5. */
#include "sim/world.h"

const sim_profile sim_profiles[] = {
    { "sgx-v3", "SGX quote version 3, platform CA", 3, 1, PCK_CA_PLATFORM },
    { "sgx-v3-processor", "SGX quote version 3, processor CA", 3, 1, PCK_CA_PROCESSOR },
    { "sgx-v4", "SGX quote version 4, platform CA", 4, 1, PCK_CA_PLATFORM },
    { "tdx-v4", "TDX quote version 4 (TD report 1.0)", 4, 2, PCK_CA_PLATFORM },
    { "sgx-v5", "SGX quote version 5 (body type 1)", 5, 1, PCK_CA_PLATFORM },
    { "tdx-v5-1.0", "TDX quote version 5 (body type 2: TD report 1.0)", 5, 2, PCK_CA_PLATFORM },
    { "tdx-v5", "TDX quote version 5 (body type 3: TD report 1.5)", 5, 3, PCK_CA_PLATFORM },
    { "tdx-v5-extended", "TDX quote version 5 (body type 4: TD report 1.5 extended)", 5, 4,
      PCK_CA_PLATFORM },
    { .name = NULL },
};

const sim_situation sim_situations[] = {
    { "UpToDate", "every component at the newest level", 8, 12, 0, 0 },
    { "SWHardeningNeeded", "newest microcode, software hardening open", 8, 8, 0, 0 },
    { "ConfigurationNeeded", "newest microcode, wrong configuration", 8, 4, 0, 0 },
    { "ConfigurationAndSWHardeningNeeded", "both of these", 8, 0, 0, 0 },
    { "OutOfDate", "microcode behind", 7, 12, 0, 0 },
    { "OutOfDateConfigurationNeeded", "microcode behind, wrong configuration", 7, 0, 0, 0 },
    { "Revoked", "microcode of a revoked level", 3, 0, 0, 0 },
    { "NotSupported", "below every level", 1, 0, 0, 0 },
    { "TDRelaunchAdvised", "TD of version 5, type 3 or 4, launched before an update", 8, 12, 4, 7 },
    { "TDRelaunchAdvisedConfigurationNeeded", "the same, with wrong configuration", 8, 4, 4, 7 },
    { .name = NULL },
};

const sim_profile *sim_profile_find(const char *name)
{
    for (const sim_profile *row = sim_profiles; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

const sim_situation *sim_situation_find(const char *name)
{
    for (const sim_situation *row = sim_situations; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}
