/* inspect_text.c: prints the library's own compact JSON as indented rows: things ({kind, name,
 * size, fields, items}) with rows of offset, size, name and value, and the things within them.
 *
 * The JSON was made by assay_inspect(), so it is well-formed; still, nothing here reads beyond its
 * end. Escapes stay as they are: no file can speak to the terminal. */
#include "inspect_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { OFFSET_WIDTH = 6, SIZE_WIDTH = 5, NAME_WIDTH_MAX = 44, INDENT = 2 };

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
    if (value.at == NULL)
        return;
    if (value.at[0] == '[')
        put_list(value);
    else
        put_scalar(value);
}

/* A text right-aligned, or spaces when it is not there. */
static void put_column(piece value, int width)
{
    printf("%*.*s ", width, (int)value.size, value.at != NULL ? value.at : "");
}

/* Offset, size, name, value, and the names of the flags that are set. */
static void put_field(piece field, int indent, int name_width)
{
    piece name = member(field, "name"), flags = member(field, "flags");
    printf("%*s", indent, "");
    put_column(member(field, "offset"), OFFSET_WIDTH);
    put_column(member(field, "size"), SIZE_WIDTH);
    if (name.size >= 2)
        printf(" %-*.*s ", name_width, (int)name.size - 2, name.at + 1);
    put_value(member(field, "value"));
    if (flags.at != NULL && flags.size > 2) {
        printf(" (");
        put_value(flags);
        printf(")");
    }
    puts("");
}

/* Wide enough for every name, so that values stand in one column. */
static int widest_name(piece fields)
{
    walk w = walk_of(fields);
    piece key, value;
    size_t widest = 0;
    while (walk_next(&w, &key, &value)) {
        piece name = member(value, "name");
        if (name.size > widest + 2)
            widest = name.size - 2;
    }
    return widest < NAME_WIDTH_MAX ? (int)widest : NAME_WIDTH_MAX;
}

static void put_fields(piece fields, int indent)
{
    walk w = walk_of(fields);
    piece key, value;
    int width = widest_name(fields);
    while (walk_next(&w, &key, &value))
        put_field(value, indent, width);
}

/* "certificates[0]: kind certificate, size 666" */
static void put_heading(piece node, int indent)
{
    walk w = walk_of(node);
    piece key, value, name = member(node, "name");
    printf("%*s", indent, "");
    put_value(name);
    for (bool first = true; walk_next(&w, &key, &value);) {
        if (is_nested(value) || piece_is(key, "name"))
            continue;
        printf("%s%.*s ", !first ? ", " : name.at != NULL ? ": " : "", (int)key.size, key.at);
        put_value(value);
        first = false;
    }
    puts("");
}

/* "error: where at offset 3: detail (status)", of a thing that is broken. */
static void put_error(piece error, int indent)
{
    piece offset = member(error, "offset");
    printf("%*serror: ", indent, "");
    put_value(member(error, "where"));
    if (offset.at != NULL && !piece_is(offset, "null"))
        printf(" at offset %.*s", (int)offset.size, offset.at);
    printf(": ");
    put_value(member(error, "detail"));
    printf(" (");
    put_value(member(error, "status"));
    printf(")\n");
}

/* A thing with its fields, and the things within. */
static void put_node(piece node, int depth)
{
    piece fields = member(node, "fields"), inner = member(node, "items"), key, value;
    piece error = member(node, "error");
    put_heading(node, depth * INDENT);
    if (error.at != NULL && error.at[0] == '{')
        put_error(error, depth * INDENT + OFFSET_WIDTH);
    if (fields.at != NULL)
        put_fields(fields, depth * INDENT);
    if (inner.at == NULL)
        return;
    walk w = walk_of(inner);
    while (walk_next(&w, &key, &value))
        put_node(value, depth + 1);
}

void inspect_text_print(const char *json)
{
    if (json[0] == '{')
        put_node(value_at(json), 0);
}
