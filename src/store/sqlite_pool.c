/* sqlite_pool.c: one connection that writes, some that read, and their transactions. */
#include <time.h>

#include "store/sqlite.h"

static struct timespec deadline_of(const store_database *engine)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += engine->wait_seconds;
    return deadline;
}

static assay_status busy(const store_database *engine, const char *what, assay_error *err)
{
    return fail_named(err, ASSAY_ENVIRONMENT, "store_busy", NULL, "store",
                      "%s was not free within %u s", what, engine->wait_seconds);
}

static assay_status writer_take(store_database *engine, store_session **out, assay_error *err)
{
    const struct timespec deadline = deadline_of(engine);
    int waited = 0;
    if (engine->read_only)
        return fail_named(err, ASSAY_ENVIRONMENT, "store_read_only", NULL, "store",
                          "%s may not be written", engine->path);
    pthread_mutex_lock(&engine->lock);
    while (engine->writer == NULL && waited == 0)
        waited = pthread_cond_timedwait(&engine->freed, &engine->lock, &deadline);
    *out = engine->writer;
    engine->writer = NULL;
    pthread_mutex_unlock(&engine->lock);
    return *out != NULL ? ASSAY_OK : busy(engine, "the writer", err);
}

/* An idle reader, or NULL and leave to make one more (`*make`), or neither: all are in use. */
static store_session *reader_wait(store_database *engine, bool *make)
{
    const struct timespec deadline = deadline_of(engine);
    int waited = 0;
    pthread_mutex_lock(&engine->lock);
    while (engine->idle_readers == NULL && engine->reader_count == engine->reader_max &&
           waited == 0)
        waited = pthread_cond_timedwait(&engine->freed, &engine->lock, &deadline);
    store_session *session = engine->idle_readers;
    *make = session == NULL && engine->reader_count < engine->reader_max;
    if (session != NULL)
        engine->idle_readers = session->next;
    if (*make)
        engine->reader_count++;
    pthread_mutex_unlock(&engine->lock);
    return session;
}

static assay_status reader_make(store_database *engine, store_session **out, assay_error *err)
{
    store_session *made = NULL;
    assay_status status = sqlite_connect(engine, &made, err);
    if (status == ASSAY_OK)
        status = sqlite_script(made, "PRAGMA query_only = ON", err);
    if (status != ASSAY_OK) {
        sqlite_disconnect(made);
        pthread_mutex_lock(&engine->lock);
        engine->reader_count--;
        pthread_cond_broadcast(&engine->freed);
        pthread_mutex_unlock(&engine->lock);
        return status;
    }
    *out = made;
    return ASSAY_OK;
}

static assay_status reader_take(store_database *engine, store_session **out, assay_error *err)
{
    bool make = false;
    store_session *session = reader_wait(engine, &make);
    if (make)
        return reader_make(engine, out, err);
    if (session == NULL)
        return busy(engine, "a reader", err);
    *out = session;
    return ASSAY_OK;
}

static void put_back(store_session *session)
{
    store_database *engine = session->engine;
    pthread_mutex_lock(&engine->lock);
    if (session->access == ACCESS_WRITE) {
        engine->writer = session;
    } else {
        session->next = engine->idle_readers;
        engine->idle_readers = session;
    }
    pthread_cond_broadcast(&engine->freed);
    pthread_mutex_unlock(&engine->lock);
}

assay_status sqlite_take(store_database *engine, store_access access, store_session **out,
                         assay_error *err)
{
    static const char *const begin[] = { [ACCESS_ONE] = NULL,
                                         [ACCESS_SNAPSHOT] = "BEGIN",
                                         [ACCESS_LONG] = "BEGIN",
                                         [ACCESS_WRITE] = "BEGIN IMMEDIATE" };
    store_session *session = NULL;
    TRY(access == ACCESS_WRITE ? writer_take(engine, &session, err)
                               : reader_take(engine, &session, err));
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
    if (!sqlite3_get_autocommit(session->database))
        sqlite3_exec(session->database, "ROLLBACK", NULL, NULL, NULL);
    put_back(session);
    return status;
}
