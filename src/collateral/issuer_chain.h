/* issuer_chain.h: reads the issuer chains and CRLs that come with collateral: their forms, not
 * their trust. verification.md 2.4, 2.6, 4.1 steps 10 and 11. */
#ifndef ASSAY_COLLATERAL_ISSUER_CHAIN_H
#define ASSAY_COLLATERAL_ISSUER_CHAIN_H

#include "assay/collateral.h"
#include "base/memory.h"
#include "x509/x509.h"

typedef struct issuer_chain {
    x509_cert end; /* PCK CA or TCB signer */
    x509_cert root;
    assay_validity validity;
} issuer_chain;

/* Exactly two certificates in PEM, in either order: one must be self-issued. MALFORMED with
 * S1/E022, another count with S1 and `count_code`; stamps of the certificate parser stay. */
assay_status issuer_chain_read(assay_span pem, const char *name, uint16_t count_code, arena *memory,
                               issuer_chain *out, assay_error *err);

typedef enum crl_form { CRL_FORM_DER, CRL_FORM_PEM, CRL_FORM_HEX } crl_form;

crl_form crl_form_of(assay_span item);

/* Without the one NUL that may stand behind a DER CRL. */
assay_span crl_without_nul(assay_span der);

/* Any of the three forms. S28/E038 where the CRL parser did not say another status. */
assay_status crl_read(assay_span item, const char *name, arena *memory, x509_crl *out,
                      assay_error *err);

#endif
