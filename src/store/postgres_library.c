/* postgres_library.c: finds the functions of libpq. */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "store/postgres_library.h"

static const struct symbol_row {
    const char *name;
    size_t offset;
} symbols[] = {
    { "PQconnectStartParams", offsetof(postgres_library, connect_start) },
    { "PQconnectPoll", offsetof(postgres_library, connect_poll) },
    { "PQfinish", offsetof(postgres_library, finish) },
    { "PQstatus", offsetof(postgres_library, status) },
    { "PQsocket", offsetof(postgres_library, socket) },
    { "PQerrorMessage", offsetof(postgres_library, error_message) },
    { "PQsetNoticeProcessor", offsetof(postgres_library, set_notice_processor) },
    { "PQsetnonblocking", offsetof(postgres_library, set_nonblocking) },
    { "PQflush", offsetof(postgres_library, flush) },
    { "PQconsumeInput", offsetof(postgres_library, consume_input) },
    { "PQisBusy", offsetof(postgres_library, is_busy) },
    { "PQsendQuery", offsetof(postgres_library, send_query) },
    { "PQsendPrepare", offsetof(postgres_library, send_prepare) },
    { "PQsendQueryPrepared", offsetof(postgres_library, send_query_prepared) },
    { "PQsetSingleRowMode", offsetof(postgres_library, set_single_row_mode) },
    { "PQgetResult", offsetof(postgres_library, get_result) },
    { "PQresultStatus", offsetof(postgres_library, result_status) },
    { "PQresultErrorField", offsetof(postgres_library, result_error_field) },
    { "PQcmdStatus", offsetof(postgres_library, command_status) },
    { "PQntuples", offsetof(postgres_library, row_count) },
    { "PQnfields", offsetof(postgres_library, column_count) },
    { "PQftype", offsetof(postgres_library, column_type) },
    { "PQgetvalue", offsetof(postgres_library, value) },
    { "PQgetlength", offsetof(postgres_library, value_size) },
    { "PQgetisnull", offsetof(postgres_library, value_is_null) },
    { "PQclear", offsetof(postgres_library, clear) },
    { "PQnotifies", offsetof(postgres_library, notifies) },
    { "PQfreemem", offsetof(postgres_library, free_memory) },
};

static assay_status missing(const char *what, assay_error *err)
{
    return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store.open",
                      "%s: PostgreSQL needs libpq 5 (package libpq5)", what);
}

assay_status postgres_library_load(postgres_library *out, assay_error *err)
{
    postgres_library found;
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return missing("libpq.so.5 could not be loaded", err);
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (symbol == NULL)
            return missing(symbols[i].name, err);
        memcpy((char *)&found + symbols[i].offset, &symbol, sizeof(symbol));
    }
    *out = found;
    return ASSAY_OK;
}
