/* sqlite.h: what the files of the SQLite engine share. */
#ifndef ASSAY_STORE_SQLITE_H
#define ASSAY_STORE_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>

#include "store/engine.h"

/* One connection with the statements it has prepared. */
struct store_session {
    store_database *database;
    sqlite3 *connection;
    store_access access;
    store_session *next; /* while idle */
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

struct store_database {
    char *path;
    unsigned wait_seconds;
    unsigned reader_max;
    bool read_only;
    pthread_mutex_t lock;
    pthread_cond_t freed;  /* a session was given back */
    store_session *writer; /* NULL while it is taken */
    store_session *idle_readers;
    unsigned reader_count;
};

/* Maps SQLite's codes to the names of store.h. */
assay_status sqlite_failed(sqlite3 *connection, int code, const char *where, assay_error *err);
assay_status sqlite_script(store_session *session, const char *text, assay_error *err);
assay_status sqlite_run(store_session *session, store_statement statement,
                        const store_value *parameters, size_t count, store_row_reader each,
                        void *context, assay_error *err);

/* A connection of its own, set up but not in the pool. */
assay_status sqlite_connect(store_database *database, store_session **out, assay_error *err);
void sqlite_disconnect(store_session *session);

/* The file is ours, or empty and becomes ours. */
assay_status sqlite_claim(store_session *session, assay_error *err);

/* sqlite_pool.c */
assay_status sqlite_take(store_database *database, store_access access, store_session **out,
                         assay_error *err);
assay_status sqlite_give(store_session *session, store_outcome outcome, assay_error *err);

/* sqlite_upkeep.c */
assay_status sqlite_check(store_database *database, assay_error *err);
assay_status sqlite_backup(store_database *database, const char *path, assay_error *err);

#endif
