/* keys.h: keys that sign tokens: P-256, P-384 and RSA, whole or public. FIPS 186-4, RFC 8017,
 * RFC 7518.
 *
 * A key is immutable and may be shared by threads. Its randomness is libcrypto's own. Private parts
 * are checked against public ones when a key is made: what it signs verifies. */
#ifndef ASSAY_CRYPTO_KEYS_H
#define ASSAY_CRYPTO_KEYS_H

#include "crypto/crypto.h"

typedef enum key_kind { KEY_P256, KEY_P384, KEY_RSA } key_kind;

typedef enum signature_scheme {
    SCHEME_ECDSA_SHA256,
    SCHEME_ECDSA_SHA384,
    SCHEME_RSA_PKCS1_SHA256,
    SCHEME_RSA_PSS_SHA384 /* salt of 48 bytes, MGF1 with SHA-384 */
} signature_scheme;

enum {
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 4096,
    KEY_NUMBER_MAX = RSA_BITS_MAX / 8,
    KEY_SIGNATURE_MAX = RSA_BITS_MAX / 8,
    KEY_PEM_MAX = 4096 /* of any key, in PEM with a NUL */
};

/* The numbers of a key, big-endian. */
typedef enum key_part {
    KEY_X, /* EC, all three as long as the field */
    KEY_Y,
    KEY_SCALAR,
    KEY_N, /* RSA, without leading zeros */
    KEY_E,
    KEY_D,
    KEY_P,
    KEY_Q,
    KEY_DP,
    KEY_DQ,
    KEY_QI,
    KEY_PART_COUNT
} key_part;

typedef struct key_numbers {
    assay_span at[KEY_PART_COUNT]; /* empty: not there */
} key_numbers;

typedef struct signing_key signing_key;

/* RSA: 2048 bits, e = 65537. NO_MEMORY. */
assay_status signing_key_generate(key_kind kind, signing_key **out, assay_error *err);

/* From numbers: x and y (with the scalar), n and e (with all six private ones). MALFORMED when a
 * number is missing, of the wrong length, off the curve, or the private part is not of this key. */
assay_status signing_key_new(key_kind kind, const key_numbers *numbers, signing_key **out,
                             assay_error *err);

/* Takes one block of PEM from the front of *text: EC PRIVATE KEY, RSA PRIVATE KEY, PRIVATE KEY,
 * PUBLIC KEY, or CERTIFICATE (of which nothing but the key is looked at); EC PARAMETERS before it
 * are skipped. MALFORMED; UNSUPPORTED for another type or curve. */
assay_status signing_key_read_pem(assay_span *text, signing_key **out, assay_error *err);

/* From a SubjectPublicKeyInfo, or from a certificate, in DER. */
assay_status signing_key_read_spki(assay_span der, signing_key **out, assay_error *err);
assay_status signing_key_read_certificate(assay_span der, signing_key **out, assay_error *err);
void signing_key_free(signing_key *key); /* NULL is fine */

key_kind signing_key_kind(const signing_key *key);
bool signing_key_is_private(const signing_key *key);

/* One number; its size, or 0 when the key has no such part. */
size_t signing_key_number(const signing_key *key, key_part part, uint8_t out[KEY_NUMBER_MAX]);

/* PKCS #8, or SubjectPublicKeyInfo. USAGE for the private part of a public key. */
typedef enum key_half { KEY_HALF_PRIVATE, KEY_HALF_PUBLIC } key_half;
assay_status signing_key_write_pem(const signing_key *key, key_half half, char out[KEY_PEM_MAX],
                                   assay_error *err);

/* Signs the message. r || s for ECDSA. USAGE when the scheme is not for this kind
 * of key, or the key is public. */
assay_status signing_key_sign(const signing_key *key, signature_scheme scheme, assay_span message,
                              uint8_t out[KEY_SIGNATURE_MAX], size_t *out_size, assay_error *err);

/* Size of the key's signatures. */
size_t signing_key_signature_size(const signing_key *key);

/* UNTRUSTED when it does not verify, has the wrong size, or the scheme is not for this key. */
assay_status signing_key_verify(const signing_key *key, signature_scheme scheme, assay_span message,
                                assay_span signature);

/* Frees memory_new()'s memory that held private numbers, cleansed. */
void secret_free(void *memory, size_t size);

#endif
