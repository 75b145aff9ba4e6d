/* fuzz_http_request.c: any bytes as the beginning of a connection (src/http/request_reader.c). The
 * first byte says in which steps they come in: the outcome must be the same as at once. What is
 * accepted has one path, plain header lines and one length. */
#include <stdlib.h>

#include "base/memory.h"
#include "http/request_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const request_limits limits = { 2048, 4096 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Until a request is complete or refused, or nothing is left; how much went in. */
static size_t feed(request_reader *r, assay_span in, size_t step)
{
    size_t at = 0;
    while (at < in.size && r->stage != REQUEST_COMPLETE && r->stage != REQUEST_REFUSED) {
        size_t room, part = in.size - at < step ? in.size - at : step;
        uint8_t *out = request_reader_room(r, &room);
        require(out != NULL && room > 0);
        if (part > room)
            part = room;
        memcpy(out, in.data + at, part);
        at += part;
        request_reader_advance(r, part);
    }
    return at;
}

static bool has_byte(assay_span text, uint8_t byte)
{
    return text.size > 0 && memchr(text.data, byte, text.size) != NULL;
}

static void promises(const request_reader *r)
{
    const request_head *head = &r->head;
    size_t lengths = 0;
    require(head->method != HTTP_OTHER && head->path.size > 0 && head->path.data[0] == '/');
    require(r->head_end <= limits.head_size && r->body.size <= limits.body_size);
    require(!has_byte(head->path, 0) && !has_byte(head->path, ' ') && !has_byte(head->path, '?'));
    for (size_t i = 0; i + 1 < head->path.size; i++) {
        require(head->path.data[i] != '/' || head->path.data[i + 1] != '/');
        require(head->path.data[i] != '/' || head->path.data[i + 1] != '.' ||
                i + 2 < head->path.size);
    }
    for (size_t i = 0; i < head->syntax.header_count; i++) {
        const http_header *line = &head->syntax.headers[i];
        require(line->name.size > 0 && !has_byte(line->name, ' ') && !has_byte(line->name, ':'));
        require(!has_byte(line->value, '\r') && !has_byte(line->value, '\n') &&
                !has_byte(line->value, 0));
        lengths += http_name_is(line->name, "Content-Length") ||
                   http_name_is(line->name, "Transfer-Encoding");
    }
    require(lengths <= 1 && (lengths == 1) == (head->framing != BODY_NONE));
}

/* A digest of all requests that come out; *refusals counts those that end it. */
static uint64_t outcome(assay_span in, size_t step)
{
    request_reader r = { 0 };
    uint64_t digest = 14695981039346656037u;
    request_reader_begin(&r, &limits);
    for (;;) {
        const size_t used = feed(&r, in, step);
        in = span_slice(in, used, in.size - used);
        if (r.stage != REQUEST_COMPLETE)
            break;
        promises(&r);
        digest = (digest ^ r.head.path.size ^ r.body.size << 16) * 1099511628211u;
        for (size_t i = 0; i < r.body.size; i++)
            digest = (digest ^ r.body.data[i]) * 1099511628211u;
        request_reader_next(&r);
    }
    require(r.stage != REQUEST_REFUSED || (r.refused.code >= 400 && r.refused.why != NULL));
    digest ^= r.stage == REQUEST_REFUSED;
    request_reader_free(&r);
    return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const assay_span in = { data + 1, size - 1 };
    require(outcome(in, SIZE_MAX) == outcome(in, (size_t)data[0] + 1));
    return 0;
}
