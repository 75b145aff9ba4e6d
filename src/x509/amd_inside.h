/* amd_inside.h: what the sources of AMD's certificates share. */
#ifndef ASSAY_X509_AMD_INSIDE_H
#define ASSAY_X509_AMD_INSIDE_H

#include "crypto/amd_certificates.h"
#include "x509/amd.h"

static inline void amd_certificate_drop(amd_certificate **certificate)
{
    amd_certificate_free(*certificate);
}

#define AUTO_CERTIFICATE __attribute__((cleanup(amd_certificate_drop))) amd_certificate

/* A certificate in DER or as the one block of PEM. */
assay_status amd_single_certificate_read(assay_span in, const char *where, amd_certificate **out,
                                         assay_error *err);

enum { AMD_ASK, AMD_ARK, AMD_CHAIN_SIZE };

typedef struct checked_chain {
    amd_certificate *certificates[AMD_CHAIN_SIZE];
    amd_chain facts;
} checked_chain;

static inline void amd_chain_drop(checked_chain *chain)
{
    amd_certificate_free(chain->certificates[AMD_ASK]);
    amd_certificate_free(chain->certificates[AMD_ARK]);
}

#define AUTO_CHAIN __attribute__((cleanup(amd_chain_drop))) checked_chain

/* Reads the chain and checks it up to a trusted root. `out` is to be dropped also when this fails.
 */
assay_status amd_chain_read(assay_span pem, const amd_roots *roots, checked_chain *out,
                            assay_error *err);

#endif
