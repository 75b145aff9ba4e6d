/* admission.c: one item of collateral, checked on its own before a store keeps it.
 * collateral-service.md 7.1; verification.md 2 and 3. */
#include <stdio.h>

#include "collateral/admission.h"
#include "collateral/issuer_chain.h"
#include "collateral/vouching.h"
#include "wire/pem.h"

enum { CODE_CHAIN = 0xE022, CLOCK_DIFFERENCE = 86400 };

/* Keys and links proved on the way: the root's is used more than once. */
static void trust_drop(x509_trust *trust)
{
    x509_trust_free(trust);
}

#define AUTO_TRUST __attribute__((cleanup(trust_drop))) x509_trust

static vouching vouching_by(const admission *by, x509_trust *trust)
{
    return (vouching) { by->roots, by->root_crl, NULL, trust };
}

static assay_status size_check(assay_span item, const char *name, assay_error *err)
{
    if (item.size > 0 && item.size <= LIMIT_DOCUMENT_SIZE)
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, name, ASSAY_NO_OFFSET, "%zu bytes, want 1 to %d", item.size,
                LIMIT_DOCUMENT_SIZE);
}

static assay_status chain_read(const admission *by, assay_span pem, const char *name,
                               issuer_chain *out, assay_error *err)
{
    TRY(size_check(pem, name, err));
    return issuer_chain_read(pem, name, CODE_CHAIN, by->memory, out, err);
}

/* The root CRL says something about certificates of its own root only. */
static assay_status root_crl_fits(const admission *by, const x509_cert *root, const char *name,
                                  assay_error *err)
{
    if (by->root_crl == NULL || (span_equal(by->root_crl->issuer, root->subject) &&
                                 span_equal(by->root_crl->authority_key_id, root->subject_key_id)))
        return ASSAY_OK;
    return fail(err, ASSAY_UNTRUSTED, name, ASSAY_NO_OFFSET,
                "stands on another root than the root CRL at hand");
}

/* ---- Signed documents ---- */

typedef struct document_names {
    const char *body, *chain, *signature;
    uint16_t signature_qvl;
} document_names;

static const document_names tcb_info_names = { "tcb_info", "tcb_info_issuer_chain",
                                               "tcb_info.signature",
                                               QVL_TCB_INFO_INVALID_SIGNATURE };
static const document_names identity_names = { "qe_identity", "qe_identity_issuer_chain",
                                               "qe_identity.signature",
                                               QVL_IDENTITY_INVALID_SIGNATURE };
static const document_names numbers_names = { "evaluation_numbers",
                                              "evaluation_numbers_issuer_chain",
                                              "evaluation_numbers.signature",
                                              QVL_TCB_INFO_INVALID_SIGNATURE };

static admitted document_facts(const document_header *header, const issuer_chain *chain)
{
    admitted facts = { .issue_date = header->issue_date,
                       .next_update = header->next_update,
                       .chain_end = chain->validity.end,
                       .evaluation_number = header->evaluation_number };
    memcpy(facts.root_point, chain->root.point, P256_POINT_SIZE);
    return facts;
}

static assay_status document_admit(const admission *by, const document_header *header,
                                   assay_span pem, const document_names *names, admitted *facts,
                                   assay_error *err)
{
    AUTO_TRUST trust = { .key_count = 0 };
    const vouching vouch = vouching_by(by, &trust);
    issuer_chain chain;
    TRY(chain_read(by, pem, names->chain, &chain, err));
    TRY(signing_chain_check(&vouch, &chain.end, &chain.root, names->chain, err));
    TRY(root_crl_fits(by, &chain.root, names->chain, err));
    TRY(document_signature_check(&vouch, header, &chain.end, names->signature, names->signature_qvl,
                                 err));
    *facts = document_facts(header, &chain);
    return ASSAY_OK;
}

