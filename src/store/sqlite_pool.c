/* sqlite_pool.c: one connection that writes, some that read, and their transactions. */
#include <time.h>

#include "store/sqlite.h"

static struct timespec deadline_of(const store_database *database)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += database->wait_seconds;
    return deadline;
}

static assay_status busy(const store_database *database, const char *what, assay_error *err)
{
    return fail_named(err, ASSAY_ENVIRONMENT, "store_busy", NULL, "store",
                      "%s was not free within %u s", what, database->wait_seconds);
}

static assay_status writer_take(store_database *database, store_session **out, assay_error *err)
{
    const struct timespec deadline = deadline_of(database);
    int waited = 0;
    if (database->read_only)
        return fail_named(err, ASSAY_ENVIRONMENT, "store_read_only", NULL, "store",
                          "%s may not be written", database->path);
    pthread_mutex_lock(&database->lock);
    while (database->writer == NULL && waited == 0)
        waited = pthread_cond_timedwait(&database->freed, &database->lock, &deadline);
    *out = database->writer;
    database->writer = NULL;
    pthread_mutex_unlock(&database->lock);
    return *out != NULL ? ASSAY_OK : busy(database, "the writer", err);
}

/* An idle reader, or NULL and leave to make one more (`*make`), or neither: all are in use. */
static store_session *reader_wait(store_database *database, bool *make)
{
    const struct timespec deadline = deadline_of(database);
    int waited = 0;
    pthread_mutex_lock(&database->lock);
    while (database->idle_readers == NULL && database->reader_count == database->reader_max &&
           waited == 0)
        waited = pthread_cond_timedwait(&database->freed, &database->lock, &deadline);
    store_session *session = database->idle_readers;
    *make = session == NULL && database->reader_count < database->reader_max;
    if (session != NULL)
        database->idle_readers = session->next;
    if (*make)
        database->reader_count++;
    pthread_mutex_unlock(&database->lock);
    return session;
}

static assay_status reader_make(store_database *database, store_session **out, assay_error *err)
{
    store_session *made = NULL;
    assay_status status = sqlite_connect(database, &made, err);
    if (status == ASSAY_OK)
        status = sqlite_script(made, "PRAGMA query_only = ON", err);
    if (status != ASSAY_OK) {
        sqlite_disconnect(made);
        pthread_mutex_lock(&database->lock);
        database->reader_count--;
        pthread_cond_broadcast(&database->freed);
        pthread_mutex_unlock(&database->lock);
        return status;
    }
    *out = made;
    return ASSAY_OK;
}

static assay_status reader_take(store_database *database, store_session **out, assay_error *err)
{
    bool make = false;
    store_session *session = reader_wait(database, &make);
    if (make)
        return reader_make(database, out, err);
    if (session == NULL)
        return busy(database, "a reader", err);
    *out = session;
    return ASSAY_OK;
}

static void put_back(store_session *session)
{
    store_database *database = session->database;
    pthread_mutex_lock(&database->lock);
    if (session->access == ACCESS_WRITE) {
        database->writer = session;
    } else {
        session->next = database->idle_readers;
        database->idle_readers = session;
    }
    pthread_cond_broadcast(&database->freed);
    pthread_mutex_unlock(&database->lock);
}

assay_status sqlite_take(store_database *database, store_access access, store_session **out,
                         assay_error *err)
{
    static const char *const begin[] = { [ACCESS_ONE] = NULL,
                                         [ACCESS_SNAPSHOT] = "BEGIN",
                                         [ACCESS_LONG] = "BEGIN",
                                         [ACCESS_WRITE] = "BEGIN IMMEDIATE" };
    store_session *session = NULL;
    TRY(access == ACCESS_WRITE ? writer_take(database, &session, err)
                               : reader_take(database, &session, err));
    session->access = access;
    assay_status status = ASSAY_OK;
    if (begin[access] != NULL)
        status = sqlite_script(session, begin[access], err);
    if (status != ASSAY_OK) {
        put_back(session);
        return status;
    }
    *out = session;
    return ASSAY_OK;
}

assay_status sqlite_give(store_session *session, store_outcome outcome, assay_error *err)
{
    assay_status status = ASSAY_OK;
    if (session->access != ACCESS_ONE && outcome == OUTCOME_KEEP)
        status = sqlite_script(session, "COMMIT", err);
    if (!sqlite3_get_autocommit(session->connection))
        sqlite3_exec(session->connection, "ROLLBACK", NULL, NULL, NULL);
    put_back(session);
    return status;
}
