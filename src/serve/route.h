/* route.h: one row for each thing that can be asked, and what a handler gets and gives.
 * collateral-service.md 1, 3, 4, 7.4, 7.9.
 *
 * dispatch.c turns a request into a call: it finds the row, takes "/b/NAME" off, checks parameters
 * by the row (unknown, repeated, missing, malformed: 400 by name with a suggestion), checks the
 * scope, and chooses the baseline. Rows whose answers are kept (ROUTE_KEPT) are answered from
 * memory on the loop's thread; everything else runs on a worker, one run for any number of equal
 * requests that wait. Handlers are plain, blocking functions. */
#ifndef ASSAY_SERVE_ROUTE_H
#define ASSAY_SERVE_ROUTE_H

#include "base/memory.h"
#include "http/server.h"
#include "wire/json_write.h"

typedef struct service service; /* service.h */

/* Scopes of rule 7.9. NONE: anybody. */
typedef enum scope {
    SCOPE_NONE = 0,
    SCOPE_READ = 1 << 0,
    SCOPE_REGISTER = 1 << 1,
    SCOPE_REFRESH = 1 << 2,
    SCOPE_IMPORT = 1 << 3,
    SCOPE_POLICY = 1 << 4,
    SCOPE_BASELINE = 1 << 5,
    SCOPE_PLATFORMS = 1 << 6, /* may see PPIDs and manifests */
    SCOPE_TOKENS = 1 << 7,    /* makes and takes away tokens */
    SCOPE_ALL = (1 << 8) - 1
} scope;

/* Forms of parameters; `size` of the row is in bytes of the value decoded, 0: no fixed size. */
typedef enum parameter_form {
    PARAMETER_HEX,     /* any case; decoded to bytes; exactly `size` bytes or 1 to `max` */
    PARAMETER_WORD,    /* one of `words`, any case; decoded to the word as in the row */
    PARAMETER_NUMBER,  /* decimal, 0 to `max` */
    PARAMETER_TEXT,    /* 1 to `max` printable bytes */
    PARAMETER_IGNORED, /* what known clients send: clientid, api-version */
    PARAMETER_REST     /* all that is left of the query, unescaped: crl?uri= */
} parameter_form;

typedef enum parameter_need { PARAMETER_OPTIONAL = 0, PARAMETER_REQUIRED } parameter_need;

typedef struct parameter {
    const char *name;
    parameter_form form;
    parameter_need need;
    uint32_t size;
    uint32_t max;
    const char *const *words; /* ends with NULL */
} parameter;

enum { ROUTE_PARAMETER_MAX = 12 };

typedef enum route_flags {
    ROUTE_KEPT = 1 << 0,         /* the answer is the same for everybody: keep it */
    ROUTE_BASELINE = 1 << 1,     /* "/b/NAME/" may stand before; Assay-Baseline, customParameter */
    ROUTE_METADATA = 1 << 2,     /* needs "Metadata: true", refuses X-Forwarded-For */
    ROUTE_ADMIN = 1 << 3,        /* on the admin listener only, unless it is the same one */
    ROUTE_PUBLIC = 1 << 4,       /* on the main listener only */
    ROUTE_UPSTREAM = 1 << 5,     /* may wait for the vendor: runs among the upstream workers */
    ROUTE_BODY = 1 << 6,         /* takes a body */
    ROUTE_ADMIN_HEADERS = 1 << 7 /* PCCS's admin-token and user-token count */
} route_flags;

struct call;
struct answer;

/* Makes the answer. On failure the status and call->error say why; respond.h turns them into the
 * right code, unless call->code was set (404, 461, ...). */
typedef assay_status (*route_handler)(struct call *call, struct answer *out);

typedef struct route {
    const char *name; /* for metrics and the log: "tcb" */
    http_method method;
    const char *path; /* "/sgx/certification/v4/tcb"; a last segment "*" is the call's `rest` */
    unsigned flags;
    unsigned scopes;             /* any of these is enough; 0: anybody */
    const parameter *parameters; /* ends with a NULL name */
    unsigned variant; /* what the handler wants to know of the row: api version, tee, ... */
    route_handler handler;
    const char *summary; /* of the OpenAPI file */
} route;

