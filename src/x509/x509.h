/* x509.h: X.509 certificates and CRLs of attestation hierarchies, read strictly.
 *
 * Parsed structures are views into the DER given, which must outlive them. Parsing checks form:
 * DER, version 3, one allowed algorithm (inner and outer equal), key on the curve. What a role asks
 * (also: no repeated and no unknown critical extension) and trust are chain.h. */
#ifndef ASSAY_X509_X509_H
#define ASSAY_X509_X509_H

#include "base/limits.h"
#include "base/span.h"
#include "crypto/crypto.h"

enum x509_key_usage { /* bits as in RFC 5280 */
                      KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
                      KEY_USAGE_NON_REPUDIATION = 1 << 1,
                      KEY_USAGE_KEY_CERT_SIGN = 1 << 5,
                      KEY_USAGE_CRL_SIGN = 1 << 6
};

typedef struct x509_cert {
    assay_span der;
    assay_span tbs;         /* signed bytes as received */
    assay_span serial;      /* magnitude without leading zeros */
    assay_span issuer;      /* Name, full DER */
    assay_span subject;     /* Name, full DER */
    assay_span common_name; /* of the subject; empty when it has none */
    int64_t not_before;
    int64_t not_after;
    const uint8_t *point; /* 65 bytes: 04 X Y */
    uint8_t signature[P256_SIGNATURE_SIZE];
    assay_span subject_key_id;   /* empty when absent */
    assay_span authority_key_id; /* keyIdentifier; empty when absent */
    bool has_basic_constraints;
    bool is_ca;
    int path_length; /* -1: none */
    bool has_key_usage;
    uint16_t key_usage;
    assay_span sgx_extension; /* value of 1.2.840.113741.1.13.1; empty when absent */

    /* NULL, or why the extensions fit no role: one is repeated, critical and unknown, of the wrong
     * criticality, or a standard one outside the profile (it would restrict what nobody evaluates).
     * Static text. Parsing succeeds all the same, because the QVL status depends on the role:
     * x509_role_check() refuses it with S4, S9, S14 or S24. */
    const char *extension_fault;
    assay_span faulty_extension; /* its full DER */
} x509_cert;

/* The QVL status of a failure:
 *   S1  UNSUPPORTED (version, signature algorithm, kind of key), MALFORMED for a key off the curve
 *   0   MALFORMED, TRUNCATED for anything else: the caller stamps what its place asks
 * `where` is the path in errors ("quote.pck_chain[0]") and must outlive the call only. */
assay_status x509_cert_parse(assay_span der, const char *where, x509_cert *out, assay_error *err);

/* SHA-256 of the SubjectPublicKeyInfo of a 65-byte point: how verdicts name a root. */
sha256_digest x509_key_digest(const uint8_t *point);

typedef struct x509_crl {
    assay_span der;
    assay_span tbs;
    assay_span issuer; /* Name, full DER */
    int64_t this_update;
    int64_t next_update;
    uint8_t signature[P256_SIGNATURE_SIZE];
    assay_span authority_key_id;
    assay_span number;  /* magnitude; at most 20 octets */
    assay_span entries; /* content of revokedCertificates, each entry checked while parsing */
    size_t entry_count;
} x509_crl;

/* Version 2 with exactly crlNumber and AKI, no critical or delta or indirect extension, entries
 * with no unknown critical extension and no removeFromCRL. S28 for syntax, S30 for removeFromCRL,
 * S31 for extensions are stamped on the error. */
assay_status x509_crl_parse(assay_span der, const char *where, x509_crl *out, assay_error *err);

/* True when the serial (magnitude) is listed. */
bool x509_crl_lists(const x509_crl *crl, assay_span serial);

/* Walks the entries: sets *serial and *revoked_at and advances *cursor (start with 0); false at the
 * end. */
bool x509_crl_entry(const x509_crl *crl, size_t *cursor, assay_span *serial, int64_t *revoked_at);

/* The SGX extension of a PCK certificate (verification.md 2.3). */
typedef enum pck_flag { PCK_FLAG_FALSE = 0, PCK_FLAG_TRUE = 1, PCK_FLAG_UNDEFINED = 2 } pck_flag;
typedef enum pck_ca { PCK_CA_NONE = 0, PCK_CA_PROCESSOR, PCK_CA_PLATFORM } pck_ca;

typedef struct pck_extension {
    uint8_t ppid[16];
    uint8_t components[16];
    uint16_t pce_svn;
    uint8_t cpu_svn[16];
    uint8_t pce_id[2];
    uint8_t fmspc[6];
    uint8_t sgx_type;              /* 0 Standard, 1 Scalable, 2 Scalable with Integrity */
    bool has_platform_instance_id; /* Platform CA only, as are the flags */
    uint8_t platform_instance_id[16];
    pck_flag dynamic_platform;
    pck_flag cached_keys;
    pck_flag smt_enabled;
} pck_extension;

/* Which CA issued it follows from the issuer's common name. Exactly 5 elements under the Processor
 * CA, 7 under the Platform CA, in order, none repeated, none unknown. S38 on failure. */
assay_status pck_extension_parse(const x509_cert *leaf, pck_ca issuer, const char *where,
                                 pck_extension *out, assay_error *err);

/* By the exact common name inside a DER Name ("Intel SGX PCK Platform CA"). */
pck_ca pck_ca_of_name(assay_span name);

/* The common name inside a DER Name that x509_cert_parse() accepted; empty when there is none. */
assay_span x509_common_name(assay_span name);

#endif
