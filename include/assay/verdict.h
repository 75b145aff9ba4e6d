/* assay/verdict.h: what a verification found: statuses, dates, reasons, facts.
 *
 * Plain data that assay_verify() (assay/verify.h) fills in. A zeroed verdict is untrusted. Nothing
 * of it is to be believed unless `authenticated` is set, and nothing to be relied on unless
 * `accepted`.
 */
#ifndef ASSAY_VERDICT_H
#define ASSAY_VERDICT_H

#include <stdbool.h>

#include "assay/collateral.h"
#include "assay/evidence.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One part of the TCB: level matched in the platform, module or QE table. */
typedef struct assay_tcb_part {
    assay_tcb_status status; /* NOT_JUDGED: this part does not exist or was not reached */
    int64_t tcb_date;
    int32_t level;                   /* zero-based index in the table; -1: none matched */
    const char *const *advisory_ids; /* as in the level */
    size_t advisory_count;
} assay_tcb_part;

/* Why a verdict is what it is: rows that say what would have to change. */
typedef enum assay_reason_kind {
    ASSAY_REASON_NONE = 0,
    ASSAY_REASON_TCB_STATUS,       /* the status is not among those accepted */
    ASSAY_REASON_COMPONENT_SHORT,  /* have < want in `component` keeps `level` out of reach */
    ASSAY_REASON_UP_TO_DATE_LEVEL, /* `level` of `part` would be UpToDate */
    ASSAY_REASON_NO_LEVEL,         /* no level of `part` matches */
    ASSAY_REASON_RELAUNCH,         /* relaunched, the TD would be `text`, by a TCB of `time` */
    ASSAY_REASON_ADVISORY,         /* `text` is open at the level reached */
    ASSAY_REASON_EXPIRED,          /* `item` ended at `time` */
    ASSAY_REASON_NOT_YET_VALID,    /* `item` begins at `time` */
    ASSAY_REASON_REVOKED,          /* `text`: which certificate */
    ASSAY_REASON_DEBUG,
    ASSAY_REASON_RESERVED_BITS, /* `text`: which field */
    ASSAY_REASON_REPORT_DATA_MISMATCH,
    ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW /* have < want; `item` says in which document */
} assay_reason_kind;

/* "tcb_status", "component_short", ... */
ASSAY_API const char *assay_reason_name(assay_reason_kind kind);

typedef struct assay_reason {
    assay_reason_kind kind;
    assay_part part;
    assay_item item;
    int32_t level;         /* -1 when none is meant */
    const char *component; /* "sgxtcbcomponents[3].svn", "pcesvn", "isvsvn": static, or NULL */
    uint32_t have;
    uint32_t want;
    int64_t time;
    const char *text; /* lives as long as the verdict; or NULL */
} assay_reason;

/* Facts that change nothing by themselves. */
typedef enum assay_note_kind {
    ASSAY_NOTE_NONE = 0,
    ASSAY_NOTE_TRAILING_PADDING, /* value: zero bytes behind the quote */
    ASSAY_NOTE_TRAILING_DATA,    /* value: other bytes behind the quote */
    ASSAY_NOTE_HIGH_S,           /* a signature has s > n / 2; text: which */
    ASSAY_NOTE_RESERVED_BITS,    /* text: the field */
    ASSAY_NOTE_UNKNOWN_KEY,      /* text: a member of a signed document that is not known */
    ASSAY_NOTE_EVAL_NUM_DIFFERS, /* TCB info and identity have different evaluation numbers */
    ASSAY_NOTE_RELAUNCH_RULE,    /* text: the status by the older relaunch rule */
    ASSAY_NOTE_SERVICE_TD        /* a service TD is bound (mrservicetd is not zero) */
} assay_note_kind;

/* "trailing_padding", ... */
ASSAY_API const char *assay_note_name(assay_note_kind kind);

typedef struct assay_note {
    assay_note_kind kind;
    uint64_t value;
    const char *text; /* static or living as long as the verdict; or NULL */
} assay_note;

