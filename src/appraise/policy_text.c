/* policy_text.c: comments out, names never twice but for notes, then the tree. appraisal.md 2.1.
 *
 * The lexical pass knows tokens, not grammar: it blanks comments where they stand (offsets stay
 * right) and watches names and depth. Whether the rest is JSON is jansson's answer. The scanner of
 * wire/json.h can't do this: a policy may repeat its notes, and a negative number in it is a bad
 * value of a key, not bad JSON. */
#include <stdio.h>

#include "appraise/policy.h"
#include "appraise/policy_text.h"

enum { NAMES_MAX = 512, DIGITS_MAX = 18 };

typedef struct frame {
    bool is_object;
    bool in_note;      /* below a name with #: nothing is looked at */
    bool note_follows; /* the value of the last name is a note */
    size_t first_name; /* of the object, in lexer.names */
    size_t index;      /* of the element */
    assay_span name;   /* of the member */
} frame;

typedef struct lexer {
    uint8_t *text;
    size_t size;
    size_t at;
    size_t depth;
    frame frames[LIMIT_JSON_DEPTH];
    assay_span names[NAMES_MAX]; /* of all open objects */
    size_t name_count;
    assay_error *err;
} lexer;

static assay_status refused(assay_error *err, size_t offset, const char *detail)
{
    fail_named(err, ASSAY_MALFORMED, "policy_json", NULL, "", "%s", detail);
    if (err != NULL)
        err->offset = (int64_t)offset;
    return ASSAY_MALFORMED;
}

static bool stands(const lexer *l, const char *word)
{
    size_t size = strlen(word);
    return size <= l->size - l->at && memcmp(l->text + l->at, word, size) == 0;
}

/* Blanks a comment up to the text that ends it; line ends stay. */
static assay_status blank_comment(lexer *l, const char *end)
{
    size_t start = l->at;
    l->at += 2;
    while (l->at < l->size && !stands(l, end))
        l->at++;
    bool ended = l->at < l->size;
    if (ended)
        l->at += strlen(end);
    else if (*end == '*')
        return refused(l->err, start, "a comment is not closed");
    for (size_t i = start; i < l->at; i++)
        l->text[i] = l->text[i] == '\n' || l->text[i] == '\r' ? l->text[i] : ' ';
    return ASSAY_OK;
}

static assay_status skip_blank(lexer *l)
{
    for (; l->at < l->size; l->at++) {
        while (stands(l, "//") || stands(l, "/*"))
            TRY(blank_comment(l, stands(l, "//") ? "\n" : "*/"));
        if (l->at == l->size || memchr(" \t\r\n", l->text[l->at], 4) == NULL)
            break;
    }
    return ASSAY_OK;
}

/* The path of the name that is read. */
static void write_path(const lexer *l, char path[ASSAY_WHERE_SIZE])
{
    size_t used = 0;
    path[0] = '\0';
    for (size_t i = 0; i < l->depth && used < ASSAY_WHERE_SIZE; i++) {
        const frame *f = &l->frames[i];
        int wrote =
            f->is_object
                ? snprintf(path + used, ASSAY_WHERE_SIZE - used, "%s%.*s", used == 0 ? "" : ".",
                           (int)f->name.size, (const char *)f->name.data)
                : snprintf(path + used, ASSAY_WHERE_SIZE - used, "[%zu]", f->index);
        used += (size_t)wrote;
    }
}

static assay_status refused_duplicate(const lexer *l)
{
    char path[ASSAY_WHERE_SIZE];
    write_path(l, path);
    fail_named(l->err, ASSAY_MALFORMED, "policy_duplicate_member", NULL, path,
               "the name stands twice in one object");
    if (l->err != NULL)
        l->err->offset = (int64_t)l->at;
    return ASSAY_MALFORMED;
}

/* A name of the innermost object. */
static assay_status take_name(lexer *l, assay_span name)
{
    frame *top = &l->frames[l->depth - 1];
    top->name = name;
    top->note_follows = name.size > 0 && name.data[0] == '#';
    if (top->in_note || top->note_follows)
        return ASSAY_OK;
    if (name.size > 0 && memchr(name.data, '\\', name.size) != NULL)
        return refused(l->err, l->at, "a name is written with escapes");
    for (size_t i = top->first_name; i < l->name_count; i++) {
        if (span_equal(l->names[i], name))
            return refused_duplicate(l);
    }
    if (l->name_count == NAMES_MAX)
        return refused(l->err, l->at, "more than 512 names");
    l->names[l->name_count++] = name;
    return ASSAY_OK;
}

