/* deadlines.h: what waits, and until when. Each kind of wait lasts equally long for everyone, so a
 * list per kind is in order by itself: setting, clearing and finding the next cost O(1). */
#ifndef ASSAY_HTTP_DEADLINES_H
#define ASSAY_HTTP_DEADLINES_H

#include "base/span.h"

typedef enum wait_kind {
    WAIT_NOTHING, /* in no list: a handler has the request */
    WAIT_HEAD,
    WAIT_BODY,
    WAIT_KEEP_ALIVE,
    WAIT_SEND,
    WAIT_LINGER,
    WAIT_KINDS
} wait_kind;

/* A member of what waits. Zeroed: it does not wait. */
typedef struct deadline {
    struct deadline *previous, *next;
    wait_kind kind;
    int64_t at_us;
} deadline;

typedef struct deadlines {
    deadline first[WAIT_KINDS]; /* heads of rings */
    int64_t last_us[WAIT_KINDS];
} deadlines;

void deadlines_begin(deadlines *d);

/* How long waits of this kind last. */
void deadlines_last(deadlines *d, wait_kind kind, unsigned seconds);

/* From whatever it waited for before to this. */
void deadline_set(deadlines *d, deadline *member, wait_kind kind, int64_t now_us);
void deadline_clear(deadline *member);

/* When the next one is due; INT64_MAX when nothing waits. */
int64_t deadlines_next(const deadlines *d);

/* One that is due, still in its list; or NULL. */
deadline *deadlines_due(deadlines *d, int64_t now_us);

/* The one of this kind that has waited longest; or NULL. */
deadline *deadlines_oldest(deadlines *d, wait_kind kind);

#endif
