/* token_view.c: reads what a result token says. The claim `assay` tells it in every dialect; a
 * token of Intel's library has only the document. appraisal.md 5. */
#include "token/token_view.h"
#include "appraise/classes.h"
#include "token/result_policy.h"
#include "x509/chain.h"

static assay_status malformed(assay_error *err, const char *where, const char *detail)
{
    return fail_named(err, ASSAY_MALFORMED, "token_malformed", NULL, where, "%s", detail);
}

static assay_span text_of(json_t *text)
{
    return span_of(json_string_value(text), json_string_length(text));
}

/* ---- Times ---- */

static assay_status read_time(json_t *claims, const char *member, int64_t *out, assay_error *err)
{
    json_t *value = json_object_get(claims, member);
    if (value == NULL)
        return ASSAY_OK;
    if (!json_is_integer(value) || json_integer_value(value) <= 0)
        return malformed(err, member, "seconds since 1970 are wanted");
    *out = json_integer_value(value);
    return ASSAY_OK;
}

static assay_status read_times(json_t *claims, view_times *out, assay_error *err)
{
    TRY(read_time(claims, "iat", &out->issued, err));
    TRY(read_time(claims, "nbf", &out->not_before, err));
    return read_time(claims, "exp", &out->expires, err);
}

/* ---- The claim `assay` ---- */

static bool read_hex(json_t *text, uint8_t *out, size_t size)
{
    return json_is_string(text) && json_string_length(text) == 2 * size &&
           assay_hex_decode(text_of(text), out, size, NULL) == ASSAY_OK;
}

static assay_status read_optional_hex(json_t *object, const char *member, uint8_t *out, size_t size,
                                      bool *there, assay_error *err)
{
    json_t *value = json_object_get(object, member);
    *there = value != NULL;
    if (value != NULL && !read_hex(value, out, size))
        return malformed(err, "assay", "a value has not the right number of hexadecimal digits");
    return ASSAY_OK;
}

static assay_status read_classes(json_t *list, uint32_t *out, assay_error *err)
{
    if (!json_is_array(list))
        return malformed(err, "assay", "a list of classes is wanted");
    for (size_t i = 0; i < json_array_size(list); i++) {
        assay_class class_;
        if (!class_parse(text_of(json_array_get(list, i)), &class_))
            return malformed(err, "assay", "a class is not known");
        *out |= 1u << class_;
    }
    return ASSAY_OK;
}

static assay_status read_policy(json_t *object, view_policy *out, assay_error *err)
{
    json_t *signer = json_object_get(object, "signer");
    out->id = json_string_value(json_object_get(object, "id"));
    out->signer_pinned = json_is_true(json_object_get(object, "signer_pinned"));
    if (out->id == NULL || json_string_length(signer) >= sizeof(out->signer))
        return malformed(err, "assay.policies", "id or signer is not what it must be");
    if (json_is_string(signer))
        memcpy(out->signer, json_string_value(signer), json_string_length(signer));
    return read_classes(json_object_get(object, "classes"), &out->classes, err);
}

static assay_status read_policies(json_t *assay, token_view *out, assay_error *err)
{
    json_t *list = json_object_get(assay, "policies");
    if (!json_is_array(list) || json_array_size(list) > ASSAY_CLASS_COUNT)
        return malformed(err, "assay.policies", "a short list is wanted");
    for (size_t i = 0; i < json_array_size(list); i++)
        TRY(read_policy(json_array_get(list, i), &out->policies[out->policy_count++], err));
    return ASSAY_OK;
}

static assay_status read_assay(token_view *out, assay_error *err)
{
    json_t *assay = out->assay;
    const char *root = json_string_value(json_object_get(assay, "root"));
    if (json_integer_value(json_object_get(assay, "version")) != 1)
        return malformed(err, "assay.version", "version 1 is wanted");
    TRY(read_optional_hex(assay, "report_data", out->report_data, REPORT_DATA_SIZE,
                          &out->has_report_data, err));
    TRY(read_optional_hex(assay, "quote_sha384", out->quote_sha384, SHA384_SIZE,
                          &out->has_quote_hash, err));
    out->root_is_intel = root != NULL && strcmp(root, "intel") == 0;
    TRY(read_policies(assay, out, err));
    return read_classes(json_object_get(assay, "left_out"), &out->left_out, err);
}

/* The results that other dialects than qal have no place for. */
static assay_status read_outcome(token_view *out, assay_error *err)
{
    json_t *results = json_object_get(out->assay, "results");
    const char *overall = json_string_value(json_object_get(out->assay, "overall"));
    const char *id;
    json_t *word;
    if (!result_word_parse(overall, &out->overall) || json_object_size(results) == 0 ||
        json_object_size(results) > ASSAY_CLASS_COUNT)
        return malformed(err, "assay", "overall and results are wanted");
    json_object_foreach(results, id, word)
    {
        assay_class class_;
        if (!class_parse(SPAN_TEXT(id), &class_) ||
            !result_word_parse(json_string_value(word), &out->results[out->count].result))
            return malformed(err, "assay.results", "a class or a result is not known");
        out->results[out->count++].class_ = class_;
    }
    return ASSAY_OK;
}

