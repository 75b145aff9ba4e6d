/* claims_ear.c: Entity Attestation Results: draft 04 and the dotted names before it, with the
 * claims of evidence under the names that Trustee's policies know. appraisal.md 8.4, 8.5. */
#include <stdio.h>

#include "token/ear_status.h"

enum { ID_SIZE = 97 };

#define VERDICT_FIELD(member_)                                                                     \
    .offset = (uint16_t)offsetof(assay_verdict, member_),                                          \
    .size = (uint16_t)sizeof(((assay_verdict *)NULL)->member_)

static assay_span verdict_bytes(const token_facts *facts, const claim_row *row)
{
    return span_of((const uint8_t *)facts->verdict + row->offset, row->size);
}

static void verdict_hex(json_writer *w, const token_facts *facts, const claim_row *row)
{
    json_put_hex(w, row->claim, verdict_bytes(facts, row));
}

static void verdict_date(json_writer *w, const token_facts *facts, const claim_row *row)
{
    int64_t date;
    memcpy(&date, verdict_bytes(facts, row).data, sizeof(date));
    if (date != 0)
        json_put_time(w, row->claim, date);
}

static void verdict_number(json_writer *w, const token_facts *facts, const claim_row *row)
{
    uint32_t number;
    memcpy(&number, verdict_bytes(facts, row).data, sizeof(number));
    json_put_number(w, row->claim, number);
}

/* 0 false, 1 true; 2 is undefined: no claim. */
static void verdict_flag(json_writer *w, const token_facts *facts, const claim_row *row)
{
    const uint8_t flag = *verdict_bytes(facts, row).data;
    if (flag <= 1)
        json_put_flag(w, row->claim, flag == 1);
}

/* Little-endian digits, as Trustee writes integers of the quote. */
static void quote_version(json_writer *w, const token_facts *facts, const claim_row *row)
{
    const uint16_t version = facts->verdict->quote_version;
    const uint8_t bytes[] = { (uint8_t)version, (uint8_t)(version >> 8) };
    json_put_hex(w, row->claim, SPAN(bytes));
}

static void expiration_status(json_writer *w, const token_facts *facts, const claim_row *row)
{
    json_put_text(w, row->claim, facts->verdict->collateral_expired ? "1" : "0");
}

static void platform_instance(json_writer *w, const token_facts *facts, const claim_row *row)
{
    if (facts->verdict->platform.has_platform_instance_id)
        verdict_hex(w, facts, row);
}

static void sgx_type(json_writer *w, const token_facts *facts, const claim_row *row)
{
    static const char *const words[] = { "Standard", "Scalable", "Scalable with Integrity" };
    const uint8_t type = facts->verdict->platform.sgx_type;
    if (type < sizeof(words) / sizeof(words[0]))
        json_put_text(w, row->claim, words[type]);
}

