/* json_scan.c: one lexical pass over JSON (RFC 8259; verification.md 3.5; decisions.md, Parsing).
 */
#include <stdio.h>

#include "wire/json_scan.h"
#include "wire/json_tree.h"

static const char integer_form[] = "an integer without sign, fraction, exponent or leading zero";

/* What may come next. */
typedef enum want {
    WANT_VALUE,
    WANT_FIRST,   /* the first member or element, or the closing bracket */
    WANT_KEY,     /* a member, behind a comma */
    WANT_FURTHER, /* a comma or the closing bracket */
    WANT_NOTHING  /* the document is complete */
} want;

typedef enum container { OBJECT, ARRAY } container;

typedef struct frame {
    container kind;
    size_t index;   /* ARRAY: of the element */
    assay_span key; /* OBJECT: of the member; data NULL before its key is read */
    json_t *node;   /* borrowed: the root owns everything below it */
} frame;

typedef struct scanner {
    assay_span text;
    const char *where;
    const char *member; /* the top-level key that is looked for, or NULL */
    assay_span value;   /* of that member; data NULL until it begins, size 0 until it ends */
    size_t at;
    size_t token; /* where the last token began */
    size_t depth;
    frame frames[LIMIT_JSON_DEPTH];
    json_t *root; /* owned until it is handed out */
    want next;
} scanner;

/* Appends as much as fits. Input comes out in errors only as printable ASCII. */
static void append(char path[ASSAY_WHERE_SIZE], assay_span text)
{
    size_t used = strlen(path);
    for (size_t i = 0; i < text.size && used < ASSAY_WHERE_SIZE - 1; i++) {
        uint8_t c = text.data[i];
        path[used++] = c > 0x20 && c < 0x7f ? (char)c : '?';
    }
    path[used] = '\0';
}

static void write_path(const scanner *s, char path[ASSAY_WHERE_SIZE])
{
    path[0] = '\0';
    append(path, SPAN_TEXT(s->where));
    for (size_t i = 0; i < s->depth; i++) {
        const frame *f = &s->frames[i];
        char index[sizeof("[18446744073709551615]")] = ".";
        if (f->kind == ARRAY)
            snprintf(index, sizeof(index), "[%zu]", f->index);
        else if (f->key.data == NULL)
            break;
        append(path, SPAN_TEXT(index));
        append(path, f->key);
    }
}

/* The token does not do; `detail` says why. */
static assay_status refused(const scanner *s, const char *detail, assay_error *err)
{
    char path[ASSAY_WHERE_SIZE];
    if (err == NULL)
        return ASSAY_MALFORMED;
    write_path(s, path);
    if (detail == json_tree_no_memory)
        return fail(err, ASSAY_NO_MEMORY, path, ASSAY_NO_OFFSET, "%s", detail);
    return fail(err, ASSAY_MALFORMED, path, (int64_t)s->token, "%s", detail);
}

static assay_status unexpected(const scanner *s, const char *wanted, assay_error *err)
{
    char path[ASSAY_WHERE_SIZE];
    if (err == NULL)
        return ASSAY_MALFORMED;
    write_path(s, path);
    if (s->at == s->text.size)
        return fail(err, ASSAY_MALFORMED, path, (int64_t)s->at, "the text ends, want %s", wanted);
    return fail(err, ASSAY_MALFORMED, path, (int64_t)s->at, "byte 0x%02x, want %s",
                s->text.data[s->at], wanted);
}

/* The byte that is next, or NUL at the end: no token begins with it. */
static uint8_t peek(const scanner *s)
{
    return s->at < s->text.size ? s->text.data[s->at] : '\0';
}

static void skip_space(scanner *s)
{
    uint8_t c;
    while ((c = peek(s)) == ' ' || c == '\n' || c == '\r' || c == '\t')
        s->at++;
}

static bool take(scanner *s, char byte)
{
    if (s->at == s->text.size || s->text.data[s->at] != (uint8_t)byte)
        return false;
    s->at++;
    return true;
}

static bool take_word(scanner *s, const char *word)
{
    if (!span_is(span_slice(s->text, s->at, strlen(word)), word))
        return false;
    s->at += strlen(word);
    return true;
}

/* The bytes of a text or key up to a quote, a backslash, a control character or the end. */
static void skip_plain(scanner *s)
{
    const uint8_t *p = s->text.data + s->at, *end = s->text.data + s->text.size;
    while (p < end && *p >= 0x20 && *p != '"' && *p != '\\')
        p++;
    s->at = (size_t)(p - s->text.data);
}

/* Hangs a new value where it stands; takes it over also when it fails. */
static assay_status put(scanner *s, json_t *value, const char *fault, assay_error *err)
{
    if (value == NULL)
        return refused(s, fault, err);
    if (s->depth == 0) {
        s->root = value;
        return ASSAY_OK;
    }
    frame *top = &s->frames[s->depth - 1];
    fault = top->kind == OBJECT ? json_tree_set(top->node, top->key, value)
                                : json_tree_append(top->node, value);
    return fault == NULL ? ASSAY_OK : refused(s, fault, err);
}

/* From behind the opening quote to behind the closing one. Which escapes there are is jansson's. */
static assay_status scan_text(scanner *s, assay_error *err)
{
    for (;;) {
        skip_plain(s);
        if (take(s, '"')) {
            const char *fault = NULL;
            json_t *value = json_tree_text(span_slice(s->text, s->token, s->at - s->token), &fault);
            return put(s, value, fault, err);
        }
        if (!take(s, '\\') || peek(s) < 0x20)
            break;
        s->at++;
    }
    return unexpected(s, "the rest of a text without control characters", err);
}

