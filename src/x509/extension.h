/* extension.h: lists of X.509 extensions, and what certificates and CRLs have in common, for the
 * other files of this room. */
#ifndef ASSAY_X509_EXTENSION_H
#define ASSAY_X509_EXTENSION_H

#include "wire/der.h"
#include "x509/x509.h"

enum { X509_EXTENSIONS_MAX = 32 };

typedef struct x509_extension {
    assay_span oid;
    bool critical;
    der_element value; /* the OCTET STRING */
    der_element whole;
} x509_extension;

typedef struct x509_extensions {
    size_t count;
    x509_extension at[X509_EXTENSIONS_MAX];
} x509_extensions;

/* The next element is an OBJECT IDENTIFIER of complete, minimal numbers. */
assay_status x509_oid_read(der_reader *r, const char *what, assay_span *out, assay_error *err);

/* The next element: SEQUENCE SIZE (1..32) OF Extension. MALFORMED, TRUNCATED. Says nothing about
 * repetitions. */
assay_status x509_extensions_read(der_reader *r, x509_extensions *out, assay_error *err);

/* The first extension whose OID an earlier one has, or NULL. */
const x509_extension *x509_extensions_repeated(const x509_extensions *list);

/* True for 2.5.29.`arc`. */
bool x509_extension_is(const x509_extension *extension, uint8_t arc);

/* AuthorityKeyIdentifier with a keyIdentifier and nothing else. */
assay_status x509_authority_key_id(const der_reader *r, const x509_extension *extension,
                                   assay_span *out, assay_error *err);

/* The next element is an AlgorithmIdentifier; UNSUPPORTED unless it is byte for byte
 * ecdsa-with-SHA256 without parameters. */
assay_status x509_algorithm_read(der_reader *r, const char *what, assay_error *err);

/* The next element is a BIT STRING with an ECDSA-Sig-Value: r || s. */
assay_status x509_signature_read(der_reader *r, uint8_t out[P256_SIGNATURE_SIZE], assay_error *err);

/* Takes the outermost SEQUENCE { tbs SEQUENCE, algorithm, signature } with nothing behind it. */
assay_status x509_signed_read(der_reader *r, der_element *tbs, uint8_t signature[64],
                              assay_error *err);

#endif