/* All rows; each handler file has its own table, routes.c lists the tables. */
typedef struct route_table {
    const route *rows;
    const size_t *count;
} route_table;
extern const route_table route_tables[];
extern const size_t route_table_count;

/* ---- A call -----------------------------------------------------------------------------------
 */

typedef struct baseline_choice {
    char name[64];   /* which baseline was used; told in the reply's Assay-Baseline */
    bool early;      /* channel, when number is 0 */
    uint32_t number; /* TCB evaluation data number asked for; 0: the channel decides */
} baseline_choice;

/* GET rows with ROUTE_UPSTREAM run first where nobody may wait for a vendor, and again among the
 * upstream workers when call_may_ask() said that they want to; POST and PUT at once there. */
typedef enum call_patience {
    CALL_STORE_ONLY = 0,
    CALL_MAY_WAIT,
    CALL_VENDOR_BUSY /* the upstream workers have too much to do: answer with what there is */
} call_patience;

typedef struct call {
    service *service;
    const route *route;
    const http_request *request;
    int64_t now;
    assay_span parameters[ROUTE_PARAMETER_MAX]; /* in the row's order; data NULL: not given */
    assay_span rest;                            /* of a path that ends with "*", percent-decoded */
    char baseline[64];                          /* name that was chosen, or the default's */
    unsigned scopes;                            /* that the caller has */
    const char *actor; /* "token:ops", "cert:CN=ops", "admin-token", "anonymous" */
    const char *request_id;
    arena *memory;        /* gone when the call is answered */
    unsigned code;        /* 0; or the HTTP code that a failing handler wants */
    unsigned retry_after; /* seconds, for 503 and 429 */
    call_patience patience;
    bool wants_vendor; /* set by call_may_ask() */
    assay_error error;
} call;

/* Before anything that asks a vendor, and before anything is written: OK when this worker may wait;
 * else the handler hands the failure on, and is run again where it may. */
assay_status call_may_ask(call *c);

/* A parameter of the form PARAMETER_NUMBER, by its place in the row; `otherwise` when it was not
 * given. */
uint32_t call_number(const call *c, size_t index, uint32_t otherwise);
/* A parameter of the form PARAMETER_WORD is this word of the row. False when it was not given. */
bool call_word_is(const call *c, size_t index, const char *word);

/* ---- An answer --------------------------------------------------------------------------------
 */

enum { ANSWER_TAG_MAX = 6 };

/* What a handler fills in. Spans may live in call->memory. */
typedef struct answer {
    unsigned code;            /* 0: 200 */
    const char *content_type; /* NULL: application/json */
    const char *headers;      /* further finished lines, or NULL */
    assay_span body;
    int64_t issued;                /* Last-Modified; 0: none */
    int64_t fetched;               /* Age counts from here; 0: no Age */
    int64_t next_update;           /* bounds max-age; 0: never stale */
    bool stale;                    /* Warning: 110 */
    const char *warning;           /* the upstream's Warning, or NULL */
    bool private_reply;            /* Cache-Control: no-store; never kept */
    int64_t keep_until;            /* kept in memory until then; 0: as long as max-age */
    uint64_t tags[ANSWER_TAG_MAX]; /* of items and platforms it was made from: answers.h */
    size_t tag_count;
} answer;

void answer_tag(answer *out, const char *item_key);
/* Takes what the writer holds as the body (into call->memory). NO_MEMORY. */
assay_status answer_json(call *c, answer *out, json_writer *w);
assay_status answer_text(call *c, answer *out, unsigned code, const char *format, ...)
    ASSAY_PRINTF(4, 5);

/* Fails with an HTTP code: return call_fail(call, 404, "not_found", "tcb.fmspc", "..."). */
assay_status call_fail(call *c, unsigned code, const char *name, const char *where,
                       const char *format, ...) ASSAY_PRINTF(5, 6);

#endif
