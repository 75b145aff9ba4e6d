/* chain.h: who vouches for whom: roles, links, revocation. verification.md 2.5.
 *
 * A role is a row (common name, CA bit, path length, key usage, the QVL statuses of its failures).
 * x509_trust remembers prepared keys and links already proved, so that the same root, CA or signer
 * in several chains costs one verification; it is built while collateral loads and read-only
 * afterwards. */
#ifndef ASSAY_X509_CHAIN_H
#define ASSAY_X509_CHAIN_H

#include "x509/x509.h"

typedef enum x509_role {
    ROLE_SGX_ROOT,
    ROLE_PCK_CA, /* Platform or Processor CA */
    ROLE_PCK_LEAF,
    ROLE_TCB_SIGNER,
    ROLE_COUNT
} x509_role;

/* Name, CA bit, path length, key usage and extensions of one certificate against its role. Stamps
 * S2/S7/S12/S22 (name) or S4/S9/S14/S24 (the rest). */
assay_status x509_role_check(x509_role role, const x509_cert *cert, const char *where,
                             assay_error *err);

enum { TRUST_KEYS = 12, TRUST_LINKS = 16 };

typedef struct x509_trust {
    struct {
        uint8_t point[P256_POINT_SIZE];
        p256_key *key;
    } keys[TRUST_KEYS];
    size_t key_count;
    struct {
        sha256_digest cert;
        uint8_t issuer_point[P256_POINT_SIZE];
    } links[TRUST_LINKS];
    size_t link_count;
} x509_trust;

void x509_trust_free(x509_trust *trust);

/* The prepared key for a 65-byte point: from `known` (may be NULL), from `trust`, or made and kept
 * in `trust` (which may be NULL: then a caller-owned key). Always to be freed with p256_key_free().
 */
assay_status x509_trust_key(const x509_trust *known, x509_trust *trust, const uint8_t *point,
                            p256_key **out, const char *where, assay_error *err);

/* `cert` was signed by `issuer`: names byte-equal, AKI = SKI, signature over the received TBS.
 * A link that `known` or `trust` has proved is not computed again; a new one is kept in `trust`
 * when that is not NULL. Names and key ids are compared always. UNTRUSTED; stamps S5/S10/S15/S25 by
 * role (names, signature) or S4/S9/S14/S24 (key identifiers). */
assay_status x509_link_check(x509_role role, const x509_cert *cert, const x509_cert *issuer,
                             const x509_trust *known, x509_trust *trust, const char *where,
                             assay_error *err);

/* The CRL was issued by `issuer`: name (S29), AKI (S31), cRLSign (S29) and signature (S32). */
assay_status x509_crl_check(const x509_crl *crl, const x509_cert *issuer, const x509_trust *known,
                            x509_trust *trust, const char *where, assay_error *err);

/* Intel SGX root key, 65 bytes: 04 X Y. */
extern const uint8_t intel_sgx_root_point[P256_POINT_SIZE];

#endif
