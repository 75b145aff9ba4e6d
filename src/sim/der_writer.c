/* der_writer.c: writes DER. X.690 8, 10, 11. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/der_writer.h"

void der_open(der_writer *w, uint8_t tag)
{
    if (w->depth == DER_WRITER_DEPTH) {
        w->out->failed = true;
        return;
    }
    bytes_add_u8(w->out, tag);
    w->open[w->depth++] = w->out->size;
}

/* Writes the minimal definite length and returns how many octets it takes. */
static size_t length_octets(size_t length, uint8_t out[9])
{
    if (length < 128) {
        out[0] = (uint8_t)length;
        return 1;
    }
    size_t count = 0;
    for (size_t rest = length; rest > 0; rest >>= 8)
        count++;
    out[0] = (uint8_t)(0x80 | count);
    for (size_t i = 0; i < count; i++)
        out[1 + i] = (uint8_t)(length >> (8 * (count - 1 - i)));
    return 1 + count;
}

void der_close(der_writer *w)
{
    if (w->depth == 0 || w->out->failed) {
        w->out->failed = true;
        return;
    }
    size_t start = w->open[--w->depth];
    uint8_t length[9];
    size_t size = length_octets(w->out->size - start, length);
    bytes_replace(w->out, start, 0, span_of(length, size));
}

void der_raw(der_writer *w, assay_span bytes)
{
    bytes_add(w->out, bytes);
}

void der_element_put(der_writer *w, uint8_t tag, assay_span content)
{
    der_open(w, tag);
    der_raw(w, content);
    der_close(w);
}

void der_put_text(der_writer *w, uint8_t tag, const char *text)
{
    der_element_put(w, tag, SPAN_TEXT(text));
}

/* One arc in base 128, high octets first. */
static void put_arc(der_writer *w, unsigned long arc)
{
    unsigned shift = 0;
    while (shift < 28 && arc >> (shift + 7) != 0)
        shift += 7;
    for (;; shift -= 7) {
        bytes_add_u8(w->out, (uint8_t)(((arc >> shift) & 0x7f) | (shift > 0 ? 0x80 : 0)));
        if (shift == 0)
            return;
    }
}

void der_put_oid(der_writer *w, const char *dotted)
{
    char *rest;
    unsigned long first = strtoul(dotted, &rest, 10);
    unsigned long second = *rest == '.' ? strtoul(rest + 1, &rest, 10) : 0;
    der_open(w, DER_OID);
    put_arc(w, first * 40 + second);
    while (*rest == '.')
        put_arc(w, strtoul(rest + 1, &rest, 10));
    der_close(w);
}

void der_put_null(der_writer *w)
{
    der_element_put(w, DER_NULL, (assay_span) { NULL, 0 });
}

void der_put_boolean(der_writer *w, uint8_t octet)
{
    der_element_put(w, DER_BOOLEAN, span_of(&octet, 1));
}

static void put_magnitude(der_writer *w, uint8_t tag, assay_span magnitude)
{
    while (magnitude.size > 1 && magnitude.data[0] == 0)
        magnitude = (assay_span) { magnitude.data + 1, magnitude.size - 1 };
    der_open(w, tag);
    if (magnitude.size == 0 || magnitude.data[0] >= 0x80)
        bytes_add_u8(w->out, 0);
    der_raw(w, magnitude);
    der_close(w);
}

void der_put_unsigned(der_writer *w, uint8_t tag, uint64_t value)
{
    uint8_t octets[8];
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(value >> (56 - 8 * i));
    put_magnitude(w, tag, SPAN(octets));
}

void der_put_magnitude(der_writer *w, assay_span magnitude)
{
    put_magnitude(w, DER_INTEGER, magnitude);
}

void der_put_bits(der_writer *w, assay_span octets)
{
    der_open(w, DER_BIT_STRING);
    bytes_add_u8(w->out, 0);
    der_raw(w, octets);
    der_close(w);
}

void der_put_named_bits(der_writer *w, uint16_t bits)
{
    uint8_t octets[3] = { 0 }; /* unused bits, then bits from the left */
    size_t size = 1;
    for (unsigned bit = 0; bit < 16; bit++) {
        if ((bits >> bit & 1) == 0)
            continue;
        octets[1 + bit / 8] |= (uint8_t)(0x80 >> (bit % 8));
        octets[0] = (uint8_t)(7 - bit % 8);
        size = 2 + bit / 8;
    }
    der_element_put(w, DER_BIT_STRING, span_of(octets, size));
}

void der_put_time(der_writer *w, int64_t time)
{
    char rfc3339[ASSAY_TIME_SIZE], digits[16];
    size_t size = 0;
    assay_time_format(time, rfc3339);
    for (const char *p = rfc3339; *p != '\0'; p++) {
        if (*p != '-' && *p != ':' && *p != 'T')
            digits[size++] = *p;
    }
    bool general = atoi(rfc3339) >= 2050;
    size_t skip = general ? 0 : 2;
    der_element_put(w, general ? DER_GENERALIZED_TIME : DER_UTC_TIME,
                    span_of(digits + skip, size - skip));
}

void der_put_signature(der_writer *w, const uint8_t signature[64])
{
    der_open(w, DER_SEQUENCE);
    der_put_magnitude(w, span_of(signature, 32));
    der_put_magnitude(w, span_of(signature + 32, 32));
    der_close(w);
}
