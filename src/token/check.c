/* check.c: everything a relying party must check, in one call. appraisal.md 7.1: the eight steps of
 * token_judge(), in this order; each failure has its name. */
#include "base/memory.h"
#include "token/jws.h"
#include "token/token_view.h"
#include "wire/base64.h"

enum { SKEW = 60, DEFAULT_MAX_AGE = 300, EAT_NONCE_MAX = 64 };

typedef struct checked {
    const assay_token_expectations *want;
    jws_parts parts;
    json_document claims;
    token_view view;
    uint32_t required; /* classes */
} checked;

static assay_status refused(assay_error *err, assay_status status, const char *name,
                            const char *where, const char *detail)
{
    return fail_named(err, status, name, NULL, where, "%s", detail);
}

/* ---- 1: form and algorithm ---- */

static assay_status form_check(assay_span token, checked *c, assay_error *err)
{
    const uint32_t all_but_none = ~(1u << ASSAY_ALG_NONE);
    const uint32_t allowed = c->want->algorithms == 0 ? all_but_none : c->want->algorithms;
    TRY(jws_read(token, &c->parts, err));
    const assay_algorithm algorithm = c->parts.header.algorithm;
    const bool accepted =
        algorithm == ASSAY_ALG_NONE ? c->want->accept_unsigned : (allowed >> algorithm & 1) != 0;
    if (!accepted)
        return fail_named(err, ASSAY_UNTRUSTED, "token_algorithm", NULL, "header.alg",
                          "%s is not among the algorithms accepted here",
                          assay_algorithm_name(algorithm));
    return ASSAY_OK;
}

/* ---- 2: the key ---- */

/* Without a kid that names a pinned key: any pinned key that fits. */
static assay_status any_key_check(const checked *c, assay_error *err)
{
    size_t fitting = 0;
    for (size_t i = 0; i < assay_key_set_count(c->want->keys); i++) {
        unsigned roles;
        const assay_key *key = assay_key_set_at(c->want->keys, i, &roles);
        if (!assay_key_fits(key, c->parts.header.algorithm))
            continue;
        fitting++;
        if (jws_verify(&c->parts, key, NULL) == ASSAY_OK)
            return ASSAY_OK;
    }
    if (fitting == 0 || c->parts.header.kid != NULL)
        return refused(err, ASSAY_UNTRUSTED, "token_key", "header.kid",
                       "no pinned key is the one that signed this");
    return refused(err, ASSAY_UNTRUSTED, "token_signature", "signature",
                   "does not verify with any pinned key");
}

/* A key that travels in the token is never looked at. */
static assay_status key_check(const checked *c, assay_error *err)
{
    const jose_header *header = &c->parts.header;
    unsigned roles;
    if (header->algorithm == ASSAY_ALG_NONE)
        return ASSAY_OK;
    if (c->want->keys == NULL || assay_key_set_count(c->want->keys) == 0)
        return refused(err, ASSAY_UNTRUSTED, "token_key", "header.kid", "no key is pinned");
    const assay_key *key =
        header->kid == NULL ? NULL : assay_key_set_find(c->want->keys, header->kid, &roles);
    return key == NULL ? any_key_check(c, err) : jws_verify(&c->parts, key, err);
}

/* ---- 3: who, for whom, when ---- */

static assay_status issuer_check(const checked *c, assay_error *err)
{
    const char *issuer = json_string_value(json_object_get(c->claims.root, "iss"));
    const char *wanted = c->want->issuer;
    if (wanted == NULL && c->parts.header.algorithm == ASSAY_ALG_NONE)
        wanted = "quote appraisal entity";
    if (issuer == NULL || (wanted != NULL && strcmp(issuer, wanted) != 0))
        return refused(err, ASSAY_UNTRUSTED, "token_issuer", "iss", "another issuer is wanted");
    return ASSAY_OK;
}

static bool audience_names(json_t *audience, const char *wanted)
{
    const char *text = json_string_value(audience);
    if (text != NULL)
        return strcmp(text, wanted) == 0;
    for (size_t i = 0; i < json_array_size(audience); i++) {
        text = json_string_value(json_array_get(audience, i));
        if (text != NULL && strcmp(text, wanted) == 0)
            return true;
    }
    return false;
}

static assay_status audience_check(const checked *c, assay_error *err)
{
    if (c->want->audience != NULL &&
        !audience_names(json_object_get(c->claims.root, "aud"), c->want->audience))
        return refused(err, ASSAY_UNTRUSTED, "token_audience", "aud",
                       "the token is not for this audience");
    return ASSAY_OK;
}

