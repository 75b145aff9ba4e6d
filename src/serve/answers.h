/* answers.h: complete replies in memory, bounded in bytes, least recently used goes first.
 * architecture.md, idea 6. */
#ifndef ASSAY_SERVE_ANSWERS_H
#define ASSAY_SERVE_ANSWERS_H

#include "http/server.h"
#include "serve/service.h"

/* A reply and what each use of it needs; shared and immutable. */
typedef struct kept_answer {
    http_reply *reply;
    char etag[24];   /* with its quotes; "" when there is none */
    int64_t issued;  /* Last-Modified; 0: none */
    int64_t fetched; /* Age; 0: none */
    int64_t expires; /* not used from then on */
    int64_t grace;   /* but so long when the store does not answer; 0: not at all */
    unsigned code;
    bool late; /* set by answers_find_late() */
} kept_answer;

answers *answers_new(size_t memory);
void answers_free(answers *a);

/* Copies the entry out with a reference to its reply; false when there is none that is fresh. */
bool answers_find(answers *a, const char *key, int64_t now, kept_answer *out);

/* The same within its grace. */
bool answers_find_late(answers *a, const char *key, int64_t now, kept_answer *out);

/* A number to take before reading what an answer is made from: answers_put() keeps nothing when
 * one of `tags` was dropped since. */
uint64_t answers_generation(answers *a);
void answers_put(answers *a, const char *key, const kept_answer *entry, const uint64_t *tags,
                 size_t tag_count, uint64_t generation);

/* Tags are hashes of item keys ("tcb/...") and platforms ("platform/..."). */
uint64_t answers_tag(const char *name);
void answers_drop(answers *a, uint64_t tag);
void answers_clear(answers *a);

typedef struct answers_statistics {
    uint64_t hits, misses, entries, evictions, memory;
} answers_statistics;
void answers_statistics_get(answers *a, answers_statistics *out);

#endif
