/* postgres_listen.c: waiting for NOTIFY of another replica, on a connection of its own. One waiter
 * listens; others, and all of them where the server has no NOTIFY, look again every quarter of a
 * second. */
#include <poll.h>

#include "store/postgres.h"

enum {
    POLL_MILLISECONDS = 250,
    FLOOR_MILLISECONDS = 5000 /* a lost notice is made up for by then */
};

/* Whether LISTEN and pg_notify() are there. */
assay_status postgres_probe(store_session *session, assay_error *err)
{
    static const char *const texts[] = { "LISTEN assay_probe",
                                         "SELECT pg_notify('assay_probe', '')",
                                         "UNLISTEN assay_probe" };
    bool all = true;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && all; i++)
        all = postgres_script(session, texts[i], NULL) == ASSAY_OK;
    if (session->broken)
        return postgres_unavailable(session, err);
    session->database->notifies = all;
    return ASSAY_OK;
}

static void poll_briefly(int wake, unsigned milliseconds)
{
    struct pollfd waiting = { .fd = wake, .events = POLLIN };
    poll(&waiting, 1, (int)(milliseconds < POLL_MILLISECONDS ? milliseconds : POLL_MILLISECONDS));
}

/* Takes what has arrived; true when there was something. */
static bool drain(store_session *listener)
{
    const postgres_library *pq = &listener->database->pq;
    bool any = false;
    for (PGnotify *notice = pq->notifies(listener->connection); notice != NULL;
         notice = pq->notifies(listener->connection)) {
        any = true;
        pq->free_memory(notice);
    }
    return any;
}

static bool listener_start(store_session *listener)
{
    if (postgres_connect(listener, NULL) != ASSAY_OK)
        return false;
    if (postgres_script(listener, "LISTEN assay_changes", NULL) == ASSAY_OK)
        return true;
    postgres_disconnect(listener);
    return false;
}

static void wait_for_notice(store_session *listener, int wake, unsigned milliseconds)
{
    const postgres_library *pq = &listener->database->pq;
    struct pollfd waiting[] = { { .fd = wake, .events = POLLIN },
                                { .fd = pq->socket(listener->connection), .events = POLLIN } };
    const unsigned bounded = milliseconds < FLOOR_MILLISECONDS ? milliseconds : FLOOR_MILLISECONDS;
    if (poll(waiting, 2, (int)bounded) > 0 && waiting[1].revents != 0 &&
        !pq->consume_input(listener->connection))
        postgres_disconnect(listener);
}

/* A listener that has just begun may have missed a notice: then the caller looks first. */
static void listen(store_session *listener, int wake, unsigned milliseconds)
{
    if (listener->connection == NULL) {
        if (!listener_start(listener))
            poll_briefly(wake, milliseconds);
        return;
    }
    if (!drain(listener))
        wait_for_notice(listener, wake, milliseconds);
}

void postgres_pause(store_database *database, int wake, unsigned milliseconds)
{
    if (!database->notifies || pthread_mutex_trylock(&database->listening) != 0) {
        poll_briefly(wake, milliseconds);
        return;
    }
    listen(database->listener, wake, milliseconds);
    pthread_mutex_unlock(&database->listening);
}
