/* decode.c: recognises how evidence came in (binary, hex, base64) and gives its bytes: the public
 * assay_decode_any() of assay/base.h. */
#include "wire/base64.h"
#include "wire/pem.h"

enum {
    SHORTEST_TEXT = 16
}; /* characters; shorter input is too likely to look like text by chance */

/* What the characters of a text are, counted once. */
typedef struct census {
    size_t hex;      /* digits of hex */
    size_t standard; /* + and / */
    size_t url;      /* - and _ */
    size_t other;    /* the other letters of base64, and = */
    size_t space;
} census;

static bool between(uint8_t c, char first, char last)
{
    return c >= (uint8_t)first && c <= (uint8_t)last;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Where a character is counted; NULL for what no text form has. */
static size_t *class_of(census *n, uint8_t c)
{
    if (between(c, '0', '9') || between(c, 'a', 'f') || between(c, 'A', 'F'))
        return &n->hex;
    if (between(c, 'a', 'z') || between(c, 'A', 'Z') || c == '=')
        return &n->other;
    if (c == '+' || c == '/')
        return &n->standard;
    if (c == '-' || c == '_')
        return &n->url;
    return is_space(c) ? &n->space : NULL;
}

/* False at the first character that no text form has. */
static bool count_characters(assay_span text, census *n)
{
    *n = (census) { 0 };
    for (size_t i = 0; i < text.size; i++) {
        size_t *count = class_of(n, text.data[i]);
        if (count == NULL)
            return false;
        ++*count;
    }
    return true;
}

/* What follows leading white space and "0x". */
static assay_span behind_prefix(assay_span text)
{
    size_t at = 0;
    while (at < text.size && is_space(text.data[at]))
        at++;
    if (span_is(span_slice(text, at, 2), "0x"))
        at += 2;
    return (assay_span) { text.data + at, text.size - at };
}

static bool all_hex(assay_span digits)
{
    census n;
    return count_characters(digits, &n) && n.hex + n.space == digits.size;
}

static assay_encoding recognise(assay_span in)
{
    census n;
    if (in.size < SHORTEST_TEXT || pem_looks_like(in))
        return ASSAY_ENCODING_BINARY;
    if (!count_characters(in, &n) || (n.standard > 0 && n.url > 0) ||
        in.size - n.space < SHORTEST_TEXT)
        return ASSAY_ENCODING_BINARY;
    return all_hex(behind_prefix(in)) ? ASSAY_ENCODING_HEX : ASSAY_ENCODING_BASE64;
}

static assay_status no_room(size_t capacity, size_t size, assay_error *err)
{
    return fail(err, ASSAY_USAGE, "input", ASSAY_NO_OFFSET,
                "the buffer of %zu bytes is too small, want %zu", capacity, size);
}

/* Pairs of digits, wherever white space stands. The census has seen that nothing else is there. */
static assay_status decode_hex(assay_span in, uint8_t *out, size_t capacity, size_t *out_size,
                               assay_error *err)
{
    assay_span text = behind_prefix(in);
    uint8_t pair[2];
    size_t held = 0, size = 0, digits = 0;
    for (size_t i = 0; i < text.size; i++)
        digits += is_space(text.data[i]) ? 0 : 1;
    if (digits % 2 != 0)
        return fail(err, ASSAY_MALFORMED, "hex", (int64_t)in.size,
                    "an odd number of hex digits: %zu", digits);
    if (digits / 2 > capacity)
        return no_room(capacity, digits / 2, err);
    for (size_t i = 0; i < text.size; i++) {
        if (is_space(text.data[i]))
            continue;
        pair[held++] = text.data[i];
        if (held < 2)
            continue;
        TRY(assay_hex_decode(SPAN(pair), out + size++, 1, err));
        held = 0;
    }
    *out_size = size;
    return ASSAY_OK;
}

/* Checks the whole text before it writes. Texts with + or / need their padding; what people paste
 * in the URL alphabet, or without either's own letters, may lack it. */
static assay_status decode_base64(assay_span in, uint8_t *out, size_t capacity, size_t *out_size,
                                  assay_error *err)
{
    bool standard = memchr(in.data, '+', in.size) != NULL || memchr(in.data, '/', in.size) != NULL;
    base64_alphabet alphabet = standard ? BASE64_STANDARD : BASE64_URL_PADDED;
    size_t size = 0;
    TRY(base64_decode(in, alphabet, BASE64_SPACE_SKIPPED, NULL, SIZE_MAX, &size, err));
    if (size > capacity)
        return no_room(capacity, size, err);
    return base64_decode(in, alphabet, BASE64_SPACE_SKIPPED, out, capacity, out_size, err);
}

static assay_status copy_binary(assay_span in, uint8_t *out, size_t capacity, size_t *out_size,
                                assay_error *err)
{
    if (in.size > capacity)
        return no_room(capacity, in.size, err);
    if (in.size > 0)
        memcpy(out, in.data, in.size);
    *out_size = in.size;
    return ASSAY_OK;
}

assay_status assay_decode_any(assay_span in, uint8_t *out, size_t out_capacity, size_t *out_size,
                              assay_encoding *encoding, assay_error *error)
{
    static assay_status (*const decode[])(assay_span, uint8_t *, size_t, size_t *,
                                          assay_error *) = {
        [ASSAY_ENCODING_BINARY] = copy_binary,
        [ASSAY_ENCODING_HEX] = decode_hex,
        [ASSAY_ENCODING_BASE64] = decode_base64,
    };
    assay_encoding found = recognise(in);
    TRY(decode[found](in, out, out_capacity, out_size, error));
    if (encoding != NULL)
        *encoding = found;
    return ASSAY_OK;
}
