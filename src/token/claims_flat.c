/* claims_flat.c: the dialects with flat claims: Intel Trust Authority, Azure MAA, and plain JWT for
 * web consumers. appraisal.md 8.2, 8.3, 8.6. They imitate names, not identity: no eat_profile, no
 * version of the other service, no compliance that only it can state. */
#include "token/claims.h"
#include "wire/base64.h"

/* ---- Shared ---- */

static void attester_type(json_writer *w, const token_facts *facts, const claim_row *row)
{
    json_put_text(w, row->claim, facts->verdict->tee == ASSAY_TEE_TDX ? "TDX" : "SGX");
}

static void debug_status(json_writer *w, const token_facts *facts, const claim_row *row)
{
    json_put_text(w, row->claim, facts->verdict->debug ? "enabled" : "disabled");
}

static const claim_row tdx_rows[] = {
    { "tdx_mrtd", claim_body_hex, CLAIM_FIELD(TD_BODY_MRTD) },
    { "tdx_rtmr0", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR0) },
    { "tdx_rtmr1", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR1) },
    { "tdx_rtmr2", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR2) },
    { "tdx_rtmr3", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR3) },
    { "tdx_mrconfigid", claim_body_hex, CLAIM_FIELD(TD_BODY_MRCONFIGID) },
    { "tdx_mrowner", claim_body_hex, CLAIM_FIELD(TD_BODY_MROWNER) },
    { "tdx_mrownerconfig", claim_body_hex, CLAIM_FIELD(TD_BODY_MROWNERCONFIG) },
    { "tdx_xfam", claim_body_hex, CLAIM_FIELD(TD_BODY_XFAM) },
    { "tdx_td_attributes", claim_body_hex, CLAIM_FIELD(TD_BODY_TDATTRIBUTES) },
    { "tdx_report_data", claim_body_hex, CLAIM_FIELD(TD_BODY_REPORT_DATA) },
    { "tdx_mrseam", claim_body_hex, CLAIM_FIELD(TD_BODY_MRSEAM) },
    { "tdx_mrsignerseam", claim_body_hex, CLAIM_FIELD(TD_BODY_MRSIGNERSEAM) },
    { "tdx_seam_attributes", claim_body_hex, CLAIM_FIELD(TD_BODY_SEAMATTRIBUTES) },
    { "tdx_tee_tcb_svn", claim_body_hex, CLAIM_FIELD(TD_BODY_TEE_TCB_SVN) },
    { "tdx_td_attributes_debug", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 0) },
    { "tdx_td_attributes_septve_disable", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 28) },
    { "tdx_td_attributes_protection_keys", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 30) },
    { "tdx_td_attributes_key_locker", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 31) },
    { "tdx_td_attributes_perfmon", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 63) },
    { "tdx_seamsvn", claim_body_le16, CLAIM_FIELD(TD_BODY_TEE_TCB_SVN) },
    { "tdx_is_debuggable", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 0) },
    { "tdx_is_migratable", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 29) },
};

/* ---- SHA-256 over the collateral as supplied ---- */

typedef struct hash_row {
    const char *claim;
    size_t offset; /* inside assay_collateral_items */
} hash_row;

/* The root CA's CRL is the one that covers both signing chains. */
#define HASH_ROWS(certificates)                                                                    \
    { "qeid" certificates "hash", offsetof(assay_collateral_items, qe_identity_issuer_chain) },    \
        { "qeidcrlhash", offsetof(assay_collateral_items, root_ca_crl) },                          \
        { "qeidhash", offsetof(assay_collateral_items, qe_identity) },                             \
        { "tcbinfo" certificates "hash",                                                           \
          offsetof(assay_collateral_items, tcb_info_issuer_chain) },                               \
        { "tcbinfocrlhash", offsetof(assay_collateral_items, root_ca_crl) },                       \
        { "tcbinfohash", offsetof(assay_collateral_items, tcb_info) },

enum { HASH_ROW_COUNT = 6 };

static const hash_row ita_hashes[HASH_ROW_COUNT] = { HASH_ROWS("cert") };
static const hash_row maa_hashes[HASH_ROW_COUNT] = { HASH_ROWS("certs") };

