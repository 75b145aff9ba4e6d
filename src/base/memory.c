/* memory.c: the core's only use of the system's allocator, and an arena of blocks on it. */
#include <stdalign.h>
#include <stdlib.h>

#include "base/memory.h"

enum { BLOCK_SIZE = 16 * 1024 };

typedef struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) uint8_t bytes[];
} arena_block;

void *memory_new(size_t size)
{
    return calloc(1, size);
}

void memory_free(void *pointer)
{
    free(pointer);
}

static arena_block *block_for(arena *a, size_t size)
{
    arena_block *block = a->blocks;
    if (block != NULL && size <= block->size - block->used)
        return block;
    size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    if (capacity > SIZE_MAX - sizeof(arena_block))
        return NULL;
    block = memory_new(sizeof(arena_block) + capacity);
    if (block == NULL)
        return NULL;
    block->size = capacity;
    block->next = a->blocks;
    a->blocks = block;
    return block;
}

void *arena_new(arena *a, size_t count, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size != 0 && count > (SIZE_MAX - unit) / size)
        return NULL;
    size_t wanted = (count * size + unit - 1) / unit * unit;
    arena_block *block = block_for(a, wanted);
    if (block == NULL)
        return NULL;
    void *p = block->bytes + block->used;
    block->used += wanted;
    return p;
}

assay_span arena_copy(arena *a, assay_span in)
{
    uint8_t *copy = in.size == 0 ? NULL : arena_new(a, in.size, 1);
    if (copy == NULL)
        return (assay_span) { NULL, 0 };
    memcpy(copy, in.data, in.size);
    return (assay_span) { copy, in.size };
}

char *arena_text(arena *a, assay_span in)
{
    char *copy = in.size == SIZE_MAX ? NULL : arena_new(a, in.size + 1, 1);
    if (copy != NULL && in.size > 0)
        memcpy(copy, in.data, in.size);
    return copy;
}

void arena_free(arena *a)
{
    while (a->blocks != NULL) {
        arena_block *next = a->blocks->next;
        memory_free(a->blocks);
        a->blocks = next;
    }
}
