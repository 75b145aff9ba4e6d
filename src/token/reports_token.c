/* reports_token.c: verification results of others, in tokens or bare. appraisal.md 1.2, 1.5.
 *
 * Unsigned ones count only where the caller says so. Signed ones need a pinned key: one that the
 * token brings along is nobody's. */
#include <string.h>

#include "token/jws.h"

static assay_status refuse(assay_error *err, assay_status status, const char *name,
                           const char *where, const char *text)
{
    return fail_named(err, status, name, NULL, where, "%s", text);
}

/* ---- Signature ---- */

/* The key that `kid` names decides alone; without one, any pinned key that fits may. */
static assay_status verify(const jws_parts *parts, const assay_key_set *signers, assay_error *err)
{
    unsigned roles;
    const assay_key *named =
        parts->header.kid == NULL ? NULL : assay_key_set_find(signers, parts->header.kid, &roles);
    if (named != NULL)
        return jose_rename(err, jws_verify(parts, named, err), &jose_vr_names, NULL);
    for (size_t i = 0; i < assay_key_set_count(signers); i++) {
        if (jws_verify(parts, assay_key_set_at(signers, i, &roles), NULL) == ASSAY_OK)
            return ASSAY_OK;
    }
    return refuse(err, ASSAY_UNTRUSTED, jose_vr_names.untrusted, "",
                  "no pinned key verifies the verification result");
}

static assay_status check_signature(const jws_parts *parts, const assay_key_set *signers,
                                    bool accept_unsigned, assay_error *err)
{
    if (parts->header.algorithm != ASSAY_ALG_NONE)
        return verify(parts, signers, err);
    if (accept_unsigned)
        return ASSAY_OK;
    return refuse(err, ASSAY_UNTRUSTED, jose_vr_names.algorithm, "header.alg",
                  "an unsigned verification result is not accepted");
}

/* ---- Claims ---- */

static assay_status check_issuer(json_t *claims, assay_error *err)
{
    const char *issuer = json_string_value(json_object_get(claims, "iss"));
    if (issuer != NULL && (strcmp(issuer, "qvl") == 0 || strcmp(issuer, "qve") == 0))
        return ASSAY_OK;
    return refuse(err, ASSAY_UNTRUSTED, "vr_token_issuer", "claims.iss", "want qvl or qve");
}

/* The claim is a text, and the text an object: a bare list stands only outside of tokens. */
static assay_status inner_text(json_t *claims, assay_span *out, assay_error *err)
{
    json_t *result = json_object_get(claims, "qvl_result");
    if (!json_is_string(result))
        return refuse(err, ASSAY_MALFORMED, "vr_structure", "claims.qvl_result",
                      "want a text that holds an object");
    const assay_span text = span_of(json_string_value(result), json_string_length(result));
    const assay_span inner = text_without_space(text);
    if (inner.size == 0 || inner.data[0] != '{')
        return refuse(err, ASSAY_MALFORMED, "vr_structure", "claims.qvl_result",
                      "want an object with qvl_result in the text");
    *out = text;
    return ASSAY_OK;
}

static assay_status read_claims(const jws_parts *parts, assay_reports **out, assay_error *err)
{
    json_document claims = { 0 };
    assay_span inner;
    assay_status status = jws_claims(parts, &claims, err);
    if (status != ASSAY_OK)
        return jose_rename(err, status, &jose_vr_names, NULL);
    status = check_issuer(claims.root, err);
    if (status == ASSAY_OK)
        status = inner_text(claims.root, &inner, err);
    if (status == ASSAY_OK)
        status = assay_reports_from_json(inner, out, err);
    json_document_free(&claims);
    return status;
}

static assay_status read_token(assay_span token, const assay_key_set *signers, bool accept_unsigned,
                               assay_reports **out, assay_error *err)
{
    jws_parts parts = { 0 };
    assay_status status = jws_read(token, &parts, err);
    if (status != ASSAY_OK)
        return jose_rename(err, status, &jose_vr_names, NULL);
    status = check_signature(&parts, signers, accept_unsigned, err);
    if (status == ASSAY_OK)
        status = read_claims(&parts, out, err);
    jws_parts_clear(&parts);
    return status;
}

assay_status assay_reports_from_token(assay_span text, const assay_key_set *signers,
                                      bool accept_unsigned, assay_reports **out, assay_error *error)
{
    const assay_span bare = text_without_space(text);
    if (bare.size == 0 || (bare.data[0] != '{' && bare.data[0] != '['))
        return read_token(text, signers, accept_unsigned, out, error);
    if (!accept_unsigned)
        return refuse(error, ASSAY_UNTRUSTED, jose_vr_names.untrusted, "",
                      "a verification result without a token is unsigned, which is not accepted");
    return assay_reports_from_json(bare, out, error);
}
