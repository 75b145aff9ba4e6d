/* items.h: vendor items by name: what each is called, how it is asked for, what is checked before
 * it is kept. collateral-service.md 7.1, 7.2. One row for each kind in items.c. */
#ifndef ASSAY_SERVE_ITEMS_H
#define ASSAY_SERVE_ITEMS_H

#include "serve/route.h"
#include "serve/service.h"

typedef enum item_kind {
    ITEM_TCB_INFO,           /* tcb/{sgx|tdx}/{FMSPC}/{standard|early|N} */
    ITEM_QE_IDENTITY,        /* identity/{qe|td_qe}/{standard|early|N} */
    ITEM_QVE_IDENTITY,       /* identity/qve/... */
    ITEM_QAE_IDENTITY,       /* identity/qae/... */
    ITEM_PCK_CRL,            /* crl/pck/{processor|platform} */
    ITEM_ROOT_CRL,           /* crl/root */
    ITEM_EVALUATION_NUMBERS, /* numbers/{sgx|tdx} */
    ITEM_FMSPCS,             /* fmspcs/{all|client|E3|E5}: not signed, only listed */
    ITEM_AMD_CHAIN,          /* amd/chain/{vcek|vlek}/{product} */
    ITEM_AMD_CRL,            /* amd/crl/{vcek|vlek}/{product} */
    ITEM_VCEK,               /* amd/vcek/{product}/{chip}/{tcb} */
    ITEM_PCK_CHAIN,          /* chain/pck/{processor|platform}: issuer chain of PCK certificates */
    ITEM_KIND_COUNT
} item_kind;

enum { ITEM_KEY_SIZE = 512 };

typedef struct item_name {
    item_kind kind;
    assay_tee tee;
    uint8_t fmspc[6];
    pck_ca ca;
    bool early;
    uint32_t number;    /* 0: the channel decides */
    const char *filter; /* FMSPCS */
    amd_product product;
    bool vlek;
    uint8_t chip_id[AMD_CHIP_SIZE];
    uint8_t tcb[AMD_TCB_SIZE];
} item_name;

void item_key(const item_name *name, char out[ITEM_KEY_SIZE]);
assay_status item_parse_key(const char *key, item_name *out, assay_error *err);

/* From the store, or, when it is not there and the fill mode allows it, from the vendor: admitted,
 * stored, invalidated. A stale item is tried again first, and given with *stale when that fails.
 * Failures set call->code (404, 410, 502, 503 with retry_after) besides the error. */
assay_status item_get(call *c, const item_name *name, store_item *out, bool *stale);

/* Asks the vendor now, whatever the store has. *changed tells whether the bytes are new. The old
 * item stays when anything fails: the failure is counted and logged. */
assay_status item_refresh(service *s, const item_name *name, arena *memory, int64_t now,
                          bool *changed, unsigned *retry_after, assay_error *err);

/* Admission and rollback for bytes that came from anywhere (upstream, import): what fails is
 * refused, logged and counted. Fills dates and number of `item`, whose body, chain and source are
 * given. Bytes of CRLs are normalised to DER. Does not store. */
assay_status item_admit(service *s, const item_name *name, store_item *item, arena *memory,
                        int64_t now, assay_error *err);

/* Stores admitted items in one transaction and drops the answers made from older ones. */
assay_status items_store(service *s, const store_item *items, size_t count, assay_error *err);

/* The issuer chain of PCK certificates of this CA, PEM. */
assay_status item_pck_chain(call *c, pck_ca ca, assay_span *out);

#endif
