/* postgres_library.h: libpq, loaded when a store on PostgreSQL is opened: it brings TLS, Kerberos
 * and LDAP along, some megabytes that a service on SQLite does not want to carry. */
#ifndef ASSAY_STORE_POSTGRES_LIBRARY_H
#define ASSAY_STORE_POSTGRES_LIBRARY_H

#include <libpq-fe.h>

#include "base/error.h"

/* The functions of libpq that we call, without their "PQ". */
typedef struct postgres_library {
    __typeof__(PQconnectStartParams) *connect_start;
    __typeof__(PQconnectPoll) *connect_poll;
    __typeof__(PQfinish) *finish;
    __typeof__(PQstatus) *status;
    __typeof__(PQsocket) *socket;
    __typeof__(PQerrorMessage) *error_message;
    __typeof__(PQsetNoticeProcessor) *set_notice_processor;
    __typeof__(PQsetnonblocking) *set_nonblocking;
    __typeof__(PQflush) *flush;
    __typeof__(PQconsumeInput) *consume_input;
    __typeof__(PQisBusy) *is_busy;
    __typeof__(PQsendQuery) *send_query;
    __typeof__(PQsendPrepare) *send_prepare;
    __typeof__(PQsendQueryPrepared) *send_query_prepared;
    __typeof__(PQsetSingleRowMode) *set_single_row_mode;
    __typeof__(PQgetResult) *get_result;
    __typeof__(PQresultStatus) *result_status;
    __typeof__(PQresultErrorField) *result_error_field;
    __typeof__(PQcmdStatus) *command_status;
    __typeof__(PQntuples) *row_count;
    __typeof__(PQnfields) *column_count;
    __typeof__(PQftype) *column_type;
    __typeof__(PQgetvalue) *value;
    __typeof__(PQgetlength) *value_size;
    __typeof__(PQgetisnull) *value_is_null;
    __typeof__(PQclear) *clear;
    __typeof__(PQnotifies) *notifies;
    __typeof__(PQfreemem) *free_memory;
} postgres_library;

/* ENVIRONMENT store_unavailable when libpq is not installed, or too old. It stays loaded. */
assay_status postgres_library_load(postgres_library *out, assay_error *err);

#endif
