/* der.c: strict DER, element by element (X.690; verification.md 2.6). */
#include <stdarg.h>
#include <stdio.h>

#include "base/time.h"
#include "wire/der.h"

enum {
    LONG_TAG = 0x1f,          /* the low bits that announce a tag of several bytes */
    LONG_LENGTH = 0x80,       /* the bit that announces length octets */
    LENGTH_OCTETS = 4,        /* no input of ours needs more */
    UTC_SIZE = 13,            /* YYMMDDhhmmssZ */
    GENERALIZED_SIZE = 15,    /* YYYYMMDDhhmmssZ */
    GENERALIZED_FROM = 2050,  /* RFC 5280 4.1.2.5 */
    NAMED_BITS_MAX_OCTETS = 2 /* of bits; the count of unused bits stands before them */
};

der_reader der_reader_of(assay_span in, const char *where)
{
    return (der_reader) { .base = in.data, .in = in, .where = where };
}

der_reader der_inside(const der_reader *parent, const der_element *element)
{
    return (der_reader) { .base = parent->base, .in = element->content, .where = parent->where };
}

static int64_t offset_of(const der_reader *r, const uint8_t *at)
{
    return r->base == NULL ? 0 : at - r->base;
}

static assay_status too_short(const der_reader *r, size_t wanted, size_t left, assay_error *err)
{
    return fail(err, ASSAY_TRUNCATED, r->where, offset_of(r, r->in.data),
                "the element needs %zu octets, %zu are left", wanted, left);
}

/* The length octets behind the tag: *head counts tag and length octets. */
static assay_status read_length(const der_reader *r, size_t *head, size_t *length, assay_error *err)
{
    const uint8_t *p = r->in.data;
    if (r->in.size < 2)
        return too_short(r, 2, r->in.size, err);
    *head = 2;
    *length = p[1];
    if (p[1] < LONG_LENGTH)
        return ASSAY_OK;
    size_t count = p[1] & ~LONG_LENGTH;
    if (count == 0 || count > LENGTH_OCTETS)
        return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, p + 1),
                    "length octet 0x%02x: want a definite length of at most 32 bits", p[1]);
    if (r->in.size - 2 < count)
        return too_short(r, 2 + count, r->in.size, err);
    *head = 2 + count;
    *length = 0;
    for (size_t i = 0; i < count; i++)
        *length = *length << 8 | p[2 + i];
    if (p[2] == 0 || *length < LONG_LENGTH)
        return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, p + 1),
                    "length %zu in %zu octets is not minimal", *length, 1 + count);
    return ASSAY_OK;
}

assay_status der_next(der_reader *r, der_element *out, assay_error *err)
{
    size_t head = 0, length = 0;
    if (r->in.size == 0)
        return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, r->in.data),
                    "an element is missing");
    uint8_t tag = r->in.data[0];
    if (tag == 0 || (tag & LONG_TAG) == LONG_TAG)
        return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, r->in.data),
                    "tag 0x%02x: want a tag of one byte", tag);
    TRY(read_length(r, &head, &length, err));
    if (length > r->in.size - head)
        return too_short(r, length, r->in.size - head, err);
    *out = (der_element) { .tag = tag,
                           .content = { r->in.data + head, length },
                           .full = { r->in.data, head + length } };
    r->in = (assay_span) { r->in.data + head + length, r->in.size - head - length };
    return ASSAY_OK;
}

assay_status der_expect(der_reader *r, uint8_t tag, const char *what, der_element *out,
                        assay_error *err)
{
    if (r->in.size == 0)
        return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, r->in.data),
                    "%s is missing, want tag 0x%02x", what, tag);
    if (r->in.data[0] != tag)
        return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, r->in.data),
                    "%s has tag 0x%02x, want 0x%02x", what, r->in.data[0], tag);
    return der_next(r, out, err);
}

assay_status der_end(const der_reader *r, assay_error *err)
{
    if (r->in.size == 0)
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, r->in.data),
                "%zu octets are left over", r->in.size);
}

