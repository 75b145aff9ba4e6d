/* platforms.h: platforms and their PCK certificates: what the vendor is asked for, what is believed
 * and kept, which certificate answers. collateral-service.md 1, 2, 7.6, 7.8. */
#ifndef ASSAY_SERVE_PLATFORMS_H
#define ASSAY_SERVE_PLATFORMS_H

#include "serve/pck_set.h"

/* "platform/QEID_PCEID" in upper-case hex, the PCE-ID little-endian: tags of answers. */
enum { PLATFORM_TAG_SIZE = 9 + 2 * STORE_QE_ID_MAX + 1 + 4 + 1 };
void platform_tag(assay_span qe_id, uint16_t pce_id, char out[PLATFORM_TAG_SIZE]);

/* True when the platform has told its raw TCB (with a manifest alone it has not). */
bool platform_tcb_known(const store_platform *platform);

/* The HTTP code that a failure of platform_ask() means for the one who asked: 502 when the vendor
 * sent what can't be believed. */
unsigned platform_failure_code(const assay_error *error);
/* True when the vendor could not be asked, or had no answer: the same question may do later. */
bool platform_upstream_down(const assay_error *error);

/* What somebody offers for a platform, every certificate believed. */
typedef struct platform_offer {
    pck_set set;
    size_t unavailable; /* TCBs without a certificate ("Not available") */
} platform_offer;

/* Asks the vendor for all certificates of a platform: by its manifest, else by its encrypted PPID.
 * Where a service has no lists (a PCCS), for the one of its raw TCB. Blocks. Errors of
 * upstream_fetch(), and what pck_set_add() refuses; refusals are counted and logged.
 * *retry_after as there. */
assay_status platform_ask(call *c, const store_platform *platform, platform_offer *out,
                          unsigned *retry_after, assay_error *err);

/* The SGX TCB info by which certificates of this FMSPC are chosen: the standard one, or early where
 * there is none. `get` is item_get() for questions, item_obtain() where a platform is stored. */
typedef assay_status (*item_getter)(call *c, const item_name *name, store_item *out, bool *stale);
assay_status platform_tcb_info(call *c, item_getter get, const uint8_t fmspc[6], tcb_info *out,
                               assay_error *err);

/* Fills FMSPC, CA, state and, when the raw TCB is known, the selection of a record: what is stored
 * of a platform with these certificates. */
assay_status platform_record(const store_platform *platform, const platform_offer *offer,
                             const tcb_info *info, arena *memory, store_platform_record *out,
                             assay_error *err);

/* The certificates are of the platform whose certificates are there already: MISMATCH by the name
 * platform_ppid otherwise. */
assay_status platform_same(service *s, const store_platform *platform, const pck_set *set,
                           arena *memory, assay_error *err);

/* Platform, certificates, selection and audit entry (may be NULL: nobody asked for it) in one
 * transaction; answers made from older ones go. */
assay_status platform_keep(call *c, const store_platform_record *record,
                           const store_audit_entry *audit, assay_error *err);

/* Asks the vendor again and stores what is new; the old certificates stay when anything fails. For
 * queued platforms too, which become registered. *changed tells whether the certificates are
 * others. */
assay_status platform_refresh(service *s, const store_platform *platform, arena *memory,
                              int64_t now, bool *changed, unsigned *retry_after, assay_error *err);

/* Platforms that wait for their certificates: each step asks for some of them, and goes on where
 * the step before ended; it stops when the vendor is down. Who was refused is asked for again an
 * hour later. Zeroed is ready. */
typedef struct platform_queue {
    char cursor[512];
} platform_queue;
void platform_queue_step(service *s, platform_queue *queue, int64_t now);

#endif
