/* rates.c: how often something may happen for each address, in a table that can't grow.
 * collateral-service.md 7.6. */
#include "serve/rates.h"

#include <pthread.h>

#include "base/memory.h"
#include "serve/listen.h"

enum { WAYS = 8 };
static const int64_t SECOND_US = 1000000;

typedef struct rate_entry {
    uint8_t address[16];
    int64_t rest; /* monotonic microseconds: from then on the address is as new */
} rate_entry;

struct rates {
    pthread_mutex_t lock;
    size_t sets;
    rate_entry entries[];
};

rates *rates_new(size_t entries)
{
    size_t sets = entries / WAYS > 0 ? entries / WAYS : 1;
    rates *r = memory_new(sizeof(*r) + sets * WAYS * sizeof(rate_entry));
    if (r == NULL)
        return NULL;
    pthread_mutex_init(&r->lock, NULL);
    r->sets = sets;
    return r;
}

void rates_free(rates *r)
{
    if (r == NULL)
        return;
    pthread_mutex_destroy(&r->lock);
    memory_free(r);
}

static rate_entry *set_of(rates *r, const uint8_t address[16])
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < 16; i++)
        hash = (hash ^ address[i]) * UINT64_C(1099511628211);
    return &r->entries[(hash >> 20) % r->sets * WAYS];
}

/* The entry of this address; else the one closest to rest, made new. */
static rate_entry *entry_of(rates *r, const uint8_t address[16], int64_t now_us)
{
    rate_entry *set = set_of(r, address), *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (memcmp(set[i].address, address, 16) == 0)
            return &set[i];
        if (set[i].rest < oldest->rest)
            oldest = &set[i];
    }
    memcpy(oldest->address, address, 16);
    oldest->rest = now_us;
    return oldest;
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

bool rates_take(rates *r, const uint8_t address[16], const rate *limit, int64_t now_us,
                unsigned *retry_after)
{
    const int64_t whole = limit->seconds * SECOND_US;
    const int64_t step = whole / limit->count;
    pthread_mutex_lock(&r->lock);
    rate_entry *entry = entry_of(r, address, now_us);
    const int64_t rest = greater(entry->rest, now_us);
    const int64_t excess = rest + step - now_us - whole;
    if (excess <= 0)
        entry->rest = rest + step;
    pthread_mutex_unlock(&r->lock);
    if (excess > 0)
        *retry_after = (unsigned)((excess + SECOND_US - 1) / SECOND_US);
    return excess <= 0;
}

int64_t rates_push(rates *r, const uint8_t address[16], int64_t step_us, int64_t most_us,
                   int64_t now_us)
{
    pthread_mutex_lock(&r->lock);
    rate_entry *entry = entry_of(r, address, now_us);
    int64_t rest = greater(entry->rest, now_us) + step_us;
    if (rest - now_us > most_us)
        rest = now_us + most_us;
    entry->rest = rest;
    pthread_mutex_unlock(&r->lock);
    return rest - now_us;
}

void rates_key(const char *address, uint8_t out[16])
{
    memset(out, 0, 16);
    if (!listen_address_bytes(address, out))
        memcpy(out, address, strnlen(address, 16));
    else if (strchr(address, ':') != NULL)
        memset(out + 8, 0, 8);
}
