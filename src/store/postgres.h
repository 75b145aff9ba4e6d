/* postgres.h: what the files of the PostgreSQL engine share. */
#ifndef ASSAY_STORE_POSTGRES_H
#define ASSAY_STORE_POSTGRES_H

#include <pthread.h>

#include "store/engine.h"
#include "store/postgres_library.h"

/* One place in the pool: its connection (NULL: none yet, or lost) and what is prepared on it. */
struct store_session {
    store_database *database;
    PGconn *connection;
    bool broken; /* what was asked may or may not have been done: only a new connection helps */
    store_access access;
    store_session *next; /* while idle */
    bool prepared[STATEMENT_COUNT];
};

struct store_database {
    postgres_library pq;
    char *url;
    unsigned wait_seconds;
    bool notifies; /* the server has LISTEN and NOTIFY */
    pthread_mutex_t lock;
    pthread_cond_t freed; /* a session was given back */
    store_session *idle;
    unsigned session_count;
    unsigned session_max;
    unsigned failures;         /* connections that failed, one after the other */
    int64_t next_try;          /* milliseconds: until then nobody tries */
    pthread_mutex_t listening; /* held by the one waiter that listens */
    store_session *listener;
};

int64_t postgres_clock(void); /* milliseconds */

/* postgres_connect.c. Fails at once while the last failure is fresh. */
assay_status postgres_connect(store_session *session, assay_error *err);
void postgres_disconnect(store_session *session);

/* postgres_run.c */
assay_status postgres_run(store_session *session, store_statement statement,
                          const store_value *parameters, size_t count, store_row_reader each,
                          void *context, assay_error *err);
/* A text without parameters, rows ignored. */
assay_status postgres_script(store_session *session, const char *text, assay_error *err);
/* BEGIN and COMMIT: `tag` must come back. */
assay_status postgres_command(store_session *session, const char *text, const char *tag,
                              assay_error *err);
/* No connection, or it was lost. */
assay_status postgres_unavailable(store_session *session, assay_error *err);

/* postgres_listen.c */
assay_status postgres_probe(store_session *session, assay_error *err);
void postgres_pause(store_database *database, int wake, unsigned milliseconds);

#endif
