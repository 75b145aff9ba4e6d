/* hash.c: a seeded hash of bytes for tables in memory, eight bytes at a time (after MurmurHash2).
 */
#include <sys/random.h>
#include <time.h>

#include "serve/hash.h"

static const uint64_t multiplier = 0xC6A4A7935BD1E995u;

static uint64_t stir(uint64_t hash, uint64_t word)
{
    word *= multiplier;
    word ^= word >> 47;
    return (hash ^ word * multiplier) * multiplier;
}

uint64_t hash_bytes(uint64_t seed, assay_span in)
{
    uint64_t hash = seed ^ in.size * multiplier;
    size_t at = 0;
    for (; in.size - at >= 8; at += 8)
        hash = stir(hash, load_u64le(in.data + at));
    uint64_t rest = 0;
    for (size_t i = 0; at + i < in.size; i++)
        rest |= (uint64_t)in.data[at + i] << 8 * i;
    hash = stir(hash, rest);
    hash ^= hash >> 47;
    hash *= multiplier;
    return hash ^ hash >> 47;
}

uint64_t hash_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), 0) == (ssize_t)sizeof(seed))
        return seed;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
}