assay_status der_fail(const der_reader *r, const der_element *at, assay_error *err,
                      const char *format, ...)
{
    char detail[ASSAY_DETAIL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    return fail(err, ASSAY_MALFORMED, r->where, offset_of(r, at->full.data), "%s", detail);
}

assay_status der_magnitude(const der_reader *r, const der_element *e, assay_span *out,
                           assay_error *err)
{
    const uint8_t *p = e->content.data;
    size_t size = e->content.size;
    if (size == 0)
        return der_fail(r, e, err, "an integer without octets");
    if ((p[0] & 0x80) != 0)
        return der_fail(r, e, err, "the integer is negative");
    if (size > 1 && p[0] == 0 && (p[1] & 0x80) == 0)
        return der_fail(r, e, err, "the integer has a superfluous leading zero octet");
    size_t leading = p[0] == 0 ? 1 : 0;
    *out = (assay_span) { p + leading, size - leading };
    return ASSAY_OK;
}

assay_status der_unsigned(const der_reader *r, const der_element *e, uint64_t max, uint64_t *out,
                          assay_error *err)
{
    assay_span magnitude = { NULL, 0 };
    TRY(der_magnitude(r, e, &magnitude, err));
    if (magnitude.size > sizeof(uint64_t))
        return der_fail(r, e, err, "an integer of %zu octets, want at most %llu", magnitude.size,
                        (unsigned long long)max);
    uint64_t value = 0;
    for (size_t i = 0; i < magnitude.size; i++)
        value = value << 8 | magnitude.data[i];
    if (value > max)
        return der_fail(r, e, err, "%llu, want at most %llu", (unsigned long long)value,
                        (unsigned long long)max);
    *out = value;
    return ASSAY_OK;
}

assay_status der_boolean(const der_reader *r, const der_element *e, bool *out, assay_error *err)
{
    if (e->content.size != 1)
        return der_fail(r, e, err, "a boolean of %zu octets, want 1", e->content.size);
    uint8_t octet = e->content.data[0];
    if (octet != 0x00 && octet != 0xff)
        return der_fail(r, e, err, "boolean octet 0x%02x, want 0x00 or 0xff", octet);
    *out = octet == 0xff;
    return ASSAY_OK;
}

assay_status der_bit_octets(const der_reader *r, const der_element *e, assay_span *out,
                            assay_error *err)
{
    if (e->content.size == 0)
        return der_fail(r, e, err, "a bit string without octets");
    if (e->content.data[0] != 0)
        return der_fail(r, e, err, "the bit string has %u unused bits, want none",
                        e->content.data[0]);
    *out = span_slice(e->content, 1, e->content.size - 1);
    return ASSAY_OK;
}

assay_status der_named_bits(const der_reader *r, const der_element *e, uint16_t *out,
                            assay_error *err)
{
    const uint8_t *p = e->content.data;
    size_t size = e->content.size;
    if (size == 0 || size > 1 + NAMED_BITS_MAX_OCTETS)
        return der_fail(r, e, err, "a bit string of %zu octets, want 1 to 3", size);
    unsigned unused = p[0];
    if (unused > 7 || (size == 1 && unused != 0))
        return der_fail(r, e, err, "%u unused bits do not fit", unused);
    unsigned last = p[size - 1];
    if (size > 1 && (last & ((1u << unused) - 1)) != 0)
        return der_fail(r, e, err, "the unused bits are not zero");
    if (size > 1 && (last >> unused & 1) == 0)
        return der_fail(r, e, err, "named bits end in zero bits");
    uint16_t bits = 0;
    for (unsigned i = 0; i < (size - 1) * 8; i++) {
        unsigned bit = p[1 + i / 8] >> (7 - i % 8) & 1u;
        bits = (uint16_t)(bits | bit << i);
    }
    *out = bits;
    return ASSAY_OK;
}

/* The year of a time and where its month begins; false when the shape does not fit. */
static bool read_year(const der_element *e, size_t *at, int *year)
{
    bool generalized = e->tag == DER_GENERALIZED_TIME;
    if (e->content.size != (generalized ? GENERALIZED_SIZE : UTC_SIZE))
        return false;
    if (!time_digits(e->content, at, generalized ? 4 : 2, year))
        return false;
    if (!generalized)
        *year += *year >= 50 ? 1900 : 2000;
    return true;
}

assay_status der_time(const der_reader *r, const der_element *e, int64_t *out, assay_error *err)
{
    size_t at = 0;
    calendar c;
    if (e->tag != DER_UTC_TIME && e->tag != DER_GENERALIZED_TIME)
        return der_fail(r, e, err, "tag 0x%02x is no time, want 0x17 or 0x18", e->tag);
    if (!read_year(e, &at, &c.year) || !time_digits(e->content, &at, 2, &c.month) ||
        !time_digits(e->content, &at, 2, &c.day) || !time_digits(e->content, &at, 2, &c.hour) ||
        !time_digits(e->content, &at, 2, &c.minute) ||
        !time_digits(e->content, &at, 2, &c.second) || e->content.data[at] != 'Z')
        return der_fail(r, e, err, "the time does not read %sYYMMDDhhmmssZ",
                        e->tag == DER_GENERALIZED_TIME ? "YY" : "");
    if (e->tag == DER_GENERALIZED_TIME && c.year < GENERALIZED_FROM)
        return der_fail(r, e, err, "a GeneralizedTime of %d, want UTCTime before 2050", c.year);
    int64_t time;
    if (!calendar_to_time(&c, &time))
        return der_fail(r, e, err, "no date of the calendar from 1970 on: %d-%02d-%02d", c.year,
                        c.month, c.day);
    *out = time;
    return ASSAY_OK;
}

/* One half of a signature, as a magnitude of at most `half` octets. */
static assay_status read_half(der_reader *r, const char *what, size_t half, assay_span *out,
                              assay_error *err)
{
    der_element e = { 0 };
    assay_span magnitude = { NULL, 0 };
    TRY(der_expect(r, DER_INTEGER, what, &e, err));
    TRY(der_magnitude(r, &e, &magnitude, err));
    if (magnitude.size > half)
        return der_fail(r, &e, err, "%s has %zu octets, want at most %zu", what, magnitude.size,
                        half);
    *out = magnitude;
    return ASSAY_OK;
}

assay_status der_ecdsa_signature(assay_span der, size_t half, uint8_t *out, const char *where,
                                 assay_error *err)
{
    der_reader outer = der_reader_of(der, where);
    der_element sequence = { 0 };
    assay_span r = { NULL, 0 }, s = { NULL, 0 };
    TRY(der_expect(&outer, DER_SEQUENCE, "the signature", &sequence, err));
    TRY(der_end(&outer, err));
    der_reader inner = der_inside(&outer, &sequence);
    TRY(read_half(&inner, "r", half, &r, err));
    TRY(read_half(&inner, "s", half, &s, err));
    TRY(der_end(&inner, err));
    memset(out, 0, 2 * half);
    if (r.size > 0)
        memcpy(out + half - r.size, r.data, r.size);
    if (s.size > 0)
        memcpy(out + 2 * half - s.size, s.data, s.size);
    return ASSAY_OK;
}
