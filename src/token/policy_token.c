/* policy_token.c: policies in signed tokens, both ways. appraisal.md 4.
 *
 * The shape is that of Intel's tool: header {"alg","jwk","typ"} in this order, "jwk" a string, and
 * one claim, the policy's exact text. A policy counts when its signer is pinned for every class in
 * it. */
#include <string.h>

#include "appraise/policy.h"
#include "token/jws.h"
#include "wire/base64.h"
#include "wire/json_write.h"

enum { DAY = 24 * 60 * 60, LIFETIME_MAX = 400 * DAY, IAT_LEEWAY = 300, CERTIFICATE_MAX = 8192 };

static assay_status refuse(assay_error *err, assay_status status, const char *name,
                           const char *text)
{
    return fail_named(err, status, name, NULL, "", "%s", text);
}

/* ---- Whose key ---- */

static assay_status key_fault(assay_error *err, const char *text)
{
    return refuse(err, ASSAY_MALFORMED, jose_policy_names.key, text);
}

/* The JWK in the header: a string that holds it, as Intel writes, or the object itself. */
static assay_status key_from_jwk(json_t *jwk, assay_key **out, assay_error *err)
{
    json_document document = { 0 };
    assay_status status = ASSAY_OK;
    if (json_is_string(jwk))
        status = json_document_parse(span_of(json_string_value(jwk), json_string_length(jwk)), NULL,
                                     &document, "jwk", err);
    if (status == ASSAY_OK)
        status = assay_key_from_jwk(json_is_string(jwk) ? document.root : jwk, JWK_PUBLIC_ONLY, out,
                                    err);
    json_document_free(&document);
    if (status == ASSAY_OK || status == ASSAY_NO_MEMORY)
        return status;
    return key_fault(err, "jwk is no consistent public key of type EC on P-384 for ES384");
}

static assay_status key_from_certificate(json_t *chain, assay_key **out, assay_error *err)
{
    uint8_t der[CERTIFICATE_MAX];
    size_t size = 0;
    const char *text = json_string_value(json_array_get(chain, 0));
    if (text == NULL ||
        base64_decode(SPAN_TEXT(text), BASE64_STANDARD, BASE64_SPACE_REFUSED, der, sizeof(der),
                      &size, NULL) != ASSAY_OK ||
        assay_key_from_certificate(span_of(der, size), out, NULL) != ASSAY_OK)
        return key_fault(err, "x5c does not begin with a certificate of a key that we read");
    return ASSAY_OK;
}

static assay_status key_from_kid(const char *kid, const assay_key_set *signers, assay_key **out,
                                 assay_error *err)
{
    unsigned roles;
    const assay_key *pinned = kid == NULL ? NULL : assay_key_set_find(signers, kid, &roles);
    if (pinned == NULL)
        return key_fault(err, "the header has no jwk, and neither kid nor x5c name a pinned key");
    *out = assay_key_ref((assay_key *)pinned);
    return ASSAY_OK;
}

static assay_status same_key(const assay_key *key, json_t *chain, assay_error *err)
{
    assay_key *leaf = NULL;
    char own[44], other[44];
    TRY(key_from_certificate(chain, &leaf, err));
    assay_key_thumbprint(key, own);
    assay_key_thumbprint(leaf, other);
    assay_key_free(leaf);
    return strcmp(own, other) == 0 ? ASSAY_OK : key_fault(err, "jwk and x5c are different keys");
}

static assay_status find_key(const jws_parts *parts, const assay_key_set *signers, assay_key **out,
                             assay_error *err)
{
    json_t *jwk = json_object_get(parts->header.document.root, "jwk");
    json_t *chain = json_object_get(parts->header.document.root, "x5c");
    assay_key *key = NULL;
    if (jwk != NULL)
        TRY(key_from_jwk(jwk, &key, err));
    else if (chain != NULL)
        TRY(key_from_certificate(chain, &key, err));
    else
        TRY(key_from_kid(parts->header.kid, signers, &key, err));
    assay_status status = ASSAY_OK;
    if (!assay_key_fits(key, ASSAY_ALG_ES384))
        status = key_fault(err, "policies are signed with keys on P-384");
    else if (jwk != NULL && chain != NULL)
        status = same_key(key, chain, err);
    if (status != ASSAY_OK) {
        assay_key_free(key);
        return status;
    }
    *out = key;
    return ASSAY_OK;
}

/* ---- When ---- */

typedef struct token_times {
    bool has_iat, has_exp, has_nbf;
    int64_t iat, exp, nbf;
} token_times;

static assay_status take_time(json_t *claims, const char *member, bool *has, int64_t *out,
                              assay_error *err)
{
    json_t *value = json_object_get(claims, member);
    *has = value != NULL;
    if (value != NULL && (!json_is_integer(value) || json_integer_value(value) < 0))
        return refuse(err, ASSAY_MALFORMED, jose_policy_names.malformed,
                      "exp, nbf or iat is no integer since 1970");
    *out = json_integer_value(value);
    return ASSAY_OK;
}

static assay_status check_times(json_t *claims, const assay_policy_token_options *options,
                                assay_error *err)
{
    token_times t = { 0 };
    TRY(take_time(claims, "iat", &t.has_iat, &t.iat, err));
    TRY(take_time(claims, "exp", &t.has_exp, &t.exp, err));
    TRY(take_time(claims, "nbf", &t.has_nbf, &t.nbf, err));
    if (options->strict && (!t.has_iat || !t.has_exp || t.exp - t.iat > LIFETIME_MAX))
        return refuse(err, ASSAY_MALFORMED, jose_policy_names.malformed,
                      "strict: want iat and exp, at most 400 days apart");
    if (t.has_exp && options->now >= t.exp)
        return refuse(err, ASSAY_UNTRUSTED, "policy_token_expired",
                      "exp lies before the check date");
    if ((t.has_nbf && options->now < t.nbf) || (t.has_iat && options->now < t.iat - IAT_LEEWAY))
        return refuse(err, ASSAY_UNTRUSTED, "policy_token_not_yet_valid",
                      "nbf or iat lies behind the check date");
    return ASSAY_OK;
}