/* A text, and whether it is the name of a member: then a colon stands behind it. */
static assay_status scan_text(lexer *l)
{
    size_t start = ++l->at;
    while (l->at < l->size && l->text[l->at] != '"')
        l->at += l->text[l->at] == '\\' && l->at + 1 < l->size ? 2 : 1;
    assay_span name = { l->text + start, l->at - start };
    if (l->at == l->size)
        return refused(l->err, start, "a text is not closed");
    l->at++;
    TRY(skip_blank(l));
    bool is_name = l->depth > 0 && l->frames[l->depth - 1].is_object && stands(l, ":");
    return is_name ? take_name(l, name) : ASSAY_OK;
}

/* Numbers outside the plain form that jansson would take, or refuse as a whole, become ones that no
 * key takes: -0 is -1 from here on, and what is longer than 18 digits is cut. */
static void scan_number(lexer *l)
{
    size_t start = l->at;
    while (l->at < l->size && memchr("+-.eE0123456789", l->text[l->at], 15) != NULL)
        l->at++;
    assay_span token = { l->text + start, l->at - start };
    if (span_is(token, "-0"))
        l->text[start + 1] = '1';
    for (size_t i = 0; i < token.size; i++) {
        if (memchr(".eE", token.data[i], 3) != NULL)
            return;
    }
    for (size_t i = start + DIGITS_MAX; i < l->at; i++)
        l->text[i] = ' ';
}

static assay_status open_container(lexer *l)
{
    if (l->depth == LIMIT_JSON_DEPTH)
        return refused(l->err, l->at, "nested deeper than 16");
    const frame *outer = l->depth == 0 ? NULL : &l->frames[l->depth - 1];
    l->frames[l->depth++] =
        (frame) { .is_object = l->text[l->at++] == '{',
                  .in_note = outer != NULL && (outer->in_note || outer->note_follows),
                  .first_name = l->name_count };
    return ASSAY_OK;
}

static void close_container(lexer *l)
{
    l->at++;
    if (l->depth > 0)
        l->name_count = l->frames[--l->depth].first_name;
}

static assay_status scan_token(lexer *l)
{
    uint8_t c = l->text[l->at];
    if (c == '"')
        return scan_text(l);
    if (c == '{' || c == '[')
        return open_container(l);
    if (c == '}' || c == ']')
        close_container(l);
    else if (c == '-' || (c >= '0' && c <= '9'))
        scan_number(l);
    else
        l->at++;
    if (c == ',' && l->depth > 0)
        l->frames[l->depth - 1].index++;
    return ASSAY_OK;
}

static assay_status scan(lexer *l)
{
    TRY(skip_blank(l));
    while (l->at < l->size) {
        TRY(scan_token(l));
        TRY(skip_blank(l));
    }
    return ASSAY_OK;
}

static assay_status check_encoding(assay_span text, assay_error *err)
{
    static const uint8_t byte_order_mark[] = { 0xEF, 0xBB, 0xBF };
    if (text.size > POLICY_TEXT_MAX)
        return refused(err, POLICY_TEXT_MAX, "longer than 64 KiB");
    if (span_equal(span_slice(text, 0, 3), SPAN(byte_order_mark)))
        return refused(err, 0, "begins with a byte order mark");
    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL)
        return refused(err, 0, "holds a zero byte");
    json_t *all = json_stringn(text.size == 0 ? "" : (const char *)text.data, text.size);
    if (all == NULL)
        return refused(err, 0, "is no UTF-8");
    json_decref(all);
    return ASSAY_OK;
}

static assay_status load(const lexer *l, json_t **out)
{
    json_error_t where;
    json_t *root = json_loadb((const char *)l->text, l->size, JSON_DECODE_ANY, &where);
    if (root == NULL)
        return refused(l->err, where.position < 0 ? 0 : (size_t)where.position, where.text);
    *out = root;
    return ASSAY_OK;
}

assay_status policy_text_read(assay_span text, json_t **out, assay_error *err)
{
    TRY(check_encoding(text, err));
    arena memory = { NULL };
    lexer *l = arena_new(&memory, 1, sizeof(*l));
    uint8_t *copy = arena_new(&memory, text.size + 1, 1);
    if (l == NULL || copy == NULL) {
        arena_free(&memory);
        return fail(err, ASSAY_NO_MEMORY, "", ASSAY_NO_OFFSET, "out of memory");
    }
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    l->text = copy;
    l->size = text.size;
    l->err = err;
    assay_status status = scan(l);
    if (status == ASSAY_OK)
        status = load(l, out);
    arena_free(&memory);
    return status;
}
