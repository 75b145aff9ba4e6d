/* base64.c: strict base64 (RFC 4648 sections 4 and 5; verification.md 2.6). */
#include "wire/base64.h"
#include "wire/base64_pairs.h"

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

/* One to three octets, and the padding. */
static char *encode_group(assay_span octets, base64_alphabet alphabet, char *out)
{
    const char *digits = digits_of[alphabet];
    uint32_t group = (uint32_t)octets.data[0] << 16;
    if (octets.size > 1)
        group |= (uint32_t)octets.data[1] << 8;
    if (octets.size > 2)
        group |= octets.data[2];
    for (size_t j = 0; j < octets.size + 1; j++)
        *out++ = digits[group >> (18 - 6 * j) & 63];
    for (size_t j = octets.size; j < 3 && alphabet != BASE64_URL; j++)
        *out++ = '=';
    return out;
}

static const char standard_pairs[4096][2] = { BASE64_PAIRS('+', '/') };
static const char url_pairs[4096][2] = { BASE64_PAIRS('-', '_') };

/* Eight octets, the first on top. */
static uint64_t load_eight(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
           (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
           (uint64_t)p[6] << 8 | p[7];
}

/* Six octets at a time, as long as eight can be read; returns how many are done. */
static size_t encode_long(assay_span bytes, const char (*pairs)[2], char *out)
{
    size_t i = 0;
    for (; bytes.size - i >= 8; i += 6, out += 8) {
        const uint64_t octets = load_eight(bytes.data + i);
        memcpy(out, pairs[octets >> 52], 2);
        memcpy(out + 2, pairs[octets >> 40 & 4095], 2);
        memcpy(out + 4, pairs[octets >> 28 & 4095], 2);
        memcpy(out + 6, pairs[octets >> 16 & 4095], 2);
    }
    return i;
}

void base64_encode(assay_span bytes, base64_alphabet alphabet, char *out)
{
    size_t i = encode_long(bytes, alphabet == BASE64_STANDARD ? standard_pairs : url_pairs, out);
    out += i / 3 * 4;
    for (; i < bytes.size; i += 3)
        out = encode_group(span_slice(bytes, i, bytes.size - i < 3 ? bytes.size - i : 3), alphabet,
                           out);
    *out = '\0';
}
