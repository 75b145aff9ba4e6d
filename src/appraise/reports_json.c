/* reports_json.c: reports out of a foreign verification result, strictly. appraisal.md 1.2, 1.5.
 *
 * The order of the elements means nothing. Whatever is unknown is refused, but for unknown
 * measurements, which are kept as they came. */
#include <stdio.h>

#include "appraise/classes.h"
#include "appraise/measurements.h"
#include "wire/base64.h"

static const char structure[] = "vr_structure";
static const char bad_value[] = "vr_bad_value";

enum { PATH_SIZE = 48, USER_DATA_MAX = 128 };

typedef struct reading {
    assay_reports *reports;
    bool has_user_data;
    size_t index;          /* of the element */
    char where[PATH_SIZE]; /* its path: "qvl_result[2]" */
} reading;

/* Gives a failure of the JSON layer its name; lack of memory has none. */
static assay_status named(assay_error *err, assay_status status, const char *name)
{
    if (err != NULL && status == ASSAY_MALFORMED && err->name == NULL)
        err->name = name;
    return status;
}

#define TRY_NAMED(name_, expression) TRY(named(err, (expression), (name_)))

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "qvl_result", ASSAY_NO_OFFSET, "no memory for reports");
}

typedef struct unknown_members {
    const char *where;
    assay_error *err;
    assay_status status;
} unknown_members;

static void unknown_member(void *context, const char *member)
{
    unknown_members *u = context;
    if (u->status == ASSAY_OK)
        u->status = json_fail(u->err, u->where, member, "is not known here");
}

static assay_status only(json_t *object, const char *where, const char *const *known,
                         assay_error *err)
{
    unknown_members u = { .where = where, .err = err, .status = ASSAY_OK };
    json_each_unknown(object, known, unknown_member, &u);
    return named(err, u.status, structure);
}

/* The text of a value of the tree, compact, in the order it came. */
static assay_status keep_json(const json_t *value, arena *memory, const char **out,
                              assay_error *err)
{
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    const size_t size = json_dumpb(value, NULL, 0, flags);
    char *text = size == 0 ? NULL : arena_new(memory, size + 1, 1);
    if (text == NULL || json_dumpb(value, text, size, flags) != size)
        return no_memory(err);
    *out = text;
    return ASSAY_OK;
}

static assay_status read_quote_hash(reading *in, json_t *element, assay_error *err)
{
    static const char *const known[] = { "quote_hash", "algo", NULL };
    assay_reports *reports = in->reports;
    uint8_t reversed[SHA384_SIZE];
    const char *algorithm = json_string_value(json_object_get(element, "algo"));
    TRY(only(element, in->where, known, err));
    if (algorithm == NULL || strcmp(algorithm, "SHA384") != 0)
        return fail_named(err, ASSAY_MALFORMED, bad_value, NULL, in->where,
                          "a quote hash whose algo is not \"SHA384\"");
    TRY_NAMED(bad_value,
              json_take_hex(element, "quote_hash", in->where, reversed, sizeof(reversed), err));
    if (reports->has_quote_hash)
        return fail_named(err, ASSAY_MALFORMED, structure, NULL, "qvl_result",
                          "more than one quote hash, want at most one");
    for (size_t i = 0; i < SHA384_SIZE; i++)
        reports->quote_sha384[i] = reversed[SHA384_SIZE - 1 - i];
    reports->has_quote_hash = true;
    return ASSAY_OK;
}

static assay_status read_user_data(reading *in, json_t *element, assay_error *err)
{
    static const char *const known[] = { "user_data", NULL };
    assay_span text = { NULL, 0 };
    TRY(only(element, in->where, known, err));
    TRY_NAMED(bad_value, json_take_text(element, "user_data", in->where, &text, err));
    if (text.size > USER_DATA_MAX)
        return named(err,
                     json_fail(err, in->where, "user_data", "has %zu bytes, want at most %d",
                               text.size, USER_DATA_MAX),
                     bad_value);
    if (in->has_user_data)
        return fail_named(err, ASSAY_MALFORMED, structure, NULL, "qvl_result",
                          "user data more than once");
    in->has_user_data = true;
    in->reports->user_data = arena_text(&in->reports->memory, text);
    return in->reports->user_data != NULL ? ASSAY_OK : no_memory(err);
}