static assay_status scan_number(scanner *s, assay_error *err)
{
    while (peek(s) >= '0' && peek(s) <= '9')
        s->at++;
    size_t digits = s->at - s->token;
    uint8_t behind = peek(s);
    if (digits > 0 && (digits == 1 || s->text.data[s->token] != '0') && behind != '.' &&
        behind != 'e' && behind != 'E') {
        const char *fault = NULL;
        json_t *value = json_tree_integer(span_slice(s->text, s->token, digits), &fault);
        return put(s, value, fault, err);
    }
    s->at = s->token;
    return unexpected(s, integer_form, err);
}

/* Called behind the last byte of every value. */
static void end_value(scanner *s)
{
    if (s->depth == 1 && s->value.data != NULL && s->value.size == 0)
        s->value.size = (size_t)(s->text.data + s->at - s->value.data);
    s->next = s->depth == 0 ? WANT_NOTHING : WANT_FURTHER;
}

static assay_status open_container(scanner *s, assay_error *err)
{
    if (s->depth == LIMIT_JSON_DEPTH)
        return unexpected(s, "no nesting deeper than 16", err);
    container kind = s->text.data[s->at++] == '{' ? OBJECT : ARRAY;
    json_t *node = kind == OBJECT ? json_object() : json_array();
    TRY(put(s, node, json_tree_no_memory, err));
    s->frames[s->depth++] = (frame) { .kind = kind, .node = node };
    s->next = WANT_FIRST;
    return ASSAY_OK;
}

static bool take_close(scanner *s)
{
    if (peek(s) != (s->frames[s->depth - 1].kind == OBJECT ? '}' : ']'))
        return false;
    s->at++;
    s->depth--;
    end_value(s);
    return true;
}

static assay_status scan_word(scanner *s, assay_error *err)
{
    if (take_word(s, "true"))
        return put(s, json_true(), json_tree_no_memory, err);
    if (take_word(s, "false"))
        return put(s, json_false(), json_tree_no_memory, err);
    if (take_word(s, "null"))
        return put(s, json_null(), json_tree_no_memory, err);
    return unexpected(s, "a value", err);
}

static assay_status scan_scalar(scanner *s, assay_error *err)
{
    s->token = s->at;
    if (take(s, '"'))
        TRY(scan_text(s, err));
    else if (peek(s) == '-' || (peek(s) >= '0' && peek(s) <= '9'))
        TRY(scan_number(s, err));
    else
        TRY(scan_word(s, err));
    end_value(s);
    return ASSAY_OK;
}

static assay_status scan_value(scanner *s, assay_error *err)
{
    if (s->depth == 1 && s->member != NULL && s->value.data == NULL &&
        s->frames[0].key.data != NULL && span_is(s->frames[0].key, s->member))
        s->value.data = s->text.data + s->at;
    if (peek(s) == '{' || peek(s) == '[')
        return open_container(s, err);
    if (s->depth == 0)
        return unexpected(s, "an object or an array", err);
    return scan_scalar(s, err);
}

/* A key and its colon. */
static assay_status scan_key(scanner *s, assay_error *err)
{
    frame *top = &s->frames[s->depth - 1];
    top->key = (assay_span) { NULL, 0 };
    if (!take(s, '"'))
        return unexpected(s, "a key", err);
    size_t start = s->at;
    skip_plain(s);
    if (peek(s) != '"')
        return unexpected(s, "the rest of a key without escapes", err);
    top->key = (assay_span) { s->text.data + start, s->at - start };
    const char *fault = json_tree_key_fault(top->node, top->key);
    if (fault != NULL)
        return refused(s, fault, err);
    s->at++;
    skip_space(s);
    if (!take(s, ':'))
        return unexpected(s, "a colon behind the key", err);
    s->next = WANT_VALUE;
    return ASSAY_OK;
}

static assay_status scan_further(scanner *s, assay_error *err)
{
    frame *top = &s->frames[s->depth - 1];
    if (take_close(s))
        return ASSAY_OK;
    if (!take(s, ','))
        return unexpected(s, "a comma or the closing bracket", err);
    top->index++;
    s->next = top->kind == OBJECT ? WANT_KEY : WANT_VALUE;
    return ASSAY_OK;
}

static assay_status scan_first(scanner *s, assay_error *err)
{
    if (take_close(s))
        return ASSAY_OK;
    return s->frames[s->depth - 1].kind == OBJECT ? scan_key(s, err) : scan_value(s, err);
}

/* The next token; a key together with its colon. */
static assay_status scan_token(scanner *s, assay_error *err)
{
    skip_space(s);
    s->token = s->at;
    switch (s->next) {
    case WANT_VALUE:
        return scan_value(s, err);
    case WANT_FIRST:
        return scan_first(s, err);
    case WANT_KEY:
        return scan_key(s, err);
    case WANT_FURTHER:
        return scan_further(s, err);
    case WANT_NOTHING:
        break;
    }
    return ASSAY_OK;
}

static assay_status scan_document(scanner *s, assay_error *err)
{
    while (s->next != WANT_NOTHING)
        TRY(scan_token(s, err));
    skip_space(s);
    if (s->at != s->text.size)
        return unexpected(s, "nothing behind the document", err);
    if (s->member != NULL && s->value.data == NULL)
        return fail(err, ASSAY_MALFORMED, s->where, 0, "member %s is missing", s->member);
    return ASSAY_OK;
}

assay_status json_scan(assay_span text, const char *member, const char *where, json_t **root,
                       assay_span *value, assay_error *err)
{
    scanner s = { .text = text, .where = where, .member = member, .next = WANT_VALUE };
    assay_status status = scan_document(&s, err);
    if (status != ASSAY_OK) {
        json_decref(s.root);
        return status;
    }
    *root = s.root;
    *value = s.value;
    return ASSAY_OK;
}