/* ---- For what ---- */

static unsigned role_of(assay_class class_)
{
    switch (class_) {
    case ASSAY_CLASS_SGX_PLATFORM:
    case ASSAY_CLASS_TDX_15_PLATFORM:
    case ASSAY_CLASS_TDX_10_PLATFORM:
    case ASSAY_CLASS_TD_QE:
        return ASSAY_ROLE_PLATFORM;
    case ASSAY_CLASS_SGX_ENCLAVE:
    case ASSAY_CLASS_TD_10:
    case ASSAY_CLASS_TD_15:
        return ASSAY_ROLE_TENANT;
    case ASSAY_CLASS_COUNT:
        break;
    }
    return 0;
}

static assay_status check_roles(const assay_policy *policy, unsigned roles, assay_error *err)
{
    for (size_t i = 0; i < assay_policy_class_count(policy); i++) {
        const assay_class class_ = assay_policy_class(policy, i);
        if ((role_of(class_) & roles) == 0)
            return fail_named(err, ASSAY_UNTRUSTED, jose_policy_names.untrusted, NULL, "",
                              "the signer is not pinned for the class %s",
                              assay_class_name(class_));
    }
    return ASSAY_OK;
}

/* ---- Reading ---- */

typedef struct signer {
    bool pinned;
    unsigned roles; /* what the signer may speak about */
    char thumbprint[44];
    char *jwk; /* owned */
} signer;

/* Verifies the signature, and finds out whose it is. */
static assay_status verify(const jws_parts *parts, const assay_policy_token_options *options,
                           signer *out, assay_error *err)
{
    assay_key *key = NULL;
    if (parts->header.algorithm != ASSAY_ALG_ES384)
        return refuse(err, ASSAY_UNTRUSTED, jose_policy_names.algorithm, "want alg ES384");
    TRY(find_key(parts, options->signers, &key, err));
    assay_status status = jws_verify(parts, key, err);
    if (status != ASSAY_OK)
        jose_rename(err, status, &jose_policy_names, "");
    else
        status = assay_key_to_intel_jwk(key, &out->jwk, err);
    assay_key_thumbprint(key, out->thumbprint);
    assay_key_free(key);
    TRY(status);
    out->pinned = assay_key_set_find(options->signers, out->thumbprint, &out->roles) != NULL;
    if (!out->pinned && !options->any_signer)
        return fail_named(err, ASSAY_UNTRUSTED, jose_policy_names.untrusted, NULL, "",
                          "the signer %s is not pinned", out->thumbprint);
    if (options->any_signer)
        out->roles = ASSAY_ROLE_ANY;
    return ASSAY_OK;
}

static assay_status parse_payload(json_t *claims, const assay_policy_token_options *options,
                                  const assay_policy_origin *origin, unsigned roles,
                                  assay_policy **out, assay_error *err)
{
    json_t *payload = json_object_get(claims, "policy_payload");
    assay_policy *policy = NULL;
    if (payload == NULL)
        return refuse(err, ASSAY_MALFORMED, "policy_payload_missing",
                      "the token has no claim policy_payload");
    if (!json_is_string(payload))
        return refuse(err, ASSAY_MALFORMED, "policy_structure",
                      "policy_payload is not a text that holds a policy");
    const assay_span text = span_of(json_string_value(payload), json_string_length(payload));
    TRY(policy_parse_with_origin(text, options->dialect, origin, &policy, err));
    const assay_status status = check_roles(policy, roles, err);
    if (status != ASSAY_OK) {
        assay_policy_unref(policy);
        return status;
    }
    *out = policy;
    return ASSAY_OK;
}

/* The claims of a token whose signer counts. */
static assay_status read_claims(const jws_parts *parts, const assay_policy_token_options *options,
                                const signer *by, assay_policy **out, assay_error *err)
{
    json_document claims = { 0 };
    char signature[129];
    assay_policy_origin origin = { .is_signed = true,
                                   .signer_pinned = by->pinned,
                                   .signature = signature,
                                   .signing_key = by->jwk };
    memcpy(origin.signer, by->thumbprint, sizeof(origin.signer));
    base64_encode(parts->signature, BASE64_URL, signature); /* verified: 96 bytes, 128 characters */
    assay_status status = jws_claims(parts, &claims, err);
    if (status != ASSAY_OK)
        return jose_rename(err, status, &jose_policy_names, "");
    status = check_times(claims.root, options, err);
    if (status == ASSAY_OK)
        status = parse_payload(claims.root, options, &origin, by->roles, out, err);
    json_document_free(&claims);
    return status;
}

assay_status assay_policy_token_read(assay_span token, const assay_policy_token_options *options,
                                     assay_policy **out, assay_error *error)
{
    jws_parts parts = { 0 };
    signer by = { 0 };
    assay_status status = jws_read(token, &parts, error);
    if (status != ASSAY_OK)
        return jose_rename(error, status, &jose_policy_names, "");
    status = verify(&parts, options, &by, error);
    if (status == ASSAY_OK)
        status = read_claims(&parts, options, &by, out, error);
    assay_text_free(by.jwk);
    jws_parts_clear(&parts);
    return status;
}
