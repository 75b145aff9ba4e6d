/* import.h: platforms and vendor items out of files: nothing is believed for being in a file that
 * an administrator sent. collateral-service.md 1, 7.1, 7.13. */
#ifndef ASSAY_SERVE_IMPORT_H
#define ASSAY_SERVE_IMPORT_H

#include "serve/platforms.h"
#include "wire/json.h"

/* ---- What an import comes to ------------------------------------------------------------------
 */

enum { IMPORT_REFUSED_MAX = 100, IMPORT_NAME_SIZE = 160 };

typedef struct import_refused {
    char what[IMPORT_NAME_SIZE]; /* "line 17", an item's key, a platform */
    assay_error why;
} import_refused;

typedef struct import_report {
    uint64_t platforms, certificates, items, policies; /* stored */
    uint64_t queued;                                   /* platforms that wait for certificates */
    uint64_t older;                                    /* items that are here in a newer form */
    uint64_t refused;
    import_refused at[IMPORT_REFUSED_MAX]; /* the first of them */
} import_report;

void import_refuse(import_report *report, const char *what, const assay_error *why);

/* ---- Items ------------------------------------------------------------------------------------
 */

typedef struct import_item {
    item_name name;
    assay_span body;
    assay_span chain; /* PEM */
} import_item;

/* What becomes of a file with an item that can't be kept. */
typedef enum import_mood {
    IMPORT_ALL_OR_NOTHING, /* the first refusal fails the call, nothing is stored */
    IMPORT_WHAT_HOLDS      /* refusals are reported, the others are stored */
} import_mood;

/* Admits every item (the root CRL first, so that it counts for the others) and stores them in one
 * transaction. An item that the store has in a newer form is left as it is, and counted. */
assay_status import_items(call *c, const import_item *items, size_t count, import_mood mood,
                          import_report *report);

/* ---- Platforms --------------------------------------------------------------------------------
 */

enum { IMPORT_FMSPC_MAX = 256, IMPORT_BATCH = 512 };

/* What is the same for all platforms of one import. */
typedef struct import_context {
    call *call;
    pck_issuers issuers;
    size_t info_count;
    struct {
        uint8_t fmspc[6];
        tcb_info info;
    } infos[IMPORT_FMSPC_MAX];
} import_context;

/* Loads the issuers of both CAs, as far as they are known; `chains` (of PCK_CA_COUNT, may be NULL)
 * are those that came with the file. */
assay_status import_begin(call *c, const assay_span *chains, import_context *out);
void import_end(import_context *im);

/* A platform with certificates as they came: PEM (also percent-encoded) or DER. */
typedef struct import_certificate {
    assay_span text;
    uint8_t tcbm[STORE_TCBM_SIZE];
} import_certificate;

typedef struct import_raw_tcb {
    uint8_t cpu_svn[16];
    uint16_t pce_svn;
} import_raw_tcb;

typedef struct import_platform {
    store_platform platform; /* with the raw TCB that counts for the inventory */
    import_certificate *certificates;
    size_t certificate_count;
    import_raw_tcb *others; /* further raw TCBs whose selections are kept */
    size_t other_count;
} import_platform;

/* Every certificate believed, all of one platform. From any thread; `memory` is the thread's. */
assay_status import_verify(const import_context *im, arena *memory, const import_platform *from,
                           pck_set *out, assay_error *err);

/* The record to store: with FMSPC, CA, state and selections. MISMATCH by the name platform_ppid
 * when the platform is here with certificates of another machine. Not from several threads. */
assay_status import_record(import_context *im, arena *memory, const import_platform *from,
                           const pck_set *set, store_platform_record *out, assay_error *err);

/* Stores records in one transaction and drops the answers made before. */
assay_status import_keep(import_context *im, const store_platform_record *records, size_t count,
                         import_report *report);

/* ---- Forms ------------------------------------------------------------------------------------
 */

/* One platform a line, as `assay-sim fleet` and exports write. Batches of lines are verified by all
 * workers and stored one transaction each. The first bad line ends it: nothing of its batch is
 * stored, what was before stays. */
assay_status import_ndjson(call *c, assay_span text, import_report *report);

/* PCCS's platformcollateral, versions 3 and 4: all of it or nothing. */
assay_status import_collateral(call *c, assay_span text, import_report *report);

/* A PCCS's SQLite database: what holds is stored, what does not is reported. */
assay_status import_pccs(call *c, assay_span database, import_report *report);

/* Percent-decoded when it is so encoded; in the arena when it had to be. MALFORMED. */
assay_status import_text(assay_span in, arena *memory, assay_span *out, assay_error *err);

#endif