static bool class_seen(const assay_reports *reports, assay_class class_)
{
    for (size_t i = 0; i < reports->count; i++) {
        if (reports->at[i].class_ == class_)
            return true;
    }
    return false;
}

static assay_status read_class(reading *in, json_t *environment, const char *where, report *r,
                               assay_error *err)
{
    char path[PATH_SIZE + 16];
    assay_span id = { NULL, 0 };
    TRY_NAMED(structure, json_take_text(environment, "class_id", where, &id, err));
    snprintf(path, sizeof(path), "%s.class_id", where);
    if (!class_parse(id, &r->class_))
        return fail_named(err, ASSAY_MALFORMED, "vr_unknown_class", NULL, path,
                          "no class of reports has the id \"%.*s\"", (int)id.size,
                          (const char *)id.data);
    if (class_seen(in->reports, r->class_))
        return fail_named(err, ASSAY_MALFORMED, "vr_duplicate_class", NULL, path,
                          "a second report of class %s", assay_class_name(r->class_));
    return ASSAY_OK;
}

/* At most one description, in either spelling. */
static assay_status read_environment(reading *in, json_t *element, report *r, assay_error *err)
{
    static const char *const known[] = { "class_id", "description", "Description", NULL };
    json_t *environment = NULL;
    assay_span text = { NULL, 0 };
    char where[PATH_SIZE];
    TRY_NAMED(structure, json_take_object(element, "environment", in->where, &environment, err));
    snprintf(where, sizeof(where), "%.24s.environment", in->where);
    TRY(read_class(in, environment, where, r, err));
    TRY(only(environment, where, known, err));
    for (size_t i = 1; known[i] != NULL; i++) {
        if (json_object_get(environment, known[i]) != NULL)
            TRY_NAMED(bad_value, json_take_text(environment, known[i], where, &text, err));
    }
    if (json_object_size(environment) > 2)
        return fail_named(err, ASSAY_MALFORMED, structure, NULL, where, "two descriptions");
    return keep_json(environment, &in->reports->memory, &r->environment_json, err);
}

static assay_status read_measurement(reading *in, json_t *element, report *r, assay_error *err)
{
    json_t *values = NULL;
    char where[PATH_SIZE];
    TRY_NAMED(structure, json_take_object(element, "measurement", in->where, &values, err));
    snprintf(where, sizeof(where), "%.24s.measurement", in->where);
    TRY_NAMED(bad_value, report_read_measurement(values, where, &in->reports->memory, r, err));
    return keep_json(values, &in->reports->memory, &r->measurement_json, err);
}

/* The seven items, each base64. */
static assay_status read_certification(reading *in, json_t *element, const report *r,
                                       assay_error *err)
{
    static const char *const items[] = {
        "pck_crl_issuer_chain",     "root_ca_crl", "pck_crl", "tcb_info_issuer_chain", "tcb_info",
        "qe_identity_issuer_chain", "qe_identity", NULL
    };
    json_t *data = NULL;
    char where[PATH_SIZE];
    if (json_object_get(element, "certification_data") == NULL)
        return ASSAY_OK;
    TRY_NAMED(structure, json_take_object(element, "certification_data", in->where, &data, err));
    snprintf(where, sizeof(where), "%.24s.certification_data", in->where);
    if (class_subject_of(r->class_) != SUBJECT_PLATFORM)
        return fail_named(err, ASSAY_MALFORMED, structure, NULL, where,
                          "only platform reports have certification data");
    TRY(only(data, where, items, err));
    for (size_t i = 0; items[i] != NULL; i++) {
        assay_span text = { NULL, 0 };
        size_t size;
        TRY_NAMED(bad_value, json_take_text(data, items[i], where, &text, err));
        if (base64_decode(text, BASE64_STANDARD, BASE64_SPACE_REFUSED, NULL, text.size, &size,
                          NULL) != ASSAY_OK)
            return named(err, json_fail(err, where, items[i], "is not base64"), bad_value);
    }
    return keep_json(data, &in->reports->memory, &in->reports->certification_json, err);
}