static void write_hashes(json_writer *w, const token_facts *facts, const char *claim,
                         const hash_row rows[HASH_ROW_COUNT])
{
    if (facts->verdict->collateral == NULL)
        return;
    const assay_collateral_items *items = assay_collateral_items_of(facts->verdict->collateral);
    json_open_object(w, claim);
    for (size_t i = 0; i < HASH_ROW_COUNT; i++) {
        const assay_span *item = (const assay_span *)((const char *)items + rows[i].offset);
        const sha256_digest digest = sha256(*item);
        if (item->size != 0)
            json_put_hex(w, rows[i].claim, SPAN(digest.bytes));
    }
    json_close_object(w);
}

static void ita_collateral(json_writer *w, const token_facts *facts, const claim_row *row)
{
    write_hashes(w, facts, row->claim, ita_hashes);
}

static void maa_collateral(json_writer *w, const token_facts *facts, const claim_row *row)
{
    write_hashes(w, facts, row->claim, maa_hashes);
}

/* ---- Intel Trust Authority, version 1 ---- */

static void policies_matched(json_writer *w, const token_facts *facts, const claim_row *row)
{
    used_policy used[REPORTS_MAX];
    const size_t count = claims_policies(facts->appraisal, used);
    const bool wanted = row->bit == 1;
    json_open_array(w, row->claim);
    for (size_t i = 0; i < count; i++) {
        char id[97];
        if (used[i].policy == NULL || used[i].matched != wanted)
            continue;
        assay_policy_id(used[i].policy, id);
        json_open_object(w, NULL);
        json_put_text(w, "id", id);
        json_put_text(w, "hash", id);
        json_close_object(w);
    }
    json_close_array(w);
}

static const claim_row ita_rows[] = {
    { "ver", claim_constant, .text = "1.0.0" },
    { .claim = "attester_type", .source = attester_type },
    { .claim = "attester_tcb_status", .source = claim_tcb_status },
    { .claim = "attester_tcb_date", .source = claim_tcb_date },
    { .claim = "attester_advisory_ids", .source = claim_advisory_ids },
    { .claim = "dbgstat", .source = debug_status },
    { "intuse", claim_constant, .text = "generic" },
    { "policy_ids_matched", policies_matched, .bit = 1 },
    { "policy_ids_unmatched", policies_matched, .bit = 0 },
};
static const claim_row ita_tdx_rows[] = {
    { .claim = "tdx_collateral", .source = ita_collateral },
};
static const claim_row ita_sgx_rows[] = {
    { "sgx_mrenclave", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRENCLAVE) },
    { "sgx_mrsigner", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRSIGNER) },
    { "sgx_isvprodid", claim_body_number, CLAIM_FIELD(SGX_REPORT_ISVPRODID) },
    { "sgx_isvsvn", claim_body_number, CLAIM_FIELD(SGX_REPORT_ISVSVN) },
    { "sgx_report_data", claim_body_hex, CLAIM_FIELD(SGX_REPORT_REPORT_DATA) },
    { "sgx_config_id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_CONFIGID) },
    { "sgx_is_debuggable", claim_body_flag, CLAIM_BIT(SGX_REPORT_ATTRIBUTES, 1) },
    { .claim = "sgx_collateral", .source = ita_collateral },
};

void claims_ita(json_writer *w, const token_facts *facts)
{
    claims_write(w, facts, (claim_table)CLAIM_TABLE(ita_rows));
    if (facts->verdict->tee == ASSAY_TEE_TDX) {
        claims_write(w, facts, (claim_table)CLAIM_TABLE(tdx_rows));
        claims_write(w, facts, (claim_table)CLAIM_TABLE(ita_tdx_rows));
    } else {
        claims_write(w, facts, (claim_table)CLAIM_TABLE(ita_sgx_rows));
    }
}

/* ---- Azure MAA ---- */

