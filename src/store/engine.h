/* engine.h: what an engine must offer, so that everything else of the store is written once:
 * connections with transactions, the statements of statements.h, and upkeep.
 *
 * An engine knows SQL and its database; it knows nothing of items, platforms or records. */
#ifndef ASSAY_STORE_ENGINE_H
#define ASSAY_STORE_ENGINE_H

#include "base/memory.h"
#include "store/statements.h"
#include "store/store.h"

/* A parameter or a column. Columns are never NULL in our schema. Bytes and texts are borrowed. */
typedef enum store_value_kind { VALUE_NUMBER, VALUE_TEXT, VALUE_BYTES } store_value_kind;

typedef struct store_value {
    store_value_kind kind;
    int64_t number;
    assay_span bytes; /* of a text too */
} store_value;

static inline store_value number_value(int64_t number)
{
    return (store_value) { .kind = VALUE_NUMBER, .number = number };
}

static inline store_value text_value(const char *text)
{
    return (store_value) { .kind = VALUE_TEXT, .bytes = SPAN_TEXT(text != NULL ? text : "") };
}

static inline store_value bytes_value(assay_span bytes)
{
    return (store_value) { .kind = VALUE_BYTES, .bytes = bytes };
}

enum { STORE_COLUMN_MAX = 16, STORE_PARAMETER_MAX = 16 };

/* One row of an answer: as many columns as the statement names; borrowed until it returns. */
typedef assay_status (*store_row_reader)(void *context, const store_value *columns,
                                         assay_error *err);

/* What a session is taken for. */
typedef enum store_access {
    ACCESS_ONE,      /* one reading statement */
    ACCESS_SNAPSHOT, /* several reading statements that see one state */
    ACCESS_LONG,     /* the same, and it may take minutes */
    ACCESS_WRITE     /* one transaction that writes */
} store_access;

typedef enum store_outcome { OUTCOME_KEEP, OUTCOME_UNDO } store_outcome;

typedef struct store_session store_session; /* a connection while it is taken; the engine's */
typedef struct store_database store_database;

/* Failures carry the names of store.h. */
typedef struct engine_operations {
    const char *name;
    assay_status (*open)(const store_settings *settings, store_database **out, assay_error *err);
    void (*close)(store_database *database);

    /* A session and its transaction. Every session that was taken is given back. */
    assay_status (*take)(store_database *database, store_access access, store_session **out,
                         assay_error *err);
    /* Ends the transaction and gives the session back. Only OK means that it is durable. */
    assay_status (*give)(store_session *session, store_outcome outcome, assay_error *err);

    /* Runs a statement, calls `each` (may be NULL) for every row. */
    assay_status (*run)(store_session *session, store_statement statement,
                        const store_value *parameters, size_t count, store_row_reader each,
                        void *context, assay_error *err);
    /* Runs several statements as text: migrations. */
    assay_status (*script)(store_session *session, const char *text, assay_error *err);

    /* Waits until another replica may have changed something, `wake` becomes readable, or the time
     * is over. */
    void (*pause)(store_database *database, int wake, unsigned milliseconds);
    assay_status (*check)(store_database *database, assay_error *err);
    assay_status (*backup)(store_database *database, const char *path, assay_error *err);
} engine_operations;

extern const engine_operations sqlite_operations;
extern const engine_operations postgres_operations;

#endif
