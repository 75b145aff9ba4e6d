/* result.c: reads the document `appraisal_result`. appraisal.md 5.2, 5.3. Strict in structure, deaf
 * to order; the policy entries in it keep their notes, which may hold any JSON. */
#include <stdio.h>

#include "appraise/classes.h"
#include "token/result.h"

static const int64_t nanoseconds = 1000000000;

static assay_status structure(assay_error *err, const char *where, const char *detail)
{
    return fail_named(err, ASSAY_MALFORMED, "result_structure", NULL, where, "%s", detail);
}

/* A list of exactly one element, or NULL. */
static json_t *only_element(json_t *list)
{
    return json_is_array(list) && json_array_size(list) == 1 ? json_array_get(list, 0) : NULL;
}

static bool take_result(json_t *object, const char *member, assay_result *out)
{
    json_t *value = json_object_get(object, member);
    const json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < ASSAY_RESULT_INCOMPLETE || number > ASSAY_RESULT_PASSED)
        return false;
    *out = (assay_result)number;
    return true;
}

static bool hex_reversed(json_t *text, uint8_t *out, size_t size)
{
    const assay_span digits = span_of(json_string_value(text), json_string_length(text));
    if (!json_is_string(text) || digits.size != 2 * size ||
        assay_hex_decode(digits, out, size, NULL) != ASSAY_OK)
        return false;
    for (size_t i = 0; i < size / 2; i++) {
        const uint8_t low = out[i];
        out[i] = out[size - 1 - i];
        out[size - 1 - i] = low;
    }
    return true;
}

bool result_measurement(const result_report *report, const char *key, uint8_t *out, size_t size)
{
    return hex_reversed(json_object_get(report->measurement, key), out, size);
}

static assay_status read_class(json_t *element, const char *where, assay_class *out,
                               assay_error *err)
{
    json_t *environment = json_object_get(json_object_get(element, "report"), "environment");
    json_t *id = json_object_get(environment, "class_id");
    if (!json_is_string(id) ||
        !class_parse(span_of(json_string_value(id), json_string_length(id)), out))
        return structure(err, where, "the report has no class_id that is known");
    return ASSAY_OK;
}

/* The policy and its checks stand together or not at all. */
static assay_status read_judgement(json_t *element, const char *where, result_report *out,
                                   assay_error *err)
{
    json_t *policy = json_object_get(element, "policy");
    json_t *checks = json_object_get(element, "detailed_result");
    if (policy == NULL && checks == NULL)
        return ASSAY_OK;
    out->policy = policy;
    out->checks = only_element(checks);
    if (!json_is_object(policy) || !json_is_object(out->checks))
        return structure(err, where,
                         "policy and detailed_result must be an object and a list of one");
    return ASSAY_OK;
}

static assay_status read_report(json_t *element, size_t index, result_document *out,
                                assay_error *err)
{
    char where[ASSAY_WHERE_SIZE];
    result_report read = { 0 };
    snprintf(where, sizeof(where), "appraisal_result.appraised_reports[%zu]", index);
    TRY(read_class(element, where, &read.class_, err));
    if (!take_result(element, "appraisal_result", &read.result))
        return structure(err, where, "appraisal_result must be 1, 0 or -1");
    read.measurement = json_object_get(json_object_get(element, "report"), "measurement");
    if (!json_is_object(read.measurement))
        return structure(err, where, "the report has no measurement");
    TRY(read_judgement(element, where, &read, err));
    if (result_report_of(out, read.class_) != NULL)
        return structure(err, where, "the class is listed twice");
    out->reports[out->count++] = read;
    return ASSAY_OK;
}

static assay_status read_reports(json_t *body, result_document *out, assay_error *err)
{
    json_t *list = json_object_get(body, "appraised_reports");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return structure(err, "appraisal_result.appraised_reports", "a list of reports is wanted");
    for (size_t i = 0; i < json_array_size(list); i++)
        TRY(read_report(json_array_get(list, i), i, out, err));
    return ASSAY_OK;
}

/* Absent in the old shape, and an empty list when the verification result had none. */
static assay_status read_quote_hash(json_t *body, result_document *out, assay_error *err)
{
    const char *where = "appraisal_result.quote_hash";
    json_t *list = json_object_get(body, "quote_hash");
    if (list == NULL || (json_is_array(list) && json_array_size(list) == 0))
        return ASSAY_OK;
    json_t *element = only_element(list);
    const char *algorithm = json_string_value(json_object_get(element, "algo"));
    if (algorithm == NULL || strcmp(algorithm, "SHA384") != 0)
        return structure(err, where, "a list of one object with algo SHA384 is wanted");
    out->has_quote_hash =
        hex_reversed(json_object_get(element, "quote_hash"), out->quote_sha384, SHA384_SIZE);
    if (!out->has_quote_hash)
        return structure(err, where, "96 hexadecimal digits are wanted");
    return ASSAY_OK;
}

static assay_status read_document(json_t *root, result_document *out, assay_error *err)
{
    json_t *body = json_object_get(only_element(root), "result");
    out->form = json_is_array(body) ? RESULT_FORM_ARRAY : RESULT_FORM_OBJECT;
    if (out->form == RESULT_FORM_ARRAY)
        body = only_element(body);
    if (!json_is_object(body))
        return structure(err, "appraisal_result", "[{\"result\": ...}] with one result is wanted");
    if (!take_result(body, "overall_appraisal_result", &out->overall))
        return structure(err, "appraisal_result.overall_appraisal_result",
                         "the result must be 1, 0 or -1");
    out->check_date =
        json_integer_value(json_object_get(body, "appraisal_check_date")) / nanoseconds;
    if (out->check_date <= 0)
        return structure(err, "appraisal_result.appraisal_check_date",
                         "nanoseconds since 1970 are wanted");
    TRY(read_reports(body, out, err));
    return read_quote_hash(body, out, err);
}