static const claim_row td_header[] = {
    { .claim = "version", .source = quote_version },
    { "tee_type", claim_constant, .text = "81000000" },
};
static const claim_row td_body[] = {
    { "tcb_svn", claim_body_hex, CLAIM_FIELD(TD_BODY_TEE_TCB_SVN) },
    { "mr_seam", claim_body_hex, CLAIM_FIELD(TD_BODY_MRSEAM) },
    { "mrsigner_seam", claim_body_hex, CLAIM_FIELD(TD_BODY_MRSIGNERSEAM) },
    { "seam_attributes", claim_body_hex, CLAIM_FIELD(TD_BODY_SEAMATTRIBUTES) },
    { "td_attributes", claim_body_hex, CLAIM_FIELD(TD_BODY_TDATTRIBUTES) },
    { "xfam", claim_body_hex, CLAIM_FIELD(TD_BODY_XFAM) },
    { "mr_td", claim_body_hex, CLAIM_FIELD(TD_BODY_MRTD) },
    { "mr_config_id", claim_body_hex, CLAIM_FIELD(TD_BODY_MRCONFIGID) },
    { "mr_owner", claim_body_hex, CLAIM_FIELD(TD_BODY_MROWNER) },
    { "mr_owner_config", claim_body_hex, CLAIM_FIELD(TD_BODY_MROWNERCONFIG) },
    { "rtmr_0", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR0) },
    { "rtmr_1", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR1) },
    { "rtmr_2", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR2) },
    { "rtmr_3", claim_body_hex, CLAIM_FIELD(TD_BODY_RTMR3) },
    { "report_data", claim_body_hex, CLAIM_FIELD(TD_BODY_REPORT_DATA) },
    { "tee_tcb_svn2", claim_body_hex, CLAIM_FIELD(TD_BODY_TEE_TCB_SVN2) },
    { "mr_servicetd", claim_body_hex, CLAIM_FIELD(TD_BODY_MRSERVICETD) },
};
static const claim_row td_attributes[] = {
    { "debug", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 0) },
    { "septve_disable", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 28) },
    { "protection_keys", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 30) },
    { "key_locker", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 31) },
    { "perfmon", claim_body_flag, CLAIM_BIT(TD_BODY_TDATTRIBUTES, 63) },
};
static const claim_row sgx_header[] = {
    { .claim = "version", .source = quote_version },
};
static const claim_row sgx_body[] = {
    { "cpu_svn", claim_body_hex, CLAIM_FIELD(SGX_REPORT_CPUSVN) },
    { "misc_select", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MISCSELECT) },
    { "isv_ext_prod_id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_ISVEXTPRODID) },
    { "attributes", claim_body_hex, CLAIM_FIELD(SGX_REPORT_ATTRIBUTES) },
    { "mr_enclave", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRENCLAVE) },
    { "mr_signer", claim_body_hex, CLAIM_FIELD(SGX_REPORT_MRSIGNER) },
    { "config_id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_CONFIGID) },
    { "isv_prod_id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_ISVPRODID) },
    { "isv_svn", claim_body_hex, CLAIM_FIELD(SGX_REPORT_ISVSVN) },
    { "config_svn", claim_body_hex, CLAIM_FIELD(SGX_REPORT_CONFIGSVN) },
    { "isv_family_id", claim_body_hex, CLAIM_FIELD(SGX_REPORT_ISVFAMILYID) },
    { "report_data", claim_body_hex, CLAIM_FIELD(SGX_REPORT_REPORT_DATA) },
};
static const claim_row of_verdict[] = {
    { .claim = "tcb_status", .source = claim_tcb_status },
    { .claim = "tcb_date", .source = claim_tcb_date },
    { .claim = "advisory_ids", .source = claim_advisory_ids },
    { .claim = "collateral_expiration_status", .source = expiration_status },
    { "earliest_issue_date", verdict_date, VERDICT_FIELD(earliest_issue_date) },
    { "latest_issue_date", verdict_date, VERDICT_FIELD(latest_issue_date) },
    { "earliest_expiration_date", verdict_date, VERDICT_FIELD(earliest_expiration_date) },
    { "tcb_eval_num", verdict_number, VERDICT_FIELD(tcb_evaluation_data_number) },
    { "pck_crl_num", verdict_number, VERDICT_FIELD(pck_crl_number) },
    { "root_ca_crl_num", verdict_number, VERDICT_FIELD(root_ca_crl_number) },
    { "root_key_id", verdict_hex, VERDICT_FIELD(root_key_id) },
    { "fmspc", verdict_hex, VERDICT_FIELD(platform.fmspc) },
    { "platform_provider_id", verdict_hex, VERDICT_FIELD(platform.ppid) },
    { "platform_instance_id", platform_instance, VERDICT_FIELD(platform.platform_instance_id) },
    { .claim = "sgx_type", .source = sgx_type },
    { "is_dynamic_platform", verdict_flag, VERDICT_FIELD(platform.dynamic_platform) },
    { "is_cached_keys", verdict_flag, VERDICT_FIELD(platform.cached_keys) },
    { "is_smt_enabled", verdict_flag, VERDICT_FIELD(platform.smt_enabled) },
};

typedef struct evidence_row { /* per TEE */
    claim_table header, body, attributes;
    const char *quote; /* the object around header and body; NULL: none */
    claim_row report_data;
} evidence_row;

static const evidence_row evidence[] = {
    [ASSAY_TEE_SGX] = { .header = CLAIM_TABLE(sgx_header),
                        .body = CLAIM_TABLE(sgx_body),
                        .report_data = { "report_data", claim_body_hex,
                                         CLAIM_FIELD(SGX_REPORT_REPORT_DATA) } },
    [ASSAY_TEE_TDX] = { .header = CLAIM_TABLE(td_header),
                        .body = CLAIM_TABLE(td_body),
                        .attributes = CLAIM_TABLE(td_attributes),
                        .quote = "quote",
                        .report_data = { "report_data", claim_body_hex,
                                         CLAIM_FIELD(TD_BODY_REPORT_DATA) } },
};

static void write_table(json_writer *w, const char *member, const token_facts *facts,
                        claim_table table)
{
    json_open_object(w, member);
    claims_write(w, facts, table);
    json_close_object(w);
}

static void write_evidence(json_writer *w, const char *member, const token_facts *facts)
{
    const evidence_row *tee = &evidence[facts->verdict->tee];
    json_open_object(w, member);
    if (tee->quote != NULL)
        json_open_object(w, tee->quote);
    write_table(w, "header", facts, tee->header);
    write_table(w, "body", facts, tee->body);
    if (tee->quote != NULL)
        json_close_object(w);
    if (tee->attributes.count != 0)
        write_table(w, "td_attributes", facts, tee->attributes);
    claims_write(w, facts, (claim_table)CLAIM_TABLE(of_verdict));
    json_close_object(w);
}

static void write_report_data(json_writer *w, const token_facts *facts)
{
    claims_write(w, facts, (claim_table) { &evidence[facts->verdict->tee].report_data, 1 });
}

static void write_vector(json_writer *w, const char *member, const ear_vector *vector)
{
    json_open_object(w, member);
    for (unsigned i = 0; i < EAR_CATEGORY_COUNT; i++)
        json_put_signed(w, ear_category_name((ear_category)i), vector->claims[i]);
    json_close_object(w);
}

static void write_verifier(json_writer *w, const char *member)
{
    char build[32];
    snprintf(build, sizeof(build), "assay %s", assay_version());
    json_open_object(w, member);
    json_put_text(w, "developer", "assay");
    json_put_text(w, "build", build);
    json_close_object(w);
}

static const char *status_name(const token_facts *facts, const ear_vector *vector)
{
    return ear_tier_name(ear_status_of(vector, facts->appraisal->overall));
}

static void write_attester(json_writer *w, const token_facts *facts)
{
    json_open_object(w, "ear_attester_claims");
    json_put_text(w, "tee", assay_tee_name(facts->verdict->tee));
    write_evidence(w, "claims", facts);
    write_report_data(w, facts);
    json_close_object(w);
}

static void write_verifier_claims(json_writer *w, const token_facts *facts)
{
    json_open_object(w, "ear_verifier_claims");
    json_open_object(w, "custom");
    json_open_object(w, "assay");
    claims_write_outcome(w, facts->appraisal);
    json_close_object(w);
    json_close_object(w);
    json_close_object(w);
}

void claims_ear(json_writer *w, const token_facts *facts)
{
    static const claim_row policy_ids = { .claim = "ear_appraisal_policy_ids",
                                          .source = claim_policy_ids };
    const ear_vector vector = ear_vector_of(facts->appraisal, facts->verdict);
    json_put_text(w, "eat_profile", "tag:ietf.org,2026:rats/ear#04");
    write_verifier(w, "ear_verifier_id");
    json_put_text(w, "ear_status", status_name(facts, &vector));
    json_open_object(w, "submods");
    json_open_object(w, "cpu0");
    json_put_text(w, "ear_status", status_name(facts, &vector));
    write_vector(w, "ear_trustworthiness_vector", &vector);
    claim_policy_ids(w, facts, &policy_ids);
    write_attester(w, facts);
    write_verifier_claims(w, facts);
    json_close_object(w);
    json_close_object(w);
}

/* One text: the ids of all policies, with commas between. */
static void write_policy_id(json_writer *w, const token_facts *facts)
{
    used_policy used[REPORTS_MAX];
    char text[REPORTS_MAX * ID_SIZE] = "";
    size_t size = 0;
    const size_t count = claims_policies(facts->appraisal, used);
    for (size_t i = 0; i < count; i++) {
        if (used[i].policy == NULL)
            continue;
        if (size > 0)
            text[size++] = ',';
        assay_policy_id(used[i].policy, text + size);
        size += ID_SIZE - 1;
    }
    if (size > 0)
        json_put_text(w, "ear.appraisal-policy-id", text);
}

void claims_ear_legacy(json_writer *w, const token_facts *facts)
{
    const ear_vector vector = ear_vector_of(facts->appraisal, facts->verdict);
    json_put_text(w, "eat_profile", "tag:github.com,2023:veraison/ear");
    write_verifier(w, "ear.verifier-id");
    json_open_object(w, "submods");
    json_open_object(w, "cpu0");
    json_put_text(w, "ear.status", status_name(facts, &vector));
    write_vector(w, "ear.trustworthiness-vector", &vector);
    write_policy_id(w, facts);
    json_open_object(w, "ear.veraison.annotated-evidence");
    write_evidence(w, assay_tee_name(facts->verdict->tee), facts);
    write_report_data(w, facts);
    json_close_object(w);
    json_close_object(w);
    json_close_object(w);
}
