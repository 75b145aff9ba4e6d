/* authenticate.c: were these the policies, and these their owners? appraisal.md 7.3. Says nothing
 * about the verdict: a failed appraisal authenticates, too. */
#include "appraise/classes.h"
#include "appraise/policy.h"
#include "token/jws.h"
#include "token/result_policy.h"

enum { BUNDLE_POLICIES = 3 };

typedef struct opened {
    jws_parts parts;
    json_document claims;
    result_document result;
} opened;

static void opened_clear(opened *o)
{
    result_document_clear(&o->result);
    json_document_free(&o->claims);
    jws_parts_clear(&o->parts);
}

static assay_status malformed(assay_error *err, const char *where, const char *detail)
{
    return fail_named(err, ASSAY_MALFORMED, "result_token_malformed", NULL, where, "%s", detail);
}

/* The key in the header, text or object; NULL when there is none. */
static assay_status own_key_read(json_t *jwk, assay_key **out, assay_error *err)
{
    json_document text = { 0 };
    if (json_is_object(jwk))
        return assay_key_from_jwk(jwk, JWK_PUBLIC_ONLY, out, err);
    TRY(json_document_parse(span_of(json_string_value(jwk), json_string_length(jwk)), NULL, &text,
                            "header.jwk", err));
    const assay_status status = assay_key_from_jwk(text.root, JWK_PUBLIC_ONLY, out, err);
    json_document_free(&text);
    return status;
}

/* A token that brings no key is taken as it is: whom to trust is assay_token_check()'s question. */
static assay_status own_signature_check(const jws_parts *parts, assay_error *err)
{
    json_t *jwk = json_object_get(parts->header.document.root, "jwk");
    assay_key *key = NULL;
    if (parts->header.algorithm == ASSAY_ALG_NONE || jwk == NULL)
        return ASSAY_OK;
    if (own_key_read(jwk, &key, err) != ASSAY_OK)
        return malformed(err, "header.jwk", "the key in the header can't be read");
    assay_status status = jws_verify(parts, key, err);
    assay_key_free(key);
    if (status != ASSAY_OK)
        status = malformed(err, "signature", "does not verify with the key in the header");
    return status;
}

/* Intel's entity; of other issuers only signed tokens of ours. */
static assay_status issuer_check(const opened *o, assay_error *err)
{
    json_t *issuer = json_object_get(o->claims.root, "iss");
    const char *text = json_string_value(issuer);
    if (text != NULL && strcmp(text, "quote appraisal entity") == 0)
        return ASSAY_OK;
    if (text != NULL && o->parts.header.algorithm != ASSAY_ALG_NONE &&
        json_is_object(json_object_get(o->claims.root, "assay")))
        return ASSAY_OK;
    return fail_named(err, ASSAY_UNTRUSTED, "result_token_issuer", NULL, "iss",
                      "the issuer is not the quote appraisal entity");
}

static uint32_t left_out_of(json_t *claims)
{
    json_t *list = json_object_get(json_object_get(claims, "assay"), "left_out");
    uint32_t classes = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *id = json_array_get(list, i);
        assay_class class_;
        if (class_parse(span_of(json_string_value(id), json_string_length(id)), &class_))
            classes |= 1u << class_;
    }
    return classes;
}

static assay_status contents_read(opened *o, assay_error *err)
{
    if (jws_claims(&o->parts, &o->claims, err) != ASSAY_OK)
        return jose_rename(err, ASSAY_MALFORMED, &jose_result_names, NULL);
    json_t *text = json_object_get(o->claims.root, "appraisal_result");
    TRY(own_signature_check(&o->parts, err));
    TRY(issuer_check(o, err));
    if (!json_is_string(text))
        return malformed(err, "appraisal_result", "a text that holds JSON is wanted");
    TRY(result_document_read(span_of(json_string_value(text), json_string_length(text)), &o->result,
                             err));
    return result_consistency_check(&o->result, left_out_of(o->claims.root), err);
}

static assay_status open_result(assay_span token, assay_span quote, opened *out, assay_error *err)
{
    opened o = { 0 };
    const assay_status read = jws_read(token, &o.parts, err);
    if (read != ASSAY_OK)
        return jose_rename(err, read, &jose_result_names, NULL);
    assay_status status = contents_read(&o, err);
    if (status == ASSAY_OK && quote.size != 0)
        status =
            result_quote_check(o.result.has_quote_hash ? o.result.quote_sha384 : NULL, quote, err);
    if (status != ASSAY_OK) {
        opened_clear(&o);
        return status;
    }
    *out = o;
    return ASSAY_OK;
}

/* ---- The policies ---- */

typedef enum standing { STANDING_UNUSED, STANDING_OK, STANDING_FAILED } standing;

static standing judge_given(const result_report *judged, const assay_policy *given,
                            const policy_entry *entry)
{
    const assay_policy_origin *origin = assay_policy_origin_of(given);
    const char *signature = json_string_value(json_object_get(judged->policy, "signature"));
    char signer[44];
    if (judged->policy == NULL || result_policy_is_default(judged))
        return STANDING_UNUSED;
    if (signature == NULL || origin->signature == NULL || strcmp(signature, origin->signature) != 0)
        return STANDING_FAILED;
    if (!result_policy_signer(judged, signer) || strcmp(signer, origin->signer) != 0)
        return STANDING_FAILED;
    return result_policy_equals(judged, entry->json) ? STANDING_OK : STANDING_FAILED;
}

