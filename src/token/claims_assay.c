/* claims_assay.c: the claims of every dialect: the registered ones, and assay's own. appraisal.md
 * 5.4, 8.1. The claim `assay` is what our relying party reads in every dialect. */
#include <stdio.h>

#include "appraise/measurements.h"
#include "token/claims.h"
#include "token/result.h"
#include "wire/base64.h"
#include "x509/chain.h"

enum { UUID_SIZE = 37, NONCE_MAX = 64, THUMBPRINT_SIZE = 44, COORDINATE_SIZE = 32 };

/* RFC 9562, version 4. */
static void write_uuid(const uint8_t random[16], char out[UUID_SIZE])
{
    uint8_t b[16];
    memcpy(b, random, sizeof(b));
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    static const uint8_t group_ends[] = { 4, 6, 8, 10, 16 };
    size_t at = 0, used = 0;
    for (size_t i = 0; i < sizeof(group_ends); i++) {
        const size_t size = group_ends[i] - at;
        assay_hex_encode(span_of(b + at, size), out + used);
        at += size;
        used += 2 * size;
        out[used++] = '-';
    }
    out[UUID_SIZE - 1] = '\0';
}

static void write_evidence_subject(json_writer *w, const assay_verdict *verdict)
{
    char text[2 * SHA384_SIZE + 16] = "tdx:";
    char *digest = text + 4;
    const uint8_t *body = verdict->report;
    if (verdict->tee == ASSAY_TEE_TDX) {
        assay_hex_encode(span_of(body + TD_BODY_MRTD_OFFSET, TD_BODY_MRTD_SIZE), digest);
    } else {
        memcpy(text, "sgx:", 4);
        assay_hex_encode(span_of(body + SGX_REPORT_MRSIGNER_OFFSET, SGX_REPORT_MRSIGNER_SIZE),
                         digest);
        snprintf(digest + 2 * SGX_REPORT_MRSIGNER_SIZE, 8, ":%u",
                 load_u16le(body + SGX_REPORT_ISVPRODID_OFFSET));
    }
    json_put_text(w, "sub", text);
}

void claims_write_registered(json_writer *w, const token_facts *facts, subject_source source)
{
    const assay_issue_options *o = facts->options;
    char uuid[UUID_SIZE], nonce[NONCE_MAX / 3 * 4 + 8];
    json_put_text(w, "iss", o->issuer == NULL ? "quote appraisal entity" : o->issuer);
    if (o->audience != NULL)
        json_put_text(w, "aud", o->audience);
    if (o->subject != NULL)
        json_put_text(w, "sub", o->subject);
    else if (source == SUBJECT_OF_EVIDENCE)
        write_evidence_subject(w, facts->verdict);
    json_put_signed(w, "iat", o->now);
    json_put_signed(w, "nbf", o->now);
    json_put_signed(w, "exp", facts->expires);
    write_uuid(o->random, uuid);
    json_put_text(w, "jti", uuid);
    if (o->nonce.size != 0) {
        base64_encode(o->nonce, BASE64_URL, nonce);
        json_put_text(w, "eat_nonce", nonce);
    }
}

static const report *report_of(const assay_appraisal *appraisal, measurement_id id)
{
    for (size_t i = 0; i < appraisal->count; i++) {
        if (report_has(&appraisal->reports->at[i], id))
            return &appraisal->reports->at[i];
    }
    return NULL;
}

static void write_report_data(json_writer *w, const assay_appraisal *appraisal)
{
    static const measurement_id ids[] = { MEASURED_TDX_REPORTDATA, MEASURED_SGX_REPORTDATA };
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        const report *found = report_of(appraisal, ids[i]);
        if (found != NULL)
            json_put_hex(w, "report_data", report_bytes(found, ids[i]));
    }
}

/* RFC 7638 thumbprint of the root's key. */
static void write_root_thumbprint(json_writer *w, const uint8_t point[P256_POINT_SIZE])
{
    char x[THUMBPRINT_SIZE], y[THUMBPRINT_SIZE], thumbprint[THUMBPRINT_SIZE];
    base64_encode(span_of(point + 1, COORDINATE_SIZE), BASE64_URL, x);
    base64_encode(span_of(point + 1 + COORDINATE_SIZE, COORDINATE_SIZE), BASE64_URL, y);
    const assay_span jwk[] = { SPAN_CONST("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\""),
                               SPAN_TEXT(x), SPAN_CONST("\",\"y\":\""), SPAN_TEXT(y),
                               SPAN_CONST("\"}") };
    const sha256_digest digest = sha256_of(jwk, sizeof(jwk) / sizeof(jwk[0]));
    base64_encode(SPAN(digest.bytes), BASE64_URL, thumbprint);
    json_put_text(w, "root", thumbprint);
}

