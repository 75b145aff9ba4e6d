/* claims.h: claims as rows: the name in the token, and where its value comes from. appraisal.md 8.
 *
 * A row names one source; a source that is missing writes nothing, so no claim is ever invented.
 * Hexadecimal is lower case in memory order here; only the qal documents reverse it. */
#ifndef ASSAY_TOKEN_CLAIMS_H
#define ASSAY_TOKEN_CLAIMS_H

#include "appraise/appraisal.h"
#include "assay/token.h"
#include "evidence/fields.h"
#include "wire/json_write.h"

/* Everything a claim can come from. */
typedef struct token_facts {
    const assay_appraisal *appraisal;
    const assay_verdict *verdict; /* NULL: only the qal dialects */
    const assay_issue_options *options;
    const char *dialect;
    int64_t expires;
} token_facts;

typedef struct claim_row claim_row;
typedef void claim_source(json_writer *w, const token_facts *facts, const claim_row *row);

struct claim_row {
    const char *claim;
    claim_source *source;
    uint16_t offset; /* of a field of the report body; or of whatever the source says */
    uint16_t size;
    uint8_t bit;
    const char *text; /* of claim_constant() */
};

typedef struct claim_table {
    const claim_row *rows;
    size_t count;
} claim_table;

#define CLAIM_TABLE(array)                                                                         \
    {                                                                                              \
        (array), sizeof(array) / sizeof((array)[0])                                                \
    }
#define CLAIM_FIELD(field)      .offset = field##_OFFSET, .size = field##_SIZE
#define CLAIM_BIT(field, index) .offset = field##_OFFSET, .size = field##_SIZE, .bit = (index)

void claims_write(json_writer *w, const token_facts *facts, claim_table table);

/* ---- Sources: B., the report body ---- */
claim_source claim_body_hex;
claim_source claim_body_number;
claim_source claim_body_flag;     /* a bit of a little-endian field */
claim_source claim_body_le16;     /* the first two bytes as a number */
claim_source claim_body_hex_list; /* as many fields as `bit` says, one behind the other */

/* ---- V., the verdict ---- */
claim_source claim_tcb_status; /* the single word of appraisal.md 1.4 */
claim_source claim_tcb_date;
claim_source claim_advisory_ids;
claim_source claim_debug;

/* ---- P., policies; constants ---- */
claim_source claim_policy_ids;
claim_source claim_constant;

/* The bytes of a row's field; empty when the body ends before it. */
assay_span claim_body(const token_facts *facts, const claim_row *row);

/* ---- Claims of every dialect (8.1) and assay's own (5.4) ---- */
typedef enum subject_source {
    SUBJECT_OF_OPTIONS, /* `sub` only when the caller gives one */
    SUBJECT_OF_EVIDENCE /* else from the evidence */
} subject_source;

void claims_write_registered(json_writer *w, const token_facts *facts, subject_source source);

typedef enum outcome_place {
    OUTCOME_IN_RESULT, /* appraisal_result tells it */
    OUTCOME_IN_ASSAY   /* the dialect has no place for it: in the claim `assay` */
} outcome_place;

void claims_write_assay(json_writer *w, const token_facts *facts, outcome_place place);

/* "overall" and "results" {class id: result}, as words. */
void claims_write_outcome(json_writer *w, const assay_appraisal *appraisal);

/* Whether the tenant report is of a TD or of an enclave; NONE without a tenant or platform. */
assay_tee claims_tee(const assay_appraisal *appraisal);

/* ---- The policies that judged, each once ---- */
typedef struct used_policy {
    const assay_policy *policy; /* NULL: the built-in default */
    uint32_t classes;           /* 1u << class, of this appraisal */
    bool matched;               /* all of these passed */
} used_policy;

size_t claims_policies(const assay_appraisal *appraisal, used_policy out[REPORTS_MAX]);

/* ---- The claims of each dialect, behind iss ... eat_nonce ---- */
typedef void dialect_claims(json_writer *w, const token_facts *facts);

dialect_claims claims_qal, claims_qal_guide;
dialect_claims claims_ear, claims_ear_legacy;
dialect_claims claims_ita, claims_maa, claims_oidc;

#endif
