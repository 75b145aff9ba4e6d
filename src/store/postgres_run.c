/* postgres_run.c: statements of the PostgreSQL engine, always with an end in time, and what its
 * failures are called. */
#include <poll.h>
#include <stdio.h>

#include "store/postgres.h"

/* The server ends statements at the same time; ours comes after it and means that it is gone. */
enum { LATER_MILLISECONDS = 2000, LONG_MILLISECONDS = 600 * 1000, MESSAGE_SIZE = 180 };

/* Types by which pg_type knows them. */
enum { TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_TEXT = 25 };

/* ---- Failures ---------------------------------------------------------------------------------
 */

/* By the beginning of SQLSTATE; the first that fits. What is not here is store_unavailable. */
static const struct state_row {
    const char *state;
    assay_status status;
    const char *name;
} states[] = {
    { "53100", ASSAY_ENVIRONMENT, "store_full" },
    { "25006", ASSAY_ENVIRONMENT, "store_read_only" },
    { "42501", ASSAY_ENVIRONMENT, "store_read_only" },
    { "57014", ASSAY_ENVIRONMENT, "store_busy" },
    { "55P03", ASSAY_ENVIRONMENT, "store_busy" },
    { "40", ASSAY_ENVIRONMENT, "store_busy" },
    { "XX001", ASSAY_ENVIRONMENT, "store_corrupt" },
    { "XX002", ASSAY_ENVIRONMENT, "store_corrupt" },
    { "42P01", ASSAY_ENVIRONMENT, "store_schema" },
    { "42703", ASSAY_ENVIRONMENT, "store_schema" },
    { "22", ASSAY_MALFORMED, NULL },
    { "23", ASSAY_MALFORMED, NULL },
    { "54", ASSAY_MALFORMED, NULL },
};

/* The first line of what libpq says. */
static void first_line(const char *message, char out[MESSAGE_SIZE])
{
    snprintf(out, MESSAGE_SIZE, "%.*s", (int)strcspn(message, "\n"), message);
}

assay_status postgres_unavailable(store_session *session, assay_error *err)
{
    char line[MESSAGE_SIZE];
    session->broken = true;
    first_line(session->database->pq.error_message(session->connection), line);
    return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store", "PostgreSQL: %s",
                      line[0] != 0 ? line : "no answer in time");
}

static assay_status result_failed(store_session *session, const PGresult *result, assay_error *err)
{
    const postgres_library *pq = &session->database->pq;
    const char *state = pq->result_error_field(result, PG_DIAG_SQLSTATE);
    const char *message = pq->result_error_field(result, PG_DIAG_MESSAGE_PRIMARY);
    char line[MESSAGE_SIZE];
    if (state == NULL || pq->status(session->connection) == CONNECTION_BAD)
        return postgres_unavailable(session, err);
    first_line(message != NULL ? message : "", line);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
            return fail_named(err, states[i].status, states[i].name, NULL, "store",
                              "PostgreSQL: %s (%s)", line, state);
    }
    /* 57P01 and its sisters: the server ends this session. */
    session->broken = session->broken || strncmp(state, "57P", 3) == 0;
    return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store",
                      "PostgreSQL: %s (%s)", line, state);
}

/* ---- Waiting for the server -------------------------------------------------------------------
 */

static int64_t deadline_of(const store_session *session)
{
    return postgres_clock() + LATER_MILLISECONDS +
           (session->access == ACCESS_LONG ? LONG_MILLISECONDS
                                           : (int64_t)session->database->wait_seconds * 1000);
}

/* Sends what is left and waits until a result can be taken; false when the connection is lost or
 * the time is over. */
static bool ready(store_session *session, int64_t deadline)
{
    const postgres_library *pq = &session->database->pq;
    for (;;) {
        const int unsent = pq->flush(session->connection);
        if (unsent < 0)
            return false;
        if (unsent == 0 && !pq->is_busy(session->connection))
            return true;
        struct pollfd server = { .fd = pq->socket(session->connection),
                                 .events = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN) };
        const int64_t left = deadline - postgres_clock();
        if (left <= 0 || server.fd < 0)
            return false;
        const int events = poll(&server, 1, (int)left);
        if (events > 0 && (server.revents & ~POLLOUT) != 0 &&
            !pq->consume_input(session->connection))
            return false;
    }
}

