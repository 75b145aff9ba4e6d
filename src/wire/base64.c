/* base64.c: strict base64 (RFC 4648 sections 4 and 5; verification.md 2.6). */
#include "wire/base64.h"

/* What a character means: its six bits, or one of these. */
enum { DIGIT_LIMIT = 64, PADDING = 64, SPACE = 65, NOTHING = 0xff };

static const char *const digits_of[] = {
    [BASE64_STANDARD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    [BASE64_URL_PADDED] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

typedef struct decoder {
    uint8_t meaning[256];
    assay_span text;
    size_t at;
    size_t last;    /* where the last digit stood */
    uint32_t group; /* the bits of the digits of an unfinished group */
    unsigned held;  /* how many digits it has: 0 to 3 */
    uint8_t *out;   /* NULL: only counted */
    size_t size;
} decoder;

static void learn(decoder *d, base64_alphabet alphabet, base64_space space)
{
    memset(d->meaning, NOTHING, sizeof(d->meaning));
    for (uint8_t i = 0; i < DIGIT_LIMIT; i++)
        d->meaning[(uint8_t)digits_of[alphabet][i]] = i;
    if (alphabet != BASE64_URL)
        d->meaning['='] = PADDING;
    for (const char *c = " \t\r\n"; space == BASE64_SPACE_SKIPPED && *c != '\0'; c++)
        d->meaning[(uint8_t)*c] = SPACE;
}

static void put(decoder *d, uint32_t group, size_t count)
{
    for (size_t i = 0; d->out != NULL && i < count; i++)
        d->out[d->size + i] = (uint8_t)(group >> (16 - 8 * i));
    d->size += count;
}

/* Whole groups of four digits, as far as they stand side by side. */
static void take_groups(decoder *d, size_t capacity)
{
    const uint8_t *p = d->text.data + d->at;
    size_t groups = (d->text.size - d->at) / 4;
    size_t room = (capacity - d->size) / 3;
    for (size_t i = 0; i < groups && i < room; i++, p += 4) {
        uint32_t a = d->meaning[p[0]], b = d->meaning[p[1]];
        uint32_t c = d->meaning[p[2]], e = d->meaning[p[3]];
        if ((a | b | c | e) >= DIGIT_LIMIT)
            break;
        put(d, a << 18 | b << 12 | c << 6 | e, 3);
        d->last = (size_t)(p - d->text.data) + 3;
    }
    d->at = (size_t)(p - d->text.data);
}

static assay_status bad_character(const decoder *d, assay_error *err)
{
    return fail(err, ASSAY_MALFORMED, "base64", (int64_t)d->at, "byte 0x%02x is no base64 here",
                d->text.data[d->at]);
}

static assay_status no_room(size_t capacity, assay_error *err)
{
    return fail(err, ASSAY_USAGE, "base64", ASSAY_NO_OFFSET, "the buffer of %zu bytes is too small",
                capacity);
}

/* Everything up to the padding or the end. */
static assay_status take_digits(decoder *d, size_t capacity, assay_error *err)
{
    while (d->at < d->text.size) {
        if (d->held == 0)
            take_groups(d, capacity);
        if (d->at == d->text.size)
            break;
        uint8_t meaning = d->meaning[d->text.data[d->at]];
        if (meaning == PADDING)
            break;
        if (meaning == NOTHING)
            return bad_character(d, err);
        if (meaning < DIGIT_LIMIT) {
            d->group = d->group << 6 | meaning;
            d->last = d->at;
            d->held++;
        }
        if (d->held == 4) {
            if (capacity - d->size < 3)
                return no_room(capacity, err);
            put(d, d->group & 0xffffff, 3);
            d->held = 0;
        }
        d->at++;
    }
    return ASSAY_OK;
}

/* How many padding characters end the text. */
static assay_status take_padding(decoder *d, size_t *count, assay_error *err)
{
    for (*count = 0; d->at < d->text.size; d->at++) {
        uint8_t meaning = d->meaning[d->text.data[d->at]];
        if (meaning != PADDING && meaning != SPACE)
            return bad_character(d, err);
        *count += meaning == PADDING ? 1 : 0;
    }
    return ASSAY_OK;
}

/* Two or three digits are one or two octets; the bits left over must be zero. */
static assay_status finish_group(decoder *d, size_t padding, base64_alphabet alphabet,
                                 size_t capacity, assay_error *err)
{
    size_t wanted = d->held == 0 ? 0 : 4 - d->held;
    if (d->held == 1)
        return fail(err, ASSAY_MALFORMED, "base64", (int64_t)d->last,
                    "one digit alone behind the last group of four");
    if (padding != wanted && (padding != 0 || alphabet == BASE64_STANDARD))
        return fail(err, ASSAY_MALFORMED, "base64", (int64_t)d->text.size,
                    "%zu padding characters, want %zu", padding, wanted);
    if (d->held == 0)
        return ASSAY_OK;
    size_t octets = d->held - 1;
    uint32_t group = d->group << 6 * wanted & 0xffffff;
    if ((group & (0xffffffu >> 8 * octets)) != 0)
        return fail(err, ASSAY_MALFORMED, "base64", (int64_t)d->last,
                    "the bits behind the last octet are not zero");
    if (capacity - d->size < octets)
        return no_room(capacity, err);
    put(d, group, octets);
    return ASSAY_OK;
}

assay_status base64_decode(assay_span text, base64_alphabet alphabet, base64_space space,
                           uint8_t *out, size_t capacity, size_t *out_size, assay_error *err)
{
    decoder d = { .text = text, .out = out };
    size_t padding = 0;
    learn(&d, alphabet, space);
    TRY(take_digits(&d, capacity, err));
    TRY(take_padding(&d, &padding, err));
    TRY(finish_group(&d, padding, alphabet, capacity, err));
    *out_size = d.size;
    return ASSAY_OK;
}

size_t base64_encoded_size(size_t size, base64_alphabet alphabet)
{
    size_t rest = size % 3;
    size_t last = rest == 0 ? 0 : alphabet == BASE64_URL ? rest + 1 : 4;
    return size / 3 * 4 + last;
}

/* The last one or two octets, and the padding. */
static char *encode_rest(assay_span rest, base64_alphabet alphabet, char *out)
{
    const char *digits = digits_of[alphabet];
    uint32_t group = (uint32_t)rest.data[0] << 16;
    if (rest.size > 1)
        group |= (uint32_t)rest.data[1] << 8;
    for (size_t j = 0; j < rest.size + 1; j++)
        *out++ = digits[group >> (18 - 6 * j) & 63];
    for (size_t j = rest.size; j < 3 && alphabet != BASE64_URL; j++)
        *out++ = '=';
    return out;
}

void base64_encode(assay_span bytes, base64_alphabet alphabet, char *out)
{
    const char *digits = digits_of[alphabet];
    const size_t whole = bytes.size / 3 * 3;
    for (size_t i = 0; i < whole; i += 3, out += 4) {
        const uint8_t *p = bytes.data + i;
        const uint32_t group = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
        out[0] = digits[group >> 18];
        out[1] = digits[group >> 12 & 63];
        out[2] = digits[group >> 6 & 63];
        out[3] = digits[group & 63];
    }
    if (whole < bytes.size)
        out = encode_rest(span_of(bytes.data + whole, bytes.size - whole), alphabet, out);
    *out = '\0';
}
