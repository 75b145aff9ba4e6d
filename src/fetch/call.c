/* call.c: one request to an interface beyond collateral. */
#include "assay/call.h"

#include <stdio.h>
#include <time.h>

#include "base/memory.h"
#include "fetch/headers.h"
#include "fetch/reply.h"
#include "fetch/transfer.h"

enum {
    CALLER_HEADERS = 16,
    CONNECT_SECONDS = 5,
    TOTAL_SECONDS = 300,
    HEADERS_LIMIT = 64 * 1024,
    REPLY_LIMIT = 64 * 1024 * 1024
};

static const struct {
    const char *name;
    const char *advice;
} failures[] = {
    [TRANSFER_TIMEOUT] = { "fetch_timeout",
                           "is the address right, and may this machine go there?" },
    [TRANSFER_RESOLVE] = { "fetch_resolve", "check the host's name and DNS" },
    [TRANSFER_CONNECT] = { "fetch_connect", "is the service running, and the port right?" },
    [TRANSFER_TLS] = { "fetch_tls", "name the CA of its certificate, or renew that" },
    [TRANSFER_TOO_LARGE] = { "fetch_bad_reply", "the reply is larger than its limit" },
    [TRANSFER_BROKEN] = { "fetch_bad_reply", "is this the address of the service?" },
    [TRANSFER_CANCELLED] = { "fetch_cancelled", "the caller gave up" },
};

static assay_status request_of(const assay_fetch_call *call, transfer_request *out,
                               assay_error *err)
{
    size_t count = 0;
    *out = (transfer_request) {
        .url = call->url,
        .method = call->method,
        .post = call->body,
        .verify_server = true,
        .ca_file = call->ca_file,
        .connect_ms =
            1000 * (int64_t)(call->connect_seconds != 0 ? call->connect_seconds : CONNECT_SECONDS),
        .total_ms =
            1000 * (int64_t)(call->total_seconds != 0 ? call->total_seconds : TOTAL_SECONDS),
        .sent = call->sent,
        .sent_context = call->context,
    };
    out->headers[count++] = "Expect:"; /* no wait for "100 Continue" before a body */
    for (size_t i = 0; call->headers != NULL && call->headers[i] != NULL; i++) {
        if (i == CALLER_HEADERS)
            return fail(err, ASSAY_USAGE, "call.headers", ASSAY_NO_OFFSET, "more than %d",
                        CALLER_HEADERS);
        out->headers[count++] = call->headers[i];
    }
    return ASSAY_OK;
}

static assay_status no_reply(const assay_fetch_call *call, const transfer *t,
                             transfer_result result, assay_error *err)
{
    if (result == TRANSFER_NO_MEMORY)
        return fail(err, ASSAY_NO_MEMORY, call->url, ASSAY_NO_OFFSET, "no memory");
    return fetch_failure(err, failures[result].name, call->url, "%.100s; %s", transfer_words(t),
                         failures[result].advice);
}

static char *copy_of(assay_span bytes)
{
    char *copy = memory_new(bytes.size + 1);
    if (copy != NULL && bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return copy;
}

void assay_fetch_called_free(assay_fetch_called *called)
{
    memory_free(called->body);
    memory_free(called->headers);
    *called = (assay_fetch_called) { .http_code = 0 };
}

bool assay_fetch_called_header(const assay_fetch_called *called, const char *name, char *out,
                               size_t size)
{
    assay_span value;
    if (header_value(SPAN_TEXT(called->headers), name, &value) != HEADER_ONCE || value.size >= size)
        return false;
    if (value.size > 0)
        memcpy(out, value.data, value.size);
    out[value.size] = '\0';
    return true;
}

static assay_status take(const assay_fetch_call *call, unsigned code, const buffer *headers,
                         const buffer *body, assay_fetch_called *out, assay_error *err)
{
    assay_span value;
    assay_fetch_called got = { .http_code = code, .size = body->size };
    got.body = (uint8_t *)copy_of(buffer_span(body));
    got.headers = copy_of(buffer_span(headers));
    if (got.body == NULL || got.headers == NULL) {
        assay_fetch_called_free(&got);
        return fail(err, ASSAY_NO_MEMORY, call->url, ASSAY_NO_OFFSET, "no memory");
    }
    if (header_value(buffer_span(headers), "retry-after", &value) == HEADER_ONCE)
        got.retry_after = header_retry_after(value, (int64_t)time(NULL));
    *out = got;
    return ASSAY_OK;
}

assay_status assay_fetch_run_call(const assay_fetch_call *call, assay_fetch_called *out,
                                  assay_error *error)
{
    transfer_request request;
    unsigned code = 0;
    buffer headers = { .limit = HEADERS_LIMIT };
    buffer body = { .limit = call->reply_limit != 0 ? call->reply_limit : REPLY_LIMIT };
    TRY(request_of(call, &request, error));
    transfer *t = transfer_new();
    if (t == NULL)
        return fail(error, ASSAY_NO_MEMORY, call->url, ASSAY_NO_OFFSET, "no memory");
    const transfer_result result = transfer_run(t, &request, &code, &headers, &body);
    assay_status status = result == TRANSFER_REPLIED ? take(call, code, &headers, &body, out, error)
                                                     : no_reply(call, t, result, error);
    transfer_free(t);
    buffer_free(&headers);
    buffer_free(&body);
    return status;
}
