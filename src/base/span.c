/* span.c: the sticky reader, and comparisons of spans. */
#include "base/span.h"

bool span_is_zero(assay_span a)
{
    uint8_t seen = 0;
    for (size_t i = 0; i < a.size; i++)
        seen |= a.data[i];
    return seen == 0;
}

bool span_equal_constant_time(assay_span a, assay_span b)
{
    if (a.size != b.size)
        return false;
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.size; i++)
        difference |= (uint8_t)(a.data[i] ^ b.data[i]);
    return difference == 0;
}

uint16_t load_u16le(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

uint32_t load_u32le(const uint8_t *p)
{
    return (uint32_t)load_u16le(p) | (uint32_t)load_u16le(p + 2) << 16;
}

uint64_t load_u64le(const uint8_t *p)
{
    return (uint64_t)load_u32le(p) | (uint64_t)load_u32le(p + 4) << 32;
}

reader reader_of(assay_span in, const char *where)
{
    return (reader) { .in = in, .where = where };
}

/* The next `size` bytes, or NULL once anything did not fit. */
static const uint8_t *take(reader *r, size_t size)
{
    if (r->failed)
        return NULL;
    if (size > reader_left(r)) {
        r->failed = true;
        r->wanted = size;
        return NULL;
    }
    const uint8_t *p = r->in.data + r->at;
    r->at += size;
    return p;
}

uint8_t read_u8(reader *r)
{
    const uint8_t *p = take(r, 1);
    return p == NULL ? 0 : p[0];
}

uint16_t read_u16le(reader *r)
{
    const uint8_t *p = take(r, 2);
    return p == NULL ? 0 : load_u16le(p);
}

uint32_t read_u32le(reader *r)
{
    const uint8_t *p = take(r, 4);
    return p == NULL ? 0 : load_u32le(p);
}

uint64_t read_u64le(reader *r)
{
    const uint8_t *p = take(r, 8);
    return p == NULL ? 0 : load_u64le(p);
}

assay_span read_span(reader *r, size_t size)
{
    if (size == 0)
        return (assay_span) { NULL, 0 };
    const uint8_t *p = take(r, size);
    return p == NULL ? (assay_span) { NULL, 0 } : (assay_span) { p, size };
}

assay_status reader_check(const reader *r, assay_error *err)
{
    if (!r->failed)
        return ASSAY_OK;
    return fail(err, ASSAY_TRUNCATED, r->where, (int64_t)r->at, "%zu bytes are left, want %zu",
                reader_left(r), r->wanted);
}

assay_status reader_end(const reader *r, assay_error *err)
{
    TRY(reader_check(r, err));
    if (reader_left(r) == 0)
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, r->where, (int64_t)r->at, "%zu bytes are left over",
                reader_left(r));
}
