/* checks.c: steps 2, 6, 9, 10, 11, 14, 16, 17 and 19 of verification.md 4.1, as far as they need
 * the collateral alone. Chains and roots by 2.5. */
#include "collateral/checks.h"
#include "collateral/issuer_chain.h"
#include "collateral/items.h"
#include "collateral/vouching.h"

enum { CODE_CHAIN = 0xE022, CODE_CERTIFICATE = 0xE021 };

static assay_status check_present(assay_collateral *c, assay_error *err)
{
    for (size_t i = 0; i < COLLATERAL_ITEMS; i++) {
        if (collateral_item(&c->items, i).size > 0)
            continue;
        fail(err, ASSAY_MALFORMED, collateral_item_rows[i].name, ASSAY_NO_OFFSET,
             "is missing: all seven items are needed");
        return error_as(err, ASSAY_MALFORMED, QVL_MISSING_PARAMETERS, 0);
    }
    return ASSAY_OK;
}

static assay_validity document_validity(const document_header *header)
{
    return (assay_validity) { header->issue_date, header->issue_date, header->next_update };
}

static assay_status check_tcb_info(assay_collateral *c, assay_error *err)
{
    TRY(tcb_info_parse(c->items.tcb_info, &c->memory, &c->tcb, err));
    c->validity[ASSAY_ITEM_TCB_INFO] = document_validity(&c->tcb.header);
    return ASSAY_OK;
}

static assay_status check_qe_identity(assay_collateral *c, assay_error *err)
{
    TRY(enclave_identity_parse(c->items.qe_identity, &c->memory, &c->identity, err));
    c->validity[ASSAY_ITEM_QE_IDENTITY] = document_validity(&c->identity.header);
    return ASSAY_OK;
}

static assay_status chain_take(assay_collateral *c, assay_item item, assay_span pem,
                               uint16_t count_code, x509_cert *end, x509_cert *root,
                               assay_error *err)
{
    issuer_chain chain;
    TRY(issuer_chain_read(pem, assay_item_name(item), count_code, &c->memory, &chain, err));
    *end = chain.end;
    *root = chain.root;
    c->validity[item] = chain.validity;
    return ASSAY_OK;
}

/* Row 61 of the attack list: a chain of another kind is no PCK CRL issuer chain at all. */
static assay_status pck_ca_name_check(const x509_cert *ca, assay_error *err)
{
    if (pck_ca_of_name(ca->subject) != PCK_CA_NONE)
        return ASSAY_OK;
    fail(err, ASSAY_UNTRUSTED, "pck_crl_issuer_chain", ASSAY_NO_OFFSET,
         "\"%.*s\" is no PCK CA: want Intel SGX PCK Platform CA or Processor CA",
         (int)ca->common_name.size, (const char *)ca->common_name.data);
    return error_as(err, ASSAY_UNTRUSTED, QVL_INTERMEDIATE_CA_MISSING, CODE_CHAIN);
}

/* Mostly the same text as the chain of the TCB info: then it is not read twice. */
static assay_status identity_chain_take(assay_collateral *c, assay_error *err)
{
    const assay_item item = ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN;
    if (!span_equal(c->items.qe_identity_issuer_chain, c->items.tcb_info_issuer_chain))
        return chain_take(c, item, c->items.qe_identity_issuer_chain, CODE_CERTIFICATE,
                          &c->identity_signer, &c->identity_root, err);
    c->identity_signer = c->tcb_signer;
    c->identity_root = c->tcb_root;
    c->validity[item] = c->validity[ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN];
    return ASSAY_OK;
}

static assay_status check_chains(assay_collateral *c, assay_error *err)
{
    TRY(chain_take(c, ASSAY_ITEM_PCK_CRL_ISSUER_CHAIN, c->items.pck_crl_issuer_chain, CODE_CHAIN,
                   &c->pck_ca, &c->root, err));
    TRY(pck_ca_name_check(&c->pck_ca, err));
    TRY(chain_take(c, ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN, c->items.tcb_info_issuer_chain,
                   CODE_CERTIFICATE, &c->tcb_signer, &c->tcb_root, err));
    return identity_chain_take(c, err);
}

static assay_status crl_take(assay_collateral *c, assay_item item, assay_span text, x509_crl *out,
                             assay_error *err)
{
    TRY(crl_read(text, assay_item_name(item), &c->memory, out, err));
    c->validity[item] = (assay_validity) { out->this_update, out->this_update, out->next_update };
    return ASSAY_OK;
}

static assay_status check_crls(assay_collateral *c, assay_error *err)
{
    TRY(crl_take(c, ASSAY_ITEM_ROOT_CA_CRL, c->items.root_ca_crl, &c->root_crl, err));
    TRY(crl_take(c, ASSAY_ITEM_PCK_CRL, c->items.pck_crl, &c->pck_crl, err));
    c->pck_crl_ca = pck_ca_of_name(c->pck_crl.issuer);
    return ASSAY_OK;
}

