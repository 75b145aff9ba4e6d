/* respond.c: replies out of answers and failures, and the small calls of handlers (route.h).
 * collateral-service.md 1 "Codes", 7.3, 7.5. */
#include <stdarg.h>
#include <stdio.h>

#include "crypto/crypto.h"
#include "serve/respond.h"

enum {
    HEADER_ROOM = 1024,
    ETAG_BYTES = 10,
    BASELINE_KEEP_SECONDS = 300, /* rules of baselines have dates */
    STALE_KEEP_SECONDS = 10,
    REPLY_AGE_MAX = 86400,
    GRACE_SECONDS = 86400,
    TEXT_SIZE = 512
};

/* ---- Answers ---- */

typedef struct header_text {
    char *text;
    size_t size, capacity;
} header_text;

static void header_add(header_text *h, const char *format, ...) ASSAY_PRINTF(2, 3);
static void header_add(header_text *h, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const int size = vsnprintf(h->text + h->size, h->capacity - h->size, format, values);
    va_end(values);
    if (size > 0 && (size_t)size < h->capacity - h->size)
        h->size += (size_t)size;
    else
        h->text[h->size] = '\0';
}

/* Strong: over everything that differs between two representations. */
static void etag_write(const char *headers, assay_span body, char out[24])
{
    const assay_span parts[] = { SPAN_TEXT(headers), body };
    const sha256_digest digest = sha256_of(parts, 2);
    out[0] = '"';
    assay_hex_encode(span_of(digest.bytes, ETAG_BYTES), out + 1);
    out[1 + 2 * ETAG_BYTES] = '"';
    out[2 + 2 * ETAG_BYTES] = '\0';
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max_age_of(const call *c, const answer *from)
{
    const int64_t allowed = least(c->service->config.cache.max_age_seconds, REPLY_AGE_MAX);
    if (from->stale)
        return 0;
    if (from->next_update == 0)
        return allowed;
    return from->next_update > c->now ? least(allowed, from->next_update - c->now) : 0;
}

static int64_t keep_until(const call *c, const answer *from, int64_t max_age)
{
    if (from->private_reply || (from->code != 0 && from->code != 200))
        return c->now;
    if (from->keep_until > 0)
        return from->keep_until;
    if (from->stale)
        return c->now + STALE_KEEP_SECONDS;
    const bool dated = (c->route->flags & ROUTE_BASELINE) != 0;
    return c->now + (dated ? least(max_age, BASELINE_KEEP_SECONDS) : max_age);
}

/* While the store does not answer, what is sound by its own dates may be served for a day. */
static int64_t grace_until(const call *c, const answer *from)
{
    const int64_t day = c->now + GRACE_SECONDS;
    if (from->private_reply || from->stale)
        return 0;
    return from->next_update != 0 ? least(day, from->next_update) : day;
}

static void freshness_add(header_text *h, const call *c, const answer *from, int64_t max_age)
{
    if (from->private_reply) {
        header_add(h, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
        return;
    }
    header_add(h, "Cache-Control: max-age=%lld\r\n", (long long)max_age);
    if ((c->route->flags & ROUTE_BASELINE) != 0)
        header_add(h, "Assay-Baseline: %s\r\nVary: Assay-Baseline\r\n", c->baseline);
    if (from->stale)
        header_add(h, "Warning: 110 - \"Response is Stale\"\r\n");
    if (from->warning != NULL)
        header_add(h, "Warning: %s\r\n", from->warning);
}

static void validators_add(header_text *h, const answer *from, const kept_answer *kept)
{
    char date[HTTP_DATE_SIZE];
    if (kept->etag[0] != '\0')
        header_add(h, "ETag: %s\r\n", kept->etag);
    if (from->issued == 0)
        return;
    http_date_format(from->issued, date);
    header_add(h, "Last-Modified: %s\r\n", date);
}

assay_status answer_prepare(call *c, const answer *from, kept_answer *out)
{
    const char *headers = from->headers != NULL ? from->headers : "";
    const char *warning = from->warning != NULL ? from->warning : "";
    header_text h = { .capacity = HEADER_ROOM + strlen(headers) + strlen(warning) };
    h.text = arena_new(c->memory, h.capacity, 1);
    if (h.text == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "reply", ASSAY_NO_OFFSET, "no memory");
    const int64_t max_age = max_age_of(c, from);
    kept_answer kept = { .issued = from->issued,
                         .fetched = from->fetched,
                         .expires = keep_until(c, from, max_age),
                         .grace = grace_until(c, from),
                         .code = from->code != 0 ? from->code : 200 };
    header_add(&h, "Content-Type: %s\r\n%s",
               from->content_type != NULL ? from->content_type : "application/json", headers);
    if (kept.code == 200 && !from->private_reply)
        etag_write(h.text, from->body, kept.etag);
    freshness_add(&h, c, from, max_age);
    validators_add(&h, from, &kept);
    kept.reply = http_reply_new(kept.code, h.text, from->body);
    if (kept.reply == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "reply", ASSAY_NO_OFFSET, "no memory");
    *out = kept;
    return ASSAY_OK;
}

/* ---- Failures ---- */

typedef struct code_of_name {
    const char *name;
    unsigned code;
} code_of_name;

static const code_of_name codes_of_names[] = {
    { "not_found", 404 },
    { "busy", 503 },
    { "query_too_long", 414 },
    { "unknown_baseline", 404 },
    { "store_unavailable", 503 },
    { "store_busy", 503 },
    { "store_limit", 503 },
    { "store_full", 503 },
    { "store_read_only", 503 },
    { "store_corrupt", 500 },
    { "store_schema", 500 },
    { "upstream_offline", 404 },
    { "upstream_unknown_key", 404 },
    { "upstream_circuit_open", 503 },
    { "fetch_not_found", 404 },
    { "fetch_not_offered", 404 },
    { "fetch_retired", 410 },
    { "fetch_platform_unknown", 461 },
    { "fetch_certificates_unavailable", 462 },
    { "fetch_unavailable", 503 },
    { "fetch_timeout", 503 },
    { "fetch_resolve", 503 },
    { "fetch_connect", 503 },
    { "fetch_cancelled", 503 },
    { "fetch_tls", 502 },
    { "fetch_refused", 502 },
    { "fetch_server_error", 502 },
    { "fetch_bad_reply", 502 },
};

static const unsigned codes_of_statuses[] = {
    [ASSAY_OK] = 500,          [ASSAY_TRUNCATED] = 400, [ASSAY_MALFORMED] = 400,
    [ASSAY_UNSUPPORTED] = 400, [ASSAY_UNTRUSTED] = 403, [ASSAY_MISMATCH] = 409,
    [ASSAY_REVOKED] = 403,     [ASSAY_USAGE] = 400,     [ASSAY_NO_MEMORY] = 503,
    [ASSAY_ENVIRONMENT] = 500,
};

unsigned failure_code(const assay_error *error)
{
    for (size_t i = 0; error->name != NULL && i < sizeof(codes_of_names) / sizeof(code_of_name);
         i++)
        if (strcmp(error->name, codes_of_names[i].name) == 0)
            return codes_of_names[i].code;
    return codes_of_statuses[error->status];
}

void denial_of_call(const call *c, assay_status status, denial *out)
{
    *out = (denial) { .code = c->code, .retry_after = c->retry_after, .error = c->error };
    if (out->error.status == ASSAY_OK)
        out->error.status = status;
    if (out->code == 0)
        out->code = failure_code(&out->error);
}

static bool speaks_json(const asked *a)
{
    static const char prefix[] = "/assay/";
    assay_span unused;
    const assay_span path = choose_path(a->request->path, &unused);
    return path.size >= sizeof(prefix) - 1 && memcmp(path.data, prefix, sizeof(prefix) - 1) == 0;
}

static void failure_json(json_writer *w, const denial *why, unsigned code)
{
    json_open_object(w, NULL);
    json_open_object(w, "error");
    json_put_number(w, "code", code);
    json_put_text(w, "name", assay_error_name(&why->error));
    json_put_text(w, "where", why->error.where[0] != '\0' ? why->error.where : NULL);
    json_put_text(w, "detail", why->error.detail);
    if (why->error.suggestion[0] != '\0')
        json_put_text(w, "suggestion", why->error.suggestion);
    json_close_object(w);
    json_close_object(w);
}

static void failure_text(const denial *why, char out[TEXT_SIZE])
{
    const assay_error *e = &why->error;
    snprintf(out, TEXT_SIZE, "%s%s%s%s%s%s\n", e->where, e->where[0] != '\0' ? ": " : "",
             e->detail[0] != '\0' ? e->detail : assay_error_name(e),
             e->suggestion[0] != '\0' ? "; did you mean \"" : "", e->suggestion,
             e->suggestion[0] != '\0' ? "\"?" : "");
}

static void denial_headers(const denial *why, unsigned code, const char *type, header_text *h)
{
    header_add(h, "Content-Type: %s\r\nCache-Control: no-store\r\n", type);
    header_add(h, "Error-Code: %s\r\n", assay_error_name(&why->error));
    if (why->retry_after > 0 || code == 503)
        header_add(h, "Retry-After: %u\r\n", why->retry_after > 0 ? why->retry_after : 1);
    if (why->allow != NULL)
        header_add(h, "Allow: %s\r\n", why->allow);
    if (code == 401)
        header_add(h, "WWW-Authenticate: Bearer\r\n");
}

http_reply *denial_reply(const asked *a, const denial *why)
{
    char lines[HEADER_ROOM] = "";
    char text[TEXT_SIZE];
    header_text h = { .text = lines, .capacity = sizeof(lines) };
    const unsigned code = why->code != 0 ? why->code : failure_code(&why->error);
    if (code == 204) {
        header_add(&h, "Allow: %s\r\n", why->allow);
        return http_reply_new(code, lines, span_of(NULL, 0));
    }
    if (!speaks_json(a)) {
        denial_headers(why, code, "text/plain; charset=utf-8", &h);
        failure_text(why, text);
        return http_reply_new(code, lines, SPAN_TEXT(text));
    }
    json_writer w = { .text = NULL };
    char *json = NULL;
    denial_headers(why, code, "application/json", &h);
    failure_json(&w, why, code);
    if (json_take_written(&w, &json, NULL) != ASSAY_OK)
        return NULL;
    http_reply *reply = http_reply_new(code, lines, SPAN_TEXT(json));
    memory_free(json);
    return reply;
}

/* ---- What handlers call ---- */

void answer_tag(answer *out, const char *item_key)
{
    if (out->tag_count < ANSWER_TAG_MAX)
        out->tags[out->tag_count++] = answers_tag(item_key);
    else
        out->private_reply = true; /* nobody would notice a change of this one */
}

assay_status answer_json(call *c, answer *out, json_writer *w)
{
    const size_t size = w->size;
    char *text = NULL;
    TRY(json_take_written(w, &text, &c->error));
    out->body = arena_copy(c->memory, span_of(text, size));
    memory_free(text);
    if (out->body.data == NULL && size > 0)
        return fail(&c->error, ASSAY_NO_MEMORY, "reply", ASSAY_NO_OFFSET, "no memory");
    return ASSAY_OK;
}

assay_status answer_text(call *c, answer *out, unsigned code, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    const int size = vsnprintf(NULL, 0, format, values);
    va_end(values);
    char *text = size >= 0 ? arena_new(c->memory, (size_t)size + 1, 1) : NULL;
    if (text != NULL)
        vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    if (text == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "reply", ASSAY_NO_OFFSET, "no memory");
    out->code = code;
    out->content_type = "text/plain; charset=utf-8";
    out->body = SPAN_TEXT(text);
    return ASSAY_OK;
}

assay_status call_fail(call *c, unsigned code, const char *name, const char *where,
                       const char *format, ...)
{
    char detail[ASSAY_DETAIL_SIZE];
    va_list values;
    va_start(values, format);
    vsnprintf(detail, sizeof(detail), format, values);
    va_end(values);
    c->code = code;
    return fail_named(&c->error, code < 500 ? ASSAY_MALFORMED : ASSAY_ENVIRONMENT, name, NULL,
                      where, "%s", detail);
}

assay_status call_may_ask(call *c)
{
    if (c->patience == CALL_MAY_WAIT)
        return ASSAY_OK;
    if (c->patience == CALL_VENDOR_BUSY)
        return fail_named(&c->error, ASSAY_ENVIRONMENT, "busy", NULL, "upstream",
                          "too many requests wait for the vendor already");
    c->wants_vendor = true;
    return fail_named(&c->error, ASSAY_ENVIRONMENT, "upstream_needed", NULL, "upstream",
                      "only a worker that may wait can ask the vendor");
}

uint32_t call_number(const call *c, size_t index, uint32_t otherwise)
{
    const assay_span digits = c->parameters[index];
    uint32_t value = 0;
    for (size_t i = 0; i < digits.size; i++)
        value = value * 10 + (uint32_t)(digits.data[i] - '0');
    return digits.data != NULL ? value : otherwise;
}

bool call_word_is(const call *c, size_t index, const char *word)
{
    return c->parameters[index].data != NULL && span_is(c->parameters[index], word);
}
