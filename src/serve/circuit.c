/* circuit.c: hosts that fail are left alone for a while. collateral-service.md 7.3. */
#include <pthread.h>
#include <stdio.h>

#include "base/memory.h"
#include "serve/circuit.h"
#include "serve/hash.h"

enum { SECONDS_MAX = 3600, DOUBLINGS_MAX = 12 };

typedef struct circuit {
    upstream_host told;
    unsigned failures; /* in a row */
    bool trying;       /* somebody asks to find out whether it is well again */
} circuit;

struct circuits {
    pthread_mutex_t lock;
    unsigned failures, seconds;
    uint64_t dice;
    circuit hosts[CIRCUIT_HOSTS_MAX];
    size_t count;
};

circuits *circuits_new(unsigned failures, unsigned seconds)
{
    circuits *c = memory_new(sizeof(*c));
    if (c == NULL)
        return NULL;
    c->failures = failures > 0 ? failures : 1;
    c->seconds = seconds > 0 ? seconds : 1;
    c->dice = hash_seed();
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void circuits_free(circuits *c)
{
    if (c == NULL)
        return;
    pthread_mutex_destroy(&c->lock);
    memory_free(c);
}

/* The hosts are those of the configuration; should there ever be more, they share the last. */
static circuit *circuit_of(circuits *c, const char *host)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->hosts[i].told.host, host) == 0)
            return &c->hosts[i];
    if (c->count == CIRCUIT_HOSTS_MAX)
        return &c->hosts[c->count - 1];
    circuit *new = &c->hosts[c->count++];
    snprintf(new->told.host, sizeof(new->told.host), "%s", host);
    return new;
}

static unsigned seconds_until(int64_t then, int64_t now)
{
    return then > now ? (unsigned)(then - now) : 1;
}

bool circuit_allows(circuits *c, const char *host, int64_t now, unsigned *retry_after)
{
    pthread_mutex_lock(&c->lock);
    circuit *of = circuit_of(c, host);
    const bool allowed = !of->told.open || (now >= of->told.open_until && !of->trying);
    if (allowed)
        of->trying = of->told.open;
    else
        *retry_after = seconds_until(of->told.open_until, now);
    of->told.calls += allowed;
    pthread_mutex_unlock(&c->lock);
    return allowed;
}

/* From three quarters to five quarters of it, so that replicas do not come back together. */
static int64_t jittered(circuits *c, int64_t seconds)
{
    c->dice = c->dice * 6364136223846793005u + 1442695040888963407u;
    const int64_t half = seconds / 2;
    const int64_t by = half > 0 ? (int64_t)(c->dice >> 33) % (half + 1) : 0;
    return seconds - half / 2 + by;
}

static int64_t pause_of(circuits *c, const circuit *of, int64_t retry_after)
{
    if (retry_after > 0)
        return retry_after < SECONDS_MAX ? retry_after : SECONDS_MAX;
    const unsigned beyond = of->failures - c->failures;
    const int64_t seconds = (int64_t)c->seconds
                            << (beyond < DOUBLINGS_MAX ? beyond : DOUBLINGS_MAX);
    return jittered(c, seconds < SECONDS_MAX ? seconds : SECONDS_MAX);
}

static void failed(circuits *c, circuit *of, int64_t retry_after, const char *why, int64_t now)
{
    of->failures++;
    of->told.failures++;
    of->told.last_failure = now;
    snprintf(of->told.last_error, sizeof(of->told.last_error), "%s", why);
    if (of->failures < c->failures && retry_after == 0)
        return;
    if (of->failures < c->failures)
        of->failures = c->failures;
    of->told.open = true;
    of->told.open_until = now + pause_of(c, of, retry_after);
}

void circuit_told(circuits *c, const char *host, circuit_outcome outcome, int64_t retry_after,
                  const char *why, int64_t now)
{
    pthread_mutex_lock(&c->lock);
    circuit *of = circuit_of(c, host);
    of->trying = false;
    switch (outcome) {
    case CIRCUIT_ANSWERED:
        of->failures = 0;
        of->told.open = false;
        of->told.open_until = 0;
        of->told.last_success = now;
        break;
    case CIRCUIT_FAILED:
        failed(c, of, retry_after, why, now);
        break;
    case CIRCUIT_CANCELLED:
        break;
    }
    pthread_mutex_unlock(&c->lock);
}

size_t circuits_list(circuits *c, upstream_host *out, size_t max)
{
    pthread_mutex_lock(&c->lock);
    const size_t count = c->count < max ? c->count : max;
    for (size_t i = 0; i < count; i++)
        out[i] = c->hosts[i].told;
    pthread_mutex_unlock(&c->lock);
    return count;
}
