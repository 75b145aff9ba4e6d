/* reports.h: the inside of assay_reports: typed facts of each class. appraisal.md 1.
 *
 * Bytes are in natural (memory) order here; only the qal form reverses them. Text forms are made
 * when somebody asks; what came in as JSON is kept as it came, so that unknown measurements
 * survive. */
#ifndef ASSAY_APPRAISE_REPORTS_H
#define ASSAY_APPRAISE_REPORTS_H

#include "assay/appraise.h"
#include "base/memory.h"
#include "base/span.h"
#include "crypto/crypto.h"

/* Status words of a verification result, as bits. */
enum report_status {
    STATUS_UP_TO_DATE = 1 << 0,
    STATUS_SW_HARDENING_NEEDED = 1 << 1,
    STATUS_CONFIGURATION_NEEDED = 1 << 2,
    STATUS_OUT_OF_DATE = 1 << 3,
    STATUS_TD_RELAUNCH_ADVISED = 1 << 4,
    STATUS_REVOKED = 1 << 5
};

/* Which measurements of a report are there: MEASURED() bits of measurements.h. */
typedef uint64_t report_presence;

typedef struct report_platform { /* platform classes and QE */
    uint32_t statuses;           /* report_status bits */
    int64_t earliest_issue_date, latest_issue_date, earliest_expiration_date;
    int64_t tcb_level_date_tag;
    uint32_t pck_crl_num, root_ca_crl_num;
    uint32_t tcb_eval_num;
    uint32_t sgx_type;
    bool dynamic_platform, cached_keys, smt_enabled;
    const char *const *advisory_ids;
    size_t advisory_count;
    uint8_t root_key_id[48];
    uint8_t fmspc[6];
    uint8_t provider_id[16]; /* PPID */
    uint8_t platform_instance_id[16];
} report_platform;

/* Enclave and TD classes: the body of the quote, as far as known. `layout` is NULL for a foreign
 * report: then only the present fields of `body` mean something. */
typedef struct report_tenant {
    const assay_layout *layout;
    uint8_t body[885]; /* at the offsets of the layout of the class (SGX report, TD 1.5x) */
} report_tenant;

/* Values are read with report_has(), report_number(), report_bytes() of measurements.h. */
typedef struct report {
    assay_class class_;
    report_presence present;
    report_platform platform;
    report_tenant tenant;
    const char *measurement_json; /* as received; NULL: made from the facts */
    const char *environment_json; /* likewise */
} report;

enum { REPORTS_MAX = 3 };

struct assay_reports {
    arena memory;
    report at[REPORTS_MAX]; /* in the order of the verification result */
    size_t count;
    bool has_quote_hash;
    uint8_t quote_sha384[48]; /* natural order; over the bytes given, trailing ones too */
    const char *user_data;    /* NULL when there is none */
    /* certification_data: of the collateral (referenced), or the object as received when the
     * reports came as JSON; both NULL for foreign results that lack it. */
    assay_collateral *collateral;
    const char *certification_json;
    bool is_foreign; /* came as JSON, not from our verdict */
};

#endif
