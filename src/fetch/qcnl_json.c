/* qcnl_json.c: sgx_default_qcnl.conf as JSON with comments. collateral-service.md 6. */
#include <stdio.h>

#include "base/memory.h"
#include "fetch/qcnl.h"
#include "wire/json.h"

/* ---- Comments ---- */

/* Overwrites comments with spaces, so that all else stays at its place. */
static assay_status comments_blank(const text_place *place, uint8_t *text, size_t size,
                                   assay_error *err)
{
    bool in_text = false;
    for (size_t i = 0; i < size; i++) {
        const uint8_t next = i + 1 < size ? text[i + 1] : '\0';
        if (in_text && text[i] == '\\') {
            i++;
        } else if (text[i] == '"') {
            in_text = !in_text;
        } else if (!in_text && text[i] == '/' && next == '/') {
            for (; i < size && text[i] != '\n'; i++)
                text[i] = ' ';
        } else if (!in_text && text[i] == '/' && next == '*') {
            const size_t start = i;
            for (; i + 1 < size && memcmp(text + i, "*/", 2) != 0; i++)
                text[i] = text[i] == '\n' ? '\n' : ' ';
            if (i + 1 >= size || i < start + 2)
                return text_fail(place, start, err, "the comment has no end");
            text[i] = text[i + 1] = ' ';
        }
    }
    return ASSAY_OK;
}

/* ---- Places ---- */

/* Where a value begins, for the members of objects in objects: the text is sound JSON already, and
 * no key in it is escaped or stands twice. */
typedef struct finder {
    assay_span text;
    size_t at;
} finder;

static void skip_space(finder *f)
{
    while (f->at < f->text.size && strchr(" \t\r\n", f->text.data[f->at]) != NULL)
        f->at++;
}

static assay_span take_text(finder *f)
{
    const size_t start = ++f->at;
    while (f->at < f->text.size && f->text.data[f->at] != '"')
        f->at += f->text.data[f->at] == '\\' ? 2 : 1;
    const assay_span text = span_slice(f->text, start, f->at - start);
    f->at++;
    return text;
}

/* Goes behind a value of any kind. */
static void skip_value(finder *f)
{
    int depth = 0;
    do {
        skip_space(f);
        const uint8_t c = f->at < f->text.size ? f->text.data[f->at] : '}';
        if (f->at >= f->text.size)
            return;
        if (c == '"') {
            (void)take_text(f);
            continue;
        }
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        f->at++;
    } while (depth > 0 ||
             (f->at < f->text.size && strchr(",}] \t\r\n", f->text.data[f->at]) == NULL));
}

typedef enum place_of { PLACE_OF_KEY, PLACE_OF_VALUE } place_of;

/* Inside the object that begins at `object`. */
static size_t find_member(assay_span text, size_t object, const char *name, place_of wanted)
{
    finder f = { .text = text, .at = object + 1 };
    for (;;) {
        skip_space(&f);
        if (f.at >= text.size || text.data[f.at] != '"')
            return object;
        const size_t key_at = f.at;
        const assay_span key = take_text(&f);
        skip_space(&f);
        f.at++; /* the colon */
        skip_space(&f);
        if (span_is(key, name))
            return wanted == PLACE_OF_KEY ? key_at : f.at;
        skip_value(&f);
        skip_space(&f);
        f.at++; /* the comma, or the end */
    }
}

/* ---- Members ---- */

/* One object of the document. */
typedef struct scope {
    qcnl_file *file;
    assay_span text; /* without comments */
    size_t at;       /* of its opening brace */
    json_t *object;
} scope;

static size_t value_at(const scope *s, const char *member)
{
    return find_member(s->text, s->at, member, PLACE_OF_VALUE);
}

static assay_status wrong_type(const scope *s, const char *member, const char *wanted,
                               assay_error *err)
{
    return text_fail(s->file->place, value_at(s, member), err, "%s wants %s", member, wanted);
}

static assay_span text_of(const json_t *value)
{
    return span_of(json_string_value(value), json_string_length(value));
}

/* `known` ends with NULL. */
static assay_status members_check(const scope *s, const char *const *known, assay_error *err)
{
    const char *member;
    json_t *value;
    json_object_foreach(s->object, member, value)
    {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], member) != 0)
            i++;
        if (known[i] != NULL)
            continue;
        const char *meant = assay_suggest(member, known);
        return text_fail(s->file->place, find_member(s->text, s->at, member, PLACE_OF_KEY), err,
                         "unknown key %.60s%s%s%s", member, meant != NULL ? "; did you mean " : "",
                         meant != NULL ? meant : "", meant != NULL ? "?" : "");
    }
    return ASSAY_OK;
}

static assay_status urls_read(const scope *s, qcnl_key key, json_t *value, assay_error *err)
{
    const char *name = qcnl_rows[key].json;
    if (json_is_string(value))
        return qcnl_set_url(s->file, key, text_of(value), value_at(s, name), err);
    if (!json_is_array(value) || json_array_size(value) == 0)
        return wrong_type(s, name, "an address, or a list of them", err);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *one = json_array_get(value, i);
        if (!json_is_string(one))
            return wrong_type(s, name, "a list of addresses alone", err);
        TRY(qcnl_set_url(s->file, key, text_of(one), value_at(s, name), err));
    }
    return ASSAY_OK;
}

/* ---- custom_request_options ---- */

/* What HTTP allows in the name of a header; parameters are escaped. */
static bool name_fits(const char *name)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return name[0] != '\0' && strspn(name, token) == strlen(name);
}

