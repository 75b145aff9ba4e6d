/* buffer.c: bytes that come in pieces, up to a limit. */
#include "fetch/buffer.h"

#include "base/memory.h"

enum { FIRST_SIZE = 4096 };

static buffer_result grow(buffer *b, size_t wanted)
{
    size_t capacity = b->capacity == 0 ? FIRST_SIZE : b->capacity;
    while (capacity < wanted)
        capacity *= 2;
    uint8_t *data = memory_new(capacity);
    if (data == NULL)
        return BUFFER_NO_MEMORY;
    if (b->size > 0)
        memcpy(data, b->data, b->size);
    memory_free(b->data);
    b->data = data;
    b->capacity = capacity;
    return BUFFER_OK;
}

buffer_result buffer_add(buffer *b, assay_span bytes)
{
    if (bytes.size > b->limit - b->size)
        return BUFFER_FULL;
    if (b->size + bytes.size + 1 > b->capacity) {
        const buffer_result result = grow(b, b->size + bytes.size + 1);
        if (result != BUFFER_OK)
            return result;
    }
    if (bytes.size > 0)
        memcpy(b->data + b->size, bytes.data, bytes.size);
    b->size += bytes.size;
    b->data[b->size] = '\0';
    return BUFFER_OK;
}

void buffer_clear(buffer *b)
{
    b->size = 0;
}

void buffer_free(buffer *b)
{
    memory_free(b->data);
    *b = (buffer) { .limit = b->limit };
}