static assay_status read_audit(const reading *in, json_t *element, assay_error *err)
{
    static const char *const known[] = { "request_id", "verification_time", NULL };
    json_t *audit = NULL;
    assay_span text = { NULL, 0 };
    int64_t time = 0;
    char where[PATH_SIZE];
    if (json_object_get(element, "audit") == NULL)
        return ASSAY_OK;
    TRY_NAMED(structure, json_take_object(element, "audit", in->where, &audit, err));
    snprintf(where, sizeof(where), "%.24s.audit", in->where);
    TRY(only(audit, where, known, err));
    if (json_object_get(audit, known[0]) != NULL)
        TRY_NAMED(bad_value, json_take_text(audit, known[0], where, &text, err));
    if (json_object_get(audit, known[1]) != NULL)
        TRY_NAMED(bad_value, json_take_time(audit, known[1], where, &time, err));
    return ASSAY_OK;
}

static assay_status read_report(reading *in, json_t *element, assay_error *err)
{
    static const char *const known[] = { "environment", "measurement", "certification_data",
                                         "audit", NULL };
    report r = { 0 };
    TRY(read_environment(in, element, &r, err));
    TRY(only(element, in->where, known, err));
    if (in->reports->count == REPORTS_MAX)
        return fail_named(err, ASSAY_MALFORMED, structure, NULL, "qvl_result",
                          "more than %d reports", REPORTS_MAX);
    TRY(read_measurement(in, element, &r, err));
    TRY(read_certification(in, element, &r, err));
    TRY(read_audit(in, element, err));
    in->reports->at[in->reports->count++] = r;
    return ASSAY_OK;
}

/* The member that tells what an element is. */
static const struct {
    const char *member;
    assay_status (*read)(reading *in, json_t *element, assay_error *err);
} elements[] = {
    { "environment", read_report },
    { "quote_hash", read_quote_hash },
    { "user_data", read_user_data },
};

static assay_status read_element(reading *in, json_t *element, assay_error *err)
{
    snprintf(in->where, sizeof(in->where), "qvl_result[%zu]", in->index);
    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
        if (json_object_get(element, elements[i].member) != NULL)
            return elements[i].read(in, element, err);
    }
    return fail_named(err, ASSAY_MALFORMED, structure, NULL, in->where,
                      "is no report, no quote hash and no user data");
}

static assay_status read_list(assay_reports *reports, const json_t *list, assay_error *err)
{
    reading in = { .reports = reports };
    for (in.index = 0; in.index < json_array_size(list); in.index++)
        TRY(read_element(&in, json_array_get(list, in.index), err));
    if (reports->count == 0)
        return fail_named(err, ASSAY_MALFORMED, structure, NULL, "qvl_result",
                          "there is no report in it");
    return ASSAY_OK;
}

/* The list itself, or what {"qvl_result": [...]} holds. */
static assay_status list_find(json_t *root, json_t **out, assay_error *err)
{
    json_t *list = json_is_object(root) ? json_object_get(root, "qvl_result") : root;
    if (!json_is_array(list) || (json_is_object(root) && json_object_size(root) != 1))
        return fail_named(err, ASSAY_MALFORMED, structure, NULL, "qvl_result",
                          "want a list of reports, or an object with nothing but that");
    *out = list;
    return ASSAY_OK;
}

/* The JSON layer calls the whole text "qvl_result", which the list inside is called, too. */
static assay_status text_read(assay_span text, json_document *out, assay_error *err)
{
    static const char outer[] = "qvl_result.", twice[] = "qvl_result.qvl_result";
    const assay_status status = json_document_parse(text, NULL, out, "qvl_result", err);
    if (status != ASSAY_OK && strncmp(err->where, twice, strlen(twice)) == 0)
        memmove(err->where, err->where + strlen(outer), strlen(err->where + strlen(outer)) + 1);
    return named(err, status, structure);
}

assay_status assay_reports_from_json(assay_span text, assay_reports **out, assay_error *error)
{
    assay_error local;
    assay_error *err = error != NULL ? error : &local;
    json_document document = { 0 };
    json_t *list = NULL;
    TRY(text_read(text, &document, err));
    assay_reports *reports = memory_new(sizeof(*reports));
    assay_status status = reports == NULL ? no_memory(err) : list_find(document.root, &list, err);
    if (status == ASSAY_OK) {
        reports->is_foreign = true;
        status = read_list(reports, list, err);
    }
    json_document_free(&document);
    if (status != ASSAY_OK) {
        assay_reports_free(reports);
        return status;
    }
    *out = reports;
    return ASSAY_OK;
}
