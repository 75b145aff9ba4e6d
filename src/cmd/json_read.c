/* json_read.c: looks members up in JSON that assayd has written. */
#include "json_read.h"

#include <stdlib.h>
#include <string.h>

static const json_value absent = { NULL, 0 };

static assay_span behind(assay_span text, size_t count)
{
    return (assay_span) { text.data + count, text.size - count };
}

static assay_span skip_space(assay_span text)
{
    while (text.size > 0 && strchr(" \t\r\n", text.data[0]) != NULL && text.data[0] != 0)
        text = behind(text, 1);
    return text;
}

/* With both quotation marks; 0 when it has no end. */
static size_t text_size(assay_span text)
{
    for (size_t i = 1; i < text.size; i++) {
        if (text.data[i] == '\\')
            i++;
        else if (text.data[i] == '"')
            return i + 1;
    }
    return 0;
}

/* An object or array with all that is in it; 0 when it has no end. */
static size_t nest_size(assay_span text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t byte = text.data[i];
        if (byte == '"') {
            size_t size = text_size(behind(text, i));
            if (size == 0)
                return 0;
            i += size - 1;
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if ((byte == '}' || byte == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static size_t word_size(assay_span text)
{
    size_t size = 0;
    while (size < text.size && strchr(",]} \t\r\n", text.data[size]) == NULL)
        size++;
    return size;
}

json_value json_value_of(assay_span text)
{
    text = skip_space(text);
    if (text.size == 0)
        return absent;
    const uint8_t first = text.data[0];
    size_t size = first == '"'                   ? text_size(text)
                  : first == '{' || first == '[' ? nest_size(text)
                                                 : word_size(text);
    return size == 0 ? absent : (json_value) { text.data, size };
}

/* What stands behind a value, up to the end of the one around it, a comma taken. */
static assay_span after(json_value around, json_value value)
{
    const uint8_t *end = around.data + around.size;
    assay_span rest = skip_space(
        (assay_span) { value.data + value.size, (size_t)(end - value.data) - value.size });
    return rest.size > 0 && rest.data[0] == ',' ? skip_space(behind(rest, 1)) : rest;
}

static bool key_is(json_value key, const char *name)
{
    const size_t size = strlen(name);
    return key.size == size + 2 && key.data[0] == '"' && memcmp(key.data + 1, name, size) == 0;
}

json_value json_value_member(json_value object, const char *name)
{
    if (object.size < 2 || object.data[0] != '{')
        return absent;
    assay_span rest = skip_space(behind(object, 1));
    while (rest.size > 0 && rest.data[0] == '"') {
        const json_value key = json_value_of(rest);
        if (key.data == NULL)
            return absent;
        rest = skip_space(behind(rest, key.size));
        if (rest.size == 0 || rest.data[0] != ':')
            return absent;
        const json_value value = json_value_of(behind(rest, 1));
        if (value.data == NULL || key_is(key, name))
            return value;
        rest = after(object, value);
    }
    return absent;
}

json_value json_value_at(json_value object, const char *path)
{
    char name[64];
    while (*path != '\0' && object.data != NULL) {
        const size_t size = strcspn(path, ".");
        if (size >= sizeof(name))
            return absent;
        memcpy(name, path, size);
        name[size] = '\0';
        object = json_value_member(object, name);
        path += size + (path[size] == '.');
    }
    return object;
}

bool json_value_next(json_value array, json_value *element)
{
    if (array.size < 2 || array.data[0] != '[')
        return false;
    const assay_span rest =
        element->data == NULL ? skip_space(behind(array, 1)) : after(array, *element);
    *element = rest.size > 0 && rest.data[0] != ']' ? json_value_of(rest) : absent;
    return element->data != NULL;
}

/* assayd escapes no more than it must: \uXXXX stands for control characters alone. */
static char unescaped(uint8_t byte)
{
    switch (byte) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'u':
        return '?';
    default:
        return (char)byte;
    }
}

static void copy_text(json_value value, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 1; i + 1 < value.size && used + 1 < size; i++) {
        if (value.data[i] != '\\') {
            out[used++] = (char)value.data[i];
            continue;
        }
        const uint8_t byte = value.data[++i];
        out[used++] = unescaped(byte);
        i += byte == 'u' ? 4 : 0;
    }
    out[used] = '\0';
}

const char *json_value_text(json_value value, char *out, size_t size)
{
    out[0] = '\0';
    if (value.data == NULL || (value.size == 4 && memcmp(value.data, "null", 4) == 0))
        return out;
    if (value.data[0] == '"') {
        copy_text(value, out, size);
        return out;
    }
    size_t shown = value.size < size ? value.size : size - 1;
    memcpy(out, value.data, shown);
    out[shown] = '\0';
    return out;
}

uint64_t json_value_number(json_value value)
{
    char text[24];
    return strtoull(json_value_text(value, text, sizeof(text)), NULL, 10);
}

bool json_value_is_true(json_value value)
{
    return value.size == 4 && memcmp(value.data, "true", 4) == 0;
}
