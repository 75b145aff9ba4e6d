/* buffer.h: bytes that come in pieces, up to a limit. */
#ifndef ASSAY_FETCH_BUFFER_H
#define ASSAY_FETCH_BUFFER_H

#include "base/span.h"

typedef struct buffer {
    uint8_t *data; /* a NUL behind; NULL while empty */
    size_t size;
    size_t capacity;
    size_t limit;
} buffer;

typedef enum buffer_result { BUFFER_OK, BUFFER_FULL, BUFFER_NO_MEMORY } buffer_result;

buffer_result buffer_add(buffer *b, assay_span bytes);
void buffer_clear(buffer *b); /* keeps the memory */
void buffer_free(buffer *b);

static inline assay_span buffer_span(const buffer *b)
{
    return span_of(b->data, b->size);
}

#endif