assay_status admit_tcb_info(const admission *by, assay_span body, assay_span chain, admitted *out,
                            assay_error *err)
{
    tcb_info info;
    admitted facts;
    TRY(tcb_info_parse(body, by->memory, &info, err));
    TRY(document_admit(by, &info.header, chain, &tcb_info_names, &facts, err));
    facts.tee = info.tee;
    memcpy(facts.fmspc, info.fmspc, sizeof(facts.fmspc));
    *out = facts;
    return ASSAY_OK;
}

assay_status admit_identity(const admission *by, assay_span body, assay_span chain, admitted *out,
                            assay_error *err)
{
    enclave_identity identity;
    admitted facts;
    TRY(enclave_identity_parse(body, by->memory, &identity, err));
    TRY(document_admit(by, &identity.header, chain, &identity_names, &facts, err));
    facts.tee = identity.id == IDENTITY_TD_QE ? ASSAY_TEE_TDX : ASSAY_TEE_SGX;
    facts.identity = identity.id;
    *out = facts;
    return ASSAY_OK;
}

assay_status admit_evaluation_numbers(const admission *by, assay_span body, assay_span chain,
                                      admitted *out, evaluation_numbers *numbers, assay_error *err)
{
    evaluation_numbers parsed;
    admitted facts;
    TRY(evaluation_numbers_parse(body, by->memory, &parsed, err));
    TRY(document_admit(by, &parsed.header, chain, &numbers_names, &facts, err));
    facts.tee = parsed.tee;
    *out = facts;
    *numbers = parsed;
    return ASSAY_OK;
}

/* ---- CRLs ---- */

static admitted crl_facts(const x509_crl *crl, const x509_cert *root, int64_t chain_end)
{
    admitted facts = { .issue_date = crl->this_update,
                       .next_update = crl->next_update,
                       .chain_end = chain_end,
                       .ca = pck_ca_of_name(crl->issuer) };
    memcpy(facts.root_point, root->point, P256_POINT_SIZE);
    return facts;
}

/* A PCK CA and its root, neither listed. */
static assay_status pck_chain_check(const admission *by, const vouching *vouch,
                                    const issuer_chain *chain, const char *name, assay_error *err)
{
    char ca[ASSAY_WHERE_SIZE];
    char root[ASSAY_WHERE_SIZE];
    snprintf(ca, sizeof(ca), "%s.ca", name);
    snprintf(root, sizeof(root), "%s.root", name);
    TRY(root_check(vouch, &chain->root, root, err));
    TRY(root_crl_fits(by, &chain->root, root, err));
    TRY(unlisted_check(vouch, &chain->root, root, ASSAY_UNTRUSTED, QVL_ROOT_CA_UNTRUSTED, err));
    TRY(pck_ca_check(vouch, &chain->end, &chain->root, ca, err));
    return unlisted_check(vouch, &chain->end, ca, ASSAY_REVOKED, QVL_INTERMEDIATE_CA_REVOKED, err);
}

assay_status admit_pck_crl(const admission *by, assay_span crl, assay_span chain, admitted *out,
                           assay_span *der, assay_error *err)
{
    static const char chain_name[] = "pck_crl_issuer_chain";
    AUTO_TRUST trust = { .key_count = 0 };
    const vouching vouch = vouching_by(by, &trust);
    issuer_chain issuer;
    x509_crl list;
    TRY(size_check(crl, "pck_crl", err));
    TRY(crl_read(crl, "pck_crl", by->memory, &list, err));
    TRY(chain_read(by, chain, chain_name, &issuer, err));
    TRY(pck_chain_check(by, &vouch, &issuer, chain_name, err));
    TRY(x509_crl_check(&list, &issuer.end, NULL, &trust, "pck_crl", err));
    *out = crl_facts(&list, &issuer.root, issuer.validity.end);
    if (der != NULL)
        *der = list.der;
    return ASSAY_OK;
}

