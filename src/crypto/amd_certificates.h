/* amd_certificates.h: AMD's X.509 certificates and CRLs through OpenSSL: RSA keys, PSS signatures
 * with SHA-384, P-384 keys at the end. collateral-service.md 3, "AMD KDS".
 *
 * Reads and verifies single signatures. Who may sign for whom, names, dates and trust are
 * x509/amd.h. Not part of libassay. */
#ifndef ASSAY_CRYPTO_AMD_CERTIFICATES_H
#define ASSAY_CRYPTO_AMD_CERTIFICATES_H

#include "crypto/crypto.h"

typedef enum amd_key_kind { AMD_KEY_OTHER, AMD_KEY_RSA, AMD_KEY_P384 } amd_key_kind;

/* RSA keys outside 2048 to 4096 bits are of another kind. */
enum { AMD_COMMON_NAME_SIZE = 64, AMD_RSA_BITS_MIN = 2048, AMD_RSA_BITS_MAX = 4096 };

typedef struct amd_certificate_facts {
    assay_span issuer, subject;             /* Names, full DER; views into the certificate */
    char common_name[AMD_COMMON_NAME_SIZE]; /* of the subject; "" when there is not exactly one */
    int64_t not_before, not_after;
    sha256_digest key; /* of the SubjectPublicKeyInfo */
    amd_key_kind key_kind;
    bool is_ca;                          /* basicConstraints */
    bool signs_certificates, signs_crls; /* keyUsage, which must be there */
} amd_certificate_facts;

typedef struct amd_certificate amd_certificate;

/* One certificate of version 3 in DER, nothing behind it. MALFORMED (also for a critical extension
 * that is not known and for one that is there twice), NO_MEMORY. */
assay_status amd_certificate_read(assay_span der, const char *where, amd_certificate **out,
                                  assay_error *err);
void amd_certificate_free(amd_certificate *certificate); /* NULL is fine */

const amd_certificate_facts *amd_certificate_facts_of(const amd_certificate *certificate);

/* The value of an extension by the content of its OID; empty when there is none. */
assay_span amd_certificate_extension(const amd_certificate *certificate, assay_span oid);

/* RSASSA-PSS with SHA-384, MGF1 with SHA-384 and 48 bytes of salt, by the issuer's key. UNSUPPORTED
 * for another algorithm, UNTRUSTED when it does not verify. Names are not compared. */
assay_status amd_certificate_signed_by(const amd_certificate *certificate,
                                       const amd_certificate *issuer, const char *where,
                                       assay_error *err);

typedef struct amd_crl_facts {
    int64_t this_update, next_update;
    size_t entry_count;
} amd_crl_facts;

/* Reads a CRL in DER, issued in the name of `issuer`, and verifies its signature as above. */
assay_status amd_crl_signed_by(assay_span der, const amd_certificate *issuer, const char *where,
                               amd_crl_facts *out, assay_error *err);

#endif
