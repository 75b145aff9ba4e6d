/* json_tree.c: values of jansson's tree, made from tokens that the lexical pass has delimited.
 * Plain texts go in as they are; only texts with escapes pass jansson's own lexer. */
#include "wire/json_tree.h"

enum { KEY_SIZE = 256 };

const char json_tree_no_memory[] = "no memory for the JSON tree";

json_t *json_tree_text(assay_span quoted, const char **fault)
{
    assay_span inside = span_slice(quoted, 1, quoted.size - 2);
    json_error_t error;
    if (inside.size == 0 || memchr(inside.data, '\\', inside.size) == NULL) {
        json_t *plain =
            json_stringn(inside.size == 0 ? "" : (const char *)inside.data, inside.size);
        if (plain == NULL)
            *fault = "the text is not UTF-8";
        return plain;
    }
    json_t *text = json_loadb((const char *)quoted.data, quoted.size, JSON_DECODE_ANY, &error);
    if (text != NULL)
        return text;
    switch ((int)json_error_code(&error)) {
    case json_error_out_of_memory:
        *fault = json_tree_no_memory;
        break;
    case json_error_invalid_utf8:
        *fault = "the text is not UTF-8";
        break;
    case json_error_null_character:
        *fault = "the text holds \\u0000";
        break;
    default:
        *fault = "the text holds an invalid escape or a lone surrogate";
    }
    return NULL;
}

json_t *json_tree_integer(assay_span digits, const char **fault)
{
    json_int_t value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        json_int_t digit = digits.data[i] - '0';
        if (value > (INT64_MAX - digit) / 10) {
            *fault = "an integer beyond 63 bits";
            return NULL;
        }
        value = value * 10 + digit;
    }
    json_t *integer = json_integer(value);
    if (integer == NULL)
        *fault = json_tree_no_memory;
    return integer;
}

/* With a NUL behind, as jansson wants keys. */
static const char *key_text(assay_span key, char out[KEY_SIZE])
{
    memcpy(out, key.data, key.size);
    out[key.size] = '\0';
    return out;
}

/* By jansson's own judgement; only asked when a byte beyond ASCII is there. */
static bool is_utf8(assay_span text)
{
    uint8_t all = 0;
    for (size_t i = 0; i < text.size; i++)
        all |= text.data[i];
    if (all < 0x80)
        return true;
    json_t *value = json_stringn((const char *)text.data, text.size);
    json_decref(value);
    return value != NULL;
}

const char *json_tree_key_fault(const json_t *object, assay_span key)
{
    char text[KEY_SIZE];
    if (key.size >= KEY_SIZE)
        return "the key is longer than 255 bytes";
    if (json_object_get(object, key_text(key, text)) != NULL)
        return "the key is there twice";
    return is_utf8(key) ? NULL : "the key is not UTF-8";
}

const char *json_tree_set(json_t *object, assay_span key, json_t *value)
{
    char text[KEY_SIZE];
    bool set = json_object_set_new_nocheck(object, key_text(key, text), value) == 0;
    return set ? NULL : json_tree_no_memory;
}

const char *json_tree_append(json_t *array, json_t *value)
{
    return json_array_append_new(array, value) == 0 ? NULL : json_tree_no_memory;
}
