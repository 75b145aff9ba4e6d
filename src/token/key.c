/* key.c: keys of tokens: made, read from PEM or JWK, written. RFC 7468, RFC 7517, RFC 7638. */
#include "token/key.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "token/jwk.h"
#include "wire/base64.h"

struct assay_key {
    atomic_uint references;
    signing_key *pair;
    assay_algorithm algorithm;
    algorithm_choice choice;
    char thumbprint[44];
};

static assay_status malformed(assay_error *err, assay_status status)
{
    if (err != NULL && status != ASSAY_NO_MEMORY)
        err->name = "key_malformed";
    return status;
}

/* The algorithm of a key that names none. */
static assay_algorithm usual_algorithm(const signing_key *pair)
{
    assay_algorithm algorithm = ASSAY_ALG_ES256;
    while (algorithm_row_of(algorithm)->kind != signing_key_kind(pair))
        algorithm++;
    return algorithm;
}

/* Takes the pair over, also when it fails. `algorithm` NONE: the key's usual one, and its others.
 */
static assay_status key_new(signing_key *pair, assay_algorithm algorithm, assay_key **out,
                            assay_error *err)
{
    assay_key *key = memory_new(sizeof(*key));
    if (key == NULL) {
        signing_key_free(pair);
        return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "no memory for a key");
    }
    atomic_init(&key->references, 1);
    key->pair = pair;
    key->choice = algorithm == ASSAY_ALG_NONE ? ALGORITHM_OPEN : ALGORITHM_FIXED;
    key->algorithm = algorithm == ASSAY_ALG_NONE ? usual_algorithm(pair) : algorithm;
    const assay_status status = jwk_thumbprint(pair, key->thumbprint, err);
    if (status != ASSAY_OK) {
        assay_key_free(key);
        return status;
    }
    *out = key;
    return ASSAY_OK;
}

assay_status assay_key_generate(assay_algorithm algorithm, assay_key **out, assay_error *error)
{
    const algorithm_row *row = algorithm_row_of(algorithm);
    signing_key *pair = NULL;
    if (row == NULL)
        return fail(error, ASSAY_USAGE, "algorithm", ASSAY_NO_OFFSET,
                    "a key needs one of ES256, ES384, RS256, PS384");
    TRY(signing_key_generate(row->kind, &pair, error));
    return key_new(pair, ASSAY_ALG_NONE, out, error);
}

/* ---- Reading ---- */

assay_status assay_key_from_jwk(json_t *jwk, jwk_parts parts, assay_key **out, assay_error *err)
{
    signing_key *pair = NULL;
    assay_algorithm algorithm = ASSAY_ALG_NONE;
    const assay_status status = jwk_read(jwk, parts, &pair, &algorithm, err);
    if (status != ASSAY_OK)
        return malformed(err, status);
    return key_new(pair, algorithm, out, err);
}

static assay_status read_jwk_text(assay_span text, assay_key **out, assay_error *err)
{
    json_document document = { 0 };
    assay_status status = json_document_parse(text, NULL, &document, "key", err);
    if (status != ASSAY_OK)
        return malformed(err, status);
    status = assay_key_from_jwk(document.root, JWK_ANY, out, err);
    json_document_free(&document);
    return status;
}

assay_status assay_key_take_pem(assay_span *text, assay_key **out, assay_error *err)
{
    signing_key *pair = NULL;
    const assay_status status = signing_key_read_pem(text, &pair, err);
    if (status != ASSAY_OK)
        return malformed(err, status);
    return key_new(pair, ASSAY_ALG_NONE, out, err);
}

assay_status assay_key_from_certificate(assay_span der, assay_key **out, assay_error *err)
{
    signing_key *pair = NULL;
    const assay_status status = signing_key_read_certificate(der, &pair, err);
    if (status != ASSAY_OK)
        return malformed(err, status);
    return key_new(pair, ASSAY_ALG_NONE, out, err);
}

/* Behind a key its certificates may stand; anything else is one thing too many. */
static assay_status check_rest(assay_span rest, assay_error *err)
{
    const assay_span certificate = SPAN_TEXT("-----BEGIN CERTIFICATE-----");
    if (rest.size == 0 || span_equal(span_slice(rest, 0, certificate.size), certificate))
        return ASSAY_OK;
    return malformed(err, fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET,
                               "%zu bytes behind the key", rest.size));
}

