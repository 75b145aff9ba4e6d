/* policy_sign.c: signs policies in the shape of Intel's tool, byte by byte. appraisal.md 4. */
#include "appraise/policy.h"
#include "token/jws.h"
#include "wire/json_write.h"

enum { LIFETIME_MAX = 400 * 24 * 60 * 60 };

static assay_status usage(assay_error *err, const char *where, const char *text)
{
    return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "%s", text);
}

/* The policy must be one that assay reads, and the key one that signs policies. */
static assay_status check(assay_span policy, const assay_key *key,
                          const assay_policy_sign_options *options, assay_error *err)
{
    assay_policy *parsed = NULL;
    if (key == NULL || !assay_key_fits(key, ASSAY_ALG_ES384) || !assay_key_is_private(key))
        return usage(err, "key", "policies are signed with a private key on P-384");
    if (options != NULL && options->strict &&
        (options->lifetime <= 0 || options->lifetime > LIFETIME_MAX))
        return usage(err, "lifetime", "want a lifetime of at most 400 days");
    TRY(assay_policy_parse(policy, ASSAY_POLICY_EXTENDED, &parsed, err));
    assay_policy_unref(parsed);
    return ASSAY_OK;
}

static assay_status write_header(const assay_key *key, const assay_policy_sign_options *options,
                                 char **out, assay_error *err)
{
    json_writer w = { 0 };
    char *jwk = NULL;
    TRY(assay_key_to_intel_jwk(key, &jwk, err));
    json_open_object(&w, NULL);
    json_put_text(&w, "alg", assay_algorithm_name(ASSAY_ALG_ES384));
    json_put_text(&w, "jwk", jwk);
    json_put_text(&w, "typ", "JWT");
    if (options != NULL && options->strict) {
        char thumbprint[44];
        assay_key_thumbprint(key, thumbprint);
        json_put_text(&w, "kid", thumbprint);
    }
    json_close_object(&w);
    assay_text_free(jwk);
    return json_take_written(&w, out, err);
}

static void put_strict(json_writer *w, const assay_policy_sign_options *options)
{
    json_put_signed(w, "iat", options->now);
    json_put_signed(w, "exp", options->now + options->lifetime);
    if (options->issuer != NULL)
        json_put_text(w, "iss", options->issuer);
    if (options->subject != NULL)
        json_put_text(w, "sub", options->subject);
    json_put_number(w, "version", options->version);
}

static assay_status write_claims(assay_span policy, const assay_policy_sign_options *options,
                                 char **out, assay_error *err)
{
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    json_put_span(&w, "policy_payload", policy);
    if (options != NULL && options->strict)
        put_strict(&w, options);
    json_close_object(&w);
    return json_take_written(&w, out, err);
}

assay_status assay_policy_sign(assay_span policy, const assay_key *key,
                               const assay_policy_sign_options *options, char **out,
                               assay_error *error)
{
    char *header = NULL, *claims = NULL;
    TRY(check(policy, key, options, error));
    assay_status status = write_header(key, options, &header, error);
    if (status == ASSAY_OK)
        status = write_claims(policy, options, &claims, error);
    if (status == ASSAY_OK)
        status = jws_sign(header, SPAN_TEXT(claims), key, ASSAY_ALG_ES384, out, error);
    assay_text_free(header);
    assay_text_free(claims);
    return status;
}
