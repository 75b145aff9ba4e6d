/* answers.c: complete replies in memory. architecture.md, idea 6.
 *
 * Shards with a lock each hold chained tables and a list by last use. What an answer was made from
 * are tags; dropping a tag writes the number of that moment into the tag's slot, and an entry that
 * is older than any of its slots counts no more. So dropping costs the same however many entries
 * there are; two tags that share a slot cost a miss at times, never a wrong answer. */
#include <pthread.h>
#include <stdatomic.h>

#include "serve/answers.h"
#include "serve/hash.h"
#include "serve/route.h"

enum { SHARD_COUNT = 8, TAG_SLOTS = 16384, BUCKET_BYTES = 2048, BUCKETS_LEAST = 16 };

typedef struct entry {
    struct entry *next; /* in its bucket */
    struct entry *newer, *older;
    uint64_t hash;
    uint64_t generation;
    uint64_t tags[ANSWER_TAG_MAX];
    size_t tag_count;
    size_t memory;
    kept_answer kept;
    size_t key_size;
    char key[];
} entry;

typedef struct shard {
    pthread_mutex_t lock;
    entry **buckets;
    entry *newest, *oldest;
    size_t memory;
    answers_statistics counts;
} shard;

struct answers {
    shard shards[SHARD_COUNT];
    size_t bucket_count; /* of one shard; a power of two */
    size_t shard_memory;
    uint64_t seed;
    atomic_uint_fast64_t generation;
    atomic_uint_fast64_t cleared;
    atomic_uint_fast64_t dropped[TAG_SLOTS];
};

/* ---- Making and freeing ---- */

static size_t buckets_for(size_t memory)
{
    size_t count = BUCKETS_LEAST;
    while (count < memory / BUCKET_BYTES)
        count *= 2;
    return count;
}

answers *answers_new(size_t memory)
{
    answers *a = memory_new(sizeof(*a));
    if (a == NULL)
        return NULL;
    a->seed = hash_seed();
    a->shard_memory = memory / SHARD_COUNT;
    a->bucket_count = buckets_for(a->shard_memory);
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        pthread_mutex_init(&a->shards[i].lock, NULL);
        a->shards[i].buckets = memory_new(a->bucket_count * sizeof(entry *));
        if (a->shards[i].buckets == NULL) {
            answers_free(a);
            return NULL;
        }
    }
    return a;
}

static void entry_free(entry *e)
{
    http_reply_unref(e->kept.reply);
    memory_free(e);
}

void answers_free(answers *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        for (entry *e = a->shards[i].newest; e != NULL;) {
            entry *next = e->older;
            entry_free(e);
            e = next;
        }
        memory_free(a->shards[i].buckets);
        pthread_mutex_destroy(&a->shards[i].lock);
    }
    memory_free(a);
}

/* ---- The list by last use, and the table: under the shard's lock ---- */

static void list_take(shard *s, entry *e)
{
    *(e->newer != NULL ? &e->newer->older : &s->newest) = e->older;
    *(e->older != NULL ? &e->older->newer : &s->oldest) = e->newer;
}

static void list_add(shard *s, entry *e)
{
    e->newer = NULL;
    e->older = s->newest;
    *(s->newest != NULL ? &s->newest->newer : &s->oldest) = e;
    s->newest = e;
}

static entry **place_of(const answers *a, shard *s, uint64_t hash, assay_span key)
{
    entry **at = &s->buckets[hash & (a->bucket_count - 1)];
    while (*at != NULL &&
           !((*at)->hash == hash && span_equal(span_of((*at)->key, (*at)->key_size), key)))
        at = &(*at)->next;
    return at;
}

static void entry_remove(shard *s, entry **place)
{
    entry *e = *place;
    *place = e->next;
    list_take(s, e);
    s->memory -= e->memory;
    s->counts.entries--;
    entry_free(e);
}

/* ---- Tags ---- */

uint64_t answers_tag(const char *name)
{
    return hash_bytes(0, SPAN_TEXT(name));
}

static bool since_dropped(answers *a, const uint64_t *tags, size_t count, uint64_t generation)
{
    if (atomic_load(&a->cleared) > generation)
        return true;
    for (size_t i = 0; i < count; i++)
        if (atomic_load(&a->dropped[tags[i] % TAG_SLOTS]) > generation)
            return true;
    return false;
}

uint64_t answers_generation(answers *a)
{
    return atomic_load(&a->generation);
}

/* Of two that write one slot the later moment has to stay. */
static void raise_to(atomic_uint_fast64_t *slot, uint64_t value)
{
    uint_fast64_t seen = atomic_load(slot);
    while (seen < value && !atomic_compare_exchange_weak(slot, &seen, value))
        ;
}

