/* assay/appraise.h: is what was found good enough for its owner? Policies against reports.
 *
 * Three objects, each immutable once made and shared freely by threads:
 *   assay_reports    what a verification found, one report per class (platform, QE, tenant)
 *   assay_policy     what an owner accepts, one entry per class; parsed from a policy file
 *   assay_appraisal  the outcome: per report each check, and one overall result
 *
 * Policies can't fail open: unknown keys, wrong types and lengths, contradictions and duplicates
 * are errors that name the place and suggest the right word; a class without a policy makes the
 * overall result incomplete (-1), never a success. Follows the policy format of Intel's Quote
 * Appraisal Library with the meanings of its documentation, and extensions (assay-policy(5)).
 */
#ifndef ASSAY_APPRAISE_H
#define ASSAY_APPRAISE_H

#include "assay/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a report or a policy entry speaks about. */
typedef enum assay_class {
    ASSAY_CLASS_SGX_PLATFORM,
    ASSAY_CLASS_TDX_15_PLATFORM,
    ASSAY_CLASS_TDX_10_PLATFORM,
    ASSAY_CLASS_TD_QE,
    ASSAY_CLASS_SGX_ENCLAVE,
    ASSAY_CLASS_TD_10,
    ASSAY_CLASS_TD_15,
    ASSAY_CLASS_COUNT
} assay_class;

/* The UUID in lower case; a word for people ("TDX 1.5 platform"). Static storage. */
ASSAY_API const char *assay_class_id(assay_class class_);
ASSAY_API const char *assay_class_name(assay_class class_);

/* ---- Reports ---- */

typedef struct assay_reports assay_reports;

/* From a verdict and the quote it was made of (its SHA-384 goes in). Also of verdicts that were not
 * accepted; USAGE when the verdict is not authenticated. */
ASSAY_API assay_status assay_reports_from_verdict(const assay_verdict *verdict, assay_span quote,
                                                  assay_reports **out, assay_error *error);

/* From the JSON of a verification result: the list, or {"qvl_result": [...]}. MALFORMED with a name
 * (vr_structure, vr_unknown_class, vr_duplicate_class, vr_bad_value). Tokens around it are
 * unwrapped by assay/token.h. */
ASSAY_API assay_status assay_reports_from_json(assay_span text, assay_reports **out,
                                               assay_error *error);
ASSAY_API void assay_reports_free(assay_reports *reports);

ASSAY_API size_t assay_reports_count(const assay_reports *reports);
ASSAY_API assay_class assay_reports_class(const assay_reports *reports, size_t index);

typedef struct assay_reports_text_options {
    const char *user_data;  /* of at most 128 bytes, whose SHA-384 opens the report data; or NULL */
    int64_t now;            /* verification_time */
    uint8_t request_id[16]; /* random bytes of the caller */
} assay_reports_text_options;

/* The verification result as JSON text, {"qvl_result": [...]}, as Intel's library writes it; tokens
 * around it are made by assay/token.h. MISMATCH (user_data_mismatch) when the report data is not
 * of `user_data`; USAGE, NO_MEMORY. malloc'd: assay_text_free(). */
ASSAY_API assay_status assay_reports_to_json(const assay_reports *reports,
                                             const assay_reports_text_options *options, char **out,
                                             assay_error *error);

/* ---- Policies ---- */

typedef struct assay_policy assay_policy;

typedef enum assay_policy_dialect {
    ASSAY_POLICY_EXTENDED = 0, /* all keys of assay-policy(5) */
    ASSAY_POLICY_STRICT_QAL /* only what Intel's library knows: others are policy_unknown_member */
} assay_policy_dialect;

/* Who stands behind a policy; filled by assay/token.h, zero for a bare file. */
typedef struct assay_policy_origin {
    bool is_signed;
    bool signer_pinned;
    char signer[44];         /* RFC 7638 SHA-256 thumbprint, base64url; empty when unsigned */
    const char *signature;   /* third segment of the token; as long as the policy lives, or NULL */
    const char *signing_key; /* JWK as JSON text; likewise */
} assay_policy_origin;

/* Parses the text of a policy file (comments and # notes allowed) and copies what it needs.
 * MALFORMED with a name: policy_json, policy_duplicate_member, policy_structure,
 * policy_unknown_class, policy_duplicate_class, policy_unknown_member (with a suggestion),
 * policy_wrong_type, policy_bad_value, policy_mask_without_value. Paths begin with
 * "policy_array[j]..."; assay_appraise() puts "policies[i]." before them. */
