/* store.h: what assayd must not lose, behind one contract with two engines: SQLite and PostgreSQL.
 * collateral-service.md 7.2, 7.6, 7.9, 7.11.
 *
 * The store keeps bytes; it does not judge them (the serve room verifies before it puts). Every
 * function is one transaction: seen whole by others or not at all, durable when it returns OK.
 * Any thread may call; calls that read do not wait for one that writes.
 *
 * Failures: ENVIRONMENT with error.name store_unavailable (no connection; try again later),
 * store_full (disk), store_read_only, store_corrupt, store_schema (newer than this program),
 * store_busy, store_limit (a configured maximum is reached); MALFORMED for a record that is not of
 * our form; NO_MEMORY. "Not found" is OK with `found` false.
 *
 * Items, records, platforms, certificates and selections carry a checksum: bits that flipped on the
 * disk are store_corrupt, never an answer. A limit of 0 in lists of platforms means 1000, and a
 * page never has more than 10000.
 */
#ifndef ASSAY_STORE_STORE_H
#define ASSAY_STORE_STORE_H

#include "base/memory.h"

typedef struct store store;

typedef struct store_settings {
    const char *url; /* "sqlite:/var/lib/assayd/assayd.db" or "postgresql://..." (libpq's forms) */
    unsigned connections;  /* pool; 0: 4 */
    unsigned wait_seconds; /* for a connection or a lock; 0: 5 */
    uint64_t platform_max; /* 0: 10 million */
    uint64_t item_max;     /* 0: 1 million; a quarter is kept for items that end */
} store_settings;

/* Opens, and makes or migrates the schema. `now` is written beside each migration. */
assay_status store_open(const store_settings *settings, int64_t now, store **out, assay_error *err);
void store_close(store *s);
const char *store_engine(const store *s); /* "sqlite", "postgresql" */

/* ---- Items: whatever a vendor publishes -------------------------------------------------------
 */

/* Texts and spans are borrowed by put; get copies into the arena given. */
typedef struct store_item {
    const char *key;    /* "tcb/tdx/00806F050000/standard"; at most 512 bytes of printable ASCII */
    assay_span body;    /* as the vendor signed it */
    const char *chain;  /* issuer chain, PEM; "" when the kind has none */
    const char *source; /* URL or "import:FILE" */
    int64_t issue_date;
    int64_t next_update; /* 0: never stale (VCEK) */
    uint32_t evaluation_number;
    int64_t fetched;  /* when it was last confirmed */
    uint64_t version; /* set by the store: grows with each change of any item */
} store_item;

assay_status store_item_get(store *s, const char *key, arena *memory, store_item *out, bool *found,
                            assay_error *err);

/* All of them in one transaction. An item that is there is replaced. */
assay_status store_items_put(store *s, const store_item *items, size_t count, assay_error *err);

/* Only `fetched` of an item whose bytes were confirmed. */
assay_status store_item_touch(store *s, const char *key, int64_t fetched, assay_error *err);
assay_status store_item_delete(store *s, const char *key, assay_error *err);

/* Items whose key begins with `prefix`, in order of key, after `after` (NULL: from the start), at
 * most `limit`. With STORE_HEADS, body and chain stay empty. Several keys at once (a coherent set)
 * come from one snapshot: store_items_get(). */
typedef enum store_depth { STORE_HEADS, STORE_WHOLE } store_depth;
assay_status store_items_list(store *s, const char *prefix, const char *after, size_t limit,
                              store_depth depth, arena *memory, store_item **out, size_t *count,
                              assay_error *err);
assay_status store_items_get(store *s, const char *const *keys, size_t count, arena *memory,
                             store_item *out, bool *found, assay_error *err);

/* ---- Platforms --------------------------------------------------------------------------------
 */

enum { STORE_QE_ID_MAX = 130, STORE_TCBM_SIZE = 18 };

typedef enum store_platform_state {
    STORE_PLATFORM_REGISTERED = 1, /* known, certificates cached */
    STORE_PLATFORM_QUEUED,         /* waits for its certificates (OFFLINE, or upstream was down) */
    STORE_PLATFORM_UNAVAILABLE     /* the vendor lists some TCBs as "Not available" (reg_na) */
} store_platform_state;

