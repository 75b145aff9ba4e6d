/* sending.c: what differs between two clients that get the same answer. collateral-service.md 7.5.
 */
#include <stdio.h>
#include <time.h>

#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/respond.h"
#include "serve/sending.h"

enum { EXTRA_SIZE = 256 };

/* ---- Request-ID ---- */

static bool id_allowed(assay_span id)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    if (id.size == 0 || id.size >= REQUEST_ID_SIZE)
        return false;
    for (size_t i = 0; i < id.size; i++)
        if (memchr(allowed, id.data[i], sizeof(allowed) - 1) == NULL)
            return false;
    return true;
}

static void hex_of(uint64_t value, char out[16])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 15; i >= 0; i--, value >>= 4)
        out[i] = digits[value & 15];
}

void request_id_new(uint64_t salt, uint64_t number, char out[REQUEST_ID_SIZE])
{
    hex_of(salt, out);
    hex_of((number + 1) * 0x9E3779B97F4A7C15u, out + 16);
    out[32] = '\0';
}

void asked_identify(asked *a, uint64_t salt, uint64_t number)
{
    const assay_span theirs = http_header_value(a->request, "Request-ID", NULL);
    if (id_allowed(theirs)) {
        memcpy(a->request_id, theirs.data, theirs.size);
        a->request_id[theirs.size] = '\0';
        return;
    }
    request_id_new(salt, number, a->request_id);
}

/* ---- Conditions ---- */

static assay_span trimmed(assay_span text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = span_of(text.data + 1, text.size - 1);
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
        text.size--;
    return text;
}

/* Weakly, as RFC 9110 has it for If-None-Match. */
static bool tag_listed(assay_span list, const char *etag)
{
    while (list.size > 0) {
        const uint8_t *comma = memchr(list.data, ',', list.size);
        const size_t size = comma != NULL ? (size_t)(comma - list.data) : list.size;
        assay_span tag = trimmed(span_of(list.data, size));
        if (tag.size > 2 && memcmp(tag.data, "W/", 2) == 0)
            tag = span_of(tag.data + 2, tag.size - 2);
        if (span_is(tag, etag) || span_is(tag, "*"))
            return true;
        const size_t used = comma != NULL ? size + 1 : size;
        list = span_of(list.data + used, list.size - used);
    }
    return false;
}

static bool not_modified(const asked *a, const kept_answer *kept)
{
    const http_method method = a->request->method;
    if (kept->code != 200 || kept->etag[0] == '\0' || (method != HTTP_GET && method != HTTP_HEAD))
        return false;
    const assay_span tags = http_header_value(a->request, "If-None-Match", NULL);
    if (tags.data != NULL)
        return tag_listed(tags, kept->etag);
    const assay_span since = http_header_value(a->request, "If-Modified-Since", NULL);
    int64_t date;
    return since.data != NULL && kept->issued > 0 && http_date_parse(since, &date) &&
           kept->issued <= date;
}

/* ---- Sending ---- */

static size_t append(char *out, size_t at, const char *text)
{
    const size_t size = strlen(text);
    if (size >= EXTRA_SIZE - at)
        return at;
    memcpy(out + at, text, size + 1);
    return at + size;
}

static size_t append_number(char *out, size_t at, int64_t value)
{
    char digits[24];
    size_t left = sizeof(digits) - 1;
    digits[left] = '\0';
    do {
        digits[--left] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return append(out, at, digits + left);
}

static void extra_write(const asked *a, const kept_answer *kept, char out[EXTRA_SIZE])
{
    const int64_t fetched = kept != NULL ? kept->fetched : 0;
    size_t at = 0;
    if (kept != NULL && kept->late)
        at = append(out, at, "Warning: 111 - \"Revalidation Failed\"\r\n");
    if (fetched > 0) {
        at = append(out, at, "Age: ");
        at = append_number(out, at, a->now > fetched ? a->now - fetched : 0);
        at = append(out, at, "\r\n");
    }
    at = append(out, at, "Request-ID: ");
    at = append(out, at, a->request_id);
    append(out, at, "\r\n");
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void told(const asked *a, unsigned code)
{
    const int64_t took = now_us() - a->request->received_us;
    const char *name = a->row != NULL ? a->row->name : "none";
    metrics_request(a->service->metrics, name, code, took);
    if (!a->service->config.log.requests)
        return;
    char path[256], number[16], microseconds[24];
    snprintf(path, sizeof(path), "%.*s",
             a->request->path.size < 255 ? (int)a->request->path.size : 255,
             (const char *)a->request->path.data);
    snprintf(number, sizeof(number), "%u", code);
    snprintf(microseconds, sizeof(microseconds), "%lld", (long long)took);
    log_event(LEVEL_INFO, "request", "method", http_method_name(a->request->method), "path", path,
              "route", name, "code", number, "us", microseconds, "address", a->request->address,
              "actor", a->actor, "baseline", a->baseline, "id", a->request_id, NULL);
}

static void send(const asked *a, http_reply *reply, const kept_answer *kept, bool without_body)
{
    char extra[EXTRA_SIZE];
    extra_write(a, kept, extra);
    told(a, http_reply_code(reply));
    http_respond(a->exchange, reply,
                 &(http_sending) { .extra_headers = extra, .without_body = without_body });
}

/* The same headers, and the length that GET would have. */
static http_reply *unchanged_reply(const http_reply *whole)
{
    const assay_span headers = http_reply_headers(whole);
    char *text = memory_new(headers.size + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, headers.data, headers.size);
    http_reply *reply = http_reply_new(304, text, http_reply_body(whole));
    memory_free(text);
    return reply;
}

void send_kept(const asked *a, const kept_answer *kept)
{
    http_reply *unchanged = not_modified(a, kept) ? unchanged_reply(kept->reply) : NULL;
    if (unchanged != NULL)
        metrics_count(a->service->metrics, "not_modified", 1);
    if (unchanged != NULL)
        send(a, unchanged, kept, true);
    else
        send(a, kept->reply, kept, a->request->method == HTTP_HEAD);
    http_reply_unref(unchanged);
}

void send_denial(const asked *a, const denial *why)
{
    http_reply *reply = denial_reply(a, why);
    if (reply == NULL)
        reply = http_reply_new(503, "", span_of(NULL, 0));
    send(a, reply, NULL, a->request->method == HTTP_HEAD);
    http_reply_unref(reply);
}