static assay_status read_dialect(token_view *out, assay_error *err)
{
    const char *name = json_string_value(json_object_get(out->assay, "dialect"));
    if (out->has_document) {
        out->dialect =
            out->document.form == RESULT_FORM_ARRAY ? ASSAY_DIALECT_QAL : ASSAY_DIALECT_QAL_GUIDE;
        return ASSAY_OK;
    }
    if (name == NULL || !assay_dialect_parse(name, &out->dialect))
        return malformed(err, "assay.dialect", "this is no result token");
    return read_outcome(out, err);
}

/* ---- The document ---- */

static assay_status read_document(token_view *out, assay_error *err)
{
    json_t *text = json_object_get(out->claims, "appraisal_result");
    if (text == NULL)
        return ASSAY_OK;
    if (!json_is_string(text))
        return malformed(err, "appraisal_result", "a text that holds JSON is wanted");
    const assay_status status = result_document_read(text_of(text), &out->document, err);
    if (status != ASSAY_OK && err != NULL)
        err->name = "token_malformed";
    TRY(status);
    out->has_document = true;
    out->overall = out->document.overall;
    for (size_t i = 0; i < out->document.count; i++) {
        out->results[i].class_ = out->document.reports[i].class_;
        out->results[i].result = out->document.reports[i].result;
    }
    out->count = out->document.count;
    return ASSAY_OK;
}

static bool document_report_data(const result_document *document, uint8_t out[REPORT_DATA_SIZE])
{
    for (size_t i = 0; i < document->count; i++) {
        if (result_measurement(&document->reports[i], "tdx_reportdata", out, REPORT_DATA_SIZE) ||
            result_measurement(&document->reports[i], "sgx_reportdata", out, REPORT_DATA_SIZE))
            return true;
    }
    return false;
}

static bool document_root_is_intel(const result_document *document)
{
    uint8_t intel[SHA384_SIZE], found[SHA384_SIZE];
    size_t count = 0;
    sha384(SPAN(intel_sgx_root_point), intel);
    for (size_t i = 0; i < document->count; i++) {
        if (!result_measurement(&document->reports[i], "root_key_id", found, SHA384_SIZE))
            continue;
        if (memcmp(found, intel, SHA384_SIZE) != 0)
            return false;
        count++;
    }
    return count > 0;
}

static void document_policies(const result_document *document, token_view *out)
{
    for (size_t i = 0; i < document->count; i++) {
        const result_report *judged = &document->reports[i];
        view_policy *policy = &out->policies[out->policy_count];
        if (judged->policy == NULL)
            continue;
        policy->classes = 1u << judged->class_;
        policy->id = result_policy_is_default(judged) ? "default" : NULL;
        if (!result_policy_signer(judged, policy->signer))
            policy->signer[0] = '\0';
        out->policy_count++;
    }
}

/* A token of Intel's library: the document is all there is. */
static void take_from_document(token_view *out)
{
    const result_document *document = &out->document;
    out->has_report_data = document_report_data(document, out->report_data);
    out->has_quote_hash = document->has_quote_hash;
    memcpy(out->quote_sha384, document->quote_sha384, SHA384_SIZE);
    out->root_is_intel = document_root_is_intel(document);
    if (out->times.issued == 0)
        out->times.issued = document->check_date;
    document_policies(document, out);
}

static assay_status contradiction(assay_error *err, const char *where)
{
    return fail_named(err, ASSAY_MISMATCH, "result_inconsistent", NULL, where,
                      "the claim assay and appraisal_result say different things");
}

/* Both tell the same, or one of them nothing. */
static assay_status agreement_check(const token_view *view, assay_error *err)
{
    uint8_t report_data[REPORT_DATA_SIZE];
    const result_document *document = &view->document;
    if (view->has_report_data && document_report_data(document, report_data) &&
        memcmp(report_data, view->report_data, REPORT_DATA_SIZE) != 0)
        return contradiction(err, "report_data");
    if (view->has_quote_hash && document->has_quote_hash &&
        memcmp(document->quote_sha384, view->quote_sha384, SHA384_SIZE) != 0)
        return contradiction(err, "quote_hash");
    if (view->root_is_intel != document_root_is_intel(document))
        return contradiction(err, "root");
    return ASSAY_OK;
}

static assay_status read_parts(token_view *out, assay_error *err)
{
    TRY(read_times(out->claims, &out->times, err));
    TRY(read_document(out, err));
    if (out->assay == NULL && !out->has_document)
        return malformed(err, "assay", "this is no result token");
    if (out->assay == NULL) {
        take_from_document(out);
        return read_dialect(out, err);
    }
    TRY(read_assay(out, err));
    TRY(read_dialect(out, err));
    return out->has_document ? agreement_check(out, err) : ASSAY_OK;
}

assay_status token_view_read(json_t *claims, token_view *out, assay_error *err)
{
    token_view view = { .claims = claims, .assay = json_object_get(claims, "assay") };
    const assay_status status = read_parts(&view, err);
    if (status != ASSAY_OK) {
        token_view_clear(&view);
        return status;
    }
    *out = view;
    return ASSAY_OK;
}

void token_view_clear(token_view *view)
{
    result_document_clear(&view->document);
}