/* ---- Rows -------------------------------------------------------------------------------------
 */

static int64_t load_big_endian(const uint8_t *bytes, int size)
{
    /* The first byte carries the sign. */
    int64_t number = (int8_t)bytes[0];
    for (int i = 1; i < size; i++)
        number = (int64_t)((uint64_t)number << 8 | bytes[i]);
    return number;
}

static store_value column_of(const postgres_library *pq, const PGresult *result, int row,
                             int column)
{
    const Oid type = pq->column_type(result, column);
    const uint8_t *data = (const uint8_t *)pq->value(result, row, column);
    const int size = pq->value_size(result, row, column);
    if (pq->value_is_null(result, row, column))
        return bytes_value((assay_span) { NULL, 0 });
    if ((type == TYPE_INT8 && size == 8) || (type == TYPE_INT4 && size == 4) ||
        (type == TYPE_INT2 && size == 2))
        return number_value(load_big_endian(data, size));
    return (store_value) { .kind = type == TYPE_TEXT ? VALUE_TEXT : VALUE_BYTES,
                           .bytes = span_of(data, (size_t)size) };
}

static assay_status rows_read(store_session *session, const PGresult *result, store_row_reader each,
                              void *context, assay_error *err)
{
    const postgres_library *pq = &session->database->pq;
    const int rows = pq->row_count(result), count = pq->column_count(result);
    for (int row = 0; each != NULL && row < rows; row++) {
        store_value columns[STORE_COLUMN_MAX] = { 0 };
        for (int i = 0; i < count && i < STORE_COLUMN_MAX; i++)
            columns[i] = column_of(pq, result, row, i);
        TRY(each(context, columns, err));
    }
    return ASSAY_OK;
}

static assay_status result_read(store_session *session, const PGresult *result,
                                store_row_reader each, void *context, assay_error *err)
{
    const ExecStatusType state = session->database->pq.result_status(result);
    if (state == PGRES_SINGLE_TUPLE || state == PGRES_TUPLES_OK)
        return rows_read(session, result, each, context, err);
    if (state == PGRES_COMMAND_OK || state == PGRES_EMPTY_QUERY)
        return ASSAY_OK;
    return result_failed(session, result, err);
}

/* All results of what was sent, to the end: then the connection is free for the next statement. The
 * first failure counts; after it no more rows are shown. */
static assay_status results_read(store_session *session, store_row_reader each, void *context,
                                 assay_error *err)
{
    const postgres_library *pq = &session->database->pq;
    const int64_t deadline = deadline_of(session);
    assay_status status = ASSAY_OK;
    for (;;) {
        if (!ready(session, deadline))
            return status == ASSAY_OK ? postgres_unavailable(session, err) : status;
        PGresult *result = pq->get_result(session->connection);
        if (result == NULL)
            return status;
        if (status == ASSAY_OK)
            status = result_read(session, result, each, context, err);
        pq->clear(result);
    }
}

/* ---- Statements -------------------------------------------------------------------------------
 */

assay_status postgres_script(store_session *session, const char *text, assay_error *err)
{
    if (!session->database->pq.send_query(session->connection, text))
        return postgres_unavailable(session, err);
    return results_read(session, NULL, NULL, err);
}

assay_status postgres_command(store_session *session, const char *text, const char *tag,
                              assay_error *err)
{
    const postgres_library *pq = &session->database->pq;
    bool tagged = false;
    if (!pq->send_query(session->connection, text) || !ready(session, deadline_of(session)))
        return postgres_unavailable(session, err);
    PGresult *result = pq->get_result(session->connection);
    if (result == NULL)
        return postgres_unavailable(session, err);
    assay_status status = result_read(session, result, NULL, NULL, err);
    if (status == ASSAY_OK)
        tagged = strcmp(pq->command_status(result), tag) == 0;
    pq->clear(result);
    TRY(status);
    TRY(results_read(session, NULL, NULL, err));
    if (!tagged)
        return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store",
                          "PostgreSQL did not %s", tag);
    return ASSAY_OK;
}

