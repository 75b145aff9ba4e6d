/* delay.c: refusals that wait for their time. collateral-service.md 7.9. */
#include <pthread.h>

#include "serve/delay.h"
#include "serve/sending.h"

enum { DELAYED_MAX = 1024 };

typedef struct delayed {
    struct delayed *next;
    asked asked;
    denial why;
    int64_t due_us;
} delayed;

struct delays {
    pthread_mutex_t lock;
    delayed *first;
    size_t count;
};

delays *delays_new(void)
{
    delays *d = memory_new(sizeof(*d));
    if (d != NULL)
        pthread_mutex_init(&d->lock, NULL);
    return d;
}

void delays_free(delays *d)
{
    if (d == NULL)
        return;
    pthread_mutex_destroy(&d->lock);
    memory_free(d);
}

/* Takes what is due out of the list. */
static delayed *take_due(delays *d, int64_t now_us)
{
    delayed *due = NULL;
    pthread_mutex_lock(&d->lock);
    for (delayed **at = &d->first; *at != NULL;) {
        delayed *each = *at;
        if (each->due_us > now_us) {
            at = &each->next;
            continue;
        }
        *at = each->next;
        each->next = due;
        due = each;
        d->count--;
    }
    pthread_mutex_unlock(&d->lock);
    return due;
}

void delays_send(delays *d, int64_t now_us)
{
    for (delayed *due = take_due(d, now_us); due != NULL;) {
        delayed *next = due->next;
        send_denial(&due->asked, &due->why);
        memory_free(due);
        due = next;
    }
}

bool delays_add(delays *d, const asked *a, const denial *why, int64_t now_us)
{
    delayed *new = memory_new(sizeof(*new));
    if (new == NULL)
        return false;
    *new = (delayed) { .asked = *a, .why = *why, .due_us = now_us + (int64_t)why->delay_ms * 1000 };
    pthread_mutex_lock(&d->lock);
    const bool room = d->count < DELAYED_MAX;
    if (room) {
        new->next = d->first;
        d->first = new;
        d->count++;
    }
    pthread_mutex_unlock(&d->lock);
    if (!room)
        memory_free(new);
    return room;
}
