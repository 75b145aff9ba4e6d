/* asking.c: one service asked for one item, with retries. collateral-service.md 8. */
#include "fetch/asking.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "base/memory.h"
#include "fetch/headers.h"
#include "fetch/reply.h"
#include "wire/json_write.h"

enum {
    HEADER_LINE_SIZE = 400,
    CONNECT_SECONDS = 5,
    IMDS_CONNECT_MS = 1000, /* it is in this machine, or nowhere */
    TOTAL_SECONDS = 30,
    DELAY_DOUBLINGS = 6,
    WAIT_MAX = 60, /* seconds; who is asked to wait longer gives up, and says how long */
    NAP_MS = 100
};

/* ---- Time ---- */

static int64_t clock_ms(clockid_t id)
{
    struct timespec now = { 0 };
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t fetch_clock_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t fetch_now(void)
{
    return clock_ms(CLOCK_REALTIME) / 1000;
}

static int64_t time_left(const asking *a)
{
    return a->control->deadline_ms == 0 ? INT64_MAX : a->control->deadline_ms - fetch_clock_ms();
}

static bool cancelled(const asking *a)
{
    return a->control->abort != NULL && atomic_load(a->control->abort);
}

/* In naps, so that a cancelled wait ends soon. */
static void wait_ms(const asking *a, int64_t milliseconds)
{
    const int64_t end = fetch_clock_ms() + milliseconds;
    for (int64_t left = milliseconds; left > 0 && !cancelled(a); left = end - fetch_clock_ms()) {
        const int64_t nap = left < NAP_MS ? left : NAP_MS;
        const struct timespec length = { .tv_nsec = nap * 1000000 };
        (void)nanosleep(&length, NULL);
    }
}

/* ---- Retries ---- */

/* Up to a quarter more, so that clients that failed together do not come back together. */
static int64_t with_jitter(int64_t milliseconds)
{
    uint16_t random = 0;
    if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
        return milliseconds;
    return milliseconds + milliseconds / 4 * random / UINT16_MAX;
}

static int64_t delay_ms(const asking *a, unsigned try, int64_t retry_after)
{
    const unsigned doublings = try < DELAY_DOUBLINGS ?
    try : DELAY_DOUBLINGS
        ;
    int64_t seconds = a->config->retry_delay_seconds != 0 ? a->config->retry_delay_seconds
                                                          : (int64_t)1 << doublings;
    if (seconds < retry_after)
        seconds = retry_after;
    return with_jitter(seconds * 1000);
}

static bool worth_another_try(const asking *a, transfer_result result, unsigned code, unsigned try)
{
    const bool passing =
        result == TRANSFER_TIMEOUT || (result == TRANSFER_REPLIED && (code == 503 || code == 429));
    return passing && a->control->retries == FETCH_RETRIES_AS_CONFIGURED &&
           try < a->config->retry_times && !cancelled(a);
}

/* ---- The request ---- */

typedef struct request_text {
    char lines[TRANSFER_HEADERS][HEADER_LINE_SIZE];
    size_t count;
    char *post; /* owned */
} request_text;

static void line_add(request_text *t, const char *name, const char *value)
{
    if (t->count < TRANSFER_HEADERS)
        snprintf(t->lines[t->count++], HEADER_LINE_SIZE, "%s: %s", name, value);
}

/* The key of a subscription travels only where nobody can read it. */
static void lines_make(const asking *a, const assay_fetch_service *service, const char *url,
                       request_text *t)
{
    const assay_fetch_config *config = a->config;
    const bool is_pck = a->request->kind == ASSAY_FETCH_PCK_CERTIFICATE ||
                        a->request->kind == ASSAY_FETCH_PCK_CERTIFICATES;
    if (service->service == ASSAY_SERVICE_PCS && config->api_key[0] != '\0' &&
        source_url_is_private(url))
        line_add(t, "Ocp-Apim-Subscription-Key", config->api_key);
    if (service->service == ASSAY_SERVICE_THIM_IMDS)
        line_add(t, "Metadata", "true");
    for (size_t i = 0; is_pck && i < config->pck_header_count; i++)
        line_add(t, config->pck_headers[i].name, config->pck_headers[i].value);
    if (t->post != NULL)
        line_add(t, "Content-Type", "application/json");
}

/* Intel's body: {"platformManifest":...,"pceid":...[,"cpusvn":...,"pcesvn":...]}. */
static assay_status post_make(const asking *a, const char *url, request_text *t, assay_error *err)
{
    const assay_fetch_request *r = a->request;
    const uint8_t pce_id[] = { (uint8_t)(r->pce_id & 0xff), (uint8_t)(r->pce_id >> 8) };
    const uint8_t pce_svn[] = { (uint8_t)(r->pce_svn & 0xff), (uint8_t)(r->pce_svn >> 8) };
    json_writer w = { 0 };
    if (r->platform_manifest.size == 0)
        return ASSAY_OK;
    json_open_object(&w, NULL);
    json_put_hex(&w, "platformManifest", r->platform_manifest);
    json_put_hex(&w, "pceid", SPAN(pce_id));
    if (r->kind == ASSAY_FETCH_PCK_CERTIFICATE) {
        json_put_hex(&w, "cpusvn", SPAN(r->cpu_svn));
        json_put_hex(&w, "pcesvn", SPAN(pce_svn));
    }
    json_close_object(&w);
    assay_status status = json_take_written(&w, &t->post, err);
    return status == ASSAY_OK ? ASSAY_OK : fail(err, status, url, ASSAY_NO_OFFSET, "no memory");
}

static int64_t milliseconds_of(unsigned seconds, unsigned usual)
{
    return (int64_t)(seconds != 0 ? seconds : usual) * 1000;
}

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

static transfer_request transfer_of(const asking *a, const assay_fetch_service *service,
                                    const char *url, const request_text *t)
{
    transfer_request request = {
        .url = url,
        .post = t->post != NULL ? SPAN_TEXT(t->post) : span_of(NULL, 0),
        .proxy = service->service == ASSAY_SERVICE_THIM_IMDS ? TRANSFER_PROXY_NONE
                                                             : TRANSFER_PROXY_USUAL,
        .verify_server = a->config->use_secure_cert || a->request->kind == ASSAY_FETCH_URL,
        .ca_file = a->config->ca_file,
        .abort = a->control->abort,
    };
    const int64_t total = milliseconds_of(a->config->total_seconds, TOTAL_SECONDS);
    const int64_t connect = milliseconds_of(a->config->connect_seconds, CONNECT_SECONDS);
    request.total_ms = at_most(total, time_left(a));
    request.connect_ms = at_most(connect, request.total_ms);
    if (service->service == ASSAY_SERVICE_THIM_IMDS)
        request.connect_ms = at_most(request.connect_ms, IMDS_CONNECT_MS);
    for (size_t i = 0; i < t->count; i++)
        request.headers[i] = t->lines[i];
    return request;
}

/* ---- Failures without a reply ---- */

static const struct {
    const char *name;
    const char *advice;
} failures[] = {
    [TRANSFER_TIMEOUT] = { "fetch_timeout", "is the address right, and may this machine go there? "
                                            "A proxy is taken from https_proxy" },
    [TRANSFER_RESOLVE] = { "fetch_resolve", "check the host's name, DNS and https_proxy" },
    [TRANSFER_CONNECT] = { "fetch_connect", "is the service running, and the port right?" },
    [TRANSFER_TLS] = { "fetch_tls", "name the service's CA by ca_file, or renew its certificate" },
    [TRANSFER_TOO_LARGE] = { "fetch_bad_reply", "is this the address of the service?" },
    [TRANSFER_BROKEN] = { "fetch_bad_reply", "is this the address of the service?" },
    [TRANSFER_CANCELLED] = { "fetch_cancelled", "the caller gave up" },
};

static assay_status transfer_failure(const asking *a, const assay_fetch_service *service,
                                     const char *url, transfer_result result, assay_error *err)
{
    const char *words = result == TRANSFER_TOO_LARGE ? "the reply is larger than its limit"
                                                     : transfer_words(a->line);
    if (result == TRANSFER_NO_MEMORY)
        return fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory for the request");
    return fetch_failure(err, failures[result].name, url, "%s: %.100s; %s",
                         assay_service_name(service->service), words, failures[result].advice);
}

/* ---- The story ---- */

static assay_status judge(asking *a, const assay_fetch_service *service, const char *url,
                          transfer_result result, assay_fetched *out, assay_error *err)
{
    const unsigned code = out->http_code;
    const fetch_reply r = { .code = code,
                            .headers = buffer_span(&a->headers),
                            .body = buffer_span(&a->body) };
    if (result != TRANSFER_REPLIED)
        return transfer_failure(a, service, url, result, err);
    if (code != 200)
        return reply_refusal(&r, url, service->service, fetch_now(), &out->retry_after, err);
    TRY(reply_read(&r, a->request, url, out, err));
    out->http_code = code;
    return ASSAY_OK;
}

static assay_status ask_with(asking *a, const assay_fetch_service *service, const char *url,
                             const request_text *text, assay_fetched *out, assay_error *err)
{
    for (unsigned try = 0;; try++) {
        if (cancelled(a))
            return fetch_failure(err, "fetch_cancelled", url, "the caller gave up");
        if (time_left(a) <= 0)
            return fetch_failure(err, "fetch_timeout", url, "no time is left for %s",
                                 assay_service_name(service->service));
        const transfer_request request = transfer_of(a, service, url, text);
        *out = (assay_fetched) { .max_age = -1 };
        const transfer_result result =
            transfer_run(a->line, &request, &out->http_code, &a->headers, &a->body);
        if (result != TRANSFER_REPLIED)
            out->http_code = 0;
        assay_status status = judge(a, service, url, result, out, err);
        if (status == ASSAY_OK || !worth_another_try(a, result, out->http_code, try))
            return status;
        const int64_t wait = delay_ms(a, try, out->retry_after);
        if (out->retry_after > WAIT_MAX || wait >= time_left(a))
            return status;
        wait_ms(a, wait);
    }
}

assay_status ask_service(asking *a, const assay_fetch_service *service, const source_offer *offer,
                         const char *url, assay_fetched *out, assay_error *err)
{
    request_text text = { 0 };
    if (offer->manifest == SOURCE_MANIFEST_POSTED)
        TRY(post_make(a, url, &text, err));
    lines_make(a, service, url, &text);
    assay_status status = ask_with(a, service, url, &text, out, err);
    memory_free(text.post);
    return status;
}