/* Depth of nesting outside texts: jansson's own limit is far too generous for a small stack. */
static bool depth_fits(assay_span text)
{
    size_t depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = text.data[i];
        if (in_text && c == '\\')
            i++;
        else if (c == '"')
            in_text = !in_text;
        else if (!in_text && (c == '{' || c == '['))
            depth++;
        else if (!in_text && (c == '}' || c == ']') && depth > 0)
            depth--;
        if (depth > LIMIT_JSON_DEPTH)
            return false;
    }
    return true;
}

assay_status result_document_read(assay_span text, result_document *out, assay_error *err)
{
    json_error_t fault;
    result_document read = { 0 };
    if (!depth_fits(text))
        return structure(err, "appraisal_result", "the JSON is nested deeper than 16 levels");
    read.root = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &fault);
    if (read.root == NULL)
        return structure(err, "appraisal_result", fault.text);
    const assay_status status = read_document(read.root, &read, err);
    if (status != ASSAY_OK) {
        result_document_clear(&read);
        return status;
    }
    *out = read;
    return ASSAY_OK;
}

void result_document_clear(result_document *document)
{
    json_decref(document->root);
    *document = (result_document) { 0 };
}

const result_report *result_report_of(const result_document *document, assay_class class_)
{
    for (size_t i = 0; i < document->count; i++) {
        if (document->reports[i].class_ == class_)
            return &document->reports[i];
    }
    return NULL;
}

assay_result result_combine(const assay_result *results, size_t count)
{
    assay_result overall = ASSAY_RESULT_PASSED;
    for (size_t i = 0; i < count; i++) {
        if (results[i] == ASSAY_RESULT_FAILED)
            return ASSAY_RESULT_FAILED;
        if (results[i] == ASSAY_RESULT_INCOMPLETE)
            overall = ASSAY_RESULT_INCOMPLETE;
    }
    return overall;
}

static const char *const words[] = { "incomplete", "failed", "passed" };

const char *result_word(assay_result result)
{
    return words[result - ASSAY_RESULT_INCOMPLETE];
}

bool result_word_parse(const char *word, assay_result *out)
{
    for (int i = 0; word != NULL && i < 3; i++) {
        if (strcmp(words[i], word) == 0) {
            *out = (assay_result)(i + ASSAY_RESULT_INCOMPLETE);
            return true;
        }
    }
    return false;
}

uint32_t result_complete_set(uint32_t classes)
{
    static const uint32_t sets[] = {
        1u << ASSAY_CLASS_SGX_ENCLAVE | 1u << ASSAY_CLASS_SGX_PLATFORM,
        1u << ASSAY_CLASS_TD_10 | 1u << ASSAY_CLASS_TDX_10_PLATFORM | 1u << ASSAY_CLASS_TD_QE,
        1u << ASSAY_CLASS_TD_15 | 1u << ASSAY_CLASS_TDX_15_PLATFORM | 1u << ASSAY_CLASS_TD_QE,
    };
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        if ((classes & sets[i]) == sets[i])
            return sets[i];
    }
    return 0;
}

static assay_result result_of_checks(const result_report *report)
{
    const char *name;
    json_t *value;
    if (report->policy == NULL)
        return ASSAY_RESULT_INCOMPLETE;
    if (json_object_size(report->checks) == 0)
        return ASSAY_RESULT_FAILED;
    json_object_foreach(report->checks, name, value)
    {
        if (!json_is_true(value))
            return ASSAY_RESULT_FAILED;
    }
    return ASSAY_RESULT_PASSED;
}

static assay_status inconsistent(assay_error *err, const char *where, int seen, int wanted)
{
    return fail_named(err, ASSAY_MISMATCH, "result_inconsistent", NULL, where,
                      "the result is %d, its parts make it %d", seen, wanted);
}

assay_status result_consistency_check(const result_document *document, uint32_t left_out,
                                      assay_error *err)
{
    assay_result counted[ASSAY_CLASS_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < document->count; i++) {
        const result_report *report = &document->reports[i];
        const assay_result wanted = result_of_checks(report);
        if (report->result != wanted)
            return inconsistent(err, assay_class_name(report->class_), report->result, wanted);
        if ((left_out >> report->class_ & 1) == 0)
            counted[count++] = report->result;
    }
    const assay_result overall = result_combine(counted, count);
    if (document->overall != overall)
        return inconsistent(err, "overall_appraisal_result", document->overall, overall);
    return ASSAY_OK;
}

assay_status result_quote_check(const uint8_t *sha384_, assay_span quote, assay_error *err)
{
    uint8_t digest[SHA384_SIZE];
    if (sha384_ == NULL)
        return fail_named(err, ASSAY_MISMATCH, "quote_hash_missing", NULL, "quote_hash",
                          "the token names no quote, so nothing binds it to this one");
    sha384(quote, digest);
    if (memcmp(digest, sha384_, SHA384_SIZE) != 0)
        return fail_named(err, ASSAY_MISMATCH, "quote_hash_mismatch", NULL, "quote_hash",
                          "the token was made of another quote");
    return ASSAY_OK;
}
