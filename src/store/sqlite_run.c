/* sqlite_run.c: statements of the SQLite engine, and what its failures are called. */
#include <errno.h>
#include <string.h>

#include "store/sqlite.h"

/* By code or primary code, the first that fits; what is not here is store_unavailable. A trigger is
 * an operator's, and nothing that a record could do better. */
static const struct failure_row {
    int code;
    assay_status status;
    const char *name;
} failures[] = {
    { SQLITE_FULL, ASSAY_ENVIRONMENT, "store_full" },
    { SQLITE_READONLY, ASSAY_ENVIRONMENT, "store_read_only" },
    { SQLITE_PERM, ASSAY_ENVIRONMENT, "store_read_only" },
    { SQLITE_CORRUPT, ASSAY_ENVIRONMENT, "store_corrupt" },
    { SQLITE_NOTADB, ASSAY_ENVIRONMENT, "store_corrupt" },
    { SQLITE_BUSY, ASSAY_ENVIRONMENT, "store_busy" },
    { SQLITE_LOCKED, ASSAY_ENVIRONMENT, "store_busy" },
    { SQLITE_NOMEM, ASSAY_NO_MEMORY, NULL },
    { SQLITE_TOOBIG, ASSAY_MALFORMED, NULL },
    { SQLITE_CONSTRAINT_TRIGGER, ASSAY_ENVIRONMENT, "store_unavailable" },
    { SQLITE_CONSTRAINT, ASSAY_MALFORMED, NULL },
};

/* An I/O error says in errno what it was. */
static const struct system_row {
    int number;
    const char *name;
} system_failures[] = {
    { ENOSPC, "store_full" },
    { EDQUOT, "store_full" },
    { EFBIG, "store_full" },
    { EROFS, "store_read_only" },
};

/* Of the last failed open, or else of the last failed write: to the journal, to the file. */
static int system_number(sqlite3 *connection)
{
    sqlite3_file *journal = NULL;
    int number = sqlite3_system_errno(connection);
    if (number == 0 &&
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal) ==
            SQLITE_OK &&
        journal != NULL && journal->pMethods != NULL)
        journal->pMethods->xFileControl(journal, SQLITE_FCNTL_LAST_ERRNO, &number);
    if (number == 0)
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
    return number;
}

static const char *system_name(sqlite3 *connection)
{
    const int number = system_number(connection);
    for (size_t i = 0; i < sizeof(system_failures) / sizeof(system_failures[0]); i++) {
        if (system_failures[i].number == number)
            return system_failures[i].name;
    }
    return "store_unavailable";
}

assay_status sqlite_failed(sqlite3 *connection, int code, const char *where, assay_error *err)
{
    const int primary = code & 0xff;
    const char *message = connection != NULL ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        if (failures[i].code == code || failures[i].code == primary)
            return fail_named(err, failures[i].status, failures[i].name, NULL, where,
                              "SQLite: %s (%d)", message, code);
    }
    const bool input_output = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;
    const char *name =
        input_output && connection != NULL ? system_name(connection) : "store_unavailable";
    return fail_named(err, ASSAY_ENVIRONMENT, name, NULL, where, "SQLite: %s (%d)", message, code);
}

assay_status sqlite_script(store_session *session, const char *text, assay_error *err)
{
    int code = sqlite3_exec(session->connection, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? ASSAY_OK : sqlite_failed(session->connection, code, "store", err);
}

/* $1 of our texts would be a name to SQLite; ?1 is the number. */
static assay_status prepare(store_session *session, store_statement statement, assay_error *err)
{
    const char *text = statement_texts[statement].text;
    const size_t size = strlen(text) + 1;
    char *own = memory_new(size);
    if (own == NULL)
        return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory for a statement");
    for (size_t i = 0; i < size; i++)
        own[i] = (char)(text[i] == '$' ? '?' : text[i]);
    int code = sqlite3_prepare_v3(session->connection, own, (int)size, SQLITE_PREPARE_PERSISTENT,
                                  &session->statements[statement], NULL);
    memory_free(own);
    return code == SQLITE_OK ? ASSAY_OK : sqlite_failed(session->connection, code, "store", err);
}

static int bind(sqlite3_stmt *prepared, int index, const store_value *value)
{
    const char *data = value->bytes.size > 0 ? (const char *)value->bytes.data : "";
    switch (value->kind) {
    case VALUE_NUMBER:
        return sqlite3_bind_int64(prepared, index, value->number);
    case VALUE_TEXT:
        return sqlite3_bind_text64(prepared, index, data, value->bytes.size, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case VALUE_BYTES:
        return sqlite3_bind_blob64(prepared, index, data, value->bytes.size, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

/* What is NULL or a fraction, which we never write, reads as no bytes. */
static store_value column_of(sqlite3_stmt *prepared, int index)
{
    const int type = sqlite3_column_type(prepared, index);
    store_value value = { .kind = type == SQLITE_TEXT ? VALUE_TEXT : VALUE_BYTES };
    if (type == SQLITE_INTEGER)
        return number_value(sqlite3_column_int64(prepared, index));
    if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        value.bytes.data = sqlite3_column_blob(prepared, index);
        value.bytes.size = (size_t)sqlite3_column_bytes(prepared, index);
    }
    return value;
}

static assay_status step_through(store_session *session, sqlite3_stmt *prepared,
                                 store_row_reader each, void *context, assay_error *err)
{
    int code;
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
        store_value columns[STORE_COLUMN_MAX] = { 0 };
        const int count = sqlite3_column_count(prepared);
        for (int i = 0; i < count && i < STORE_COLUMN_MAX; i++)
            columns[i] = column_of(prepared, i);
        if (each != NULL)
            TRY(each(context, columns, err));
    }
    return code == SQLITE_DONE ? ASSAY_OK : sqlite_failed(session->connection, code, "store", err);
}

assay_status sqlite_run(store_session *session, store_statement statement,
                        const store_value *parameters, size_t count, store_row_reader each,
                        void *context, assay_error *err)
{
    if (statement_texts[statement].text == NULL)
        return ASSAY_OK; /* only the other engine has something to do here */
    if (session->statements[statement] == NULL)
        TRY(prepare(session, statement, err));
    sqlite3_stmt *prepared = session->statements[statement];
    int code = SQLITE_OK;
    for (size_t i = 0; i < count && code == SQLITE_OK; i++)
        code = bind(prepared, (int)i + 1, &parameters[i]);
    assay_status status = code == SQLITE_OK
                              ? step_through(session, prepared, each, context, err)
                              : sqlite_failed(session->connection, code, "store", err);
    sqlite3_reset(prepared);
    sqlite3_clear_bindings(prepared);
    return status;
}
