/* jws.c: compact JWS: signs, reads, verifies. RFC 7515 5, 7.1 and appendix A. */
#include "token/jws.h"

#include <string.h>

#include "base/memory.h"
#include "wire/base64.h"

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "token", ASSAY_NO_OFFSET, "no memory for a token");
}

/* ---- Signing ---- */

/* The header is the caller's text; what it says must be what is done. */
static assay_status check_header(const char *header_json, assay_algorithm algorithm,
                                 assay_error *err)
{
    static const char member[] = "\"alg\":\"";
    const char *name = assay_algorithm_name(algorithm), *found = strstr(header_json, member);
    const size_t size = strlen(name);
    if (found != NULL && strncmp(found + sizeof(member) - 1, name, size) == 0 &&
        found[sizeof(member) - 1 + size] == '"')
        return ASSAY_OK;
    return fail(err, ASSAY_USAGE, "header", ASSAY_NO_OFFSET, "want %s%s\" in it", member, name);
}

static assay_status check_key(const assay_key *key, assay_algorithm algorithm, assay_error *err)
{
    if (algorithm == ASSAY_ALG_NONE && key == NULL)
        return ASSAY_OK;
    if (key == NULL || !assay_key_fits(key, algorithm) || !assay_key_is_private(key))
        return fail(err, ASSAY_USAGE, "key", ASSAY_NO_OFFSET,
                    "%s needs a private key of its type and curve",
                    assay_algorithm_name(algorithm));
    return ASSAY_OK;
}

/* Appends a dot and the signature of what stands before. */
static assay_status append_signature(char *token, size_t size, const assay_key *key,
                                     assay_algorithm algorithm, assay_error *err)
{
    uint8_t signature[KEY_SIGNATURE_MAX];
    size_t signature_size = 0;
    if (algorithm != ASSAY_ALG_NONE)
        TRY(signing_key_sign(assay_key_pair(key), algorithm_row_of(algorithm)->scheme,
                             span_of(token, size), signature, &signature_size, err));
    token[size] = '.';
    base64_encode(span_of(signature, signature_size), BASE64_URL, token + size + 1);
    return ASSAY_OK;
}

assay_status jws_sign(const char *header_json, assay_span payload, const assay_key *key,
                      assay_algorithm algorithm, char **out, assay_error *err)
{
    TRY(check_header(header_json, algorithm, err));
    TRY(check_key(key, algorithm, err));
    const assay_span header = SPAN_TEXT(header_json);
    const size_t header_size = base64_encoded_size(header.size, BASE64_URL);
    const size_t payload_size = base64_encoded_size(payload.size, BASE64_URL);
    const size_t signature_size = base64_encoded_size(KEY_SIGNATURE_MAX, BASE64_URL);
    char *token = memory_new(header_size + 1 + payload_size + 1 + signature_size + 1);
    if (token == NULL)
        return no_memory(err);
    base64_encode(header, BASE64_URL, token);
    token[header_size] = '.';
    base64_encode(payload, BASE64_URL, token + header_size + 1);
    const assay_status status =
        append_signature(token, header_size + 1 + payload_size, key, algorithm, err);
    if (status != ASSAY_OK) {
        memory_free(token);
        return status;
    }
    *out = token;
    return ASSAY_OK;
}

/* ---- Reading ---- */

static assay_status decode(assay_span segment, const char *where, uint8_t *buffer, assay_span *out,
                           assay_error *err)
{
    size_t size = 0;
    const assay_status status = base64_decode(segment, BASE64_URL, BASE64_SPACE_REFUSED, buffer,
                                              segment.size / 4 * 3 + 3, &size, NULL);
    if (status != ASSAY_OK)
        return fail_named(err, ASSAY_MALFORMED, "token_malformed", NULL, where,
                          "want canonical base64url without padding");
    *out = span_of(buffer, size);
    return ASSAY_OK;
}

/* No signature for none, and one for all others. */
static assay_status check_signature_present(const jws_parts *parts, assay_error *err)
{
    const bool is_none = parts->header.algorithm == ASSAY_ALG_NONE;
    if (is_none == (parts->signature.size == 0))
        return ASSAY_OK;
    return fail_named(err, ASSAY_MALFORMED, "token_malformed", NULL, "signature",
                      is_none ? "a signature under the algorithm none" : "the signature is empty");
}

static assay_status read_segments(const jose_segments *segments, jws_parts *parts, assay_error *err)
{
    assay_span header;
    uint8_t *at = parts->decoded;
    TRY(decode(segments->header, "header", at, &header, err));
    at += segments->header.size / 4 * 3 + 3;
    TRY(decode(segments->payload, "payload", at, &parts->payload, err));
    at += segments->payload.size / 4 * 3 + 3;
    TRY(decode(segments->signature, "signature", at, &parts->signature, err));
    TRY(jose_header_read(header, &parts->header, err));
    return check_signature_present(parts, err);
}

assay_status jws_read(assay_span token, jws_parts *out, assay_error *err)
{
    jose_segments segments;
    TRY(jose_split(token, &segments, err));
    jws_parts parts = { .signing_input = segments.signing_input,
                        .signature_segment = segments.signature,
                        .decoded = memory_new(token.size / 4 * 3 + 12) };
    if (parts.decoded == NULL)
        return no_memory(err);
    const assay_status status = read_segments(&segments, &parts, err);
    if (status != ASSAY_OK) {
        jws_parts_clear(&parts);
        return status;
    }
    *out = parts;
    return ASSAY_OK;
}

void jws_parts_clear(jws_parts *parts)
{
    jose_header_clear(&parts->header);
    memory_free(parts->decoded);
    *parts = (jws_parts) { 0 };
}

assay_status jws_verify(const jws_parts *parts, const assay_key *key, assay_error *err)
{
    const assay_algorithm algorithm = parts->header.algorithm;
    if (!assay_key_fits(key, algorithm))
        return fail_named(err, ASSAY_UNTRUSTED, "token_algorithm", NULL, "header.alg",
                          "%s is not for a key of this type and curve",
                          assay_algorithm_name(algorithm));
    if (signing_key_verify(assay_key_pair(key), algorithm_row_of(algorithm)->scheme,
                           parts->signing_input, parts->signature) != ASSAY_OK)
        return fail_named(err, ASSAY_UNTRUSTED, "token_signature", NULL, "signature",
                          "the signature does not hold under the key");
    return ASSAY_OK;
}

assay_status jws_claims(const jws_parts *parts, json_document *out, assay_error *err)
{
    json_document claims = { 0 };
    TRY(jose_json(parts->payload, &claims, "claims", err));
    if (!json_is_object(claims.root)) {
        json_document_free(&claims);
        return fail_named(err, ASSAY_MALFORMED, "token_malformed", NULL, "claims",
                          "want an object");
    }
    *out = claims;
    return ASSAY_OK;
}
