/* memo.c: what a verifier has proved. Shards by the first byte of the digest, each with its own
 * lock that is held for a scan and a copy, never for a signature. */
#include <pthread.h>

#include "base/memory.h"
#include "verify/memo.h"

enum { SHARDS = 32 };

/* One remembered proof: a chain has facts, a pair has none. */
typedef struct proof {
    sha256_digest digest;
    uint64_t used; /* the shard's clock at the last hit; 0: empty */
    p256_key *key; /* of the leaf, or the attestation key */
    pck_facts facts;
} proof;

typedef struct table {
    uint64_t *tags; /* first 8 bytes of each digest: what the scan reads */
    proof **proofs; /* NULL: empty */
} table;

typedef enum table_kind { CHAINS, PAIRS, TABLES } table_kind;

typedef struct shard {
    pthread_mutex_t lock;
    uint64_t clock;
    table tables[TABLES];
    uint64_t hits, misses, evictions;
    size_t entries;
} shard;

struct memo {
    size_t ways; /* proofs of a kind per shard */
    arena memory;
    shard shards[SHARDS];
};

static shard *shard_of(memo *m, const sha256_digest *digest)
{
    return &m->shards[digest->bytes[31] % SHARDS];
}

static bool tables_make(memo *m)
{
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&m->shards[i].lock, NULL);
        for (size_t k = 0; k < TABLES; k++) {
            table *t = &m->shards[i].tables[k];
            t->tags = arena_new(&m->memory, m->ways, sizeof(t->tags[0]));
            t->proofs = arena_new(&m->memory, m->ways, sizeof(t->proofs[0]));
            if (t->tags == NULL || t->proofs == NULL)
                return false;
        }
    }
    return true;
}

memo *memo_new(size_t capacity)
{
    memo *m = memory_new(sizeof(*m));
    if (m == NULL)
        return NULL;
    m->ways = (capacity + SHARDS - 1) / SHARDS;
    if (tables_make(m))
        return m;
    memo_free(m);
    return NULL;
}

static void proof_free(proof *p)
{
    if (p == NULL)
        return;
    p256_key_free(p->key);
    memory_free(p);
}

void memo_free(memo *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        for (size_t k = 0; k < TABLES; k++) {
            table *t = &m->shards[i].tables[k];
            for (size_t j = 0; t->proofs != NULL && j < m->ways; j++)
                proof_free(t->proofs[j]);
        }
        pthread_mutex_destroy(&m->shards[i].lock);
    }
    arena_free(&m->memory);
    memory_free(m);
}

static proof *find(memo *m, shard *s, table_kind kind, const sha256_digest *digest)
{
    table *t = &s->tables[kind];
    uint64_t tag = load_u64le(digest->bytes);
    for (size_t i = 0; i < m->ways; i++) {
        proof *p = t->tags[i] == tag ? t->proofs[i] : NULL;
        if (p != NULL && memcmp(p->digest.bytes, digest->bytes, SHA256_SIZE) == 0)
            return p;
    }
    return NULL;
}

/* Looks up under the shard's lock and copies what the caller takes. */
static bool recall(memo *m, table_kind kind, const sha256_digest *digest, pck_facts *facts,
                   p256_key **key)
{
    shard *s = shard_of(m, digest);
    pthread_mutex_lock(&s->lock);
    proof *p = find(m, s, kind, digest);
    if (p == NULL) {
        s->misses++;
    } else {
        s->hits++;
        p->used = ++s->clock;
        *key = p256_key_ref(p->key);
        if (facts != NULL)
            *facts = p->facts;
    }
    pthread_mutex_unlock(&s->lock);
    return p != NULL;
}

/* The place of the entry that was not used for longest, or a free one. */
static size_t place_for(const memo *m, const table *t)
{
    size_t oldest = 0;
    for (size_t i = 0; i < m->ways; i++) {
        if (t->proofs[i] == NULL)
            return i;
        if (t->proofs[i]->used < t->proofs[oldest]->used)
            oldest = i;
    }
    return oldest;
}

/* Takes over `fresh`; returns what has to be freed outside the lock. */
static proof *insert(memo *m, shard *s, table_kind kind, proof *fresh)
{
    if (find(m, s, kind, &fresh->digest) != NULL)
        return fresh; /* another thread was faster */
    table *t = &s->tables[kind];
    size_t place = place_for(m, t);
    proof *old = t->proofs[place];
    s->evictions += old != NULL;
    s->entries += old == NULL;
    fresh->used = ++s->clock;
    t->proofs[place] = fresh;
    t->tags[place] = load_u64le(fresh->digest.bytes);
    return old;
}

/* Remembering is a favour: without memory for it nothing happens. */
static void keep(memo *m, table_kind kind, const sha256_digest *digest, const pck_facts *facts,
                 p256_key *key)
{
    proof *fresh = memory_new(sizeof(*fresh));
    if (fresh == NULL)
        return;
    fresh->digest = *digest;
    fresh->key = p256_key_ref(key);
    if (facts != NULL)
        fresh->facts = *facts;
    shard *s = shard_of(m, digest);
    pthread_mutex_lock(&s->lock);
    proof *unused = insert(m, s, kind, fresh);
    pthread_mutex_unlock(&s->lock);
    proof_free(unused);
}

bool memo_find_chain(memo *m, const sha256_digest *key, pck_facts *facts, p256_key **leaf_key)
{
    return recall(m, CHAINS, key, facts, leaf_key);
}

void memo_keep_chain(memo *m, const sha256_digest *key, const pck_facts *facts, p256_key *leaf_key)
{
    keep(m, CHAINS, key, facts, leaf_key);
}

bool memo_find_pair(memo *m, const sha256_digest *key, p256_key **attestation_key)
{
    return recall(m, PAIRS, key, NULL, attestation_key);
}

void memo_keep_pair(memo *m, const sha256_digest *key, p256_key *attestation_key)
{
    keep(m, PAIRS, key, NULL, attestation_key);
}

void memo_statistics(memo *m, assay_verifier_statistics *out)
{
    *out = (assay_verifier_statistics) { 0 };
    for (size_t i = 0; i < SHARDS; i++) {
        shard *s = &m->shards[i];
        pthread_mutex_lock(&s->lock);
        out->hits += s->hits;
        out->misses += s->misses;
        out->evictions += s->evictions;
        out->entries += s->entries;
        pthread_mutex_unlock(&s->lock);
    }
}
