/* jws.h: compact JWS (RFC 7515): signed by our keys, read strictly, verified with a key that the
 * caller already trusts. */
#ifndef ASSAY_TOKEN_JWS_H
#define ASSAY_TOKEN_JWS_H

#include "token/jose.h"
#include "token/key.h"

typedef struct jws_parts {
    jose_header header;
    assay_span payload;           /* decoded; owned by the parts */
    assay_span signature;         /* decoded; empty for none */
    assay_span signing_input;     /* view into the token */
    assay_span signature_segment; /* view into the token: as it stands there */
    uint8_t *decoded;
} jws_parts;

/* Signs. `header_json` is written as it is, so its "alg" must be `algorithm`'s name. `key` must be
 * private and fit the algorithm exactly (ES256: P-256, ...), or be NULL for ASSAY_ALG_NONE: then
 * the signature is empty. malloc'd text without a line break: assay_text_free(). USAGE, NO_MEMORY.
 */
assay_status jws_sign(const char *header_json, assay_span payload, const assay_key *key,
                      assay_algorithm algorithm, char **out, assay_error *err);

/* Reads without trust: nothing in *out has been verified. The token must outlive the parts.
 * token_malformed, token_algorithm, token_critical (also: none with a signature, another algorithm
 * without one: token_malformed). */
assay_status jws_read(assay_span token, jws_parts *out, assay_error *err);
void jws_parts_clear(jws_parts *parts);

/* Verifies under `key`. UNTRUSTED: token_algorithm when the algorithm is none or does not fit the
 * key's type and curve; token_signature. */
assay_status jws_verify(const jws_parts *parts, const assay_key *key, assay_error *err);

/* The payload as a JSON object (a claims set): duplicates refused. token_malformed. */
assay_status jws_claims(const jws_parts *parts, json_document *out, assay_error *err);

#endif
