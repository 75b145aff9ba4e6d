/* x509_forge.h: certificates and CRLs made to order for tests, sound or with one fault, so that
 * each check of src/x509 has something that only it refuses. */
#ifndef TESTS_X509_FORGE_H
#define TESTS_X509_FORGE_H

#include "x509/x509.h"

typedef struct forge_key forge_key;

forge_key *forge_key_new(void);
void forge_key_free(forge_key *key);
const uint8_t *forge_key_point(const forge_key *key); /* 65 bytes */

/* DER under construction: elements are appended, then wrapped. */
typedef struct forge_der {
    uint8_t data[16384];
    size_t size;
} forge_der;

void forge_bytes(forge_der *d, const void *bytes, size_t size);
void forge_element(forge_der *d, uint8_t tag, const void *content, size_t size);
void forge_wrap(forge_der *d, size_t from, uint8_t tag); /* what stands from `from` on */
typedef enum forge_critical { FORGE_NOT_CRITICAL, FORGE_CRITICAL } forge_critical;
void forge_extension(forge_der *d, const char *oid_hex, forge_critical critical,
                     const char *value_hex);
void forge_sign(forge_der *d, const forge_key *key); /* `d` is the signed part; wraps it */
assay_span forge_span(const forge_der *d);

/* A certificate of the profile; what is not named comes from the role. Hex texts stand for raw
 * DER; NULL means the sound one, "" leaves the element out. */
typedef struct forge_cert {
    const char *subject, *issuer; /* common names */
    const forge_key *key, *issuer_key;
    bool is_ca;
    const char *version; /* the whole [0] */
    const char *serial;  /* the whole INTEGER */
    const char *inner_algorithm, *outer_algorithm;
    const char *not_before, *not_after; /* the whole time */
    const char *spki;
    const char *unique_id; /* raw, between key and extensions */
    const char *ski, *aki, *key_usage, *basic_constraints,
        *distribution_points;        /* whole Extension */
    const char *more_extensions;     /* raw, appended */
    const char *subject_name;        /* the whole Name */
    const char *signature;           /* the whole BIT STRING */
    const char *behind_tbs, *behind; /* raw, inside and behind the outer SEQUENCE */
    const char *sgx;                 /* value of the SGX extension */
} forge_cert;

void forge_cert_make(const forge_cert *plan, forge_der *out);

typedef struct forge_crl {
    const char *issuer;
    const forge_key *issuer_key;
    const char *version;
    const char *inner_algorithm, *outer_algorithm;
    const char *this_update, *next_update;
    const char *entries;    /* the whole SEQUENCE; NULL leaves it out */
    const char *extensions; /* the whole [0] */
    const char *behind;
} forge_crl;

void forge_crl_make(const forge_crl *plan, forge_der *out);

#endif
