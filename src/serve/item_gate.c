/* item_gate.c: who is busy with which item. There are never more than there are workers, so a list
 * is enough. collateral-service.md 7.3. */
#include <pthread.h>

#include "base/memory.h"
#include "serve/item_gate.h"

enum { BUSY_MAX = 512 };

struct item_gates {
    pthread_mutex_t lock;
    pthread_cond_t left;
    const char *busy[BUSY_MAX];
    size_t count;
};

item_gates *item_gates_new(void)
{
    item_gates *g = memory_new(sizeof(*g));
    if (g == NULL)
        return NULL;
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->left, NULL);
    return g;
}

void item_gates_free(item_gates *g)
{
    if (g == NULL)
        return;
    pthread_cond_destroy(&g->left);
    pthread_mutex_destroy(&g->lock);
    memory_free(g);
}

static size_t place_of(const item_gates *g, const char *key)
{
    size_t i = 0;
    while (i < g->count && strcmp(g->busy[i], key) != 0)
        i++;
    return i;
}

void item_gate_enter(item_gates *g, const char *key)
{
    pthread_mutex_lock(&g->lock);
    while (place_of(g, key) < g->count || g->count == BUSY_MAX)
        pthread_cond_wait(&g->left, &g->lock);
    g->busy[g->count++] = key;
    pthread_mutex_unlock(&g->lock);
}

void item_gate_leave(item_gates *g, const char *key)
{
    pthread_mutex_lock(&g->lock);
    const size_t at = place_of(g, key);
    if (at < g->count)
        g->busy[at] = g->busy[--g->count];
    pthread_cond_broadcast(&g->left);
    pthread_mutex_unlock(&g->lock);
}
