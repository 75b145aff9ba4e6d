/* reply.c: complete replies with their references, and the part that is written each time. */
#include "http/reply.h"

#include <stdio.h>

#include "base/memory.h"

/* One block: head, then body. The handler's headers lie inside the head. */
struct http_reply {
    _Atomic unsigned references;
    unsigned code;
    size_t headers_at;
    size_t headers_size;
    size_t head_size;
    size_t body_size;
    char bytes[];
};

static const struct {
    unsigned code;
    const char *reason;
} reasons[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 304, "Not Modified" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 417, "Expectation Failed" },
    { 422, "Unprocessable Content" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 460, "Root Certificates Differ" },
    { 461, "Platform Unknown" },
    { 462, "Certificates Unavailable" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 505, "HTTP Version Not Supported" },
    { 507, "Insufficient Storage" },
};

const char *http_reason(unsigned code)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].code == code)
            return reasons[i].reason;
    }
    return "Unnamed";
}

/* RFC 9110 section 8.6: none for 204; for 304 only that of the whole representation. */
static bool has_length(unsigned code, assay_span body)
{
    return code != 204 && (code != 304 || body.size > 0);
}

static void append(http_reply *reply, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(reply->bytes + reply->head_size, bytes, size);
    reply->head_size += size;
}

http_reply *http_reply_new(unsigned code, const char *headers, assay_span body)
{
    char status[64], length[48] = "";
    const size_t headers_size = strlen(headers);
    snprintf(status, sizeof(status), "HTTP/1.1 %u %s\r\n", code, http_reason(code));
    if (has_length(code, body))
        snprintf(length, sizeof(length), "Content-Length: %zu\r\n", body.size);
    const size_t text_size = strlen(status) + strlen(length) + strlen("Date: ");
    if (body.size > SIZE_MAX / 4 || headers_size > SIZE_MAX / 4)
        return NULL;
    http_reply *reply = memory_new(sizeof(*reply) + text_size + headers_size + body.size);
    if (reply == NULL)
        return NULL;
    atomic_init(&reply->references, 1);
    reply->code = code;
    append(reply, status, strlen(status));
    reply->headers_at = reply->head_size;
    reply->headers_size = headers_size;
    append(reply, headers, headers_size);
    append(reply, length, strlen(length));
    append(reply, "Date: ", strlen("Date: "));
    reply->body_size = body.size;
    if (body.size > 0)
        memcpy(reply->bytes + reply->head_size, body.data, body.size);
    return reply;
}

http_reply *http_reply_ref(http_reply *reply)
{
    atomic_fetch_add_explicit(&reply->references, 1, memory_order_relaxed);
    return reply;
}

void http_reply_unref(http_reply *reply)
{
    if (reply != NULL &&
        atomic_fetch_sub_explicit(&reply->references, 1, memory_order_acq_rel) == 1)
        memory_free(reply);
}

unsigned http_reply_code(const http_reply *reply)
{
    return reply->code;
}

assay_span http_reply_headers(const http_reply *reply)
{
    return span_of(reply->bytes + reply->headers_at, reply->headers_size);
}

assay_span http_reply_body(const http_reply *reply)
{
    return span_of(reply->bytes + reply->head_size, reply->body_size);
}

assay_span http_reply_head(const http_reply *reply)
{
    return span_of(reply->bytes, reply->head_size);
}

size_t http_reply_memory(const http_reply *reply)
{
    return sizeof(*reply) + reply->head_size + reply->body_size;
}

/* ---- The tail -------------------------------------------------------------------------------- */

static size_t put(char *out, size_t at, const char *text, size_t size)
{
    if (size > 0)
        memcpy(out + at, text, size);
    return at + size;
}

size_t reply_tail_write(const char date[HTTP_DATE_SIZE], assay_span extra, reply_connection then,
                        char *out)
{
    static const assay_span lines[] = {
        [REPLY_KEEPS] = SPAN_CONST("\r\n"),
        [REPLY_KEEPS_1_0] = SPAN_CONST("Connection: keep-alive\r\n\r\n"),
        [REPLY_CLOSES] = SPAN_CONST("Connection: close\r\n\r\n"),
    };
    const assay_span end = lines[then];
    size_t at = put(out, 0, date, HTTP_DATE_SIZE - 1);
    at = put(out, at, "\r\n", 2);
    at = put(out, at, (const char *)extra.data, extra.size);
    return put(out, at, (const char *)end.data, end.size);
}
