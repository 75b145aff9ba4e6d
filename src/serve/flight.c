/* flight.c: one run for any number of equal requests: who waits for which key.
 * collateral-service.md 7.3. */
#include <pthread.h>

#include "base/memory.h"
#include "serve/flight.h"
#include "serve/hash.h"

enum { FLIGHT_BUCKETS = 1024 };

typedef struct flight {
    struct flight *next;
    flight_waiter *first;
    flight_waiter **last;
    size_t key_size;
    char key[];
} flight;

struct flights {
    pthread_mutex_t lock;
    uint64_t seed;
    uint64_t coalesced;
    flight *buckets[FLIGHT_BUCKETS];
};

flights *flights_new(void)
{
    flights *all = memory_new(sizeof(*all));
    if (all == NULL)
        return NULL;
    all->seed = hash_seed();
    pthread_mutex_init(&all->lock, NULL);
    return all;
}

void flights_free(flights *all)
{
    if (all == NULL)
        return;
    pthread_mutex_destroy(&all->lock);
    memory_free(all);
}

static flight **place_of(flights *all, assay_span key)
{
    flight **at = &all->buckets[hash_bytes(all->seed, key) % FLIGHT_BUCKETS];
    while (*at != NULL && !span_equal(span_of((*at)->key, (*at)->key_size), key))
        at = &(*at)->next;
    return at;
}

static flight *flight_new(assay_span key)
{
    flight *f = memory_new(sizeof(*f) + key.size + 1);
    if (f == NULL)
        return NULL;
    f->key_size = key.size;
    memcpy(f->key, key.data, key.size);
    f->last = &f->first;
    return f;
}

flight_role flights_join(flights *all, const char *key, flight_waiter *waiter)
{
    const assay_span text = SPAN_TEXT(key);
    waiter->next = NULL;
    pthread_mutex_lock(&all->lock);
    flight **place = place_of(all, text);
    const flight_role role = *place == NULL ? FLIGHT_LEADER : FLIGHT_FOLLOWER;
    if (*place == NULL)
        *place = flight_new(text);
    flight *f = *place;
    if (f != NULL) {
        *f->last = waiter;
        f->last = &waiter->next;
    }
    all->coalesced += role == FLIGHT_FOLLOWER;
    pthread_mutex_unlock(&all->lock);
    return role;
}

flight_waiter *flights_land(flights *all, const char *key)
{
    pthread_mutex_lock(&all->lock);
    flight **place = place_of(all, SPAN_TEXT(key));
    flight *f = *place;
    flight_waiter *first = f != NULL ? f->first : NULL;
    if (f != NULL)
        *place = f->next;
    pthread_mutex_unlock(&all->lock);
    memory_free(f);
    return first;
}

uint64_t flights_coalesced(flights *all)
{
    pthread_mutex_lock(&all->lock);
    const uint64_t count = all->coalesced;
    pthread_mutex_unlock(&all->lock);
    return count;
}
