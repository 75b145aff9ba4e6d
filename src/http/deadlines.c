/* deadlines.c: a ring for each kind of wait. */
#include "http/deadlines.h"

void deadlines_begin(deadlines *d)
{
    memset(d, 0, sizeof(*d));
    for (size_t i = 0; i < WAIT_KINDS; i++)
        d->first[i].previous = d->first[i].next = &d->first[i];
}

void deadlines_last(deadlines *d, wait_kind kind, unsigned seconds)
{
    d->last_us[kind] = (int64_t)seconds * 1000000;
}

void deadline_clear(deadline *member)
{
    if (member->kind == WAIT_NOTHING)
        return;
    member->previous->next = member->next;
    member->next->previous = member->previous;
    member->kind = WAIT_NOTHING;
}

void deadline_set(deadlines *d, deadline *member, wait_kind kind, int64_t now_us)
{
    deadline_clear(member);
    if (kind == WAIT_NOTHING)
        return;
    deadline *ring = &d->first[kind];
    member->kind = kind;
    member->at_us = now_us + d->last_us[kind];
    member->previous = ring->previous;
    member->next = ring;
    ring->previous->next = member;
    ring->previous = member;
}

deadline *deadlines_oldest(deadlines *d, wait_kind kind)
{
    deadline *first = d->first[kind].next;
    return first == &d->first[kind] ? NULL : first;
}

int64_t deadlines_next(const deadlines *d)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < WAIT_KINDS; i++) {
        const deadline *first = d->first[i].next;
        if (first != &d->first[i] && first->at_us < next)
            next = first->at_us;
    }
    return next;
}

deadline *deadlines_due(deadlines *d, int64_t now_us)
{
    for (wait_kind kind = WAIT_HEAD; kind < WAIT_KINDS; kind++) {
        deadline *oldest = deadlines_oldest(d, kind);
        if (oldest != NULL && oldest->at_us <= now_us)
            return oldest;
    }
    return NULL;
}