/* What the PCK certificate says about the platform. */
typedef struct assay_platform {
    uint8_t ppid[16];
    uint8_t fmspc[6];
    uint8_t pce_id[2]; /* as in the certificate */
    uint8_t cpu_svn[16];
    uint8_t components[16];
    uint16_t pce_svn;
    uint8_t sgx_type; /* 0 Standard, 1 Scalable, 2 Scalable with Integrity */
    uint8_t ca;       /* 1 processor, 2 platform */
    bool has_platform_instance_id;
    uint8_t platform_instance_id[16];
    uint8_t dynamic_platform; /* 0 false, 1 true, 2 undefined */
    uint8_t cached_keys;
    uint8_t smt_enabled;
} assay_platform;

#define ASSAY_ADVISORY_MAX 768
#define ASSAY_REASON_MAX   96
#define ASSAY_NOTE_MAX     24

/* What was judged. A zeroed verdict is untrusted. It holds a reference on the collateral; give it
 * to assay_verdict_clear() when done, or to the next assay_verify(), which clears it. */
typedef struct assay_verdict {
    bool accepted;
    bool authenticated; /* every signature up to the quote's own holds: `report` is genuine */
    assay_tcb_status tcb_status;
    uint16_t qvl;  /* QVL status of the outcome: 0, 45, 87, 16 ... */
    uint16_t code; /* quote3_error_t of Intel's C interface: 0, 0xE066 ... */
    assay_tee tee;
    uint16_t quote_version;
    bool debug;
    bool collateral_expired; /* some item is stale, or begins in the future, at options.now */
    bool custom_root;        /* stands on another root than Intel's */
    uint8_t root_point[65];
    uint8_t root_key_id[48];     /* SHA-384 of root_point */
    uint8_t root_key_sha256[32]; /* SHA-256 of the root's SubjectPublicKeyInfo (91 bytes) */

    assay_tcb_part platform_part;
    assay_tcb_part module_part;
    assay_tcb_part qe_part;
    /* Relaunch evaluation (TD 1.5): what the current TCB alone would give. */
    assay_tcb_status current_tcb_status; /* NOT_JUDGED when there is none */
    int64_t current_tcb_date;
    int64_t tcb_date;                             /* earliest of the parts */
    const char *advisory_ids[ASSAY_ADVISORY_MAX]; /* sorted union of the parts */
    size_t advisory_count;

    assay_validity validity[ASSAY_ITEM_COUNT];
    int64_t earliest_issue_date;
    int64_t latest_issue_date;
    int64_t earliest_expiration_date;
    int64_t qe_identity_earliest_issue_date;
    int64_t qe_identity_latest_issue_date;
    int64_t qe_identity_earliest_expiration_date;
    uint32_t tcb_evaluation_data_number; /* the smaller of the two documents */
    uint32_t qe_identity_evaluation_data_number;
    uint32_t root_ca_crl_number;
    uint32_t pck_crl_number;

    assay_platform platform;
    const assay_layout *report_layout;
    uint8_t report[885]; /* the body of the quote, report_layout->size bytes */
    uint8_t qe_report[384];

    assay_reason reasons[ASSAY_REASON_MAX];
    size_t reason_count;
    assay_note notes[ASSAY_NOTE_MAX];
    size_t note_count;

    assay_collateral *collateral; /* what the texts above live in; owned */
} assay_verdict;

ASSAY_API void assay_verdict_clear(assay_verdict *verdict);

/* One sentence for people, cut to `size`: "platform: sgxtcbcomponents[3].svn is 2, level 0 wants
 * 5".
 */
ASSAY_API void assay_reason_text(const assay_verdict *verdict, const assay_reason *reason,
                                 char *out, size_t size);
ASSAY_API void assay_note_text(const assay_note *note, char *out, size_t size);

/* The verdict, or the failure, as the JSON document of docs/verdict.schema.json: compact, keys in a
 * fixed order, the same bytes for the same input. `error` is used when `status` is not OK.
 * malloc'd: free it with assay_text_free(). NO_MEMORY. */
ASSAY_API assay_status assay_verdict_to_json(const assay_verdict *verdict, assay_status status,
                                             const assay_error *error, char **out);

/* Exit code of every assay command for an outcome: 0 accepted, 1 judged and not accepted, 2 wrong
 * usage, 3 can't be judged, 4 environment. */
ASSAY_API int assay_exit_code(assay_status status, const assay_verdict *verdict);

#ifdef __cplusplus
}
#endif
#endif