static bool value_fits(assay_span value)
{
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < 0x20 || value.data[i] > 0x7e)
            return false;
    }
    return true;
}

static assay_status pair_read(const scope *s, const char *name, const json_t *value,
                              assay_fetch_pair *out, assay_error *err)
{
    if (!json_is_string(value))
        return wrong_type(s, name, "a text", err);
    const assay_span text = text_of(value);
    if (!name_fits(name) || strlen(name) >= sizeof(out->name))
        return text_fail(s->file->place, find_member(s->text, s->at, name, PLACE_OF_KEY), err,
                         "no header or parameter has such a name");
    if (!value_fits(text) || text.size >= sizeof(out->value))
        return wrong_type(s, name, "printable ASCII, at most 255 characters", err);
    snprintf(out->name, sizeof(out->name), "%s", name);
    snprintf(out->value, sizeof(out->value), "%.*s", (int)text.size, (const char *)text.data);
    return ASSAY_OK;
}

static assay_status pairs_read(const scope *parent, const char *member, assay_fetch_pair *out,
                               size_t *count, assay_error *err)
{
    json_t *object = json_object_get(parent->object, member);
    const char *name;
    json_t *value;
    *count = 0;
    if (object == NULL)
        return ASSAY_OK;
    if (!json_is_object(object))
        return wrong_type(parent, member, "an object of texts", err);
    const scope s = { parent->file, parent->text, value_at(parent, member), object };
    json_object_foreach(object, name, value)
    {
        if (*count == ASSAY_FETCH_PAIR_MAX)
            return wrong_type(parent, member, "at most 16 pairs", err);
        TRY(pair_read(&s, name, value, &out[*count], err));
        (*count)++;
    }
    return ASSAY_OK;
}

static assay_status options_read(const scope *parent, json_t *value, assay_error *err)
{
    static const char *const outer[] = { "get_cert", NULL };
    static const char *const inner[] = { "headers", "params", NULL };
    assay_fetch_config *config = parent->file->config;
    const char *name = qcnl_rows[QCNL_CUSTOM_REQUEST_OPTIONS].json;
    if (!json_is_object(value))
        return wrong_type(parent, name, "an object", err);
    const scope s = { parent->file, parent->text, value_at(parent, name), value };
    TRY(members_check(&s, outer, err));
    json_t *get_cert = json_object_get(value, "get_cert");
    if (get_cert == NULL)
        return ASSAY_OK;
    if (!json_is_object(get_cert))
        return wrong_type(&s, "get_cert", "an object", err);
    const scope of_cert = { s.file, s.text, value_at(&s, "get_cert"), get_cert };
    TRY(members_check(&of_cert, inner, err));
    TRY(pairs_read(&of_cert, "headers", config->pck_headers, &config->pck_header_count, err));
    return pairs_read(&of_cert, "params", config->pck_parameters, &config->pck_parameter_count,
                      err);
}

/* ---- The document ---- */

static assay_status value_read(const scope *s, qcnl_key key, json_t *value, assay_error *err)
{
    const char *name = qcnl_rows[key].json;
    switch (qcnl_rows[key].type) {
    case QCNL_URLS:
        return urls_read(s, key, value, err);
    case QCNL_FLAG:
        return json_is_boolean(value) ? qcnl_set_flag(s->file, key, json_is_true(value))
                                      : wrong_type(s, name, "true or false", err);
    case QCNL_NUMBER:
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return wrong_type(s, name, "a number, bare and not negative", err);
        return qcnl_set_number(s->file, key, (uint64_t)json_integer_value(value), value_at(s, name),
                               err);
    case QCNL_WORD:
        return json_is_string(value)
                   ? qcnl_set_word(s->file, key, text_of(value), value_at(s, name), err)
                   : wrong_type(s, name, "a text", err);
    case QCNL_OPTIONS:
        return options_read(s, value, err);
    }
    return ASSAY_OK;
}

static assay_status members_read(const scope *s, assay_error *err)
{
    const char *known[QCNL_KEY_COUNT + 1] = { NULL };
    for (int i = 0; i < QCNL_KEY_COUNT; i++)
        known[i] = qcnl_rows[i].json;
    TRY(members_check(s, known, err));
    for (int i = 0; i < QCNL_KEY_COUNT; i++) {
        json_t *value = json_object_get(s->object, qcnl_rows[i].json);
        if (value != NULL)
            TRY(value_read(s, (qcnl_key)i, value, err));
    }
    return ASSAY_OK;
}

static assay_status document_read(qcnl_file *f, assay_span text, assay_error *err)
{
    json_document document;
    assay_error why = { .offset = ASSAY_NO_OFFSET };
    if (json_document_parse(text, NULL, &document, "config", &why) != ASSAY_OK)
        return text_fail(f->place, why.offset > 0 ? (size_t)why.offset : 0, err, "%s", why.detail);
    size_t brace = 0;
    while (brace < text.size && text.data[brace] != '{')
        brace++;
    const scope s = { f, text, brace, document.root };
    assay_status status = members_read(&s, err);
    json_document_free(&document);
    return status;
}

assay_status qcnl_read_json(qcnl_file *f, assay_span text, assay_error *err)
{
    uint8_t *copy = memory_new(text.size + 1);
    if (copy == NULL)
        return fail(err, ASSAY_NO_MEMORY, f->place->name, ASSAY_NO_OFFSET, "no memory");
    memcpy(copy, text.data, text.size);
    assay_status status = comments_blank(f->place, copy, text.size, err);
    if (status == ASSAY_OK)
        status = document_read(f, span_of(copy, text.size), err);
    memory_free(copy);
    return status;
}