typedef struct store_platform {
    assay_span qe_id; /* 1 to STORE_QE_ID_MAX bytes */
    uint16_t pce_id;
    uint8_t cpu_svn[16]; /* raw TCB as last reported; zeros with a manifest and none known */
    uint16_t pce_svn;
    assay_span encrypted_ppid;    /* 384 bytes or empty */
    assay_span platform_manifest; /* or empty */
    uint8_t fmspc[6];             /* zeros until certificates are there */
    uint8_t ca;                   /* pck_ca */
    store_platform_state state;
    int64_t registered;
    int64_t updated;
} store_platform;

typedef struct store_pck {
    uint8_t tcbm[STORE_TCBM_SIZE]; /* 16 components (CPUSVN of the certificate), PCE SVN
                                      little-endian */
    assay_span certificate;        /* DER */
} store_pck;

/* Which certificate answers a raw TCB: remembered selections. */
typedef struct store_selection {
    uint8_t cpu_svn[16];
    uint16_t pce_svn;
    uint8_t tcbm[STORE_TCBM_SIZE];
} store_selection;

assay_status store_platform_get(store *s, assay_span qe_id, uint16_t pce_id, arena *memory,
                                store_platform *out, bool *found, assay_error *err);

/* Platform, its certificates and selections in one transaction. Certificates replace all that it
 * had, with the selections among them; only with a count of 0 and STORE_KEEP the old ones stay.
 * ENVIRONMENT by the name store_limit when it would be one too many. An audit entry (may be NULL)
 * is written in the same transaction, here and below. */
struct store_audit_entry;
typedef enum store_replace { STORE_KEEP, STORE_REPLACE } store_replace;
assay_status store_platform_put(store *s, const store_platform *platform, store_replace replace,
                                const store_pck *certificates, size_t certificate_count,
                                const store_selection *selections, size_t selection_count,
                                const struct store_audit_entry *audit, assay_error *err);

/* Many platforms with their certificates in one transaction (some hundred at a time are best):
 * imports. As with STORE_KEEP. */
typedef struct store_platform_record {
    store_platform platform;
    const store_pck *certificates;
    size_t certificate_count;
    const store_selection *selections;
    size_t selection_count;
} store_platform_record;
assay_status store_platforms_put(store *s, const store_platform_record *records, size_t count,
                                 const struct store_audit_entry *audit, assay_error *err);
/* What is not there leaves no trace, in the audit log neither. */
assay_status store_platform_delete(store *s, assay_span qe_id, uint16_t pce_id,
                                   const struct store_audit_entry *audit, assay_error *err);

assay_status store_certificates(store *s, assay_span qe_id, uint16_t pce_id, arena *memory,
                                store_pck **out, size_t *count, assay_error *err);

/* The hot question: the certificate selected before for this raw TCB, with FMSPC and CA: one round
 * trip. */
typedef struct store_answer {
    assay_span certificate; /* DER */
    uint8_t tcbm[STORE_TCBM_SIZE];
    uint8_t fmspc[6];
    uint8_t ca;
    int64_t fetched; /* the platform's `updated` */
} store_answer;
assay_status store_selected(store *s, assay_span qe_id, uint16_t pce_id, const uint8_t cpu_svn[16],
                            uint16_t pce_svn, arena *memory, store_answer *out, bool *found,
                            assay_error *err);

/* Remembers a selection for a platform that is registered; at most 64 for one platform (the oldest
 * goes). Nothing happens when the platform is not registered. */
assay_status store_selection_put(store *s, assay_span qe_id, uint16_t pce_id,
                                 const store_selection *selection, assay_error *err);

/* Forgets all selections of platforms of this FMSPC (a new TCB info may choose otherwise). Groups
 * still count what was selected last: those platforms hold that certificate until they ask again.
 */
assay_status store_selections_forget(store *s, const uint8_t fmspc[6], assay_error *err);

typedef struct store_platform_filter {
    const uint8_t *fmspc;       /* 6 bytes; NULL: all */
    store_platform_state state; /* 0: all */
    const char *cursor;         /* NULL: from the start; else `next` of the page before */
    size_t limit;
} store_platform_filter;
assay_status store_platforms_list(store *s, const store_platform_filter *filter, arena *memory,
                                  store_platform **out, size_t *count, const char **next,
                                  assay_error *err);
assay_status store_platform_count(store *s, store_platform_state state, uint64_t *out,
                                  assay_error *err);

/* The inventory for plans: how many platforms there are of each FMSPC and certificate TCB (that of
 * the selection for the platform's raw TCB, or of its raw TCB when nothing is selected), in all
 * states; FMSPC zeros: not known yet. Calls `each` for every group. A million platforms take
 * seconds, in no memory of ours. */
