/* object.h: the inside of assay_collateral, for the verification room.
 *
 * Every check that needs the collateral alone is done once while it loads; its outcome is kept as a
 * row and asked for at its place in the order of verification.md 4.1. */
#ifndef ASSAY_COLLATERAL_OBJECT_H
#define ASSAY_COLLATERAL_OBJECT_H

#include <stdatomic.h>

#include "collateral/documents.h"
#include "x509/chain.h"

/* Outcomes in the order of the steps; the number of the step in verification.md 4.1 behind each. */
typedef enum collateral_check {
    CHECK_PRESENT,         /* 2: no item missing, E002/S36 */
    CHECK_TCB_INFO,        /* 6: S20 */
    CHECK_QE_IDENTITY,     /* 9: S58 */
    CHECK_CHAINS,          /* 10: the three issuer chains parse; a signing chain has two (E021) */
    CHECK_CRLS,            /* 11: S28/E038 */
    CHECK_ROOT_CRL,        /* 14: root CRL under the root; root not listed */
    CHECK_PCK_CRL,         /* 14: PCK CRL under its issuer chain; CA not revoked */
    CHECK_TCB_SIGNER,      /* 16: 2, 22, 25; signer revoked 27; root trusted 26 */
    CHECK_TCB_SIGNATURE,   /* 17: S21/E03A */
    CHECK_IDENTITY_SIGNER, /* 19: as 16 */
    CHECK_IDENTITY_SIGNATURE, /* 19: S76/E039 */
    CHECK_COUNT
} collateral_check;

struct assay_collateral {
    atomic_uint references;
    arena memory;
    assay_collateral_items items; /* copies */
    sha256_digest digest;
    assay_roots roots;

    struct {
        assay_status status;
        assay_error error;
    } outcomes[CHECK_COUNT];

    /* Valid only when the checks that fill them passed. */
    tcb_info tcb;
    enclave_identity identity;
    x509_cert pck_ca; /* of pck_crl_issuer_chain */
    x509_cert root;   /* of pck_crl_issuer_chain */
    x509_cert tcb_signer, tcb_root;
    x509_cert identity_signer, identity_root;
    x509_crl root_crl;
    x509_crl pck_crl;
    pck_ca pck_crl_ca; /* which CA issued the PCK CRL */
    x509_trust trust;  /* keys and links proved while loading; read-only afterwards */
    assay_validity validity[ASSAY_ITEM_COUNT]; /* PCK_CHAIN stays zero */
};

/* The remembered outcome: its status, and the error copied to `err`. */
assay_status collateral_outcome(const assay_collateral *collateral, collateral_check check,
                                assay_error *err);

/* True when the 65-byte point is Intel's root or one of the collateral's own roots. */
bool collateral_trusts_root(const assay_collateral *collateral, const uint8_t *point);

#endif
