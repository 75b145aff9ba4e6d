/* replicas.c: what several processes on one store need: versions, changes, waiting, leases.
 * collateral-service.md 7.11. */
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "store/room.h"

assay_status store_version(store *s, uint64_t *out, assay_error *err)
{
    int64_t version = -1;
    TRY(ask(s, TOTALS_GET, NULL, 0, number_reader, &version, err));
    if (version < 0)
        return corrupt(err, "store.totals", "the row of counters is missing");
    *out = (uint64_t)version;
    return ASSAY_OK;
}

/* ---- Changes ----------------------------------------------------------------------------------
 */

typedef struct change_list {
    row_list rows;
    uint64_t newest;
} change_list;

static assay_status change_reader(void *context, const store_value *columns, assay_error *err)
{
    change_list *list = context;
    const char **what = row_list_add(&list->rows);
    if (what == NULL)
        return no_memory(err, "store.changes");
    list->newest = (uint64_t)columns[0].number;
    return column_text(&columns[1], list->rows.memory, what, err);
}

static assay_status everything(change_list *list, uint64_t newest, assay_error *err)
{
    const char **what = row_list_add(&list->rows);
    if (what == NULL)
        return no_memory(err, "store.changes");
    *what = "*";
    list->newest = newest;
    return ASSAY_OK;
}

static assay_status changes_get(store *s, store_session *session, uint64_t version, size_t limit,
                                change_list *list, assay_error *err)
{
    int64_t newest = 0, oldest = 0;
    TRY(s->operations->run(session, TOTALS_GET, NULL, 0, number_reader, &newest, err));
    TRY(s->operations->run(session, CHANGES_OLDEST, NULL, 0, number_reader, &oldest, err));
    list->newest = (uint64_t)newest;
    if (version == (uint64_t)newest)
        return ASSAY_OK;
    /* A version from the future: the database was put back to an older state. */
    if (version > (uint64_t)newest || oldest == 0 || version + 1 < (uint64_t)oldest)
        return everything(list, (uint64_t)newest, err);
    const store_value parameters[] = { number_value((int64_t)version),
                                       number_value((int64_t)limit) };
    list->newest = version;
    return s->operations->run(session, CHANGES_LIST, parameters, PARAMETER_COUNT(parameters),
                              change_reader, list, err);
}

assay_status store_changes(store *s, uint64_t version, size_t limit, arena *memory,
                           const char ***out, size_t *count, uint64_t *newest, assay_error *err)
{
    change_list list = { .rows = { .memory = memory, .size = sizeof(char *) } };
    store_session *session;
    TRY(s->operations->take(s->database, ACCESS_SNAPSHOT, &session, err));
    TRY(session_end(s, session, changes_get(s, session, version, limit, &list, err), err));
    *out = list.rows.elements;
    *count = list.rows.count;
    *newest = list.newest;
    return ASSAY_OK;
}

/* ---- Waiting ----------------------------------------------------------------------------------
 */

static int64_t milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool woken(const store *s)
{
    struct pollfd wake = { .fd = s->wake, .events = POLLIN };
    return poll(&wake, 1, 0) > 0;
}

assay_status store_wait(store *s, uint64_t version, unsigned milliseconds, bool *changed,
                        assay_error *err)
{
    const int64_t deadline = milliseconds_now() + milliseconds;
    for (;;) {
        uint64_t now_at = version;
        TRY(store_version(s, &now_at, err));
        const int64_t left = deadline - milliseconds_now();
        *changed = now_at != version;
        if (*changed || left <= 0 || woken(s))
            return ASSAY_OK;
        s->operations->pause(s->database, s->wake, (unsigned)left);
    }
}

void store_wake(store *s)
{
    const uint64_t one = 1;
    ssize_t written = write(s->wake, &one, sizeof(one));
    (void)written; /* fails only when it is readable already */
}

/* ---- Leases -----------------------------------------------------------------------------------
 */

static assay_status lease_take(store *s, store_session *session, const store_value *parameters,
                               size_t count, int64_t *until, assay_error *err)
{
    return s->operations->run(session, LEASE_TAKE, parameters, count, number_reader, until, err);
}

assay_status store_lease(store *s, const char *name, const char *holder, int64_t now,
                         unsigned seconds, bool *held, assay_error *err)
{
    const store_value parameters[] = { text_value(name), text_value(holder),
                                       number_value(now + seconds), number_value(now) };
    int64_t until = 0; /* a row comes back only when the lease was taken */
    store_session *session;
    TRY(s->operations->take(s->database, ACCESS_WRITE, &session, err));
    assay_status status =
        lease_take(s, session, parameters, PARAMETER_COUNT(parameters), &until, err);
    TRY(session_end(s, session, status, err));
    *held = until != 0;
    return ASSAY_OK;
}
