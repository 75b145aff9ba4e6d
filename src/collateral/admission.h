/* admission.h: one item of collateral on its own: what a store asks of it before it keeps it.
 * collateral-service.md 7.1; verification.md 2 and 3.
 *
 * Each function checks form, issuer chain up to a trusted root, and signature, whoever sent the
 * bytes; the root CRL, when the caller has one (parsed and checked before), says whether the signer
 * is revoked: it must be of the same root. Dates are handed out and judged by
 * admission_dates_check(); rollback needs a memory and is the store's question. What is handed out
 * lives as long as the arena and the bytes given. */
#ifndef ASSAY_COLLATERAL_ADMISSION_H
#define ASSAY_COLLATERAL_ADMISSION_H

#include "collateral/documents.h"
#include "x509/chain.h"

typedef struct admission {
    const assay_roots *roots; /* beside Intel's; NULL: none */
    const x509_crl *root_crl; /* to look signers and CAs up in; NULL: not looked up */
    arena *memory;
} admission;

/* What is known of an item that passed. */
typedef struct admitted {
    int64_t issue_date;         /* issueDate, thisUpdate, notBefore */
    int64_t next_update;        /* nextUpdate, notAfter: the first second at which it is stale */
    int64_t chain_end;          /* the earliest notAfter of the issuer chain */
    uint32_t evaluation_number; /* TCB info and identities; else 0 */
    assay_tee tee;              /* TCB info, identities, evaluation numbers */
    uint8_t fmspc[6];           /* TCB info */
    identity_id identity;       /* identities */
    pck_ca ca;                  /* PCK CRL */
    uint8_t root_point[P256_POINT_SIZE]; /* which root it stands on */
} admitted;

/* `chain` is PEM, signer then root or root then signer. */
assay_status admit_tcb_info(const admission *by, assay_span body, assay_span chain, admitted *out,
                            assay_error *err);
assay_status admit_identity(const admission *by, assay_span body, assay_span chain, admitted *out,
                            assay_error *err);
assay_status admit_evaluation_numbers(const admission *by, assay_span body, assay_span chain,
                                      admitted *out, evaluation_numbers *numbers, assay_error *err);

/* CRLs in any of the three forms; `der` (may be NULL) is the CRL as DER. */
assay_status admit_pck_crl(const admission *by, assay_span crl, assay_span chain, admitted *out,
                           assay_span *der, assay_error *err);

/* The root CRL under a trusted root: `root` is the root's certificate (PEM or DER), or any issuer
 * chain that ends in it. `parsed` may be NULL. */
assay_status admit_root_crl(const admission *by, assay_span crl, assay_span root, admitted *out,
                            assay_span *der, x509_crl *parsed, assay_error *err);

/* A PCK certificate (one PEM block or DER) under its issuer chain (CA and root, PEM); revocation by
 * `pck_crl` when that is not NULL. `extension` says which platform and TCB it is for. */
assay_status admit_pck_certificate(const admission *by, assay_span certificate, assay_span chain,
                                   const x509_crl *pck_crl, admitted *out, pck_extension *extension,
                                   assay_error *err);

/* The issuer chain of many PCK certificates, proved once; then each of them, from any thread with
 * an admission of its own. Views into the chain given and the arena of `by`. Zero it before;
 * pck_issuer_free() after. */
typedef struct pck_issuer {
    x509_cert ca, root;
    int64_t end;
    x509_trust trust; /* read only from then on */
} pck_issuer;
assay_status admit_pck_issuer(const admission *by, assay_span chain, pck_issuer *out,
                              assay_error *err);
void pck_issuer_free(pck_issuer *issuer);
assay_status admit_pck_certificate_of(const admission *by, const pck_issuer *issuer,
                                      assay_span certificate, const x509_crl *pck_crl,
                                      admitted *out, pck_extension *extension, assay_error *err);

/* MALFORMED by the names "collateral_expired", when the item or its issuer chain is stale at `now`,
 * and "collateral_not_yet_valid", when it begins more than a day later (clocks differ). */
assay_status admission_dates_check(const admitted *item, int64_t now, const char *what,
                                   assay_error *err);

#endif
