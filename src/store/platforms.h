/* platforms.h: what platforms.c and selections.c share. */
#ifndef ASSAY_STORE_PLATFORMS_H
#define ASSAY_STORE_PLATFORMS_H

#include "store/write.h"

/* A platform's row as far as writing needs it. */
typedef struct platform_identity {
    assay_span qe_id; /* as asked; borrowed */
    uint16_t pce_id;
    int64_t id;  /* 0: is not there */
    bool is_new; /* nothing stands under this id yet */
    store_platform_state state;
    uint8_t raw[STORE_TCBM_SIZE];  /* raw TCB in the form of a TCBm */
    uint8_t tcbm[STORE_TCBM_SIZE]; /* what it counts as */
} platform_identity;

assay_status platform_identify(store_write *w, assay_span qe_id, uint16_t pce_id,
                               platform_identity *out, assay_error *err);

static inline void tcbm_put_pce_svn(uint8_t tcbm[STORE_TCBM_SIZE], uint16_t pce_svn)
{
    tcbm[16] = (uint8_t)(pce_svn & 0xff);
    tcbm[17] = (uint8_t)(pce_svn >> 8);
}

/* A selection for the platform's raw TCB decides what it counts as. */
void selection_apply(platform_identity *is, const store_selection *selection);

assay_status selections_add(store_write *w, const platform_identity *is,
                            const store_selection *selections, size_t count, assay_error *err);

#endif