assay_status assay_key_read(assay_span text, assay_key **out, assay_error *error)
{
    assay_span rest = text_without_space(text);
    assay_key *key = NULL;
    if (rest.size > 0 && rest.data[0] == '{')
        return read_jwk_text(rest, out, error);
    TRY(assay_key_take_pem(&rest, &key, error));
    const assay_status status = check_rest(rest, error);
    if (status != ASSAY_OK) {
        assay_key_free(key);
        return status;
    }
    *out = key;
    return ASSAY_OK;
}

assay_span text_without_space(assay_span text)
{
    size_t at = 0;
    while (at < text.size && text.data[at] != '\0' && strchr(" \t\r\n", text.data[at]) != NULL)
        at++;
    return span_slice(text, at, text.size - at);
}

/* ---- What a key is ---- */

assay_key *assay_key_ref(assay_key *key)
{
    atomic_fetch_add_explicit(&key->references, 1, memory_order_relaxed);
    return key;
}

void assay_key_free(assay_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->references, 1, memory_order_acq_rel) != 1)
        return;
    signing_key_free(key->pair);
    memory_free(key);
}

const signing_key *assay_key_pair(const assay_key *key)
{
    return key->pair;
}

bool assay_key_is_private(const assay_key *key)
{
    return signing_key_is_private(key->pair);
}

assay_algorithm assay_key_algorithm(const assay_key *key)
{
    return key->algorithm;
}

bool assay_key_fits(const assay_key *key, assay_algorithm algorithm)
{
    const algorithm_row *row = algorithm_row_of(algorithm);
    if (row == NULL || row->kind != signing_key_kind(key->pair))
        return false;
    return key->choice == ALGORITHM_OPEN || key->algorithm == algorithm;
}

void assay_key_thumbprint(const assay_key *key, char out[44])
{
    memcpy(out, key->thumbprint, sizeof(key->thumbprint));
}

/* ---- Writing ---- */

static assay_status to_pem(const assay_key *key, key_half half, char **out, assay_error *err)
{
    char *text = memory_new(KEY_PEM_MAX);
    if (text == NULL)
        return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "no memory for a key");
    const assay_status status = signing_key_write_pem(key->pair, half, text, err);
    if (status != ASSAY_OK) {
        memory_free(text);
        return status;
    }
    *out = text;
    return ASSAY_OK;
}

assay_status assay_key_to_private_pem(const assay_key *key, char **out, assay_error *error)
{
    return to_pem(key, KEY_HALF_PRIVATE, out, error);
}

assay_status assay_key_to_public_pem(const assay_key *key, char **out, assay_error *error)
{
    return to_pem(key, KEY_HALF_PUBLIC, out, error);
}

void assay_key_put_jwk(const assay_key *key, json_writer *w)
{
    const algorithm_row *row = algorithm_row_of(key->algorithm);
    json_open_object(w, NULL);
    json_put_text(w, "kty", row->key_type);
    if (row->curve != NULL)
        json_put_text(w, "crv", row->curve);
    jwk_put_numbers(w, key->pair);
    json_put_text(w, "kid", key->thumbprint);
    json_put_text(w, "use", "sig");
    if (key->choice == ALGORITHM_FIXED || row->curve != NULL)
        json_put_text(w, "alg", row->name);
    json_close_object(w);
}

assay_status assay_key_to_jwk(const assay_key *key, char **out, assay_error *error)
{
    json_writer w = { 0 };
    assay_key_put_jwk(key, &w);
    return json_take_written(&w, out, error);
}

assay_status assay_key_to_intel_jwk(const assay_key *key, char **out, assay_error *err)
{
    const algorithm_row *row = algorithm_row_of(key->algorithm);
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    json_put_text(&w, "alg", row->name);
    json_put_text(&w, "kty", row->key_type);
    jwk_put_numbers(&w, key->pair);
    if (row->curve != NULL)
        json_put_text(&w, "crv", row->curve);
    json_close_object(&w);
    return json_take_written(&w, out, err);
}
