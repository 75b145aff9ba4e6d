/* peers.c: counts by address in a hash table with chains; the hash has a secret. */
#include "http/peers.h"

#include <pthread.h>
#include <stdio.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/random.h>

#include "base/memory.h"

enum { BUCKETS = 1024 };

typedef struct peer {
    struct peer *next;
    uint64_t key[2];
    unsigned connections;
} peer;

struct peers {
    pthread_mutex_t lock;
    unsigned limit;
    uint64_t secret[2];
    peer *buckets[BUCKETS];
};

peers *peers_new(unsigned limit)
{
    peers *p = memory_new(sizeof(*p));
    if (p == NULL)
        return NULL;
    p->limit = limit;
    if (getrandom(p->secret, sizeof(p->secret), GRND_NONBLOCK) < 0)
        p->secret[0] = 0x9e3779b97f4a7c15u;
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void peers_free(peers *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (p->buckets[i] != NULL) {
            peer *next = p->buckets[i]->next;
            memory_free(p->buckets[i]);
            p->buckets[i] = next;
        }
    }
    pthread_mutex_destroy(&p->lock);
    memory_free(p);
}

/* ---- Addresses ------------------------------------------------------------------------------- */

/* A sockaddr is read by copying: its storage may be of any kind. */
static bool v4_of(const struct sockaddr *address, struct in_addr *out)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        *out = v4.sin_addr;
        return true;
    }
    if (address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof(v6));
    if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
        return false;
    memcpy(out, v6.sin6_addr.s6_addr + 12, sizeof(*out));
    return true;
}

void peer_address_write(const struct sockaddr *address, char out[HTTP_ADDRESS_SIZE])
{
    struct in_addr v4;
    snprintf(out, HTTP_ADDRESS_SIZE, "unix");
    if (v4_of(address, &v4)) {
        inet_ntop(AF_INET, &v4, out, HTTP_ADDRESS_SIZE);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof(v6));
        inet_ntop(AF_INET6, &v6.sin6_addr, out, HTTP_ADDRESS_SIZE);
    }
}

/* False for those that are not counted: loopback and unix sockets. */
static bool key_of(const struct sockaddr *address, uint64_t key[2])
{
    struct in_addr v4;
    key[0] = key[1] = 0;
    if (v4_of(address, &v4)) {
        key[0] = 1;
        key[1] = ntohl(v4.s_addr);
        return key[1] >> 24 != 127;
    }
    if (address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof(v6));
    memcpy(&key[1], v6.sin6_addr.s6_addr, sizeof(key[1]));
    return !IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* ---- Counting -------------------------------------------------------------------------------- */

static peer **chain_of(peers *p, const uint64_t key[2])
{
    uint64_t hash = (key[0] ^ p->secret[0]) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 32) ^ key[1] ^ p->secret[1]) * 0xd6e8feb86659fd93u;
    return &p->buckets[(hash ^ (hash >> 32)) % BUCKETS];
}

static peer *peer_found(peers *p, const uint64_t key[2])
{
    peer **chain = chain_of(p, key);
    for (peer *at = *chain; at != NULL; at = at->next) {
        if (at->key[0] == key[0] && at->key[1] == key[1])
            return at;
    }
    peer *added = memory_new(sizeof(*added));
    if (added == NULL)
        return NULL;
    added->key[0] = key[0];
    added->key[1] = key[1];
    added->next = *chain;
    *chain = added;
    return added;
}

bool peers_admit(peers *p, const struct sockaddr *address, peer_ticket *out)
{
    uint64_t key[2];
    out->peer = NULL;
    if (p->limit == 0 || !key_of(address, key))
        return true;
    pthread_mutex_lock(&p->lock);
    peer *found = peer_found(p, key);
    const bool admitted = found != NULL && found->connections < p->limit;
    if (admitted) {
        found->connections++;
        out->peer = found;
    }
    pthread_mutex_unlock(&p->lock);
    return admitted;
}

void peers_leave(peers *p, peer_ticket *ticket)
{
    peer *left = ticket->peer;
    if (left == NULL)
        return;
    ticket->peer = NULL;
    pthread_mutex_lock(&p->lock);
    if (--left->connections == 0) {
        peer **at = chain_of(p, left->key);
        while (*at != left)
            at = &(*at)->next;
        *at = left->next;
        memory_free(left);
    }
    pthread_mutex_unlock(&p->lock);
}