typedef struct given_policies {
    assay_policy *at[BUNDLE_POLICIES];
    struct {
        const assay_policy *policy; /* NULL: none given */
        const policy_entry *entry;
    } of_class[ASSAY_CLASS_COUNT];
} given_policies;

static void given_clear(given_policies *given)
{
    for (size_t i = 0; i < BUNDLE_POLICIES; i++)
        assay_policy_unref(given->at[i]);
}

static assay_status given_add(given_policies *given, const assay_policy *policy, assay_error *err)
{
    for (size_t i = 0; i < assay_policy_class_count(policy); i++) {
        const assay_class class_ = assay_policy_class(policy, i);
        if (given->of_class[class_].policy != NULL)
            return fail_named(err, ASSAY_MALFORMED, "policy_duplicate_class", NULL, "bundle",
                              "%s stands in two of the given policies", assay_class_name(class_));
        given->of_class[class_].policy = policy;
        given->of_class[class_].entry = policy->entries[i];
    }
    return ASSAY_OK;
}

/* Signatures count here, not signers; the clock is that of the appraisal. */
static assay_status given_read(const assay_policy_bundle *bundle, int64_t now,
                               given_policies *given, assay_error *err)
{
    const assay_policy_token_options options = { .now = now, .any_signer = true };
    const assay_span tokens[BUNDLE_POLICIES] = {
        bundle->tenant,
        bundle->platform_default ? (assay_span) { NULL, 0 } : bundle->platform,
        bundle->qe_default ? (assay_span) { NULL, 0 } : bundle->qe,
    };
    for (size_t i = 0; i < BUNDLE_POLICIES; i++) {
        if (tokens[i].size == 0)
            continue;
        TRY(assay_policy_token_read(tokens[i], &options, &given->at[i], err));
        TRY(given_add(given, given->at[i], err));
    }
    return ASSAY_OK;
}

static standing judge(const result_report *judged, const given_policies *given)
{
    const assay_policy *policy = given->of_class[judged->class_].policy;
    if (policy != NULL)
        return judge_given(judged, policy, given->of_class[judged->class_].entry);
    return result_policy_is_default(judged) ? STANDING_OK : STANDING_UNUSED;
}

static assay_result judge_all(const result_document *result, const given_policies *given)
{
    uint32_t by_standing[STANDING_FAILED + 1] = { 0 };
    for (size_t i = 0; i < result->count; i++)
        by_standing[judge(&result->reports[i], given)] |= 1u << result->reports[i].class_;
    if (by_standing[STANDING_FAILED] != 0)
        return ASSAY_RESULT_FAILED;
    if (by_standing[STANDING_UNUSED] != 0)
        return ASSAY_RESULT_INCOMPLETE;
    if (result_complete_set(by_standing[STANDING_OK]) != 0)
        return ASSAY_RESULT_PASSED;
    return ASSAY_RESULT_INCOMPLETE;
}

assay_status assay_authenticate_policies(assay_span result_token, const assay_policy_bundle *bundle,
                                         assay_span quote, assay_result *out, assay_error *error)
{
    opened o = { 0 };
    given_policies given = { 0 };
    TRY(open_result(result_token, quote, &o, error));
    const assay_status status = given_read(bundle, o.result.check_date, &given, error);
    if (status == ASSAY_OK)
        *out = judge_all(&o.result, &given);
    given_clear(&given);
    opened_clear(&o);
    return status;
}

/* ---- Their owners ---- */

static assay_status owners_check(const assay_key_set *owners, assay_error *err)
{
    for (size_t i = 0; i < assay_key_set_count(owners); i++) {
        unsigned roles;
        if (assay_key_algorithm(assay_key_set_at(owners, i, &roles)) != ASSAY_ALG_ES384)
            return fail_named(err, ASSAY_MALFORMED, "key_malformed", NULL, "owners",
                              "key %zu is not of P-384", i);
    }
    return ASSAY_OK;
}

static assay_result judge_owners(const result_document *result, const assay_key_set *owners)
{
    size_t found = 0;
    for (size_t i = 0; i < result->count; i++) {
        char signer[44];
        unsigned roles;
        if (json_object_get(result->reports[i].policy, "signing_key") == NULL)
            continue;
        if (!result_policy_signer(&result->reports[i], signer) ||
            assay_key_set_find(owners, signer, &roles) == NULL)
            return ASSAY_RESULT_INCOMPLETE;
        found++;
    }
    return found > 0 ? ASSAY_RESULT_PASSED : ASSAY_RESULT_INCOMPLETE;
}

assay_status assay_authenticate_policy_owner(assay_span result_token, const assay_key_set *owners,
                                             assay_span quote, assay_result *out,
                                             assay_error *error)
{
    opened o = { 0 };
    TRY(owners_check(owners, error));
    TRY(open_result(result_token, quote, &o, error));
    *out = judge_owners(&o.result, owners);
    opened_clear(&o);
    return ASSAY_OK;
}
