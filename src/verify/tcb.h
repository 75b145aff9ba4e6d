/* tcb.h: which TCB level a platform has reached, for those who have no quote of it: plans of the
 * collateral service. verification.md 5.1. */
#ifndef ASSAY_VERIFY_TCB_H
#define ASSAY_VERIFY_TCB_H

#include "collateral/documents.h"

/* The index of the first level that the PCK certificate's components and PCE SVN reach, or -1.
 * `tdx` is the TEE TCB SVN of a TD (16 bytes); NULL: SGX rules alone, also for TDX's TCB info. */
int tcb_platform_level(const tcb_info *info, const uint8_t components[16], uint16_t pce_svn,
                       const uint8_t *tdx);

#endif