void answers_drop(answers *a, uint64_t tag)
{
    raise_to(&a->dropped[tag % TAG_SLOTS], atomic_fetch_add(&a->generation, 1) + 1);
}

void answers_clear(answers *a)
{
    raise_to(&a->cleared, atomic_fetch_add(&a->generation, 1) + 1);
}

/* ---- Finding and keeping ---- */

static shard *shard_of(answers *a, uint64_t hash)
{
    return &a->shards[hash >> 61];
}

static void use(shard *s, entry *e, kept_answer *out)
{
    list_take(s, e);
    list_add(s, e);
    *out = e->kept;
    http_reply_ref(e->kept.reply);
}

bool answers_find(answers *a, const char *key, int64_t now, kept_answer *out)
{
    const assay_span text = SPAN_TEXT(key);
    const uint64_t hash = hash_bytes(a->seed, text);
    shard *s = shard_of(a, hash);
    pthread_mutex_lock(&s->lock);
    entry **place = place_of(a, s, hash, text);
    entry *e = *place;
    const bool sound = e != NULL && !since_dropped(a, e->tags, e->tag_count, e->generation);
    const bool fresh = sound && now < e->kept.expires;
    if (fresh)
        use(s, e, out);
    else if (e != NULL && (!sound || now >= e->kept.grace))
        entry_remove(s, place);
    s->counts.hits += fresh;
    s->counts.misses += !fresh;
    pthread_mutex_unlock(&s->lock);
    return fresh;
}

bool answers_find_late(answers *a, const char *key, int64_t now, kept_answer *out)
{
    const assay_span text = SPAN_TEXT(key);
    const uint64_t hash = hash_bytes(a->seed, text);
    shard *s = shard_of(a, hash);
    pthread_mutex_lock(&s->lock);
    entry *e = *place_of(a, s, hash, text);
    const bool found =
        e != NULL && now < e->kept.grace && !since_dropped(a, e->tags, e->tag_count, e->generation);
    if (found)
        use(s, e, out);
    pthread_mutex_unlock(&s->lock);
    if (found)
        out->late = true;
    return found;
}

static entry *entry_new(assay_span key, uint64_t hash, const kept_answer *kept,
                        const uint64_t *tags, size_t tag_count)
{
    const size_t size = sizeof(entry) + key.size + 1;
    entry *e = memory_new(size);
    if (e == NULL)
        return NULL;
    e->hash = hash;
    e->tag_count = tag_count;
    memcpy(e->tags, tags, tag_count * sizeof(*tags));
    e->memory = size + http_reply_memory(kept->reply);
    e->kept = *kept;
    e->key_size = key.size;
    memcpy(e->key, key.data, key.size);
    http_reply_ref(kept->reply);
    return e;
}

static void make_room(answers *a, shard *s)
{
    while (s->memory > a->shard_memory && s->oldest != NULL) {
        entry *e = s->oldest;
        entry_remove(s, place_of(a, s, e->hash, span_of(e->key, e->key_size)));
        s->counts.evictions++;
    }
}

void answers_put(answers *a, const char *key, const kept_answer *kept, const uint64_t *tags,
                 size_t tag_count, uint64_t generation)
{
    const assay_span text = SPAN_TEXT(key);
    const uint64_t hash = hash_bytes(a->seed, text);
    if (tag_count > ANSWER_TAG_MAX || since_dropped(a, tags, tag_count, generation))
        return;
    entry *e = entry_new(text, hash, kept, tags, tag_count);
    if (e == NULL)
        return;
    e->generation = generation;
    if (e->memory > a->shard_memory) {
        entry_free(e);
        return;
    }
    shard *s = shard_of(a, hash);
    pthread_mutex_lock(&s->lock);
    entry **place = place_of(a, s, hash, text);
    if (*place != NULL)
        entry_remove(s, place);
    e->next = s->buckets[hash & (a->bucket_count - 1)];
    s->buckets[hash & (a->bucket_count - 1)] = e;
    list_add(s, e);
    s->memory += e->memory;
    s->counts.entries++;
    make_room(a, s);
    pthread_mutex_unlock(&s->lock);
}

void answers_statistics_get(answers *a, answers_statistics *out)
{
    *out = (answers_statistics) { .hits = 0 };
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        shard *s = &a->shards[i];
        pthread_mutex_lock(&s->lock);
        out->hits += s->counts.hits;
        out->misses += s->counts.misses;
        out->entries += s->counts.entries;
        out->evictions += s->counts.evictions;
        out->memory += s->memory;
        pthread_mutex_unlock(&s->lock);
    }
}
