/* postgres_connect.c: a connection to PostgreSQL, in bounded time, with a pause after failures. */
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "store/postgres.h"

enum { FIRST_PAUSE = 50, LAST_PAUSE = 500, IDLE_TRANSACTION_MILLISECONDS = 60000 };

int64_t postgres_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- The pause after failures -----------------------------------------------------------------
 */

static assay_status may_try(store_database *database, assay_error *err)
{
    pthread_mutex_lock(&database->lock);
    const int64_t left = database->next_try - postgres_clock();
    pthread_mutex_unlock(&database->lock);
    if (left <= 0)
        return ASSAY_OK;
    return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store",
                      "PostgreSQL was not reached; the next try is in %lld ms", (long long)left);
}

/* Several that fail at the same time count as one. */
static void remember_try(store_database *database, assay_status status)
{
    pthread_mutex_lock(&database->lock);
    const int64_t now = postgres_clock();
    if (status == ASSAY_OK) {
        database->failures = 0;
        database->next_try = 0;
    } else if (now >= database->next_try) {
        const unsigned doublings = database->failures < 4 ? database->failures : 4;
        const int64_t pause = (int64_t)FIRST_PAUSE << doublings;
        database->failures++;
        database->next_try = now + (pause < LAST_PAUSE ? pause : LAST_PAUSE);
    }
    pthread_mutex_unlock(&database->lock);
}

/* ---- Connecting -------------------------------------------------------------------------------
 */

static void say_nothing(void *context, const char *message)
{
    (void)context;
    (void)message;
}

/* Until the server has accepted us, or the time is over. */
static bool connect_finish(store_session *session)
{
    const postgres_library *pq = &session->database->pq;
    const int64_t deadline = postgres_clock() + (int64_t)session->database->wait_seconds * 1000;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        struct pollfd server = { .fd = pq->socket(session->connection),
                                 .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT };
        const int64_t left = deadline - postgres_clock();
        if (left <= 0 || server.fd < 0)
            return false;
        if (poll(&server, 1, (int)left) > 0)
            state = pq->connect_poll(session->connection);
    }
    return state == PGRES_POLLING_OK;
}

/* The URL comes last, so what it says wins. */
static assay_status connect_start(store_session *session, assay_error *err)
{
    store_database *database = session->database;
    const postgres_library *pq = &database->pq;
    static const char *const names[] = { "fallback_application_name", "keepalives_idle",
                                         "tcp_user_timeout", "dbname", NULL };
    const char *const values[] = { "assayd", "30", "10000", database->url, NULL };
    session->connection = pq->connect_start(names, values, 1);
    if (session->connection == NULL)
        return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory to connect");
    if (pq->status(session->connection) == CONNECTION_BAD || !connect_finish(session))
        return postgres_unavailable(session, err);
    pq->set_notice_processor(session->connection, say_nothing, NULL);
    if (pq->set_nonblocking(session->connection, 1) != 0)
        return postgres_unavailable(session, err);
    return ASSAY_OK;
}

/* One by one: a compatible engine that lacks one of them is still served. */
static assay_status settings_send(store_session *session, assay_error *err)
{
    const unsigned wait = session->database->wait_seconds * 1000;
    const struct {
        const char *name;
        unsigned value;
    } limits[] = {
        { "statement_timeout", wait },
        { "lock_timeout", wait },
        { "idle_in_transaction_session_timeout", IDLE_TRANSACTION_MILLISECONDS },
    };
    static const char *const texts[] = { "SET client_encoding = 'UTF8'",
                                         "SET synchronous_commit = on" };
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]) && !session->broken; i++) {
        char text[96];
        snprintf(text, sizeof(text), "SET %s = %u", limits[i].name, limits[i].value);
        (void)postgres_script(session, text, NULL);
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && !session->broken; i++)
        (void)postgres_script(session, texts[i], NULL);
    return session->broken ? postgres_unavailable(session, err) : ASSAY_OK;
}

assay_status postgres_connect(store_session *session, assay_error *err)
{
    TRY(may_try(session->database, err));
    postgres_disconnect(session);
    assay_status status = connect_start(session, err);
    if (status == ASSAY_OK)
        status = settings_send(session, err);
    remember_try(session->database, status);
    if (status != ASSAY_OK)
        postgres_disconnect(session);
    return status;
}

void postgres_disconnect(store_session *session)
{
    session->database->pq.finish(session->connection);
    session->connection = NULL;
    session->broken = false;
    memset(session->prepared, 0, sizeof(session->prepared));
}
