/* levels.h: TCB levels of platforms, TDX modules and enclaves. verification.md 3.2, 3.3, 3.5. */
#ifndef ASSAY_COLLATERAL_LEVELS_H
#define ASSAY_COLLATERAL_LEVELS_H

#include "collateral/members.h"

/* Which members `tcb` has, and which words tcbStatus may be. */
typedef enum level_form {
    LEVEL_PLATFORM_V2,  /* sgxtcbcomp01svn ... 16, pcesvn */
    LEVEL_PLATFORM_SGX, /* sgxtcbcomponents, pcesvn */
    LEVEL_PLATFORM_TDX, /* also tdxtcbcomponents */
    LEVEL_MODULE,       /* isvsvn, one byte */
    LEVEL_ENCLAVE,      /* isvsvn, two bytes */
    LEVEL_FORM_COUNT
} level_form;

/* The elements of a `tcbLevels` array, which must descend strictly. `at` is the object that holds
 * the array. */
assay_status levels_read(const document_reader *r, level_form form, json_t *array, const place *at,
                         tcb_levels *out);

#endif