/* The certificates in PEM, or the one in DER. */
static assay_status blocks_read(const admission *by, assay_span in, const char *name,
                                pem_blocks *out, assay_error *err)
{
    TRY(size_check(in, name, err));
    if (!pem_looks_like(in)) {
        *out = (pem_blocks) { .der = { in }, .count = 1 };
        return ASSAY_OK;
    }
    const size_t capacity = in.size / 4 * 3 + 3 * (LIMIT_CHAIN_CERTIFICATES + 1);
    uint8_t *buffer = arena_new(by->memory, capacity, 1);
    if (buffer == NULL)
        return fail(err, ASSAY_NO_MEMORY, name, ASSAY_NO_OFFSET, "no memory for certificates");
    assay_status status = pem_decode(in, "CERTIFICATE", buffer, capacity, out, err);
    return status == ASSAY_OK ? ASSAY_OK : error_inside(err, status, name);
}

/* The self-issued one among the certificates given. */
static assay_status root_read(const admission *by, assay_span in, x509_cert *out, assay_error *err)
{
    pem_blocks blocks;
    TRY(blocks_read(by, in, "root", &blocks, err));
    for (size_t i = blocks.count; i-- > 0;) {
        x509_cert certificate;
        TRY(x509_cert_parse(blocks.der[i], "root", &certificate, err));
        if (span_equal(certificate.issuer, certificate.subject)) {
            *out = certificate;
            return ASSAY_OK;
        }
    }
    return fail(err, ASSAY_MALFORMED, "root", ASSAY_NO_OFFSET,
                "no self-issued certificate among %zu", blocks.count);
}

assay_status admit_root_crl(const admission *by, assay_span crl, assay_span root, admitted *out,
                            assay_span *der, x509_crl *parsed, assay_error *err)
{
    AUTO_TRUST trust = { .key_count = 0 };
    vouching vouch = vouching_by(by, &trust);
    x509_cert issuer;
    x509_crl list;
    TRY(size_check(crl, "root_ca_crl", err));
    TRY(crl_read(crl, "root_ca_crl", by->memory, &list, err));
    TRY(root_read(by, root, &issuer, err));
    TRY(root_check(&vouch, &issuer, "root", err));
    TRY(x509_crl_check(&list, &issuer, NULL, &trust, "root_ca_crl", err));
    vouch.root_crl = &list;
    TRY(unlisted_check(&vouch, &issuer, "root", ASSAY_UNTRUSTED, QVL_ROOT_CA_UNTRUSTED, err));
    *out = crl_facts(&list, &issuer, issuer.not_after);
    if (der != NULL)
        *der = list.der;
    if (parsed != NULL)
        *parsed = list;
    return ASSAY_OK;
}

/* ---- PCK certificates ---- */

static const char leaf_name[] = "pck_certificate";

static assay_status leaf_read(const admission *by, assay_span in, x509_cert *out, assay_error *err)
{
    pem_blocks blocks;
    TRY(blocks_read(by, in, leaf_name, &blocks, err));
    if (blocks.count != 1)
        return fail(err, ASSAY_MALFORMED, leaf_name, ASSAY_NO_OFFSET, "%zu certificates, want one",
                    blocks.count);
    return x509_cert_parse(blocks.der[0], leaf_name, out, err);
}

static assay_status leaf_unlisted_check(const x509_crl *crl, const x509_cert *leaf,
                                        const x509_cert *ca, assay_error *err)
{
    if (crl == NULL)
        return ASSAY_OK;
    if (!span_equal(crl->issuer, ca->subject) ||
        !span_equal(crl->authority_key_id, ca->subject_key_id))
        return fail(err, ASSAY_MISMATCH, leaf_name, ASSAY_NO_OFFSET,
                    "the PCK CRL at hand is of another CA than the certificate");
    if (!x509_crl_lists(crl, leaf->serial))
        return ASSAY_OK;
    fail(err, ASSAY_REVOKED, leaf_name, ASSAY_NO_OFFSET, "is listed in pck_crl: it is revoked");
    return error_as(err, ASSAY_REVOKED, QVL_PCK_REVOKED, 0);
}

