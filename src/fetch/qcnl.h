/* qcnl.h: the keys of sgx_default_qcnl.conf as rows, for both of its forms.
 * collateral-service.md 6.
 */
#ifndef ASSAY_FETCH_QCNL_H
#define ASSAY_FETCH_QCNL_H

#include "assay/fetch.h"
#include "base/span.h"
#include "fetch/text_place.h"

typedef enum qcnl_key {
    QCNL_PCCS_URL,
    QCNL_USE_SECURE_CERT,
    QCNL_COLLATERAL_SERVICE,
    QCNL_TCB_UPDATE_TYPE,
    QCNL_PCCS_API_VERSION,
    QCNL_RETRY_TIMES,
    QCNL_RETRY_DELAY,
    QCNL_LOCAL_PCK_URL,
    QCNL_PCK_CACHE_EXPIRE_HOURS,
    QCNL_VERIFY_COLLATERAL_CACHE_EXPIRE_HOURS,
    QCNL_LOCAL_CACHE_ONLY,
    QCNL_CUSTOM_REQUEST_OPTIONS,
    QCNL_KEY_COUNT
} qcnl_key;

typedef enum qcnl_type {
    QCNL_URLS, /* one, or in JSON also a list: asked in order */
    QCNL_FLAG,
    QCNL_NUMBER,
    QCNL_WORD,
    QCNL_OPTIONS /* custom_request_options */
} qcnl_type;

typedef struct qcnl_row {
    const char *json;
    const char *legacy; /* NULL: only in JSON */
    qcnl_type type;
    uint32_t max; /* of a NUMBER */
} qcnl_row;

extern const qcnl_row qcnl_rows[QCNL_KEY_COUNT];

/* What the file has said so far. */
typedef struct qcnl_file {
    const text_place *place;
    assay_fetch_config *config;
    assay_fetch_service local[ASSAY_FETCH_SERVICE_MAX], pccs[ASSAY_FETCH_SERVICE_MAX],
        collateral[ASSAY_FETCH_SERVICE_MAX];
    size_t local_count, pccs_count, collateral_count;
    bool given[QCNL_KEY_COUNT];
} qcnl_file;

/* One value, from `at` in the text. */
assay_status qcnl_set_url(qcnl_file *f, qcnl_key key, assay_span value, size_t at,
                          assay_error *err);
assay_status qcnl_set_flag(qcnl_file *f, qcnl_key key, bool value);
assay_status qcnl_set_number(qcnl_file *f, qcnl_key key, uint64_t value, size_t at,
                             assay_error *err);
assay_status qcnl_set_word(qcnl_file *f, qcnl_key key, assay_span value, size_t at,
                           assay_error *err);

/* The two forms. */
assay_status qcnl_read_json(qcnl_file *f, assay_span text, assay_error *err);
assay_status qcnl_read_legacy(qcnl_file *f, assay_span text, assay_error *err);

#endif
