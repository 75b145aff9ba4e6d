/* reports_issue.c: our verification results in a token: appraisal.md 1.2. */
#include "token/jws.h"

/* The header of Intel's tokens: with the key as a string, or of no signature at all. */
static assay_status header_write(const assay_key *key, char **out, assay_error *err)
{
    json_writer w = { 0 };
    char *jwk = NULL;
    if (key != NULL)
        TRY(assay_key_to_intel_jwk(key, &jwk, err));
    json_open_object(&w, NULL);
    json_put_text(&w, "alg", key != NULL ? "ES384" : "none");
    if (jwk != NULL)
        json_put_text(&w, "jwk", jwk);
    json_put_text(&w, "typ", "JWT");
    json_close_object(&w);
    assay_text_free(jwk);
    return json_take_written(&w, out, err);
}

static assay_status claims_write(const char *result, char **out, assay_error *err)
{
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    json_put_text(&w, "iss", "qvl");
    json_put_text(&w, "qvl_result", result);
    json_close_object(&w);
    return json_take_written(&w, out, err);
}

assay_status assay_reports_to_token(const assay_reports *reports,
                                    const assay_reports_text_options *options, const assay_key *key,
                                    char **out, assay_error *error)
{
    char *result = NULL, *claims = NULL, *header = NULL;
    const assay_algorithm algorithm = key != NULL ? ASSAY_ALG_ES384 : ASSAY_ALG_NONE;
    if (key != NULL && !assay_key_fits(key, algorithm))
        return fail(error, ASSAY_USAGE, "key", ASSAY_NO_OFFSET, "want a private P-384 key");
    assay_status status = assay_reports_to_json(reports, options, &result, error);
    if (status == ASSAY_OK)
        status = claims_write(result, &claims, error);
    if (status == ASSAY_OK)
        status = header_write(key, &header, error);
    if (status == ASSAY_OK)
        status = jws_sign(header, SPAN_TEXT(claims), key, algorithm, out, error);
    assay_text_free(result);
    assay_text_free(claims);
    assay_text_free(header);
    return status;
}
