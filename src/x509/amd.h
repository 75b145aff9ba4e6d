/* amd.h: AMD's certificates: ARK and ASK (or ASVK) under a pinned key, and the VCEK of one chip and
 * TCB. collateral-service.md 3, "AMD KDS".
 *
 * AMD signs with RSA-PSS and SHA-384, which our DER reader's profile does not know: OpenSSL's X.509
 * code does this chain (in the crypto room); what it hands out is checked here field by field. */
#ifndef ASSAY_X509_AMD_H
#define ASSAY_X509_AMD_H

#include "base/span.h"

typedef enum amd_product {
    AMD_NONE = 0,
    AMD_MILAN,
    AMD_GENOA,
    AMD_TURIN,
    AMD_PRODUCT_COUNT
} amd_product;

/* "Milan", "Genoa", "Turin": as in KDS's paths. Bergamo and Siena mean Genoa. */
const char *amd_product_name(amd_product product);
amd_product amd_product_find(assay_span name); /* exact, any case; AMD_NONE: unknown */

enum { AMD_ROOT_MAX = 8, AMD_CHIP_SIZE = 64, AMD_TCB_SIZE = 8 };

/* SHA-256 of the SubjectPublicKeyInfo of trusted ARKs beside AMD's own three, which are always
 * trusted. */
typedef struct amd_roots {
    uint8_t keys[AMD_ROOT_MAX][32];
    size_t count;
} amd_roots;

/* From a certificate (PEM or DER). MALFORMED; USAGE when the table is full. */
assay_status amd_roots_add(amd_roots *roots, assay_span certificate, assay_error *err);

typedef struct amd_chain {
    amd_product product; /* by the ARK's common name: "ARK-Milan" */
    bool is_vlek;        /* SEV-VLEK-Milan instead of SEV-Milan in the middle */
    int64_t not_before;  /* latest */
    int64_t not_after;   /* earliest */
} amd_chain;

/* PEM: ASK (ASVK), then ARK. The ARK is self-signed and pinned, the ASK signed by it. */
assay_status amd_chain_check(assay_span pem, const amd_roots *roots, amd_chain *out,
                             assay_error *err);

typedef struct amd_vcek {
    amd_product product;
    uint8_t chip_id[AMD_CHIP_SIZE]; /* Turin: 8 bytes, the rest zero */
    size_t chip_id_size;
    uint8_t boot_loader, tee, snp, microcode, fmc; /* SPLs; fmc: Turin only */
    int64_t not_before, not_after;
} amd_vcek;

/* A VCEK (DER or PEM) signed by the ASK of `chain_pem` (checked as above), for the same product.
 * UNSUPPORTED under an ASVK: a VLEK names no chip. */
assay_status amd_vcek_check(assay_span certificate, assay_span chain_pem, const amd_roots *roots,
                            amd_vcek *out, assay_error *err);

/* A CRL (DER or PEM) signed by the ARK of the chain. */
typedef struct amd_crl {
    int64_t this_update, next_update;
    size_t entry_count;
} amd_crl;
assay_status amd_crl_check(assay_span crl, assay_span chain_pem, const amd_roots *roots,
                           amd_crl *out, assay_error *err);

/* TCB_VERSION as the SNP report has it: 8 bytes, the boot loader's (Turin: the FMC's) first; the
 * hex text of THIM's tcbVersion and tcbm has them the other way round. Fills the five SPLs. */
void amd_tcb_read(amd_product product, const uint8_t tcb[AMD_TCB_SIZE], amd_vcek *out);

#endif