/* The root CRL was proved under the root of pck_crl_issuer_chain. */
static vouching vouching_of(assay_collateral *c)
{
    return (vouching) { &c->roots, &c->root_crl, &c->root, &c->trust };
}

static assay_status check_root_crl(assay_collateral *c, assay_error *err)
{
    const char *where = "pck_crl_issuer_chain.root";
    const vouching by = vouching_of(c);
    TRY(root_check(&by, &c->root, where, err));
    TRY(x509_crl_check(&c->root_crl, &c->root, NULL, &c->trust, "root_ca_crl", err));
    return unlisted_check(&by, &c->root, where, ASSAY_UNTRUSTED, QVL_ROOT_CA_UNTRUSTED, err);
}

static assay_status pck_crl_issuer_check(const assay_collateral *c, assay_error *err)
{
    if (c->pck_crl_ca != PCK_CA_NONE)
        return ASSAY_OK;
    fail(err, ASSAY_UNTRUSTED, "pck_crl.issuer", ASSAY_NO_OFFSET,
         "is no PCK CA: want Intel SGX PCK Platform CA or Processor CA");
    return error_as(err, ASSAY_UNTRUSTED, QVL_CRL_UNKNOWN_ISSUER, 0);
}

static assay_status check_pck_crl(assay_collateral *c, assay_error *err)
{
    const char *where = "pck_crl_issuer_chain.ca";
    const vouching by = vouching_of(c);
    TRY(pck_ca_check(&by, &c->pck_ca, &c->root, where, err));
    TRY(pck_crl_issuer_check(c, err));
    TRY(x509_crl_check(&c->pck_crl, &c->pck_ca, NULL, &c->trust, "pck_crl", err));
    return unlisted_check(&by, &c->pck_ca, where, ASSAY_REVOKED, QVL_INTERMEDIATE_CA_REVOKED, err);
}

static assay_status check_tcb_signer(assay_collateral *c, assay_error *err)
{
    const vouching by = vouching_of(c);
    return signing_chain_check(&by, &c->tcb_signer, &c->tcb_root,
                               assay_item_name(ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN), err);
}

static assay_status check_identity_signer(assay_collateral *c, assay_error *err)
{
    const vouching by = vouching_of(c);
    return signing_chain_check(&by, &c->identity_signer, &c->identity_root,
                               assay_item_name(ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN), err);
}

static assay_status check_tcb_signature(assay_collateral *c, assay_error *err)
{
    const vouching by = vouching_of(c);
    return document_signature_check(&by, &c->tcb.header, &c->tcb_signer, "tcb_info.signature",
                                    QVL_TCB_INFO_INVALID_SIGNATURE, err);
}

static assay_status check_identity_signature(assay_collateral *c, assay_error *err)
{
    const vouching by = vouching_of(c);
    return document_signature_check(&by, &c->identity.header, &c->identity_signer,
                                    "qe_identity.signature", QVL_IDENTITY_INVALID_SIGNATURE, err);
}

#define AFTER(check) (1u << CHECK_##check)

static const struct {
    assay_status (*run)(assay_collateral *c, assay_error *err);
    unsigned after; /* checks that must have passed: all of them stand earlier */
} checks[CHECK_COUNT] = {
    [CHECK_PRESENT] = { check_present, 0 },
    [CHECK_TCB_INFO] = { check_tcb_info, AFTER(PRESENT) },
    [CHECK_QE_IDENTITY] = { check_qe_identity, AFTER(PRESENT) },
    [CHECK_CHAINS] = { check_chains, AFTER(PRESENT) },
    [CHECK_CRLS] = { check_crls, AFTER(PRESENT) },
    [CHECK_ROOT_CRL] = { check_root_crl, AFTER(CHAINS) | AFTER(CRLS) },
    [CHECK_PCK_CRL] = { check_pck_crl, AFTER(ROOT_CRL) },
    [CHECK_TCB_SIGNER] = { check_tcb_signer, AFTER(ROOT_CRL) },
    [CHECK_TCB_SIGNATURE] = { check_tcb_signature, AFTER(TCB_INFO) | AFTER(TCB_SIGNER) },
    [CHECK_IDENTITY_SIGNER] = { check_identity_signer, AFTER(ROOT_CRL) },
    [CHECK_IDENTITY_SIGNATURE] = { check_identity_signature,
                                   AFTER(QE_IDENTITY) | AFTER(IDENTITY_SIGNER) },
};

static bool inherit_failure(assay_collateral *c, collateral_check check)
{
    for (unsigned earlier = 0; earlier < (unsigned)check; earlier++) {
        if ((checks[check].after & (1u << earlier)) == 0 || c->outcomes[earlier].status == ASSAY_OK)
            continue;
        c->outcomes[check] = c->outcomes[earlier];
        return true;
    }
    return false;
}

void collateral_checks_run(assay_collateral *c)
{
    for (unsigned check = 0; check < CHECK_COUNT; check++) {
        if (!inherit_failure(c, (collateral_check)check))
            c->outcomes[check].status = checks[check].run(c, &c->outcomes[check].error);
    }
}