static assay_status times_check(const checked *c, assay_error *err)
{
    const view_times *times = &c->view.times;
    const int64_t now = c->want->now;
    const int64_t max_age = c->want->max_age == 0 ? DEFAULT_MAX_AGE : c->want->max_age;
    if (times->expires != 0 && times->expires <= now - SKEW)
        return refused(err, ASSAY_UNTRUSTED, "token_expired", "exp", "the token has expired");
    if (times->not_before - SKEW > now || times->issued - SKEW > now)
        return refused(err, ASSAY_UNTRUSTED, "token_not_yet_valid", "nbf",
                       "the token begins in the future");
    if (times->issued == 0 || now - times->issued > max_age)
        return fail_named(err, ASSAY_UNTRUSTED, "token_too_old", NULL, "iat",
                          "the token is older than %lld seconds", (long long)max_age);
    return ASSAY_OK;
}

static assay_status origin_check(const checked *c, assay_error *err)
{
    TRY(issuer_check(c, err));
    TRY(audience_check(c, err));
    return times_check(c, err);
}

/* ---- 4: freshness ---- */

static bool nonce_equal(json_t *claim, assay_span wanted)
{
    uint8_t nonce[EAT_NONCE_MAX + 3];
    size_t size = 0;
    const assay_span text = span_of(json_string_value(claim), json_string_length(claim));
    return text.size <= EAT_NONCE_MAX / 3 * 4 + 4 && text.size > 0 &&
           base64_decode(text, BASE64_URL, BASE64_SPACE_REFUSED, nonce, sizeof(nonce), &size,
                         NULL) == ASSAY_OK &&
           span_equal_constant_time(span_of(nonce, size), wanted);
}

static assay_status freshness_check(const checked *c, assay_error *err)
{
    const assay_token_expectations *want = c->want;
    if (want->nonce.size == 0 && want->report_data == NULL && !want->no_freshness)
        return refused(err, ASSAY_UNTRUSTED, "token_not_fresh", "eat_nonce",
                       "neither a nonce nor report data to compare with was given");
    if (want->nonce.size != 0 &&
        !nonce_equal(json_object_get(c->claims.root, "eat_nonce"), want->nonce))
        return refused(err, ASSAY_MISMATCH, "token_nonce", "eat_nonce",
                       "the token does not carry the nonce");
    if (want->report_data != NULL &&
        (!c->view.has_report_data ||
         memcmp(c->view.report_data, want->report_data, REPORT_DATA_SIZE) != 0))
        return refused(err, ASSAY_MISMATCH, "token_report_data", "report_data",
                       "the evidence does not carry the report data");
    return ASSAY_OK;
}

/* ---- 5: the result ---- */

static assay_status consistency_check(const token_view *view, assay_error *err)
{
    assay_result counted[ASSAY_CLASS_COUNT];
    size_t count = 0;
    if (view->has_document)
        return result_consistency_check(&view->document, view->left_out, err);
    for (size_t i = 0; i < view->count; i++) {
        if ((view->left_out >> view->results[i].class_ & 1) == 0)
            counted[count++] = view->results[i].result;
    }
    if (result_combine(counted, count) != view->overall)
        return refused(err, ASSAY_MISMATCH, "result_inconsistent", "assay.overall",
                       "the overall result does not follow from the reports");
    return ASSAY_OK;
}

/* Classes whose report passed and was counted. */
static uint32_t passed_classes(const token_view *view)
{
    uint32_t passed = 0;
    for (size_t i = 0; i < view->count; i++) {
        if (view->results[i].result == ASSAY_RESULT_PASSED)
            passed |= 1u << view->results[i].class_;
    }
    return passed & ~view->left_out;
}

static assay_status classes_check(checked *c, assay_error *err)
{
    const uint32_t passed = passed_classes(&c->view);
    c->required =
        c->want->required_classes != 0 ? c->want->required_classes : result_complete_set(passed);
    if (c->required == 0)
        return refused(err, ASSAY_UNTRUSTED, "token_class_missing", "appraised_reports",
                       "platform, tenant, and for TDX the QE must all have been appraised");
    for (unsigned i = 0; i < ASSAY_CLASS_COUNT; i++) {
        if (((c->required & ~passed) >> i & 1) != 0)
            return fail_named(err, ASSAY_UNTRUSTED, "token_class_missing", NULL,
                              "appraised_reports", "%s was not appraised",
                              assay_class_name((assay_class)i));
    }
    return ASSAY_OK;
}

static assay_status result_check(checked *c, assay_error *err)
{
    const token_view *view = &c->view;
    TRY(consistency_check(view, err));
    if (view->overall != ASSAY_RESULT_PASSED)
        return fail_named(err, ASSAY_UNTRUSTED, "result_not_passed", NULL,
                          "overall_appraisal_result", "the overall result is %d, want 1",
                          view->overall);
    for (size_t i = 0; i < view->count; i++) {
        if (view->results[i].result != ASSAY_RESULT_PASSED &&
            (view->left_out >> view->results[i].class_ & 1) == 0)
            return fail_named(err, ASSAY_UNTRUSTED, "result_not_passed", NULL, "appraised_reports",
                              "%s has result %d, want 1", assay_class_name(view->results[i].class_),
                              view->results[i].result);
    }
    return classes_check(c, err);
}

