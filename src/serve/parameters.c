/* parameters.c: query parameters by the rows of a route. collateral-service.md 1, 7.4. */
#include <stdio.h>
#include <strings.h>

#include "serve/custom_parameter.h"
#include "serve/parameters.h"

enum { NAME_SIZE = 48, WORDS_TEXT_SIZE = 128 };

/* What known clients send to everybody: Azure's THIM clients and QPL. */
typedef enum known { KNOWN_CLIENT_ID, KNOWN_API_VERSION, KNOWN_CUSTOM, KNOWN_COUNT } known;
static const char *const known_names[KNOWN_COUNT + 1] = { [KNOWN_CLIENT_ID] = "clientid",
                                                          [KNOWN_API_VERSION] = "api-version",
                                                          [KNOWN_CUSTOM] = CUSTOM_PARAMETER };

typedef struct reading {
    const parameter *rows;
    parameters *out;
    assay_span rest; /* of the query */
    bool seen[KNOWN_COUNT];
    bool ignored[ROUTE_PARAMETER_MAX];
    assay_error *err;
} reading;

static assay_status refuse(assay_error *err, const char *name, assay_span which,
                           const char *suggestion, const char *why)
{
    char where[NAME_SIZE + 8];
    snprintf(where, sizeof(where), "query.%.*s",
             which.size < NAME_SIZE ? (int)which.size : NAME_SIZE, (const char *)which.data);
    return fail_named(err, ASSAY_MALFORMED, name, suggestion, where, "%s", why);
}

/* ---- Forms ---- */

static bool printable(assay_span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x20 || text.data[i] > 0x7E)
            return false;
    return true;
}

static assay_status hex_read(const parameter *row, assay_span text, assay_span *out,
                             assay_error *err)
{
    const size_t size = text.size / 2;
    char why[96];
    snprintf(why, sizeof(why), row->size > 0 ? "want %u hex digits" : "want 2 to %u hex digits",
             2 * (row->size > 0 ? row->size : row->max));
    const bool fits = row->size > 0 ? size == row->size : size >= 1 && size <= row->max;
    /* In place: the digits are not wanted any more. */
    uint8_t *room = (uint8_t *)out->data;
    if (text.size % 2 != 0 || !fits || assay_hex_decode(text, room, size, NULL) != ASSAY_OK)
        return refuse(err, "bad_parameter", SPAN_TEXT(row->name), NULL, why);
    *out = span_of(room, size);
    return ASSAY_OK;
}

static assay_status word_read(const parameter *row, assay_span text, assay_span *out,
                              assay_error *err)
{
    char why[WORDS_TEXT_SIZE] = "want one of";
    char given[NAME_SIZE] = "";
    for (const char *const *word = row->words; *word != NULL; word++) {
        if (strlen(*word) == text.size &&
            strncasecmp(*word, (const char *)text.data, text.size) == 0) {
            *out = SPAN_TEXT(*word);
            return ASSAY_OK;
        }
        strncat(why, " ", sizeof(why) - strlen(why) - 1);
        strncat(why, *word, sizeof(why) - strlen(why) - 1);
    }
    if (text.size < sizeof(given))
        memcpy(given, text.data, text.size);
    return refuse(err, "bad_parameter", SPAN_TEXT(row->name), assay_suggest(given, row->words),
                  why);
}