static admitted leaf_facts(const x509_cert *leaf, const pck_issuer *issuer,
                           const pck_extension *extension)
{
    admitted facts = { .issue_date = leaf->not_before,
                       .next_update = leaf->not_after,
                       .chain_end = issuer->end,
                       .ca = pck_ca_of_name(leaf->issuer) };
    memcpy(facts.fmspc, extension->fmspc, sizeof(facts.fmspc));
    memcpy(facts.root_point, issuer->root.point, P256_POINT_SIZE);
    return facts;
}

assay_status admit_pck_issuer(const admission *by, assay_span chain, pck_issuer *out,
                              assay_error *err)
{
    static const char chain_name[] = "pck_certificate_issuer_chain";
    const vouching vouch = vouching_by(by, &out->trust);
    p256_key *key = NULL;
    issuer_chain issuer;
    TRY(chain_read(by, chain, chain_name, &issuer, err));
    TRY(pck_chain_check(by, &vouch, &issuer, chain_name, err));
    TRY(x509_trust_key(NULL, &out->trust, issuer.end.point, &key, chain_name, err));
    p256_key_free(key);
    out->ca = issuer.end;
    out->root = issuer.root;
    out->end = issuer.validity.end;
    return ASSAY_OK;
}

void pck_issuer_free(pck_issuer *issuer)
{
    x509_trust_free(&issuer->trust);
}

assay_status admit_pck_certificate_of(const admission *by, const pck_issuer *issuer,
                                      assay_span certificate, const x509_crl *pck_crl,
                                      admitted *out, pck_extension *extension, assay_error *err)
{
    x509_cert leaf;
    pck_extension platform;
    TRY(leaf_read(by, certificate, &leaf, err));
    TRY(x509_role_check(ROLE_PCK_LEAF, &leaf, leaf_name, err));
    TRY(x509_link_check(ROLE_PCK_LEAF, &leaf, &issuer->ca, &issuer->trust, NULL, leaf_name, err));
    TRY(leaf_unlisted_check(pck_crl, &leaf, &issuer->ca, err));
    TRY(pck_extension_parse(&leaf, pck_ca_of_name(leaf.issuer), leaf_name, &platform, err));
    *out = leaf_facts(&leaf, issuer, &platform);
    *extension = platform;
    return ASSAY_OK;
}

static void issuer_drop(pck_issuer *issuer)
{
    pck_issuer_free(issuer);
}

assay_status admit_pck_certificate(const admission *by, assay_span certificate, assay_span chain,
                                   const x509_crl *pck_crl, admitted *out, pck_extension *extension,
                                   assay_error *err)
{
    __attribute__((cleanup(issuer_drop))) pck_issuer issuer = { .end = 0 };
    TRY(size_check(certificate, leaf_name, err));
    TRY(admit_pck_issuer(by, chain, &issuer, err));
    return admit_pck_certificate_of(by, &issuer, certificate, pck_crl, out, extension, err);
}

/* ---- Dates ---- */

static assay_status stale(const char *what, const char *of, int64_t end, assay_error *err)
{
    char text[ASSAY_TIME_SIZE];
    assay_time_format(end, text);
    return fail_named(err, ASSAY_MALFORMED, "collateral_expired", NULL, what, "%s ended at %s", of,
                      text);
}

assay_status admission_dates_check(const admitted *item, int64_t now, const char *what,
                                   assay_error *err)
{
    char begin[ASSAY_TIME_SIZE];
    if (item->next_update <= now)
        return stale(what, "it", item->next_update, err);
    if (item->chain_end <= now)
        return stale(what, "its issuer chain", item->chain_end, err);
    if (item->issue_date - CLOCK_DIFFERENCE <= now)
        return ASSAY_OK;
    assay_time_format(item->issue_date, begin);
    return fail_named(err, ASSAY_MALFORMED, "collateral_not_yet_valid", NULL, what,
                      "it begins at %s, more than a day ahead of the clock", begin);
}