/* SHA-384 of Intel's root key, as verdicts and results carry it (verification.md 2.1). */
static const uint8_t intel_root_key_id[SHA384_SIZE] = {
    0x46, 0xe4, 0x03, 0xbd, 0x34, 0xf0, 0x5a, 0x3f, 0x28, 0x17, 0xab, 0x9b, 0xad, 0xca, 0xac, 0xc7,
    0xff, 0xc9, 0x8e, 0x0f, 0x26, 0x10, 0x08, 0xcd, 0x30, 0xda, 0xe9, 0x36, 0xca, 0xce, 0x18, 0xd5,
    0xdc, 0xf5, 0x8e, 0xef, 0x31, 0x46, 0x36, 0x13, 0xde, 0x15, 0x70, 0xd5, 0x16, 0x20, 0x09, 0x93,
};

/* Intel's root is known by its key; of another root the point is needed, and only a verdict has it.
 */
static void write_root(json_writer *w, const token_facts *facts)
{
    const report *platform = report_of(facts->appraisal, MEASURED_ROOT_KEY_ID);
    if (platform != NULL &&
        memcmp(platform->platform.root_key_id, intel_root_key_id, SHA384_SIZE) == 0)
        json_put_text(w, "root", "intel");
    else if (facts->verdict != NULL)
        write_root_thumbprint(w, facts->verdict->root_point);
}

static void write_classes(json_writer *w, const char *member, uint32_t classes)
{
    json_open_array(w, member);
    for (unsigned c = 0; c < ASSAY_CLASS_COUNT; c++) {
        if ((classes >> c & 1) != 0)
            json_put_text(w, NULL, assay_class_id((assay_class)c));
    }
    json_close_array(w);
}

static void write_policy(json_writer *w, const used_policy *used)
{
    char id[97] = "default";
    const assay_policy_origin *origin = NULL;
    if (used->policy != NULL) {
        assay_policy_id(used->policy, id);
        origin = assay_policy_origin_of(used->policy);
    }
    json_open_object(w, NULL);
    json_put_text(w, "id", id);
    write_classes(w, "classes", used->classes);
    json_put_text(w, "signer", origin != NULL && origin->is_signed ? origin->signer : NULL);
    json_put_flag(w, "signer_pinned", origin != NULL && origin->signer_pinned);
    json_close_object(w);
}

static void write_policies(json_writer *w, const assay_appraisal *appraisal)
{
    used_policy used[REPORTS_MAX];
    const size_t count = claims_policies(appraisal, used);
    json_open_array(w, "policies");
    for (size_t i = 0; i < count; i++)
        write_policy(w, &used[i]);
    json_close_array(w);
}

static void write_warnings(json_writer *w, const assay_appraisal *appraisal)
{
    json_open_array(w, "warnings");
    for (size_t i = 0; appraisal->warnings != NULL && appraisal->warnings[i] != NULL; i++)
        json_put_text(w, NULL, appraisal->warnings[i]);
    json_close_array(w);
}

/* Classes that were left out and would have counted: those of the evidence. */
static uint32_t left_out(const assay_appraisal *appraisal)
{
    uint32_t there = 0;
    for (size_t i = 0; i < appraisal->count; i++)
        there |= 1u << appraisal->rows[i].class_;
    return there & appraisal->left_out;
}

void claims_write_outcome(json_writer *w, const assay_appraisal *appraisal)
{
    json_put_text(w, "overall", result_word(appraisal->overall));
    json_open_object(w, "results");
    for (size_t i = 0; i < appraisal->count; i++)
        json_put_text(w, assay_class_id(appraisal->rows[i].class_),
                      result_word(appraisal->rows[i].result));
    json_close_object(w);
}

void claims_write_assay(json_writer *w, const token_facts *facts, outcome_place place)
{
    const assay_appraisal *appraisal = facts->appraisal;
    json_open_object(w, "assay");
    json_put_number(w, "version", 1);
    json_put_text(w, "tee", assay_tee_name(claims_tee(appraisal)));
    if (appraisal->reports->has_quote_hash)
        json_put_hex(w, "quote_sha384", SPAN(appraisal->reports->quote_sha384));
    write_report_data(w, appraisal);
    write_root(w, facts);
    json_put_time(w, "verified_at", appraisal->now);
    write_policies(w, appraisal);
    write_warnings(w, appraisal);
    write_classes(w, "left_out", left_out(appraisal));
    json_put_text(w, "dialect", facts->dialect);
    if (place == OUTCOME_IN_ASSAY)
        claims_write_outcome(w, appraisal);
    json_close_object(w);
}