typedef struct store_tcb_group {
    uint8_t fmspc[6];
    uint8_t ca;
    uint8_t tcbm[STORE_TCBM_SIZE];
    uint64_t count;
} store_tcb_group;
typedef assay_status (*store_each_group)(void *context, const store_tcb_group *group,
                                         assay_error *err);
assay_status store_platform_groups(store *s, store_each_group each, void *context,
                                   assay_error *err);

/* The platforms of one group, paged as above. */
assay_status store_group_platforms(store *s, const store_tcb_group *group, const char *cursor,
                                   size_t limit, arena *memory, store_platform **out, size_t *count,
                                   const char **next, assay_error *err);

/* FMSPCs of all platforms that have one, in order. */
assay_status store_fmspcs(store *s, arena *memory, uint8_t (**out)[6], size_t *count,
                          assay_error *err);

/* ---- Records: small named texts whose meaning is the service's --------------------------------
 */

/* kind: "baseline", "token", "policy", "setting", "key"... `body` is JSON. */
typedef struct store_record {
    const char *kind;
    const char *name;
    assay_span body;
    int64_t updated;
    uint64_t version;
} store_record;

assay_status store_record_get(store *s, const char *kind, const char *name, arena *memory,
                              store_record *out, bool *found, assay_error *err);

/* With `expected` != STORE_ANY_VERSION only when the record still has that version (0: is not
 * there): else MISMATCH. An audit entry (may be NULL) is written in the same transaction. */
#define STORE_ANY_VERSION UINT64_MAX
assay_status store_record_put(store *s, const store_record *record, uint64_t expected,
                              const struct store_audit_entry *audit, assay_error *err);
assay_status store_record_delete(store *s, const char *kind, const char *name,
                                 const struct store_audit_entry *audit, assay_error *err);
assay_status store_records_list(store *s, const char *kind, arena *memory, store_record **out,
                                size_t *count, assay_error *err);

/* ---- Audit: append only -----------------------------------------------------------------------
 */

typedef struct store_audit_entry {
    uint64_t number; /* set by the store */
    int64_t time;
    const char *actor;   /* "token:ops", "cert:CN=...", "assayd" */
    const char *action;  /* "baseline.promote" */
    const char *subject; /* what it was done to */
    const char *detail;  /* JSON */
    const char *request_id;
} store_audit_entry;
assay_status store_audit_append(store *s, const store_audit_entry *entry, assay_error *err);
/* Entries with numbers above `after`, oldest first. */
assay_status store_audit_list(store *s, uint64_t after, size_t limit, arena *memory,
                              store_audit_entry **out, size_t *count, assay_error *err);

/* ---- Other replicas ---------------------------------------------------------------------------
 */

/* Grows with each change of items, platforms and records; cheap to ask. */
assay_status store_version(store *s, uint64_t *out, assay_error *err);

/* What changed after `version`: "item:KEY", "platform:QEID_PCEID" (hex as clients send it),
 * "record:KIND/NAME", "fmspc:FMSPC" (its selections were forgotten); "*" when the log does not
 * reach that far back, or in place of very many: then everything may have. Ask again from `newest`,
 * until nothing comes. */
assay_status store_changes(store *s, uint64_t version, size_t limit, arena *memory,
                           const char ***out, size_t *count, uint64_t *newest, assay_error *err);

/* Waits until the version is above `version` or `milliseconds` have passed: NOTIFY where there is
 * one, else by polling at most every 250 ms. */
assay_status store_wait(store *s, uint64_t version, unsigned milliseconds, bool *changed,
                        assay_error *err);
/* Ends every store_wait() at once, for good. */
void store_wake(store *s);

/* A lease: true when `holder` has it now, until `now + seconds`. Taking it again renews it. */
assay_status store_lease(store *s, const char *name, const char *holder, int64_t now,
                         unsigned seconds, bool *held, assay_error *err);

/* ---- Upkeep -----------------------------------------------------------------------------------
 */

assay_status store_check(store *s, assay_error *err); /* integrity; store_corrupt */
/* A consistent copy while the service runs: SQLite only; PostgreSQL has pg_dump: UNSUPPORTED. */
assay_status store_backup(store *s, const char *path, assay_error *err);
assay_status store_ping(store *s, assay_error *err); /* one cheap read */

#endif
