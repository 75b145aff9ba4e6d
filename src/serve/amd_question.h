/* amd_question.h: which chip and TCB somebody asks for, and its certificates.
 * collateral-service.md 3 "AMD KDS", 4. */
#ifndef ASSAY_SERVE_AMD_QUESTION_H
#define ASSAY_SERVE_AMD_QUESTION_H

#include "serve/items.h"

/* Texts as they came; empty where nothing was said. */
typedef struct amd_question {
    assay_span chip;    /* hex */
    assay_span tcb;     /* sixteen hex digits, as THIM writes a TCB_VERSION: microcode first */
    assay_span product; /* "Milan" */
} amd_question;

typedef struct amd_certificates {
    item_name name;
    assay_span vcek_pem, chain_pem;
} amd_certificates;

/* What is not said comes from the configuration ([thim] chip_id, tcb_version, product); a product
 * that nobody says is looked for. 400 by the name missing_parameter or bad_parameter. */
assay_status amd_certificates_get(call *c, const amd_question *question, answer *out,
                                  amd_certificates *found);

/* A chip id of the product's length; masked (all zero) ones can't be resolved: 404. */
assay_status amd_chip_read(call *c, assay_span hex, const char *where, item_name *name);

/* TCB_VERSION of the parts: the opposite of amd_tcb_read(). */
void amd_tcb_of(const amd_vcek *parts, uint8_t out[AMD_TCB_SIZE]);
/* As THIM writes it, in upper case. */
void amd_tcb_text(const uint8_t tcb[AMD_TCB_SIZE], char out[2 * AMD_TCB_SIZE + 1]);

#endif
