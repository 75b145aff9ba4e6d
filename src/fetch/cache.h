/* cache.h: replies kept on disk: our own, and what Intel's and Azure's clients have left.
 * collateral-service.md 5, 6, 8. */
#ifndef ASSAY_FETCH_CACHE_H
#define ASSAY_FETCH_CACHE_H

#include "fetch/cache_file.h"

typedef enum cache_answer { CACHE_MISSING, CACHE_EXPIRED, CACHE_FOUND } cache_answer;

/* What is looked for, and since when it would be too old. */
typedef struct cache_question {
    const char *base; /* folder in which the caches stand; "": none */
    const source_kind *kind;
    const char *url;      /* as asked */
    const char *platform; /* "<qeid>_<pceid>" of Intel's local_cache_only; NULL: not looked for */
    int64_t now;
    int64_t longest; /* seconds that a copy may be kept */
} cache_question;

typedef struct cache_item {
    buffer file;    /* entry points into it */
    buffer headers; /* made up for Azure's, which keep none */
    cache_entry entry;
} cache_item;

/* cache_item_free() always. */
cache_answer cache_find(const cache_question *q, cache_item *out);
void cache_item_free(cache_item *item);

/* Best effort: false when there is no safe folder, or the disk is full. */
bool cache_keep(const char *base, const cache_entry *entry);

/* Removes what ASSAY_CACHE_... bits name, in all three folders. */
bool cache_forget(const char *base, unsigned which);

#endif
