/* item_rows.h: what differs between kinds of vendor items: one row each. For items*.c. */
#ifndef ASSAY_SERVE_ITEM_ROWS_H
#define ASSAY_SERVE_ITEM_ROWS_H

#include "serve/items.h"

/* What a key is made of, behind its first words. */
typedef enum item_part {
    PART_NONE = 0,
    PART_TEE,     /* "sgx", "tdx" */
    PART_QE,      /* "qe", "td_qe" */
    PART_FMSPC,   /* twelve hex digits, upper case */
    PART_CHANNEL, /* "standard", "early", or a number */
    PART_CA,      /* "processor", "platform" */
    PART_FILTER,  /* "all", "client", "E3", "E5" */
    PART_SIGNER,  /* "vcek", "vlek" */
    PART_PRODUCT, /* "Milan" ... */
    PART_CHIP,    /* lower-case hex, as long as the product's ids are */
    PART_TCB      /* sixteen hex digits, lower case */
} item_part;

enum { ITEM_PART_MAX = 4 };

typedef struct item_row {
    const char *word; /* for metrics and the log: "tcb_info" */
    const char *prefix;
    item_part parts[ITEM_PART_MAX];
    assay_fetch_kind fetch; /* how it is asked for; NONE: by nobody */
} item_row;

extern const item_row item_rows[ITEM_KIND_COUNT];

/* How the vendor is asked. Views into `name`. */
void item_request(const item_name *name, assay_fetch_request *out);

/* Chip ids of Turin are eight bytes long. */
size_t item_chip_size(amd_product product);

/* The AMD chain that this VCEK or CRL stands under. */
item_name item_amd_chain_of(const item_name *name);

/* Older than what the store has: refused unless an operator allows it (7.1). MISMATCH by the name
 * rollback. `old` is the stored item. */
assay_status item_rollback_check(const item_name *name, const store_item *old,
                                 const store_item *new, assay_error *err);

/* Counts and logs bytes that were refused. */
void item_refused(service *s, const char *key, const item_name *name, const char *source,
                  const assay_error *why);

#endif
