/* vouching.h: who may vouch for an item of collateral: roots that are trusted, CAs and signers
 * under them, none revoked; and that a document is theirs. verification.md 2.5, 4.1 steps 14 to 19.
 *
 * Shared by whole collaterals (checks.c) and single items (admission.c). */
#ifndef ASSAY_COLLATERAL_VOUCHING_H
#define ASSAY_COLLATERAL_VOUCHING_H

#include "collateral/documents.h"
#include "x509/chain.h"

typedef struct vouching {
    const assay_roots *roots;   /* beside Intel's */
    const x509_crl *root_crl;   /* NULL: nobody is looked up */
    const x509_cert *only_root; /* whose key every chain must stand on; NULL: any that is trusted */
    x509_trust *trust;
} vouching;

/* True when the 65-byte point is Intel's root or one of `roots`. */
bool root_is_trusted(const assay_roots *roots, const uint8_t *point);

/* UNTRUSTED, stamped `qvl`, when the root is none of these. */
assay_status root_trusted_check(const vouching *by, const x509_cert *root, const char *where,
                                unsigned qvl, assay_error *err);

/* The root as such: role, self-signature, trust. Whether it is listed is asked apart. */
assay_status root_check(const vouching *by, const x509_cert *root, const char *where,
                        assay_error *err);

/* A PCK CA under a root that was checked. */
assay_status pck_ca_check(const vouching *by, const x509_cert *ca, const x509_cert *root,
                          const char *where, assay_error *err);

/* `status`, stamped `qvl`, when the root CRL lists the certificate. */
assay_status unlisted_check(const vouching *by, const x509_cert *certificate, const char *where,
                            assay_status status, unsigned qvl, assay_error *err);

/* The signer of TCB infos and identities, and its root; `name` is the chain's. */
assay_status signing_chain_check(const vouching *by, const x509_cert *signer, const x509_cert *root,
                                 const char *name, assay_error *err);

/* The document's signature is the signer's; stamped `qvl` when not. */
assay_status document_signature_check(const vouching *by, const document_header *header,
                                      const x509_cert *signer, const char *where, unsigned qvl,
                                      assay_error *err);

#endif
