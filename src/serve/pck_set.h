/* pck_set.h: the PCK certificates of one platform: each believed only under the vendor's chain, all
 * of the same platform; and which of them fits a raw TCB. collateral-service.md 2, 7.1. */
#ifndef ASSAY_SERVE_PCK_SET_H
#define ASSAY_SERVE_PCK_SET_H

#include "collateral/pck_select.h"
#include "serve/items.h"

/* As item_get(), on behalf of a registration, a refresh or an operator: those may ask the vendor in
 * fill mode REQ too. */
assay_status item_obtain(call *c, const item_name *name, store_item *out, bool *stale);

/* What PCK certificates are checked with, read once: issuer chains and CRLs of both CAs. Read only
 * after pck_issuers_load(); shared by threads. */
enum { PCK_CA_COUNT = PCK_CA_PLATFORM + 1 };
typedef struct pck_issuers {
    const assay_roots *roots;
    int64_t now;
    bool has_root_crl;
    x509_crl root_crl;
    struct {
        assay_span chain; /* PEM; empty: there is none */
        bool has_crl;
        x509_crl crl;
        pck_issuer proved;
    } of[PCK_CA_COUNT];
} pck_issuers;

/* Reads what is needed for certificates of `ca` into `by`, whose roots and `now` the caller has
 * set: CRLs as the store (or the vendor, when the fill mode allows) has them; the chain from there
 * or, when `came` is not empty, the one that came with the certificates: then it is stored.
 * UNTRUSTED when the chain does not hold. Asking twice for one CA is harmless. */
assay_status pck_issuers_load(call *c, pck_issuers *by, pck_ca ca, assay_span came,
                              assay_error *err);
void pck_issuers_free(pck_issuers *by);

/* Which CA issued a PCK certificate (PEM or DER), by its issuer's name alone: nothing is proved.
 * PCK_CA_NONE when it is none or of another CA. */
pck_ca pck_certificate_ca(assay_span certificate, arena *memory);

typedef struct pck_set {
    store_pck *certificates;
    pck_candidate *candidates; /* in the same order */
    size_t count;
    size_t capacity;
    size_t revoked; /* left out */
    uint8_t fmspc[6];
    uint8_t pce_id[2];
    uint8_t ppid[16];
    pck_ca ca;
} pck_set;

/* Room for `capacity` certificates (at most PCK_CANDIDATE_MAX). */
assay_status pck_set_new(arena *memory, size_t capacity, pck_set *out, assay_error *err);

/* Adds one certificate (PEM or DER). Refused: what does not hold, what is stale, and what is of
 * another platform, FMSPC, PCE or CA than those before (MISMATCH). A revoked one is left out and
 * counted. A repeated TCB replaces the one before. `tcbm` (may be NULL) is what somebody claims the
 * certificate's TCB to be: MISMATCH when it is another. */
assay_status pck_set_add(const pck_issuers *by, arena *memory, assay_span certificate,
                         const uint8_t *tcbm, pck_set *set, assay_error *err);

/* The same for certificates that were proved before they were stored. */
assay_status pck_set_of_store(arena *memory, const store_pck *certificates, size_t count,
                              pck_set *out, assay_error *err);

/* The index of the certificate for a raw TCB: pck_select(). `pce_id` is the platform's. */
assay_status pck_set_choose(const pck_set *set, const tcb_info *info, const uint8_t cpu_svn[16],
                            uint16_t pce_svn, uint16_t pce_id, size_t *out, assay_error *err);

/* Whether certificates may be chosen otherwise once `item` takes the place of the one that the
 * store has: only for SGX TCB infos of the channels that choose, and only when the TCBs of their
 * levels or the order of these differ. New documents come often, new levels seldom. */
bool pck_chosen_otherwise(service *s, const store_item *item);

#endif
