/* dispatch.c: from a request to its row, its parameters, its baseline and its answer, in the order
 * in which it may fail. collateral-service.md 7.3 to 7.5, 7.9. */
#include <stdio.h>
#include <time.h>

#include "serve/baseline.h"
#include "serve/delay.h"
#include "serve/dispatch.h"
#include "serve/hash.h"
#include "serve/jobs.h"
#include "serve/listen.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/parameters.h"
#include "serve/pending.h"
#include "serve/sending.h"

enum { DELAY_TICK_MS = 100, REFUSED_LINES_A_SECOND = 10 };

typedef enum listener_use { LISTENER_MAIN = 1 << 0, LISTENER_ADMIN = 1 << 1 } listener_use;

struct dispatcher {
    service *service;
    route_index *index;
    delays *delays;
    uint64_t salt;
    atomic_uint_fast64_t number;
    atomic_int_fast64_t refused_second; /* since then so many were refused */
    atomic_uint refused_count;
    unsigned listeners[LISTEN_MAX]; /* listener_use */
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- Which row ---- */

static assay_status refuse(denial *why, unsigned code, const char *name, const char *where,
                           const char *detail)
{
    why->code = code;
    return fail_named(&why->error, ASSAY_MALFORMED, name, NULL, where, "%s", detail);
}

static assay_status nothing_here(denial *why)
{
    return refuse(why, 404, "not_found", "path", "nothing is served here");
}

bool dispatcher_administers(const dispatcher *d, unsigned listener)
{
    return (d->listeners[listener % LISTEN_MAX] & LISTENER_ADMIN) != 0;
}

/* A row that is for the other listener is not there. */
static bool listener_fits(const asked *a, const route *row)
{
    const dispatcher *d = a->service->dispatcher;
    if ((row->flags & ROUTE_ADMIN) != 0)
        return dispatcher_administers(d, a->request->listener);
    const unsigned use = d->listeners[a->request->listener % LISTEN_MAX];
    return (row->flags & ROUTE_PUBLIC) == 0 || (use & LISTENER_MAIN) != 0;
}

static assay_status row_find(asked *a, denial *why)
{
    const assay_span path = choose_path(a->request->path, &a->baseline_of_path);
    const route_group *group = route_index_find(a->service->dispatcher->index, path, &a->rest);
    if (group == NULL)
        return nothing_here(why);
    const route *row = route_group_row(group, a->request->method);
    const route *any = row;
    for (size_t i = 0; any == NULL && i < ROUTE_METHODS; i++)
        any = group->rows[i];
    const bool based = a->baseline_of_path.data != NULL;
    const bool off = (any->flags & ROUTE_METADATA) != 0 && !a->service->config.thim.thim;
    if (off || !listener_fits(a, any) || (based && (any->flags & ROUTE_BASELINE) == 0))
        return nothing_here(why);
    a->row = row;
    why->allow = row == NULL ? group->allow : NULL;
    if (row != NULL)
        return ASSAY_OK;
    if (a->request->method == HTTP_OPTIONS)
        return refuse(why, 204, NULL, "", "");
    why->code = 405;
    return fail_named(&why->error, ASSAY_MALFORMED, "method_not_allowed", NULL, "method",
                      "this is answered to: %s", group->allow);
}

/* ---- What the row asks of headers and body ---- */

/* As in Azure: who forwards requests of others can't give them the machine's own certificates. */
static assay_status metadata_check(const asked *a, denial *why)
{
    if ((a->row->flags & ROUTE_METADATA) == 0)
        return ASSAY_OK;
    if (http_header_value(a->request, "X-Forwarded-For", NULL).data != NULL)
        return refuse(why, 400, "forwarded", "header.X-Forwarded-For",
                      "requests here must come from the machine itself");
    const assay_span metadata = http_header_value(a->request, "Metadata", NULL);
    if (metadata.size == 4 && http_name_is(metadata, "true"))
        return ASSAY_OK;
    return refuse(why, 400, "metadata_missing", "header.Metadata",
                  "want the header \"Metadata: true\"");
}

static assay_status body_check(const asked *a, denial *why)
{
    if (a->request->body.size == 0 || (a->row->flags & ROUTE_BODY) != 0)
        return ASSAY_OK;
    return refuse(why, 400, "unexpected_body", "body", "no body is taken here");
}

static assay_status scope_check(asked *a, denial *why)
{
    memcpy(a->actor, "anonymous", sizeof("anonymous"));
    if (a->row->scopes == 0 && (a->row->flags & ROUTE_ADMIN) == 0)
        return ASSAY_OK;
    const assay_status status = access_identify(a->service->access, a->request, a->row, &a->scopes,
                                                a->actor, &why->delay_ms, &why->error);
    if (status != ASSAY_OK) {
        why->code = status == ASSAY_MISMATCH ? 403 : 401; /* of a foreign page, or a wrong token */
        return status;
    }
    if (a->row->scopes == 0 || (a->scopes & a->row->scopes) != 0)
        return ASSAY_OK;
    if (a->scopes == 0)
        return refuse(why, 401, "token_missing", "header.Authorization",
                      "a token is wanted: Authorization: Bearer, admin-token or user-token");
    return refuse(why, 403, "scope_missing", "header.Authorization", "this token may not do that");
}

/* ---- Which baseline ---- */

static assay_status baseline_find(asked *a, const parameters *given, denial *why)
{
    if ((a->row->flags & ROUTE_BASELINE) == 0)
        return ASSAY_OK;
    baselines *known = a->service->baselines;
    TRY(choose_baseline(a->row, given, a->request, a->baseline_of_path, a->baseline, &why->error));
    if (a->baseline[0] == '\0') {
        baselines_default(known, a->baseline);
        return ASSAY_OK;
    }
    if (baselines_knows(known, a->baseline))
        return ASSAY_OK;
    baseline_choice unused;
    return baselines_choose(known, a->baseline, ASSAY_TEE_NONE, NULL, a->now, &unused, &why->error);
}

/* ---- The answer ---- */

static void key_make(const asked *a, const parameters *given, canonical_key *key)
{
    key->size = 0;
    key_text(key, SPAN_TEXT(a->row->path));
    key_value(key, '@', SPAN_TEXT(a->baseline));
    key_value(key, '*', a->rest);
    const bool based = (a->row->flags & ROUTE_BASELINE) != 0;
    key_parameters(key, a->row->parameters, given,
                   based ? choose_parameters(a->row->parameters) : 0);
}

static void answer_or_wait(const asked *a, const parameters *given)
{
    if ((a->row->flags & ROUTE_KEPT) == 0) {
        pending_start(a, NULL);
        return;
    }
    canonical_key key;
    kept_answer kept;
    key_make(a, given, &key);
    if (!answers_find(a->service->answers, key.text, a->now, &kept)) {
        pending_start(a, key.text);
        return;
    }
    send_kept(a, &kept);
    http_reply_unref(kept.reply);
}

static assay_status understand(asked *a, parameters *given, denial *why)
{
    TRY(row_find(a, why));
    TRY(metadata_check(a, why));
    TRY(body_check(a, why));
    TRY(parameters_read(a->row->parameters, a->request->query, given, &why->error));
    TRY(baseline_find(a, given, why));
    return scope_check(a, why);
}

static void say_no(const asked *a, const denial *why)
{
    if (why->delay_ms == 0 || !delays_add(a->service->dispatcher->delays, a, why, now_us()))
        send_denial(a, why);
}

void service_handle(void *context, struct http_exchange *exchange)
{
    service *s = context;
    parameters given;
    denial why = { .code = 0 };
    asked a = { .service = s,
                .exchange = exchange,
                .request = http_exchange_request(exchange),
                .now = service_now(s) };
    asked_identify(&a, s->dispatcher->salt, atomic_fetch_add(&s->dispatcher->number, 1));
    if (understand(&a, &given, &why) == ASSAY_OK)
        answer_or_wait(&a, &given);
    else
        say_no(&a, &why);
}

/* Who sends rubbish at speed does not fill the log with it; the metric counts all. */
static bool refusal_is_told(dispatcher *d)
{
    const int64_t second = now_us() / 1000000;
    if (atomic_exchange(&d->refused_second, second) != second)
        atomic_store(&d->refused_count, 0);
    return atomic_fetch_add(&d->refused_count, 1) < REFUSED_LINES_A_SECOND;
}

void service_refused(void *context, const char *address, unsigned code, const char *why,
                     char headers[HTTP_REFUSED_HEADERS_SIZE])
{
    const service *s = context;
    dispatcher *d = s->dispatcher;
    char id[REQUEST_ID_SIZE], number[16];
    metrics_refused_request(s->metrics, code);
    request_id_new(d->salt, atomic_fetch_add(&d->number, 1), id);
    snprintf(headers, HTTP_REFUSED_HEADERS_SIZE, "Request-ID: %s\r\n", id);
    if (!s->config.log.requests || !refusal_is_told(d))
        return;
    snprintf(number, sizeof(number), "%u", code);
    log_event(LEVEL_INFO, "request.refused", "code", number, "why", why, "address", address, "id",
              id, NULL);
}

/* ---- The dispatcher ---- */

static assay_status listeners_find(dispatcher *d, const serve_config *config, assay_error *err)
{
    listen_list all;
    TRY(listen_list_of(config, &all, err));
    for (size_t i = 0; i < all.count; i++)
        d->listeners[i] = (i < all.main_count ? (unsigned)LISTENER_MAIN : 0) |
                          (all.admin[i] ? (unsigned)LISTENER_ADMIN : 0);
    return ASSAY_OK;
}

static void send_due(void *context)
{
    const dispatcher *d = context;
    delays_send(d->delays, now_us());
}

assay_status dispatcher_new(service *s, dispatcher **out, assay_error *err)
{
    dispatcher *d = memory_new(sizeof(*d));
    if (d == NULL)
        return fail(err, ASSAY_NO_MEMORY, "dispatcher", ASSAY_NO_OFFSET, "no memory");
    d->service = s;
    d->salt = hash_seed();
    d->delays = delays_new();
    assay_status status =
        d->delays != NULL ? listeners_find(d, &s->config, err)
                          : fail(err, ASSAY_NO_MEMORY, "dispatcher", ASSAY_NO_OFFSET, "no memory");
    if (status == ASSAY_OK)
        status = route_index_new(route_tables, route_table_count, &d->index, err);
    if (status == ASSAY_OK)
        status = jobs_every(s->jobs, "assayd-delay", DELAY_TICK_MS, send_due, d, err);
    if (status != ASSAY_OK) {
        dispatcher_free(d);
        return status;
    }
    *out = d;
    return ASSAY_OK;
}

void dispatcher_flush(dispatcher *d)
{
    delays_send(d->delays, INT64_MAX);
}

void dispatcher_free(dispatcher *d)
{
    if (d == NULL)
        return;
    route_index_free(d->index);
    delays_free(d->delays);
    memory_free(d);
}
