/* jose.h: what every JOSE object must be before any key is looked at: RFC 7515, RFC 7519, RFC 8725.
 *
 * The strict layer. A compact serialization has exactly three segments of canonical base64url
 * without padding; the header is one flat JSON object without duplicate members; "alg" is one of
 * ours, letter by letter; "crit", "b64" and "zip" are refused; "typ" is JWT, JWS or absent. The
 * algorithm "none" is known to this layer alone.
 *
 * Faults have the names token_malformed, token_algorithm, token_critical, token_key and
 * token_signature. Tokens of another kind rename them: jose_rename(). */
#ifndef ASSAY_TOKEN_JOSE_H
#define ASSAY_TOKEN_JOSE_H

#include "assay/token.h"
#include "wire/json.h"

enum { JOSE_TOKEN_MAX = 1024 * 1024, JOSE_HEADER_MAX = 32 * 1024 };

typedef struct jose_header {
    json_document document; /* owned; root is the object */
    assay_algorithm algorithm;
    const char *kid; /* views into the tree; NULL when absent */
    const char *typ;
} jose_header;

/* The three segments as text, still encoded. White space behind the token is tolerated. */
typedef struct jose_segments {
    assay_span header, payload, signature;
    assay_span signing_input; /* header, dot, payload */
} jose_segments;

/* token_malformed. Looks at the alphabet of nothing yet. */
assay_status jose_split(assay_span token, jose_segments *out, assay_error *err);

/* Parses and checks a header from its decoded bytes. token_malformed, token_algorithm,
 * token_critical. */
assay_status jose_header_read(assay_span text, jose_header *out, assay_error *err);
void jose_header_clear(jose_header *header);

/* json_document_parse() that calls a fault token_malformed. */
assay_status jose_json(assay_span text, json_document *out, const char *where, assay_error *err);

/* What a kind of token calls the faults of this layer. */
typedef struct jose_names {
    const char *malformed, *algorithm, *critical, *key, *signature, *untrusted;
} jose_names;
extern const jose_names jose_policy_names; /* policy_token_... */
extern const jose_names jose_vr_names;     /* vr_token_... */
extern const jose_names jose_result_names; /* result_token_malformed for all of it */

/* Gives an error of this layer the name of another kind, and drops its path when `where` is not
 * NULL. `err` may be NULL. Returns `status`. */
assay_status jose_rename(assay_error *err, assay_status status, const jose_names *names,
                         const char *where);

#endif