/* ---- 6: whose policies ---- */

static bool listed(const assay_token_expectations *want, const char *text)
{
    for (size_t i = 0; i < want->policy_id_count; i++) {
        if (strcmp(want->policy_ids[i], text) == 0)
            return true;
    }
    return false;
}

/* The built-in strict policy needs nobody's word. Others count by their signer; by their content
 * only where the issuer knew the signer, or nobody signed. */
static bool policy_accepted(const assay_token_expectations *want, const view_policy *policy)
{
    const bool is_signed = policy->signer[0] != '\0';
    if (!is_signed && policy->id != NULL && strcmp(policy->id, "default") == 0)
        return true;
    if (is_signed && listed(want, policy->signer))
        return true;
    return policy->id != NULL && (policy->signer_pinned || !is_signed) && listed(want, policy->id);
}

static assay_status policies_check(const checked *c, assay_error *err)
{
    uint32_t accepted = 0;
    if (c->want->policy_ids == NULL)
        return ASSAY_OK;
    for (size_t i = 0; i < c->view.policy_count; i++) {
        if (policy_accepted(c->want, &c->view.policies[i]))
            accepted |= c->view.policies[i].classes;
    }
    if ((c->required & ~accepted) != 0)
        return refused(err, ASSAY_UNTRUSTED, "token_policy", "assay.policies",
                       "a required class was judged by a policy that is not listed");
    return ASSAY_OK;
}

/* ---- 7, 8: which quote, whose root ---- */

static assay_status quote_check(const checked *c, assay_error *err)
{
    if (c->want->quote.size == 0)
        return ASSAY_OK;
    return result_quote_check(c->view.has_quote_hash ? c->view.quote_sha384 : NULL, c->want->quote,
                              err);
}

static assay_status root_check(const checked *c, assay_error *err)
{
    if (!c->view.root_is_intel && !c->want->allow_custom_root)
        return refused(err, ASSAY_UNTRUSTED, "token_root", "assay.root",
                       "the evidence does not stand on Intel's root");
    return ASSAY_OK;
}

/* ---- What is told ---- */

/* A copy in which line breaks and tabs between tokens are blanks: one line. */
static char *text_copy(assay_span text)
{
    char *copy = memory_new(text.size + 1);
    for (size_t i = 0; copy != NULL && i < text.size; i++)
        copy[i] = text.data[i] < ' ' ? ' ' : (char)text.data[i];
    return copy;
}

static assay_status claims_fill(const checked *c, assay_token_claims *out, assay_error *err)
{
    json_t *result = json_object_get(c->claims.root, "appraisal_result");
    assay_token_claims told = { .dialect = c->view.dialect,
                                .algorithm = c->parts.header.algorithm,
                                .overall = c->view.overall,
                                .issued_at = c->view.times.issued,
                                .expires_at = c->view.times.expires };
    if (out == NULL)
        return ASSAY_OK;
    if (c->parts.header.kid != NULL && strlen(c->parts.header.kid) < sizeof(told.kid))
        memcpy(told.kid, c->parts.header.kid, strlen(c->parts.header.kid));
    told.payload = text_copy(c->parts.payload);
    if (c->view.has_document)
        told.result = text_copy(span_of(json_string_value(result), json_string_length(result)));
    if (told.payload == NULL || (c->view.has_document && told.result == NULL)) {
        assay_token_claims_clear(&told);
        return fail(err, ASSAY_NO_MEMORY, "", ASSAY_NO_OFFSET, "no memory for the claims");
    }
    *out = told;
    return ASSAY_OK;
}

void assay_token_claims_clear(assay_token_claims *claims)
{
    memory_free(claims->payload);
    memory_free(claims->result);
    *claims = (assay_token_claims) { 0 };
}

static assay_status token_judge(assay_span token, checked *c, assay_token_claims *claims,
                                assay_error *err)
{
    TRY(form_check(token, c, err));
    TRY(key_check(c, err));
    TRY(jws_claims(&c->parts, &c->claims, err));
    TRY(token_view_read(c->claims.root, &c->view, err));
    TRY(claims_fill(c, claims, err));
    TRY(origin_check(c, err));
    TRY(freshness_check(c, err));
    TRY(result_check(c, err));
    TRY(policies_check(c, err));
    TRY(quote_check(c, err));
    return root_check(c, err);
}

assay_status assay_token_check(assay_span token, const assay_token_expectations *expectations,
                               assay_token_claims *claims, assay_error *error)
{
    checked c = { .want = expectations };
    if (claims != NULL)
        *claims = (assay_token_claims) { 0 };
    if (expectations->now <= 0)
        return fail(error, ASSAY_USAGE, "expectations.now", ASSAY_NO_OFFSET,
                    "a time after 1970 is needed");
    const assay_status status = token_judge(token, &c, claims, error);
    token_view_clear(&c.view);
    json_document_free(&c.claims);
    jws_parts_clear(&c.parts);
    return status;
}