static const char *text_of(store_statement statement)
{
    const statement_text *texts = &statement_texts[statement];
    return texts->postgres != NULL ? texts->postgres : texts->text;
}

static void name_of(store_statement statement, char out[16])
{
    snprintf(out, 16, "assay_%d", (int)statement);
}

static assay_status prepare(store_session *session, store_statement statement,
                            const store_value *parameters, size_t count, assay_error *err)
{
    static const Oid types[] = {
        [VALUE_NUMBER] = TYPE_INT8, [VALUE_TEXT] = TYPE_TEXT, [VALUE_BYTES] = TYPE_BYTEA
    };
    Oid wanted[STORE_PARAMETER_MAX];
    char name[16];
    for (size_t i = 0; i < count; i++)
        wanted[i] = types[parameters[i].kind];
    name_of(statement, name);
    if (!session->database->pq.send_prepare(session->connection, name, text_of(statement),
                                            (int)count, wanted))
        return postgres_unavailable(session, err);
    TRY(results_read(session, NULL, NULL, err));
    session->prepared[statement] = true;
    return ASSAY_OK;
}

static void store_big_endian(int64_t number, uint8_t out[8])
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

/* All in binary form. */
static bool send(store_session *session, store_statement statement, const store_value *parameters,
                 size_t count)
{
    const postgres_library *pq = &session->database->pq;
    uint8_t numbers[STORE_PARAMETER_MAX][8];
    const char *values[STORE_PARAMETER_MAX];
    int sizes[STORE_PARAMETER_MAX], formats[STORE_PARAMETER_MAX];
    char name[16];
    for (size_t i = 0; i < count; i++) {
        const assay_span bytes = parameters[i].bytes;
        store_big_endian(parameters[i].number, numbers[i]);
        values[i] = parameters[i].kind == VALUE_NUMBER ? (const char *)numbers[i]
                    : bytes.size == 0                  ? ""
                                                       : (const char *)bytes.data;
        sizes[i] = parameters[i].kind == VALUE_NUMBER ? 8 : (int)bytes.size;
        formats[i] = 1;
    }
    name_of(statement, name);
    return pq->send_query_prepared(session->connection, name, (int)count, values, sizes, formats,
                                   1) == 1 &&
           pq->set_single_row_mode(session->connection) == 1;
}

static assay_status run_once(store_session *session, store_statement statement,
                             const store_value *parameters, size_t count, store_row_reader each,
                             void *context, assay_error *err)
{
    if (session->connection == NULL)
        TRY(postgres_connect(session, err));
    if (!session->prepared[statement])
        TRY(prepare(session, statement, parameters, count, err));
    if (!send(session, statement, parameters, count))
        return postgres_unavailable(session, err);
    return results_read(session, each, context, err);
}

/* What was read up to a failure, so that a question is not asked twice after half an answer. */
typedef struct counted {
    store_row_reader each;
    void *context;
    size_t rows;
} counted;

static assay_status count_row(void *context, const store_value *columns, assay_error *err)
{
    counted *to = context;
    to->rows++;
    return to->each != NULL ? to->each(to->context, columns, err) : ASSAY_OK;
}

/* A single question whose connection turns out dead (the server was restarted since) is asked once
 * more on a new one. */
assay_status postgres_run(store_session *session, store_statement statement,
                          const store_value *parameters, size_t count, store_row_reader each,
                          void *context, assay_error *err)
{
    counted rows = { each, context, 0 };
    if (statement == CHANGES_NOTIFY && !session->database->notifies)
        return ASSAY_OK;
    assay_status status = run_once(session, statement, parameters, count, count_row, &rows, err);
    if (status == ASSAY_OK || !session->broken || session->access != ACCESS_ONE || rows.rows > 0)
        return status;
    TRY(postgres_connect(session, err));
    return run_once(session, statement, parameters, count, count_row, &rows, err);
}
