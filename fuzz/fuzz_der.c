/* fuzz_der.c: DER elements (src/wire/der.c). Whatever is accepted: elements lie inside the input,
 * side by side, and their header is the only one that DER has for that length. */
#include <assert.h>

#include "wire/der.h"

enum { DEPTH_MAX = 32, CONSTRUCTED = 0x20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_header(const der_element *e)
{
    size_t length = e->content.size, octets = 0;
    for (size_t rest = length; length >= 128 && rest > 0; rest >>= 8)
        octets++;
    assert(e->full.data[0] == e->tag);
    assert(e->full.size == 2 + octets + length);
    assert(e->content.data == e->full.data + 2 + octets);
}

static void check_integer(const der_reader *r, const der_element *e)
{
    uint64_t value = 0, same = 0;
    assay_span magnitude = { NULL, 0 };
    bool small = der_unsigned(r, e, UINT64_MAX, &value, NULL) == ASSAY_OK;
    bool any = der_magnitude(r, e, &magnitude, NULL) == ASSAY_OK;
    assert(!small || any);
    assert(!any || magnitude.size == 0 || magnitude.data[0] != 0);
    assert(small == (any && magnitude.size <= 8));
    if (!small)
        return;
    assert(der_unsigned(r, e, value, &same, NULL) == ASSAY_OK && same == value);
    assert(value == 0 || der_unsigned(r, e, value - 1, &same, NULL) == ASSAY_MALFORMED);
}

/* Every typed reader looks at every element: none may read beyond it. */
static void check_types(const der_reader *r, const der_element *e)
{
    int64_t time = -1;
    bool truth = false;
    uint16_t bits = 0;
    assay_span octets = { NULL, 0 };
    check_integer(r, e);
    if (der_time(r, e, &time, NULL) == ASSAY_OK)
        assert(time >= 0 && (e->content.size == 13 || e->content.size == 15));
    if (der_boolean(r, e, &truth, NULL) == ASSAY_OK)
        assert(e->content.size == 1);
    if (der_bit_octets(r, e, &octets, NULL) == ASSAY_OK)
        assert(octets.size == e->content.size - 1);
    if (der_named_bits(r, e, &bits, NULL) == ASSAY_OK)
        assert((bits == 0) == (e->content.size == 1));
}

static void walk(der_reader *r, unsigned depth)
{
    while (der_more(r)) {
        const uint8_t *next = r->in.data;
        size_t left = r->in.size;
        der_element e = { 0 };
        assay_error error = { 0 };
        if (der_next(r, &e, &error) != ASSAY_OK) {
            assert(error.offset >= 0 && r->in.data == next && r->in.size == left);
            return;
        }
        assert(e.full.data == next && e.full.size <= left && r->in.size == left - e.full.size);
        check_header(&e);
        check_types(r, &e);
        der_reader inside = der_inside(r, &e);
        if ((e.tag & CONSTRUCTED) != 0 && depth < DEPTH_MAX)
            walk(&inside, depth + 1);
    }
    assert(der_end(r, NULL) == ASSAY_OK);
}

/* r || s gives the only DER that could have been read. */
static void check_signature(assay_span der)
{
    uint8_t raw[64];
    uint8_t again[2 + 2 * 35];
    size_t at = 2;
    if (der_ecdsa_signature(der, 32, raw, "signature", NULL) != ASSAY_OK)
        return;
    for (size_t half = 0; half < 2; half++) {
        const uint8_t *p = raw + 32 * half;
        size_t skip = 0;
        while (skip < 31 && p[skip] == 0)
            skip++;
        size_t sign = p[skip] >> 7;
        again[at++] = DER_INTEGER;
        again[at++] = (uint8_t)(sign + 32 - skip);
        again[at] = 0;
        memcpy(again + at + sign, p + skip, 32 - skip);
        at += sign + 32 - skip;
    }
    again[0] = DER_SEQUENCE;
    again[1] = (uint8_t)(at - 2);
    assert(span_equal(der, span_of(again, at)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_span in = { data, size };
    der_reader r = der_reader_of(in, "input");
    walk(&r, 0);
    check_signature(in);
    return 0;
}
