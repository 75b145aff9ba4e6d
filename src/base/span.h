/* span.h: bytes by value, and the sticky reader that every binary parser uses.
 *
 * A reader never reads beyond its span. The first read that does not fit makes it fail; all later
 * reads give zeros or empty spans. Ask once with reader_check() or reader_end(); until then a value
 * that was read decides nothing. */
#ifndef ASSAY_BASE_SPAN_H
#define ASSAY_BASE_SPAN_H

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

#define SPAN(array)     ((assay_span) { (array), sizeof(array) })
#define SPAN_TEXT(text) ((assay_span) { (const uint8_t *)(text), strlen(text) })
#define SPAN_CONST(text)                                                                           \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static inline assay_span span_of(const void *data, size_t size)
{
    return (assay_span) { (const uint8_t *)data, size };
}

/* `size` bytes at `offset`, or the empty span when they are not all there. */
static inline assay_span span_slice(assay_span in, size_t offset, size_t size)
{
    if (offset > in.size || size > in.size - offset)
        return (assay_span) { NULL, 0 };
    return (assay_span) { in.data + offset, size };
}

static inline bool span_equal(assay_span a, assay_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool span_is(assay_span a, const char *text)
{
    return span_equal(a, SPAN_TEXT(text));
}

/* True when every byte is zero (also for the empty span). */
bool span_is_zero(assay_span a);

/* Compares without a data-dependent branch; false at once when the sizes differ. */
bool span_equal_constant_time(assay_span a, assay_span b);

/* Little-endian integers out of a structure whose size was checked before. */
uint16_t load_u16le(const uint8_t *p);
uint32_t load_u32le(const uint8_t *p);
uint64_t load_u64le(const uint8_t *p);

typedef struct reader {
    assay_span in;
    size_t at;         /* offset of the next byte inside `in` */
    size_t wanted;     /* after a failure: how many bytes did not fit */
    const char *where; /* path for the error; static or outliving the reader */
    bool failed;
} reader;

reader reader_of(assay_span in, const char *where);
uint8_t read_u8(reader *r);
uint16_t read_u16le(reader *r);
uint32_t read_u32le(reader *r);
uint64_t read_u64le(reader *r);
assay_span read_span(reader *r, size_t size);
static inline size_t reader_left(const reader *r)
{
    return r->in.size - r->at;
}

/* TRUNCATED with where, offset and how much was wanted, when a read did not fit. */
assay_status reader_check(const reader *r, assay_error *err);

/* As reader_check(), and MALFORMED when bytes are left over. */
assay_status reader_end(const reader *r, assay_error *err);

#endif