static assay_status number_read(const parameter *row, assay_span text, assay_span *out,
                                assay_error *err)
{
    uint64_t value = 0;
    bool fits = text.size >= 1 && text.size <= 10 && (text.size == 1 || text.data[0] != '0');
    for (size_t i = 0; fits && i < text.size; i++) {
        fits = text.data[i] >= '0' && text.data[i] <= '9';
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    char why[64];
    snprintf(why, sizeof(why), "want a number, 0 to %u", row->max);
    if (!fits || value > row->max)
        return refuse(err, "bad_parameter", SPAN_TEXT(row->name), NULL, why);
    *out = text;
    return ASSAY_OK;
}

static assay_status text_read(const parameter *row, assay_span text, assay_span *out,
                              assay_error *err)
{
    char why[64];
    snprintf(why, sizeof(why), "want 1 to %u printable characters", row->max);
    if (text.size < 1 || text.size > row->max || !printable(text))
        return refuse(err, "bad_parameter", SPAN_TEXT(row->name), NULL, why);
    *out = text;
    return ASSAY_OK;
}

static assay_status ignored_read(const parameter *row, assay_span text, assay_span *out,
                                 assay_error *err)
{
    (void)row;
    (void)text;
    (void)out;
    (void)err;
    return ASSAY_OK;
}

static assay_status (*const forms[])(const parameter *row, assay_span text, assay_span *out,
                                     assay_error *err) = {
    [PARAMETER_HEX] = hex_read,         [PARAMETER_WORD] = word_read,
    [PARAMETER_NUMBER] = number_read,   [PARAMETER_TEXT] = text_read,
    [PARAMETER_IGNORED] = ignored_read, [PARAMETER_REST] = text_read
};

/* ---- One after the other ---- */

size_t parameter_index(const parameter *rows, const char *name)
{
    for (size_t i = 0; rows != NULL && rows[i].name != NULL; i++)
        if (strcmp(rows[i].name, name) == 0)
            return i;
    return ROUTE_PARAMETER_MAX;
}

static size_t index_of(const parameter *rows, assay_span name)
{
    for (size_t i = 0; rows != NULL && rows[i].name != NULL; i++)
        if (span_is(name, rows[i].name))
            return i;
    return ROUTE_PARAMETER_MAX;
}

static assay_status unknown(const reading *r, assay_span name)
{
    const char *names[ROUTE_PARAMETER_MAX + KNOWN_COUNT + 1];
    char given[NAME_SIZE] = "";
    size_t count = 0;
    for (size_t i = 0; r->rows != NULL && r->rows[i].name != NULL; i++)
        names[count++] = r->rows[i].name;
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        names[count++] = known_names[i];
    names[count] = NULL;
    if (name.size < sizeof(given))
        memcpy(given, name.data, name.size);
    return refuse(r->err, "unknown_parameter", name, assay_suggest(given, names),
                  "there is no such parameter here");
}

/* Percent-decoded into the room; "+" stays what it is: base64 has it. */
static assay_status decoded(const reading *r, assay_span name, assay_span text, assay_span *out)
{
    uint8_t *room = r->out->room + r->out->used;
    size_t size = 0;
    if (http_percent_decode(text, HTTP_PLUS_LITERAL, room, &size, NULL) != ASSAY_OK)
        return refuse(r->err, "bad_parameter", name, NULL, "a broken escape behind \"%\"");
    r->out->used += text.size;
    *out = span_of(room, size);
    return ASSAY_OK;
}

static assay_status known_read(reading *r, known which, assay_span name, assay_span text)
{
    if (r->seen[which])
        return refuse(r->err, "repeated_parameter", name, NULL, "stands here more than once");
    r->seen[which] = true;
    if (which != KNOWN_CUSTOM)
        return ASSAY_OK;
    assay_span value;
    TRY(decoded(r, name, text, &value));
    return custom_parameter_read(value, &r->out->custom_number, r->err);
}

static assay_status row_read(reading *r, size_t index, assay_span text)
{
    const parameter *row = &r->rows[index];
    const assay_span name = SPAN_TEXT(row->name);
    if (r->out->at[index].data != NULL || r->ignored[index])
        return refuse(r->err, "repeated_parameter", name, NULL, "stands here more than once");
    r->ignored[index] = row->form == PARAMETER_IGNORED;
    assay_span value;
    TRY(decoded(r, name, text, &value));
    assay_span given = value;
    TRY(forms[row->form](row, value, &given, r->err));
    if (row->form != PARAMETER_IGNORED)
        r->out->at[index] = given;
    return ASSAY_OK;
}

/* Up to the separator; moves behind it. */
static assay_span take_until(assay_span *from, uint8_t separator)
{
    const uint8_t *at = from->size > 0 ? memchr(from->data, separator, from->size) : NULL;
    const size_t size = at != NULL ? (size_t)(at - from->data) : from->size;
    const assay_span taken = span_of(from->data, size);
    const size_t used = at != NULL ? size + 1 : size;
    *from = span_of(from->data + used, from->size - used);
    return taken;
}

/* All up to the first of the parameters that known clients append. */
static assay_span take_rest(assay_span *from, assay_span begun)
{
    assay_span left = *from;
    const uint8_t *end = begun.data + begun.size;
    while (left.size > 0) {
        assay_span pair = take_until(&left, '&');
        const assay_span name = take_until(&pair, '=');
        size_t i = 0;
        while (i < KNOWN_COUNT && !span_is(name, known_names[i]))
            i++;
        if (i < KNOWN_COUNT)
            break;
        end = left.data;
        *from = left;
    }
    if (from->size > 0 && end > begun.data + begun.size)
        end--; /* the separator before what is left */
    return span_of(begun.data, (size_t)(end - begun.data));
}

static assay_status pair_read(reading *r)
{
    assay_span text = take_until(&r->rest, '&');
    const assay_span name = take_until(&text, '=');
    if (name.size == 0 && text.size == 0)
        return ASSAY_OK; /* "&&", "?&" */
    const size_t index = index_of(r->rows, name);
    if (index < ROUTE_PARAMETER_MAX) {
        if (r->rows[index].form == PARAMETER_REST)
            text = take_rest(&r->rest, text);
        return row_read(r, index, text);
    }
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (span_is(name, known_names[i]))
            return known_read(r, (known)i, name, text);
    return unknown(r, name);
}

assay_status parameters_read(const parameter *rows, assay_span query, parameters *out,
                             assay_error *err)
{
    memset(out->at, 0, sizeof(out->at));
    out->custom_number = 0;
    out->used = 0;
    if (query.size > QUERY_SIZE_MAX)
        return fail_named(err, ASSAY_MALFORMED, "query_too_long", NULL, "query",
                          "%zu bytes, want at most %d", query.size, QUERY_SIZE_MAX);
    reading r = { .rows = rows, .out = out, .rest = query, .err = err };
    while (r.rest.size > 0)
        TRY(pair_read(&r));
    for (size_t i = 0; rows != NULL && rows[i].name != NULL; i++)
        if (rows[i].need == PARAMETER_REQUIRED && out->at[i].data == NULL)
            return refuse(err, "missing_parameter", SPAN_TEXT(rows[i].name), NULL,
                          "is required here");
    return ASSAY_OK;
}

/* ---- The canonical key ---- */

void key_text(canonical_key *key, assay_span text)
{
    if (text.size == 0 || text.size >= sizeof(key->text) - key->size)
        return;
    memcpy(key->text + key->size, text.data, text.size);
    key->size += text.size;
    key->text[key->size] = '\0';
}

static void key_head(canonical_key *key, char mark, size_t size)
{
    char head[8] = { '|',
                     mark,
                     (char)('0' + (char)(size / 1000 % 10)),
                     (char)('0' + (char)(size / 100 % 10)),
                     (char)('0' + (char)(size / 10 % 10)),
                     (char)('0' + (char)(size % 10)),
                     ':' };
    key_text(key, span_of(head, 7));
}

void key_value(canonical_key *key, char mark, assay_span text)
{
    key_head(key, mark, text.size);
    key_text(key, text);
}

static void key_hex(canonical_key *key, assay_span bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    if (2 * bytes.size >= sizeof(key->text) - key->size)
        return;
    char *to = key->text + key->size;
    for (size_t i = 0; i < bytes.size; i++) {
        *to++ = digits[bytes.data[i] >> 4];
        *to++ = digits[bytes.data[i] & 15];
    }
    *to = '\0';
    key->size += 2 * bytes.size;
}

void key_parameters(canonical_key *key, const parameter *rows, const parameters *given,
                    unsigned except)
{
    for (size_t i = 0; rows != NULL && rows[i].name != NULL; i++) {
        const assay_span value = given->at[i];
        if (value.data == NULL || (except & 1u << i) != 0)
            continue;
        const char mark = (char)('a' + (char)i);
        if (rows[i].form != PARAMETER_HEX) {
            key_value(key, mark, value);
            continue;
        }
        key_head(key, mark, value.size);
        key_hex(key, value);
    }
}
