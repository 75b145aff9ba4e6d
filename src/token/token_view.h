/* token_view.h: what a result token says, whichever dialect it speaks: the claim `assay`, and in
 * the qal dialects the document. appraisal.md 5, 8. Nothing here is trusted or compared. */
#ifndef ASSAY_TOKEN_TOKEN_VIEW_H
#define ASSAY_TOKEN_TOKEN_VIEW_H

#include "assay/token.h"
#include "token/result.h"

enum { REPORT_DATA_SIZE = 64 };

typedef struct view_times { /* 0: absent */
    int64_t issued, not_before, expires;
} view_times;

typedef struct view_policy {
    uint32_t classes; /* 1u << class */
    const char *id;   /* SHA-384 in hex, or "default"; NULL: not told */
    char signer[44];  /* thumbprint; empty: none */
    bool signer_pinned;
} view_policy;

typedef struct token_view {
    json_t *claims; /* borrowed */
    json_t *assay;  /* NULL: not a token of ours */
    assay_dialect dialect;
    view_times times;
    bool has_document;
    result_document document; /* owned */
    assay_result overall;
    struct {
        assay_class class_;
        assay_result result;
    } results[ASSAY_CLASS_COUNT];
    size_t count;
    uint32_t left_out;
    view_policy policies[ASSAY_CLASS_COUNT];
    size_t policy_count;
    bool has_report_data, has_quote_hash;
    uint8_t report_data[REPORT_DATA_SIZE];
    uint8_t quote_sha384[SHA384_SIZE]; /* natural order, both */
    bool root_is_intel;
} token_view;

/* token_malformed; result_inconsistent when the claims and the document say different things. The
 * claims must outlive the view. */
assay_status token_view_read(json_t *claims, token_view *out, assay_error *err);
void token_view_clear(token_view *view);

#endif
