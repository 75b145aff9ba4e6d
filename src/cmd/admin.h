/* admin.h: what the verbs of `assay admin` share: the connection to assayd, and tables of rows. */
#ifndef ASSAY_CMD_ADMIN_H
#define ASSAY_CMD_ADMIN_H

#include "fetch_library.h"
#include "json_read.h"
#include "options.h"
#include "verbs.h"

#define ADMIN_OPTIONS                                                                              \
    { .id = OPTION_URL,                                                                            \
      .name = "url",                                                                               \
      .argument = "URL",                                                                           \
      .value = VALUE_TEXT,                                                                         \
      .help = "assayd's administration ($ASSAYD_URL; default http://127.0.0.1:8082)" },            \
        { .id = OPTION_TOKEN_FILE,                                                                 \
          .name = "token-file",                                                                    \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "the token ($ASSAYD_TOKEN_FILE; or the token itself in $ASSAYD_TOKEN)" },        \
        { .id = OPTION_TLS_CA,                                                                     \
          .name = "tls-ca",                                                                        \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "the CA of assayd's TLS certificate, PEM ($ASSAYD_TLS_CA)" },                    \
        { .id = OPTION_JSON, .name = "json", .help = "print JSON" }, OPTION_ROW_HELP

/* ---- The connection ---- */

enum { ADMIN_URL_SIZE = 4096, ADMIN_PATH_SIZE = 2048 };

typedef struct admin {
    fetch_library library;
    const char *url;
    char header[512]; /* "Authorization: Bearer ..."; "" without a token */
    const char *ca_file;
} admin;

/* USAGE, or ENVIRONMENT for a token file that can't be read. */
assay_status admin_begin(const arguments *given, admin *out, assay_error *error);
void admin_end(admin *a); /* cleanses the token */

typedef struct admin_request {
    const char *method;
    const char *path; /* "/assay/v1/status?limit=1" */
    const char *type; /* of the body; NULL: application/json */
    assay_span body;
    const char *progress; /* says so on a terminal while the body goes out; NULL */
    const char *report;   /* a reply of code 400 with this member is an answer all the same; NULL */
} admin_request;

/* OK only for codes below 400; otherwise what assayd said: UNTRUSTED for 401 and 403, ENVIRONMENT
 * for 429 and 5xx, MALFORMED for others. */
assay_status admin_call(admin *a, const admin_request *request, assay_fetch_called *out,
                        assay_error *error);
assay_status admin_get(admin *a, const char *path, assay_fetch_called *out, assay_error *error);

static inline json_value admin_json(const assay_fetch_called *called)
{
    return json_value_of((assay_span) { called->body, called->size });
}

/* Appends "name=value" to a path, percent-encoded; nothing for NULL. */
void admin_parameter(char path[ADMIN_PATH_SIZE], const char *name, const char *value);
/* Appends a segment of a path, percent-encoded. */
void admin_segment(char path[ADMIN_PATH_SIZE], const char *segment);

/* A verb's end: complaint or failure on standard error; the exit code. */
int admin_finish(const char *name, admin *a, assay_status status, const assay_error *error);

/* Calls and prints the reply as it came, for --json. */
void admin_print_json(const assay_fetch_called *called);

/* ---- Progress ---- */

/* Rewrites one line on standard error, when that is a terminal. */
void admin_progress(const char *format, ...) ASSAY_PRINTF(1, 2);
void admin_progress_end(void);

/* ---- Tables ---- */

typedef struct admin_column {
    const char *member; /* path of the member; NULL ends the columns */
    const char *heading;
    int width;
} admin_column;

typedef struct admin_list {
    const char *rows;   /* the member that holds the rows: "platforms" */
    const char *cursor; /* the parameter that takes `next` */
    const admin_column *columns;
} admin_list;

/* All pages of a list, at most `limit` rows (0: all), as a table or one JSON array. `path` may have
 * parameters. */
assay_status admin_list_print(admin *a, const arguments *given, const char *path,
                              const admin_list *list, assay_error *error);

/* One row of text. */
void admin_row_print(const admin_column *columns, json_value row);
void admin_heading_print(const admin_column *columns);

/* ---- The verbs ---- */

extern const verb verb_admin_status, verb_admin_platforms, verb_admin_items, verb_admin_refresh,
    verb_admin_baseline, verb_admin_import, verb_admin_export, verb_admin_audit, verb_admin_tokens;

#endif
