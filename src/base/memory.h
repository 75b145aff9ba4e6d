/* memory.h: the one place of the core that asks the system for memory, and an arena on it.
 *
 * Objects that outlive a call (collateral, verifier) keep everything in one arena and go at once.
 * The rooms listed as pure in tools/purity.txt may not use this header. */
#ifndef ASSAY_BASE_MEMORY_H
#define ASSAY_BASE_MEMORY_H

#include <stddef.h>

#include "base/span.h"

/* Zeroed memory, or NULL. */
void *memory_new(size_t size);
void memory_free(void *pointer);

typedef struct arena {
    struct arena_block *blocks;
} arena;

/* Zeroed, aligned for any type; NULL when the system has no more. `count * size` may not wrap. */
void *arena_new(arena *a, size_t count, size_t size);

/* A copy that lives as long as the arena; data NULL on failure when in.size > 0. */
assay_span arena_copy(arena *a, assay_span in);

/* A copy with a NUL behind it; NULL on failure. */
char *arena_text(arena *a, assay_span in);

/* Frees everything; the arena is empty and usable again. */
void arena_free(arena *a);

#endif