ASSAY_API assay_status assay_policy_parse(assay_span text, assay_policy_dialect dialect,
                                          assay_policy **out, assay_error *error);
ASSAY_API assay_policy *assay_policy_ref(assay_policy *policy);
ASSAY_API void assay_policy_unref(assay_policy *policy);

ASSAY_API const char *assay_policy_text(
    const assay_policy *policy); /* as given; its bytes are the id */
ASSAY_API void assay_policy_id(const assay_policy *policy, char out[97]); /* SHA-384, hex */
ASSAY_API const assay_policy_origin *assay_policy_origin_of(const assay_policy *policy);
ASSAY_API size_t assay_policy_class_count(const assay_policy *policy);
ASSAY_API assay_class assay_policy_class(const assay_policy *policy, size_t index);

/* Warnings of the policy alone, by name ("never_passes", "known_typo", ...), sorted, ending with
 * NULL; as long as the policy lives. */
ASSAY_API const char *const *assay_policy_warnings(const assay_policy *policy);

/* The policy in words, one line per key. malloc'd: assay_text_free(). */
ASSAY_API assay_status assay_policy_explain(const assay_policy *policy, char **out,
                                            assay_error *error);

/* A new policy file (JSON, indented) that accepts exactly this subject: a TD report of 1024 bytes,
 * a quote, or a signed SGX enclave (ELF64 with .note.sgxmeta). `*debug` tells whether the subject
 * is debuggable. malloc'd: assay_text_free(). MALFORMED, UNSUPPORTED. */
ASSAY_API assay_status assay_policy_from_subject(assay_span subject, char **out, bool *debug,
                                                 assay_error *error);

/* ---- Appraisal ---- */

typedef struct assay_appraise_options {
    int64_t now; /* > 0: check_date otherwise */
    const assay_policy *const *policies;
    size_t policy_count;             /* 1 to 16: policy_structure otherwise */
    uint32_t left_out;               /* 1u << class: listed with -1, and not counted */
    assay_span report_data_preimage; /* for the extension key report_data_hash; may be empty */
} assay_appraise_options;

typedef enum assay_result {
    ASSAY_RESULT_INCOMPLETE = -1,
    ASSAY_RESULT_FAILED = 0,
    ASSAY_RESULT_PASSED = 1
} assay_result;

typedef enum assay_policy_kind {
    ASSAY_POLICY_NONE,
    ASSAY_POLICY_USER,
    ASSAY_POLICY_DEFAULT
} assay_policy_kind;

/* One check of one report: a member of detailed_result. */
typedef struct assay_check_row {
    const char *name; /* "tcb_status_check" */
    bool passed;
    const char *key;    /* of the policy; NULL when nothing constrains it */
    const char *wanted; /* for people, natural byte order; NULL unless it failed */
    const char *found;
} assay_check_row;

typedef struct assay_appraised_report {
    assay_class class_;
    assay_result result;
    assay_policy_kind policy;
    const assay_policy *user_policy; /* for USER */
    const assay_check_row *checks;   /* empty without a policy */
    size_t check_count;
} assay_appraised_report;

typedef struct assay_appraisal assay_appraisal;

/* Appraises. Policies are referenced, reports must outlive the appraisal. Errors as for policies
 * (duplicate classes over all policies: policy_duplicate_class), check_date; NO_MEMORY. */
ASSAY_API assay_status assay_appraise(const assay_reports *reports,
                                      const assay_appraise_options *options, assay_appraisal **out,
                                      assay_error *error);
ASSAY_API void assay_appraisal_free(assay_appraisal *appraisal);

/* Only PASSED is success. */
ASSAY_API assay_result assay_appraisal_overall(const assay_appraisal *appraisal);
ASSAY_API size_t assay_appraisal_report_count(const assay_appraisal *appraisal);
ASSAY_API const assay_appraised_report *assay_appraisal_report(const assay_appraisal *appraisal,
                                                               size_t index);
ASSAY_API const char *const *assay_appraisal_warnings(const assay_appraisal *appraisal);

/* {"status":"ok","overall","reports":[{class_id, appraisal_result, policy, detailed_result}],
 * "warnings", "explanations"}, reports sorted by class_id; or, when `status` is not OK,
 * {"status":"refused","error":{code, path, suggestion, detail}}. malloc'd: assay_text_free(). */
ASSAY_API assay_status assay_appraisal_to_json(const assay_appraisal *appraisal,
                                               assay_status status, const assay_error *error,
                                               char **out);

#ifdef __cplusplus
}
#endif
#endif
