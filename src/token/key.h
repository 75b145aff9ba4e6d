/* key.h: the inside of assay_key and assay_key_set. RFC 7517, RFC 7518, RFC 7638. */
#ifndef ASSAY_TOKEN_KEY_H
#define ASSAY_TOKEN_KEY_H

#include "assay/token.h"
#include "crypto/keys.h"
#include "wire/json.h"
#include "wire/json_write.h"

/* One row per algorithm. */
typedef struct algorithm_row {
    const char *name; /* of "alg" */
    key_kind kind;
    signature_scheme scheme;
    const char *key_type; /* of "kty" */
    const char *curve;    /* of "crv"; NULL for RSA */
} algorithm_row;

/* NULL for ASSAY_ALG_NONE. */
const algorithm_row *algorithm_row_of(assay_algorithm algorithm);

/* A JWK that names an algorithm is for that one alone. */
typedef enum algorithm_choice { ALGORITHM_OPEN, ALGORITHM_FIXED } algorithm_choice;

const signing_key *assay_key_pair(const assay_key *key);

/* True when the algorithm is one for this type and curve of key. */
bool assay_key_fits(const assay_key *key, assay_algorithm algorithm);

/* Who may read a private JWK. A token may never carry one. */
typedef enum jwk_parts { JWK_ANY, JWK_PUBLIC_ONLY } jwk_parts;

/* From a JWK's tree. Without kty, crv or with an alg, use or key_ops that contradicts:
 * key_malformed.
 */
assay_status assay_key_from_jwk(json_t *jwk, jwk_parts parts, assay_key **out, assay_error *err);

/* {"kty","crv","x","y"} and so on in the order of Intel's tool: {"alg","kty","x","y","crv"}.
 * Public. malloc'd. */
assay_status assay_key_to_intel_jwk(const assay_key *key, char **out, assay_error *err);

/* Takes one block of PEM from the front of *text; key_malformed. */
assay_status assay_key_take_pem(assay_span *text, assay_key **out, assay_error *err);
assay_status assay_key_from_certificate(assay_span der, assay_key **out, assay_error *err);

/* The public JWK with kid and use, and with alg unless an RSA key is open to both. */
void assay_key_put_jwk(const assay_key *key, json_writer *w);

/* The text from its first byte that is not white space. */
assay_span text_without_space(assay_span text);

/* The pinned key with this thumbprint and what it is pinned for (ASSAY_ROLE_...); NULL, 0. */
const assay_key *assay_key_set_find(const assay_key_set *set, const char *thumbprint,
                                    unsigned *roles);
const assay_key *assay_key_set_at(const assay_key_set *set, size_t index, unsigned *roles);

#endif
