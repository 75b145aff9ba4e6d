/* json_write.c: JSON text out (RFC 8259), one value after the other. */
#include <stdio.h>

#include "base/memory.h"
#include "wire/base64.h"
#include "wire/json_write.h"

enum { FIRST_CAPACITY = 4096 };

/* Room for `size` more bytes, or NULL. */
static char *room(json_writer *w, size_t size)
{
    if (w->failed)
        return NULL;
    if (size <= w->capacity - w->size)
        return w->text + w->size;
    size_t capacity = w->capacity == 0 ? FIRST_CAPACITY : w->capacity;
    while (capacity < w->size + size && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    char *text = memory_new(capacity);
    if (text == NULL || capacity - w->size < size) {
        memory_free(text);
        w->failed = true;
        return NULL;
    }
    if (w->size > 0)
        memcpy(text, w->text, w->size);
    memory_free(w->text);
    w->text = text;
    w->capacity = capacity;
    return text + w->size;
}

static void put(json_writer *w, const char *text, size_t size)
{
    char *to = room(w, size);
    if (to == NULL)
        return;
    memcpy(to, text, size);
    w->size += size;
}

static void put_word(json_writer *w, const char *word)
{
    put(w, word, strlen(word));
}

void json_reserve(json_writer *w, size_t size)
{
    (void)room(w, size);
}

/* Whether none of eight bytes is a control character, a quote, a backslash or beyond ASCII: for
 * each of these a byte's top bit would be set (for "is zero": x - 1 & ~x). */
static bool eight_are_plain(const uint8_t *p)
{
    const uint64_t each = 0x0101010101010101, top = each << 7;
    uint64_t x;
    memcpy(&x, p, sizeof(x));
    const uint64_t quote = x ^ each * '"', backslash = x ^ each * '\\', delete = x ^ each * 0x7f;
    const uint64_t found = ((x - each * 0x20) & ~x) | x | ((quote - each) & ~quote) |
                           ((backslash - each) & ~backslash) | ((delete - each) & ~delete);
    return (found & top) == 0;
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* How many bytes from `at` on are ASCII that stands for itself in a text. */
static size_t plain_size(assay_span text, size_t at)
{
    size_t end = at;
    while (text.size - end >= 8 && eight_are_plain(text.data + end))
        end += 8;
    while (end < text.size && is_plain(text.data[end]))
        end++;
    return end - at;
}

/* How many bytes the UTF-8 sequence at `p` has; 0 when it is none (RFC 3629). */
static size_t utf8_size(const uint8_t *p, size_t left)
{
    static const struct {
        uint8_t first, last; /* range of the lead byte */
        uint8_t second_from, second_to;
        uint8_t size;
    } rows[] = { { 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
                 { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
                 { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
                 { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
                 { 0xf4, 0xf4, 0x80, 0x8f, 4 } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (p[0] < rows[i].first || p[0] > rows[i].last)
            continue;
        if (rows[i].size > left ||
            (rows[i].size > 1 && (p[1] < rows[i].second_from || p[1] > rows[i].second_to)))
            return 0;
        for (size_t j = 2; j < rows[i].size; j++) {
            if ((p[j] & 0xc0) != 0x80)
                return 0;
        }
        return rows[i].size;
    }
    return 0;
}

/* The letter behind the backslash where RFC 8259 has a short form, or 0. Intel's tool writes these,
 * and the bytes of a policy token are compared. */
static char short_escape(uint8_t c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = c == 0 ? NULL : strchr(from, c);
    return found == NULL ? '\0' : to[found - from];
}

/* A quote around a key or text; inside a text it is escaped itself. */
static void put_quote(json_writer *w)
{
    put(w, w->inside ? "\\\"" : "\"", w->inside ? 2 : 1);
}

/* What stands for a character; inside a text its backslash and what follows are escaped again. */
static void put_escape(json_writer *w, const char *escape)
{
    const bool again = escape[1] == '"' || escape[1] == '\\';
    if (w->inside)
        put_word(w, again ? "\\\\" : "\\");
    put_word(w, escape);
}

/* One character that is not plain; returns its size in the text. */
static size_t put_special(json_writer *w, assay_span text, size_t at)
{
    const uint8_t c = text.data[at];
    const size_t size = utf8_size(text.data + at, text.size - at);
    const char letter = short_escape(c);
    char escape[8] = { '\\', letter, '\0' };
    if (size == 0) {
        put_escape(w, "\\ufffd");
        return 1;
    }
    if (letter == '\0' && c >= 0x20 && c != 0x7f) {
        put(w, (const char *)text.data + at, size);
        return size;
    }
    if (letter == '\0')
        snprintf(escape, sizeof(escape), "\\u%04x", c);
    put_escape(w, escape);
    return size;
}

/* The text without quotes around it. */
static void put_characters(json_writer *w, assay_span text)
{
    for (size_t i = 0; i < text.size;) {
        const size_t plain = plain_size(text, i);
        put(w, (const char *)text.data + i, plain);
        i += plain;
        if (i < text.size)
            i += put_special(w, text, i);
    }
}

/* Copies and moves on. */
static char *add(char *to, const char *text, size_t size)
{
    memcpy(to, text, size);
    return to + size;
}

static void put_escaped(json_writer *w, assay_span text)
{
    enum { QUOTES_MAX = 4 };
    const char *quote = w->inside ? "\\\"" : "\"";
    const size_t quote_size = w->inside ? 2 : 1;
    char *to = plain_size(text, 0) == text.size ? room(w, text.size + QUOTES_MAX) : NULL;
    if (to != NULL) { /* nearly always: one step */
        char *end = add(to, quote, quote_size);
        end = text.size == 0 ? end : add(end, (const char *)text.data, text.size);
        end = add(end, quote, quote_size);
        w->size += (size_t)(end - to);
        return;
    }
    put_quote(w);
    put_characters(w, text);
    put_quote(w);
}

static void begin(json_writer *w, const char *member)
{
    if (w->comma)
        put(w, ",", 1);
    if (member != NULL) {
        put_escaped(w, SPAN_TEXT(member));
        put(w, ":", 1);
    }
    w->comma = true;
}

void json_open_object(json_writer *w, const char *member)
{
    begin(w, member);
    put_word(w, "{");
    w->comma = false;
}

void json_close_object(json_writer *w)
{
    put_word(w, "}");
    w->comma = true;
}

void json_open_array(json_writer *w, const char *member)
{
    begin(w, member);
    put_word(w, "[");
    w->comma = false;
}

void json_close_array(json_writer *w)
{
    put_word(w, "]");
    w->comma = true;
}

void json_open_text(json_writer *w, const char *member)
{
    begin(w, member);
    put_quote(w);
    w->comma = false;
    w->inside = true;
}

void json_close_text(json_writer *w)
{
    w->inside = false;
    put_quote(w);
    w->comma = true;
}

void json_put_span(json_writer *w, const char *member, assay_span text)
{
    begin(w, member);
    put_escaped(w, text);
}

void json_put_text(json_writer *w, const char *member, const char *text)
{
    if (text == NULL)
        json_put_null(w, member);
    else
        json_put_span(w, member, SPAN_TEXT(text));
}

void json_put_number(json_writer *w, const char *member, uint64_t value)
{
    char text[24];
    char *digits = text + sizeof(text) - 1;
    *digits = '\0';
    do {
        *--digits = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    json_put_raw(w, member, SPAN_TEXT(digits));
}

void json_put_signed(json_writer *w, const char *member, int64_t value)
{
    if (value >= 0) {
        json_put_number(w, member, (uint64_t)value);
        return;
    }
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)value);
    json_put_raw(w, member, SPAN_TEXT(text));
}

void json_put_flag(json_writer *w, const char *member, bool value)
{
    json_put_raw(w, member, SPAN_TEXT(value ? "true" : "false"));
}

void json_put_null(json_writer *w, const char *member)
{
    json_put_raw(w, member, SPAN_TEXT("null"));
}

void json_put_hex(json_writer *w, const char *member, assay_span bytes)
{
    begin(w, member);
    put_quote(w);
    char *to = room(w, 2 * bytes.size + 1);
    if (to != NULL) {
        assay_hex_encode(bytes, to);
        w->size += 2 * bytes.size;
    }
    put_quote(w);
}

void json_put_hex_reversed(json_writer *w, const char *member, assay_span bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    begin(w, member);
    put_quote(w);
    char *to = room(w, 2 * bytes.size);
    for (size_t i = 0; to != NULL && i < bytes.size; i++) {
        const uint8_t byte = bytes.data[bytes.size - 1 - i];
        to[2 * i] = digits[byte >> 4];
        to[2 * i + 1] = digits[byte & 15];
    }
    w->size += to == NULL ? 0 : 2 * bytes.size;
    put_quote(w);
}

void json_put_base64(json_writer *w, const char *member, assay_span bytes)
{
    const size_t size = base64_encoded_size(bytes.size, BASE64_STANDARD);
    begin(w, member);
    put_quote(w);
    char *to = room(w, size + 1);
    if (to != NULL) {
        base64_encode(bytes, BASE64_STANDARD, to);
        w->size += size;
    }
    put_quote(w);
}

void json_put_time(json_writer *w, const char *member, int64_t time)
{
    char text[ASSAY_TIME_SIZE];
    assay_time_format(time, text);
    json_put_text(w, member, time == 0 ? NULL : text);
}

void json_put_raw(json_writer *w, const char *member, assay_span text)
{
    begin(w, member);
    if (!w->inside) {
        put(w, (const char *)text.data, text.size);
        return;
    }
    w->inside = false; /* its escapes are one level deep as they stand */
    put_characters(w, text);
    w->inside = true;
}

assay_status json_take_written(json_writer *w, char **out, assay_error *err)
{
    put(w, "", 1);
    const json_writer done = *w;
    *w = (json_writer) { 0 };
    if (done.failed) {
        memory_free(done.text);
        return fail(err, ASSAY_NO_MEMORY, "json", ASSAY_NO_OFFSET, "no memory for %zu bytes",
                    done.capacity);
    }
    *out = done.text;
    return ASSAY_OK;
}
