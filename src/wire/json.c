/* json.c: documents by our lexical pass, and the members of their trees with their types checked
 * (verification.md 3.5). */
#include <stdarg.h>
#include <stdio.h>

#include "base/time.h"
#include "wire/json.h"
#include "wire/json_scan.h"

assay_status json_document_parse(assay_span text, const char *signed_member, json_document *out,
                                 const char *where, assay_error *err)
{
    assay_span value = { NULL, 0 };
    json_t *root = NULL;
    if (text.size > LIMIT_BUNDLE_SIZE)
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%zu bytes, want at most %d",
                    text.size, LIMIT_BUNDLE_SIZE);
    TRY(json_scan(text, signed_member, where, &root, &value, err));
    *out = (json_document) { .root = root, .signed_bytes = value };
    return ASSAY_OK;
}

void json_document_free(json_document *doc)
{
    json_decref(doc->root);
    *doc = (json_document) { 0 };
}

assay_status json_fail(assay_error *err, const char *where, const char *member, const char *format,
                       ...)
{
    char path[ASSAY_WHERE_SIZE * 2];
    char detail[ASSAY_DETAIL_SIZE];
    if (err == NULL)
        return ASSAY_MALFORMED;
    snprintf(path, sizeof(path), "%s.%s", where, member);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    return fail(err, ASSAY_MALFORMED, path, ASSAY_NO_OFFSET, "%s", detail);
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a fraction";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a truth value";
    case JSON_NULL:
        return "null";
    }
    return "unknown";
}

static assay_status take(json_t *object, const char *member, const char *where, json_type type,
                         const char *wanted, json_t **out, assay_error *err)
{
    json_t *value = json_object_get(object, member);
    if (value == NULL)
        return json_fail(err, where, member, "is missing, want %s", wanted);
    if (json_typeof(value) != type)
        return json_fail(err, where, member, "is %s, want %s", type_name(value), wanted);
    *out = value;
    return ASSAY_OK;
}

assay_status json_take_object(json_t *object, const char *member, const char *where, json_t **out,
                              assay_error *err)
{
    return take(object, member, where, JSON_OBJECT, "an object", out, err);
}

assay_status json_take_array(json_t *object, const char *member, const char *where, size_t min,
                             size_t max, json_t **out, assay_error *err)
{
    json_t *array = NULL;
    TRY(take(object, member, where, JSON_ARRAY, "an array", &array, err));
    size_t count = json_array_size(array);
    if (count < min || count > max)
        return json_fail(err, where, member, "has %zu elements, want %zu to %zu", count, min, max);
    *out = array;
    return ASSAY_OK;
}

assay_status json_take_text(json_t *object, const char *member, const char *where, assay_span *out,
                            assay_error *err)
{
    json_t *text = NULL;
    TRY(take(object, member, where, JSON_STRING, "a text", &text, err));
    *out = span_of(json_string_value(text), json_string_length(text));
    return ASSAY_OK;
}

assay_status json_take_unsigned(json_t *object, const char *member, const char *where, uint64_t max,
                                uint64_t *out, assay_error *err)
{
    json_t *integer = NULL;
    TRY(take(object, member, where, JSON_INTEGER, "an integer", &integer, err));
    json_int_t value = json_integer_value(integer);
    if (value < 0 || (uint64_t)value > max)
        return json_fail(err, where, member, "is %lld, want at most %llu", (long long)value,
                         (unsigned long long)max);
    *out = (uint64_t)value;
    return ASSAY_OK;
}

assay_status json_take_hex(json_t *object, const char *member, const char *where, uint8_t *out,
                           size_t size, assay_error *err)
{
    assay_span text = { NULL, 0 };
    assay_error inner = { 0 };
    TRY(json_take_text(object, member, where, &text, err));
    if (assay_hex_decode(text, out, size, &inner) != ASSAY_OK)
        return json_fail(err, where, member, "is no hex: %s", inner.detail);
    return ASSAY_OK;
}

static bool literal(assay_span text, size_t *at, char wanted)
{
    return *at < text.size && text.data[(*at)++] == (uint8_t)wanted;
}

static bool read_time(assay_span text, int64_t *out)
{
    size_t at = 0;
    calendar c;
    return time_digits(text, &at, 4, &c.year) && literal(text, &at, '-') &&
           time_digits(text, &at, 2, &c.month) && literal(text, &at, '-') &&
           time_digits(text, &at, 2, &c.day) && literal(text, &at, 'T') &&
           time_digits(text, &at, 2, &c.hour) && literal(text, &at, ':') &&
           time_digits(text, &at, 2, &c.minute) && literal(text, &at, ':') &&
           time_digits(text, &at, 2, &c.second) && literal(text, &at, 'Z') && at == text.size &&
           calendar_to_time(&c, out);
}

assay_status json_take_time(json_t *object, const char *member, const char *where, int64_t *out,
                            assay_error *err)
{
    assay_span text = { NULL, 0 };
    int64_t time;
    TRY(json_take_text(object, member, where, &text, err));
    if (!read_time(text, &time))
        return json_fail(err, where, member, "is no time of the form YYYY-MM-DDThh:mm:ssZ");
    *out = time;
    return ASSAY_OK;
}

static bool listed(const char *const *names, const char *name)
{
    for (; *names != NULL; names++) {
        if (strcmp(*names, name) == 0)
            return true;
    }
    return false;
}

void json_each_unknown(json_t *object, const char *const *known,
                       void (*unknown)(void *context, const char *member), void *context)
{
    const char *member;
    json_t *value;
    json_object_foreach(object, member, value)
    {
        if (!listed(known, member))
            unknown(context, member);
    }
}
