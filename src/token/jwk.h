/* jwk.h: the members of a JWK from and to a signing key. RFC 7517, RFC 7518 6, RFC 7638. */
#ifndef ASSAY_TOKEN_JWK_H
#define ASSAY_TOKEN_JWK_H

#include "token/key.h"
#include "wire/json_write.h"

/* kty, crv and the numbers, and that alg, use and key_ops do not contradict them. *algorithm is
 * NONE when the JWK names none. MALFORMED, UNSUPPORTED, NO_MEMORY. */
assay_status jwk_read(json_t *jwk, jwk_parts parts, signing_key **out, assay_algorithm *algorithm,
                      assay_error *err);

/* The public numbers as members: x and y, or n and e. */
void jwk_put_numbers(json_writer *w, const signing_key *key);

/* RFC 7638 with SHA-256, base64url. NO_MEMORY. */
assay_status jwk_thumbprint(const signing_key *key, char out[44], assay_error *err);

#endif
