/* negative.c: what is not there, by hash in sets of a few places. A seed of our own keeps strangers
 * from choosing whose place they take. collateral-service.md 7.3. */
#include <pthread.h>

#include "base/memory.h"
#include "serve/hash.h"
#include "serve/negative.h"

enum { WAYS = 4 };

typedef struct place {
    uint64_t hash;
    int64_t until; /* 0: free */
    unsigned code;
} place;

struct negative {
    pthread_mutex_t lock;
    uint64_t seed;
    size_t sets;
    place places[];
};

negative *negative_new(size_t max)
{
    const size_t sets = max / WAYS > 0 ? max / WAYS : 1;
    negative *n = memory_new(sizeof(*n) + sets * WAYS * sizeof(place));
    if (n == NULL)
        return NULL;
    n->sets = sets;
    n->seed = hash_seed();
    pthread_mutex_init(&n->lock, NULL);
    return n;
}

void negative_free(negative *n)
{
    if (n == NULL)
        return;
    pthread_mutex_destroy(&n->lock);
    memory_free(n);
}

/* The place of this key, else the one that ends first. */
static place *place_for(negative *n, uint64_t hash)
{
    place *set = &n->places[hash % n->sets * WAYS];
    place *first = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].hash == hash && set[i].until != 0)
            return &set[i];
        if (set[i].until < first->until)
            first = &set[i];
    }
    return first;
}

unsigned negative_find(negative *n, const char *key, int64_t now)
{
    const uint64_t hash = hash_bytes(n->seed, SPAN_TEXT(key));
    pthread_mutex_lock(&n->lock);
    const place *at = place_for(n, hash);
    const unsigned code = at->hash == hash && now < at->until ? at->code : 0;
    pthread_mutex_unlock(&n->lock);
    return code;
}

void negative_add(negative *n, const char *key, unsigned code, int64_t until)
{
    const uint64_t hash = hash_bytes(n->seed, SPAN_TEXT(key));
    pthread_mutex_lock(&n->lock);
    *place_for(n, hash) = (place) { .hash = hash, .until = until, .code = code };
    pthread_mutex_unlock(&n->lock);
}

void negative_forget(negative *n, const char *key)
{
    pthread_mutex_lock(&n->lock);
    if (key == NULL) {
        memset(n->places, 0, n->sets * WAYS * sizeof(place));
    } else {
        const uint64_t hash = hash_bytes(n->seed, SPAN_TEXT(key));
        place *at = place_for(n, hash);
        if (at->hash == hash)
            at->until = 0;
    }
    pthread_mutex_unlock(&n->lock);
}
