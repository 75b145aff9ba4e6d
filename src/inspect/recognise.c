/* recognise.c: what a file is, by its first bytes, its size and its top-level members. */
#include "evidence/fields.h"
#include "inspect/describe.h"
#include "wire/pem.h"

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static assay_span without_leading_space(assay_span text)
{
    size_t at = 0;
    while (at < text.size && is_space(text.data[at]))
        at++;
    return span_slice(text, at, text.size - at);
}

/* ---- JSON: the first top-level member that only one kind has ---- */

static assay_file_kind kind_of_member(assay_span member)
{
    static const struct {
        const char *member;
        assay_file_kind kind;
    } rows[] = {
        { "tcbInfo", ASSAY_FILE_TCB_INFO },
        { "enclaveIdentity", ASSAY_FILE_QE_IDENTITY },
        { "tcbEvaluationDataNumbers", ASSAY_FILE_TCB_EVALUATION_DATA_NUMBERS },
        { "assay_bundle", ASSAY_FILE_BUNDLE },
        { "tcb_info", ASSAY_FILE_COLLATERAL },
        { "tcb_info_issuer_chain", ASSAY_FILE_COLLATERAL },
        { "qe_identity", ASSAY_FILE_COLLATERAL },
        { "qe_identity_issuer_chain", ASSAY_FILE_COLLATERAL },
        { "pck_crl_issuer_chain", ASSAY_FILE_COLLATERAL },
        { "pck_crl", ASSAY_FILE_COLLATERAL },
        { "root_ca_crl", ASSAY_FILE_COLLATERAL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (span_is(member, rows[i].member))
            return rows[i].kind;
    }
    return ASSAY_FILE_UNKNOWN;
}

/* The content of the string that begins at *at; *at moves behind it. */
static assay_span string_at(assay_span text, size_t *at)
{
    const size_t first = *at + 1;
    size_t end = first;
    while (end < text.size && text.data[end] != '"')
        end += text.data[end] == '\\' ? 2 : 1;
    *at = end + 1;
    return end < text.size ? span_slice(text, first, end - first) : (assay_span) { NULL, 0 };
}

static assay_file_kind recognise_json(assay_span text)
{
    unsigned depth = 0;
    bool key_next = false;
    assay_file_kind kind = ASSAY_FILE_UNKNOWN;
    for (size_t at = 0; at < text.size && kind == ASSAY_FILE_UNKNOWN;) {
        const uint8_t c = text.data[at];
        if (c == '"') {
            const assay_span string = string_at(text, &at);
            if (depth == 1 && key_next)
                kind = kind_of_member(string);
            key_next = false;
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && depth > 0)
            depth--;
        if (c == '{' || c == ',')
            key_next = true;
        at++;
    }
    return kind;
}

/* ---- PEM and DER ---- */

static assay_file_kind recognise_pem(assay_span text)
{
    static const struct {
        const char *begin;
        assay_file_kind kind;
    } rows[] = { { "-----BEGIN CERTIFICATE-----", ASSAY_FILE_CERTIFICATES },
                 { "-----BEGIN X509 CRL-----", ASSAY_FILE_CRL } };
    const assay_span in = without_leading_space(text);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (span_is(span_slice(in, 0, strlen(rows[i].begin)), rows[i].begin))
            return rows[i].kind;
    }
    return ASSAY_FILE_UNKNOWN;
}

/* Bytes of tag and length of the SEQUENCE that begins at `at`; 0 when there is none. */
static size_t sequence_head(assay_span der, size_t at)
{
    const assay_span head = span_slice(der, at, 2);
    if (head.size == 0 || head.data[0] != 0x30)
        return 0;
    return head.data[1] < 0x80 ? 2 : 2u + (head.data[1] & 0x7fu);
}

/* A certificate's inner part begins with its version, [0]; a CRL's with an INTEGER. */
static assay_file_kind recognise_der(assay_span der)
{
    const size_t outer = sequence_head(der, 0);
    const size_t inner = outer == 0 ? 0 : sequence_head(der, outer);
    const assay_span tag = span_slice(der, outer + inner, 1);
    if (inner == 0 || tag.size == 0)
        return ASSAY_FILE_UNKNOWN;
    if (tag.data[0] == 0xa0)
        return ASSAY_FILE_CERTIFICATES;
    return tag.data[0] == 0x02 ? ASSAY_FILE_CRL : ASSAY_FILE_UNKNOWN;
}

/* ---- Evidence ---- */

enum {
    SGX_REPORT_WITH_MAC_SIZE = 432, /* key id 32 and MAC 16 behind the body */
    NEWEST_QUOTE_VERSION = 5
};

static bool looks_like_quote(assay_span file)
{
    static const uint8_t vendor[] = { 0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9 };
    if (file.size < QUOTE_HEADER_SIZE)
        return false;
    if (memcmp(file.data + QUOTE_V4_QE_VENDOR_ID_OFFSET, vendor, sizeof(vendor)) == 0)
        return true;
    const uint16_t version = load_u16le(file.data + QUOTE_V4_VERSION_OFFSET);
    const uint16_t key_type = load_u16le(file.data + QUOTE_V4_ATTESTATION_KEY_TYPE_OFFSET);
    return version >= 3 && version <= NEWEST_QUOTE_VERSION && key_type >= 2 && key_type <= 3 &&
           file.size != SGX_REPORT_SIZE && file.size != SGX_REPORT_WITH_MAC_SIZE;
}

assay_file_kind assay_file_recognise(assay_span file)
{
    const assay_span text = without_leading_space(file);
    assay_file_kind kind = ASSAY_FILE_UNKNOWN;
    if (file.size == TDREPORT_SIZE && file.data[0] == 0x81)
        return ASSAY_FILE_TD_REPORT;
    if (looks_like_quote(file))
        return ASSAY_FILE_QUOTE;
    if (text.size > 0 && text.data[0] == '{')
        kind = recognise_json(text);
    else if (pem_looks_like(file))
        kind = recognise_pem(file);
    else
        kind = recognise_der(file);
    const bool report_size = file.size == SGX_REPORT_SIZE || file.size == SGX_REPORT_WITH_MAC_SIZE;
    return kind == ASSAY_FILE_UNKNOWN && report_size ? ASSAY_FILE_SGX_REPORT : kind;
}