static const claim_row maa_tdx_rows[] = {
    { "x-ms-attestation-type", claim_constant, .text = "tdxvm" },
    { .claim = "attester_tcb_status", .source = claim_tcb_status },
    { .claim = "dbgstat", .source = debug_status },
    { "intuse", claim_constant, .text = "generic" },
};
static const claim_row maa_sgx_rows[] = {
    { "x-ms-attestation-type", claim_constant, .text = "sgx" },
    { "x-ms-sgx-is-debuggable", claim_body_flag, CLAIM_BIT(SGX_REPORT_ATTRIBUTES, 1) },
    { "x-ms-sgx-mrenclave", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRENCLAVE) },
    { "x-ms-sgx-mrsigner", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRSIGNER) },
    { "x-ms-sgx-product-id", claim_body_number, CLAIM_FIELD(SGX_REPORT_ISVPRODID) },
    { "x-ms-sgx-svn", claim_body_number, CLAIM_FIELD(SGX_REPORT_ISVSVN) },
    { "x-ms-sgx-config-id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_CONFIGID) },
    { "x-ms-sgx-config-svn", claim_body_number, CLAIM_FIELD(SGX_REPORT_CONFIGSVN) },
    { "x-ms-sgx-isv-extended-product-id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_ISVEXTPRODID) },
    { "x-ms-sgx-isv-family-id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_ISVFAMILYID) },
    { .claim = "x-ms-sgx-collateral", .source = maa_collateral },
    /* Deprecated twins. */
    { "is-debuggable", claim_body_flag, CLAIM_BIT(SGX_REPORT_ATTRIBUTES, 1) },
    { "sgx-mrenclave", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRENCLAVE) },
    { "sgx-mrsigner", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRSIGNER) },
    { "product-id", claim_body_number, CLAIM_FIELD(SGX_REPORT_ISVPRODID) },
    { "svn", claim_body_number, CLAIM_FIELD(SGX_REPORT_ISVSVN) },
    { "tee", claim_constant, .text = "sgx" },
    { .claim = "maa-attestationcollateral", .source = maa_collateral },
};

void claims_maa(json_writer *w, const token_facts *facts)
{
    if (facts->verdict->tee == ASSAY_TEE_TDX) {
        claims_write(w, facts, (claim_table)CLAIM_TABLE(maa_tdx_rows));
        claims_write(w, facts, (claim_table)CLAIM_TABLE(tdx_rows));
    } else {
        claims_write(w, facts, (claim_table)CLAIM_TABLE(maa_sgx_rows));
    }
}

/* ---- Plain JWT for web consumers ---- */

static void tee_name(json_writer *w, const token_facts *facts, const claim_row *row)
{
    json_put_text(w, row->claim, assay_tee_name(facts->verdict->tee));
}

static void verdict_word(json_writer *w, const token_facts *facts, const claim_row *row)
{
    static const char *const words[] = { "incomplete", "failed", "affirming" };
    json_put_text(w, row->claim, words[facts->appraisal->overall - ASSAY_RESULT_INCOMPLETE]);
}

static void collateral_expires(json_writer *w, const token_facts *facts, const claim_row *row)
{
    if (facts->verdict->earliest_expiration_date != 0)
        json_put_signed(w, row->claim, facts->verdict->earliest_expiration_date);
}

static const claim_row oidc_rows[] = {
    { .claim = "tee", .source = tee_name },
    { .claim = "verdict", .source = verdict_word },
    { .claim = "tcb_status", .source = claim_tcb_status },
    { .claim = "tcb_date", .source = claim_tcb_date },
    { .claim = "advisory_ids", .source = claim_advisory_ids },
    { .claim = "debug", .source = claim_debug },
    { .claim = "policy_ids", .source = claim_policy_ids },
    { .claim = "collateral_expires", .source = collateral_expires },
};
static const claim_row oidc_tdx_rows[] = {
    { "measurement", claim_body_hex, CLAIM_FIELD(TD_BODY_MRTD) },
    { "rtmr", claim_body_hex_list, CLAIM_BIT(TD_BODY_RTMR0, 4) },
    { "report_data", claim_body_hex, CLAIM_FIELD(TD_BODY_REPORT_DATA) },
};
static const claim_row oidc_sgx_rows[] = {
    { "measurement", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRENCLAVE) },
    { "signer", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRSIGNER) },
    { "report_data", claim_body_hex, CLAIM_FIELD(SGX_REPORT_REPORT_DATA) },
};

void claims_oidc(json_writer *w, const token_facts *facts)
{
    claims_write(w, facts, (claim_table)CLAIM_TABLE(oidc_rows));
    if (facts->verdict->tee == ASSAY_TEE_TDX)
        claims_write(w, facts, (claim_table)CLAIM_TABLE(oidc_tdx_rows));
    else
        claims_write(w, facts, (claim_table)CLAIM_TABLE(oidc_sgx_rows));
}
