/* envelope.h: what the vendor's signed documents have in common: one signed object, its signature,
 * nothing beside them. verification.md 3.1. */
#ifndef ASSAY_COLLATERAL_ENVELOPE_H
#define ASSAY_COLLATERAL_ENVELOPE_H

#include "collateral/members.h"

typedef struct envelope_kind {
    const char *name;   /* where errors begin: "tcb_info" */
    const char *member; /* of the signed object: "tcbInfo" */
} envelope_kind;

#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document

/* Reads the text, takes the signature and the signed range into `header`, and hands out the signed
 * object, which lives as long as `document`. `document` is always to be freed. MALFORMED. */
assay_status envelope_open(const envelope_kind *kind, assay_span text, document_header *header,
                           json_document *document, json_t **body, assay_error *err);

/* Takes `version`: UNSUPPORTED when it is none from `min` to `max`. Asked before anything else, for
 * other versions have other members. */
assay_status document_version(json_t *body, const place *at, uint8_t min, uint8_t max, uint8_t *out,
                              assay_error *err);

/* issueDate before nextUpdate. */
assay_status document_dates_check(const document_header *header, const place *at, assay_error *err);

#endif
