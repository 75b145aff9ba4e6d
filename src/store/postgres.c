/* postgres.c: the engine on PostgreSQL: its pool of connections and their transactions.
 *
 * Every wait has an end: callers get store_unavailable or store_busy, never nothing. */
#include <time.h>

#include "store/postgres.h"

/* ---- The pool ---------------------------------------------------------------------------------
 */

static store_session *session_new(store_database *database)
{
    store_session *session = memory_new(sizeof(*session));
    if (session != NULL)
        session->database = database;
    return session;
}

/* An idle session, or NULL and leave to make one more (`*make`), or neither: all are in use. */
static store_session *session_wait(store_database *database, bool *make)
{
    struct timespec deadline;
    int waited = 0;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += database->wait_seconds;
    pthread_mutex_lock(&database->lock);
    while (database->idle == NULL && database->session_count == database->session_max &&
           waited == 0)
        waited = pthread_cond_timedwait(&database->freed, &database->lock, &deadline);
    store_session *session = database->idle;
    *make = session == NULL && database->session_count < database->session_max;
    if (session != NULL)
        database->idle = session->next;
    if (*make)
        database->session_count++;
    pthread_mutex_unlock(&database->lock);
    return session;
}

static void put_back(store_session *session)
{
    store_database *database = session->database;
    pthread_mutex_lock(&database->lock);
    session->next = database->idle;
    database->idle = session;
    pthread_cond_signal(&database->freed);
    pthread_mutex_unlock(&database->lock);
}

static assay_status session_make(store_database *database, store_session **out, assay_error *err)
{
    *out = session_new(database);
    if (*out != NULL)
        return ASSAY_OK;
    pthread_mutex_lock(&database->lock);
    database->session_count--;
    pthread_cond_signal(&database->freed);
    pthread_mutex_unlock(&database->lock);
    return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory for a connection");
}

static assay_status session_get(store_database *database, store_session **out, assay_error *err)
{
    bool make = false;
    *out = session_wait(database, &make);
    if (make)
        return session_make(database, out, err);
    if (*out != NULL)
        return ASSAY_OK;
    return fail_named(err, ASSAY_ENVIRONMENT, "store_busy", NULL, "store",
                      "none of %u connections was free within %u s", database->session_max,
                      database->wait_seconds);
}

/* ---- Transactions -----------------------------------------------------------------------------
 */

static assay_status begin(store_session *session, assay_error *err)
{
    static const char snapshot[] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    switch (session->access) {
    case ACCESS_ONE:
        return ASSAY_OK;
    case ACCESS_SNAPSHOT:
        return postgres_command(session, snapshot, "BEGIN", err);
    case ACCESS_LONG:
        TRY(postgres_command(session, snapshot, "BEGIN", err));
        return postgres_command(session, "SET LOCAL statement_timeout = 600000", "SET", err);
    case ACCESS_WRITE:
        return postgres_command(session, "BEGIN", "BEGIN", err);
    }
    return ASSAY_OK;
}

/* On a connection that turns out dead nothing has been done yet: a new one may try again. */
static assay_status begin_surely(store_session *session, assay_error *err)
{
    if (session->connection == NULL)
        TRY(postgres_connect(session, err));
    assay_status status = begin(session, err);
    if (!session->broken)
        return status;
    TRY(postgres_connect(session, err));
    return begin(session, err);
}

static void settle(store_session *session)
{
    if (session->broken)
        postgres_disconnect(session);
    put_back(session);
}

static assay_status postgres_take(store_database *database, store_access access,
                                  store_session **out, assay_error *err)
{
    store_session *session;
    TRY(session_get(database, &session, err));
    session->access = access;
    assay_status status = begin_surely(session, err);
    if (status != ASSAY_OK) {
        settle(session);
        return status;
    }
    *out = session;
    return ASSAY_OK;
}

static assay_status end(store_session *session, store_outcome outcome, assay_error *err)
{
    assay_status status = ASSAY_OK;
    if (session->access == ACCESS_ONE)
        return ASSAY_OK;
    if (outcome == OUTCOME_KEEP)
        status = session->broken ? postgres_unavailable(session, err)
                                 : postgres_command(session, "COMMIT", "COMMIT", err);
    if ((outcome == OUTCOME_UNDO || status != ASSAY_OK) && !session->broken &&
        postgres_script(session, "ROLLBACK", NULL) != ASSAY_OK)
        session->broken = true;
    return status;
}

static assay_status postgres_give(store_session *session, store_outcome outcome, assay_error *err)
{
    assay_status status = end(session, outcome, err);
    settle(session);
    return status;
}

/* ---- Opening and closing ----------------------------------------------------------------------
 */

static void session_free(store_session *session)
{
    if (session == NULL)
        return;
    postgres_disconnect(session);
    memory_free(session);
}

static void postgres_close(store_database *database)
{
    while (database->idle != NULL) {
        store_session *session = database->idle;
        database->idle = session->next;
        session_free(session);
    }
    session_free(database->listener);
    pthread_mutex_destroy(&database->listening);
    pthread_cond_destroy(&database->freed);
    pthread_mutex_destroy(&database->lock);
    memory_free(database->url);
    memory_free(database);
}

static void locks_init(store_database *database)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&database->lock, NULL);
    pthread_mutex_init(&database->listening, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&database->freed, &attributes);
    pthread_condattr_destroy(&attributes);
}

static assay_status start(store_database *database, const store_settings *settings,
                          assay_error *err)
{
    store_session *session;
    database->url = memory_new(strlen(settings->url) + 1);
    if (database->url == NULL)
        return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory for the URL");
    memcpy(database->url, settings->url, strlen(settings->url));
    database->wait_seconds = settings->wait_seconds;
    database->session_max = settings->connections;
    database->listener = session_new(database);
    if (database->listener == NULL)
        return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory for a connection");
    TRY(session_get(database, &session, err));
    assay_status status = postgres_connect(session, err);
    if (status == ASSAY_OK)
        status = postgres_probe(session, err);
    settle(session);
    return status;
}

static assay_status postgres_open(const store_settings *settings, store_database **out,
                                  assay_error *err)
{
    postgres_library library;
    TRY(postgres_library_load(&library, err));
    store_database *database = memory_new(sizeof(*database));
    if (database == NULL)
        return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory for the engine");
    database->pq = library;
    locks_init(database);
    assay_status status = start(database, settings, err);
    if (status != ASSAY_OK) {
        postgres_close(database);
        return status;
    }
    *out = database;
    return ASSAY_OK;
}

/* ---- Upkeep -----------------------------------------------------------------------------------
 */

/* PostgreSQL looks after its pages itself; what our checksums say is asked in store.c. */
static assay_status postgres_check(store_database *database, assay_error *err)
{
    (void)database;
    (void)err;
    return ASSAY_OK;
}

static assay_status postgres_backup(store_database *database, const char *path, assay_error *err)
{
    (void)database;
    return fail(err, ASSAY_UNSUPPORTED, "store.backup", ASSAY_NO_OFFSET,
                "%s: PostgreSQL is backed up by pg_dump or pg_basebackup", path);
}

const engine_operations postgres_operations = {
    .name = "postgresql",
    .open = postgres_open,
    .close = postgres_close,
    .take = postgres_take,
    .give = postgres_give,
    .run = postgres_run,
    .script = postgres_script,
    .pause = postgres_pause,
    .check = postgres_check,
    .backup = postgres_backup,
};
