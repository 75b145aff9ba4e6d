/* inspect_text.c: prints the library's own compact JSON as indented rows.
 *
 * The JSON was made by assay_inspect(), so it is well-formed; still, nothing here reads beyond its
 * end. Escapes stay as they are: no file can speak to the terminal. */
#include "inspect_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 24, INDENT = 2 };

/* A piece of the text: a value, or what stands between the quotes of one. */
typedef struct piece {
    const char *at;
    size_t size;
} piece;

/* ---- Reading ---- */

static size_t text_size(const char *at)
{
    size_t i = 1;
    while (at[i] != '"' && at[i] != '\0')
        i += at[i] == '\\' && at[i + 1] != '\0' ? 2 : 1;
    return at[i] == '"' ? i + 1 : i;
}

/* The value that begins at `at`, to its end. */
static piece value_at(const char *at)
{
    size_t i = 0;
    int depth = 0;
    do {
        if (at[i] == '"') {
            i += text_size(at + i);
            continue;
        }
        if (strchr("{[", at[i]) != NULL && at[i] != '\0')
            depth++;
        if (strchr("}]", at[i]) != NULL && at[i] != '\0')
            depth--;
        if (at[i] != '\0')
            i++;
    } while (at[i] != '\0' && (depth > 0 || strchr(",}]", at[i]) == NULL));
    return (piece) { at, i };
}

/* Members of an object or elements of an array, one after the other. */
typedef struct walk {
    const char *next;
    const char *end; /* the closing bracket */
    bool members;
} walk;

static walk walk_of(piece whole)
{
    return (walk) { whole.at + 1, whole.at + whole.size - 1, whole.at[0] == '{' };
}

static bool walk_next(walk *w, piece *key, piece *value)
{
    if (w->next >= w->end)
        return false;
    *key = (piece) { w->next, 0 };
    if (w->members) {
        size_t size = text_size(w->next);
        *key = (piece) { w->next + 1, size - 2 };
        w->next += size + 1; /* the colon */
    }
    *value = value_at(w->next);
    w->next += value->size + 1; /* the comma */
    return true;
}

static bool piece_is(piece p, const char *text)
{
    return p.size == strlen(text) && memcmp(p.at, text, p.size) == 0;
}

static piece member(piece object, const char *name)
{
    walk w = walk_of(object);
    piece key, value;
    while (walk_next(&w, &key, &value)) {
        if (piece_is(key, name))
            return value;
    }
    return (piece) { NULL, 0 };
}

static bool is_nested(piece value)
{
    return value.at[0] == '{' || value.at[0] == '[';
}

/* Neither an object nor an array within. */
static bool is_flat(piece array)
{
    walk w = walk_of(array);
    piece key, value;
    while (walk_next(&w, &key, &value)) {
        if (is_nested(value))
            return false;
    }
    return true;
}

/* ---- Printing ---- */

/* Without the quotes of a text. */
static void put_scalar(piece value)
{
    if (value.size >= 2 && value.at[0] == '"')
        value = (piece) { value.at + 1, value.size - 2 };
    printf("%.*s", (int)value.size, value.at);
}

static void put_list(piece array)
{
    walk w = walk_of(array);
    piece key, value;
    for (bool first = true; walk_next(&w, &key, &value); first = false) {
        if (!first)
            printf(", ");
        put_scalar(value);
    }
}

static void put_value(piece value)
{
    if (value.at[0] == '[')
        put_list(value);
    else
        put_scalar(value);
}

static void put_label(int depth, piece label)
{
    int indent = depth * INDENT;
    int width = NAME_WIDTH > indent ? NAME_WIDTH - indent : 1;
    printf("%*s%-*.*s ", indent, "", width, (int)label.size, label.at);
}

static void put_members(piece object, int depth);

/* A field of a structure: offset, size, name, value, and the names of its flags. */
static void put_field(piece field, int depth)
{
    piece name = member(field, "name"), offset = member(field, "offset");
    piece value = member(field, "value"), flags = member(field, "flags");
    printf("%*s%6.*s %5.*s  ", depth * INDENT, "", (int)offset.size, offset.at,
           (int)member(field, "size").size, member(field, "size").at);
    printf("%-*.*s ", NAME_WIDTH, (int)name.size - 2, name.at + 1);
    put_value(value);
    if (flags.at != NULL && flags.size > 2) {
        printf(" (");
        put_value(flags);
        printf(")");
    }
    puts("");
}

static bool is_field(piece value)
{
    return value.at[0] == '{' && member(value, "name").at != NULL &&
           member(value, "offset").at != NULL && member(value, "value").at != NULL &&
           !is_nested(member(value, "name")) && member(value, "value").at[0] != '{';
}

static void put_elements(piece array, int depth)
{
    walk w = walk_of(array);
    piece key, value;
    char label[24];
    for (int i = 0; walk_next(&w, &key, &value); i++) {
        if (is_field(value)) {
            put_field(value, depth);
            continue;
        }
        snprintf(label, sizeof(label), "[%d]", i);
        printf("%*s%s%s", depth * INDENT, "", label, is_nested(value) ? "\n" : " ");
        if (is_nested(value)) {
            put_members(value, depth + 1);
            continue;
        }
        put_scalar(value);
        puts("");
    }
}

static void put_members(piece object, int depth)
{
    walk w = walk_of(object);
    piece key, value;
    if (object.at[0] == '[') {
        put_elements(object, depth);
        return;
    }
    while (walk_next(&w, &key, &value)) {
        if (value.at[0] == '{' || (value.at[0] == '[' && !is_flat(value))) {
            printf("%*s%.*s\n", depth * INDENT, "", (int)key.size, key.at);
            put_members(value, depth + 1);
            continue;
        }
        put_label(depth, key);
        put_value(value);
        puts("");
    }
}

void inspect_text_print(const char *json)
{
    if (json[0] == '{')
        put_members(value_at(json), 0);
}
