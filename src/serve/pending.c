/* pending.c: a request on the workers: the handler's call, and everyone who gets its answer.
 * collateral-service.md 7.3. */
#include "serve/pending.h"
#include "serve/jobs.h"
#include "serve/metrics.h"
#include "serve/parameters.h"
#include "serve/respond.h"
#include "serve/sending.h"

typedef struct pending {
    flight_waiter waiter; /* its context is this */
    asked asked;
    call_patience patience;
    char *key; /* behind this; NULL: nobody else waits */
} pending;

/* What a run came to. */
typedef struct outcome {
    assay_status status;
    kept_answer kept; /* when OK */
    denial why;       /* else */
    bool wants_vendor;
} outcome;

static void pending_run(void *context);

/* ---- Landing: everyone gets what came out ---- */

static void land(pending *p, const outcome *result)
{
    flight_waiter *waiter = p->key != NULL ? flight_land(p->asked.service->jobs, p->key) : NULL;
    if (waiter == NULL)
        waiter = &p->waiter;
    while (waiter != NULL) {
        pending *each = waiter->context;
        waiter = waiter->next;
        if (result->status == ASSAY_OK)
            send_kept(&each->asked, &result->kept);
        else
            send_denial(&each->asked, &result->why);
        memory_free(each);
    }
    if (result->status == ASSAY_OK)
        http_reply_unref(result->kept.reply);
}

static void land_refused(pending *p, unsigned code, unsigned retry_after, const char *name,
                         const char *detail)
{
    outcome result = { .status = ASSAY_ENVIRONMENT,
                       .why = { .code = code, .retry_after = retry_after } };
    fail_named(&result.why.error, ASSAY_ENVIRONMENT, name, NULL, "", "%s", detail);
    land(p, &result);
}

static job_submitted submit(pending *p)
{
    const job_pool pool = p->patience == CALL_MAY_WAIT ? POOL_UPSTREAM : POOL_STORE;
    return jobs_submit(p->asked.service->jobs, pool, pending_run, p);
}

/* ---- The call ---- */

static assay_status rest_decode(call *c, assay_span rest)
{
    if (rest.size == 0)
        return ASSAY_OK;
    uint8_t *text = arena_new(c->memory, rest.size + 1, 1);
    size_t size = 0;
    if (text == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "path", ASSAY_NO_OFFSET, "no memory");
    TRY(http_percent_decode(rest, HTTP_PLUS_LITERAL, text, &size, &c->error));
    c->rest = span_of(text, size);
    return ASSAY_OK;
}

/* The query was read once already, on the loop: it can't be wrong now. */
static assay_status call_make(call *c, const pending *p)
{
    const asked *a = &p->asked;
    c->service = a->service;
    c->route = a->row;
    c->request = a->request;
    c->now = a->now;
    c->scopes = a->scopes;
    c->actor = a->actor;
    c->request_id = a->request_id;
    c->patience = p->patience;
    memcpy(c->baseline, a->baseline, sizeof(c->baseline));
    parameters *given = arena_new(c->memory, 1, sizeof(*given));
    if (given == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "query", ASSAY_NO_OFFSET, "no memory");
    TRY(parameters_read(a->row->parameters, a->request->query, given, &c->error));
    memcpy(c->parameters, given->at, sizeof(c->parameters));
    return rest_decode(c, a->rest);
}

static assay_status answer_make(call *c, pending *p, outcome *result)
{
    service *s = p->asked.service;
    const uint64_t generation = answers_generation(s->answers);
    answer made = { .code = 0 };
    TRY(call_make(c, p));
    TRY(p->asked.row->handler(c, &made));
    TRY(answer_prepare(c, &made, &result->kept));
    if ((p->asked.row->flags & ROUTE_KEPT) != 0 && result->kept.expires > c->now && p->key != NULL)
        answers_put(s->answers, p->key, &result->kept, made.tags, made.tag_count, generation);
    return ASSAY_OK;
}

/* The store does not answer: what was true a while ago is better than nothing. */
static bool answer_late(const pending *p, const assay_error *why, outcome *result)
{
    return p->key != NULL && why->name != NULL && strncmp(why->name, "store_", 6) == 0 &&
           answers_find_late(p->asked.service->answers, p->key, p->asked.now, &result->kept);
}

static void run_handler(pending *p, outcome *result)
{
    arena memory = { NULL };
    call c = { .memory = &memory };
    result->status = answer_make(&c, p, result);
    if (result->status != ASSAY_OK && answer_late(p, &c.error, result))
        result->status = ASSAY_OK;
    if (result->status != ASSAY_OK)
        denial_of_call(&c, result->status, &result->why);
    result->wants_vendor = result->status != ASSAY_OK && c.wants_vendor;
    arena_free(&memory);
}

static void pending_run(void *context)
{
    pending *p = context;
    if (jobs_stopping(p->asked.service->jobs)) {
        land_refused(p, 503, 1, "stopping", "the service is about to stop");
        return;
    }
    outcome result = { .status = ASSAY_OK };
    run_handler(p, &result);
    if (result.wants_vendor && p->patience == CALL_STORE_ONLY) {
        p->patience = CALL_MAY_WAIT;
        if (submit(p) == JOB_QUEUED)
            return;
        p->patience = CALL_VENDOR_BUSY;
        run_handler(p, &result);
    }
    land(p, &result);
}

/* ---- From the loop ---- */

static pending *pending_new(const asked *a, const char *key)
{
    const size_t key_size = key != NULL ? strlen(key) + 1 : 0;
    pending *p = memory_new(sizeof(*p) + key_size);
    if (p == NULL)
        return NULL;
    p->asked = *a;
    p->waiter.context = p;
    const bool reads = a->row->method == HTTP_GET;
    p->patience = (a->row->flags & ROUTE_UPSTREAM) != 0 && !reads ? CALL_MAY_WAIT : CALL_STORE_ONLY;
    if (key_size > 0) {
        p->key = (char *)(p + 1);
        memcpy(p->key, key, key_size);
    }
    return p;
}

void pending_start(const asked *a, const char *key)
{
    pending *p = pending_new(a, key);
    if (p == NULL) {
        send_denial(a, &(denial) { .code = 503, .retry_after = 1 });
        return;
    }
    if (key != NULL && flight_join(a->service->jobs, key, &p->waiter) == FLIGHT_FOLLOWER)
        return;
    unsigned retry_after = 0;
    if (!access_rate(a->service->access, a->request->address, a->request->received_us,
                     &retry_after)) {
        metrics_count(a->service->metrics, "rate_limited", 1);
        land_refused(p, 429, retry_after, "too_many_requests",
                     "this address asks too much; wait for the seconds of Retry-After");
    } else if (submit(p) == JOB_FULL) {
        land_refused(p, 503, 1, "busy", "too many requests wait already; try again in a second");
    }
}
