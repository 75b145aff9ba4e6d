/* request_reader.c: heads and bodies out of bytes as they come in. RFC 9112 sections 2, 6 and 7. */
#include "http/request_reader.h"

#include "base/memory.h"

enum { WINDOW_SIZE = 2048, GATHERED_FIRST = 16 * 1024 };

static void refuse(request_reader *r, unsigned code, const char *why)
{
    r->stage = REQUEST_REFUSED;
    r->refused = (refusal) { code, why };
}

/* Memory of `wanted` bytes with the first `size` of the old; the old stays on failure. */
static bool grown(uint8_t **bytes, size_t size, size_t *capacity, size_t wanted)
{
    uint8_t *larger = memory_new(wanted);
    if (larger == NULL)
        return false;
    if (size > 0)
        memcpy(larger, *bytes, size);
    memory_free(*bytes);
    *bytes = larger;
    *capacity = wanted;
    return true;
}

void request_reader_begin(request_reader *r, const request_limits *limits)
{
    r->limits = *limits;
    request_reader_reset(r);
}

/* ---- Bodies ---------------------------------------------------------------------------------- */

static void complete(request_reader *r, assay_span body)
{
    r->stage = REQUEST_COMPLETE;
    r->body = body;
}

static bool gather(void *context, assay_span bytes)
{
    request_reader *r = context;
    const size_t wanted = r->gathered_size + bytes.size;
    if (wanted > r->gathered_capacity) {
        size_t capacity = r->gathered_capacity * 2;
        if (capacity < GATHERED_FIRST)
            capacity = GATHERED_FIRST;
        if (capacity < wanted)
            capacity = wanted;
        if (!grown(&r->gathered, r->gathered_size, &r->gathered_capacity, capacity))
            return false;
    }
    if (bytes.size > 0)
        memcpy(r->gathered + r->gathered_size, bytes.data, bytes.size);
    r->gathered_size = wanted;
    return true;
}

/* Takes the window's bytes for the body; the window is free again, but for what follows the body.
 */
static void window_taken(request_reader *r, size_t used)
{
    const size_t left = r->size - r->head_end - used;
    memmove(r->buffer + r->head_end, r->buffer + r->head_end + used, left);
    r->size = r->head_end + left;
    r->used = r->head_end;
}

static void sized_body_on(request_reader *r)
{
    const size_t size = (size_t)r->head.body_size;
    const assay_span window = span_of(r->buffer + r->head_end, r->size - r->head_end);
    if (r->gathered_size == 0 && window.size >= size) {
        r->used = r->head_end + size;
        complete(r, span_slice(window, 0, size));
        return;
    }
    const size_t missing = size - r->gathered_size;
    const size_t taken = window.size < missing ? window.size : missing;
    if (!gather(r, span_slice(window, 0, taken))) {
        refuse(r, 503, "memory is short");
        return;
    }
    window_taken(r, taken);
    if (r->gathered_size == size)
        complete(r, span_of(r->gathered, size));
}

static void chunked_body_on(request_reader *r)
{
    size_t used = 0;
    const assay_span window = span_of(r->buffer + r->head_end, r->size - r->head_end);
    switch (chunk_decoder_feed(r->chunks, window, &used)) {
    case CHUNKS_MORE:
        window_taken(r, used);
        return;
    case CHUNKS_COMPLETE:
        window_taken(r, used);
        complete(r, span_of(r->gathered, r->gathered_size));
        return;
    case CHUNKS_MALFORMED:
        refuse(r, 400, "the chunks of the body are not in order");
        return;
    case CHUNKS_TOO_MANY:
        refuse(r, 413, "the body is too large");
        return;
    case CHUNKS_NO_MEMORY:
        refuse(r, 503, "memory is short");
        return;
    }
}

static void body_on(request_reader *r)
{
    switch (r->head.framing) {
    case BODY_NONE:
        r->used = r->head_end;
        complete(r, (assay_span) { NULL, 0 });
        return;
    case BODY_SIZED:
        sized_body_on(r);
        return;
    case BODY_CHUNKED:
        chunked_body_on(r);
        return;
    }
}

/* ---- Heads ----------------------------------------------------------------------------------- */

/* Makes sure of a window behind the head before views into the buffer are taken. */
static bool window_made(request_reader *r)
{
    if (r->capacity - r->head_end >= WINDOW_SIZE)
        return true;
    return grown(&r->buffer, r->size, &r->capacity, r->capacity + WINDOW_SIZE);
}

static void head_complete(request_reader *r)
{
    if (!window_made(r)) {
        refuse(r, 503, "memory is short");
        return;
    }
    r->refused = request_head_read(span_of(r->buffer, r->head_end), &r->head);
    if (r->refused.code != 0) {
        r->stage = REQUEST_REFUSED;
        return;
    }
    if (r->head.framing == BODY_SIZED && r->head.body_size > r->limits.body_size) {
        refuse(r, 413, "the body is too large");
        return;
    }
    if (r->head.framing == BODY_CHUNKED) {
        r->chunks = chunk_decoder_new(r->limits.body_size, gather, r);
        if (r->chunks == NULL) {
            refuse(r, 503, "memory is short");
            return;
        }
    }
    r->stage = REQUEST_BODY;
    body_on(r);
}

/* RFC 9112 section 2.2: one empty line before the request line is ignored. */
static void blank_line_dropped(request_reader *r)
{
    if (r->blank_line || r->size < 2 || memcmp(r->buffer, "\r\n", 2) != 0)
        return;
    r->blank_line = true;
    r->size -= 2;
    memmove(r->buffer, r->buffer + 2, r->size);
}

static void head_on(request_reader *r)
{
    blank_line_dropped(r);
    r->stage = r->size == 0 ? REQUEST_EMPTY : REQUEST_HEAD;
    if (r->size == 0)
        return;
    size_t size = 0;
    switch (head_search_on(&r->search, span_of(r->buffer, r->size), &size)) {
    case HEAD_MORE:
        size = r->size;
        break;
    case HEAD_BAD_LINE:
        refuse(r, 400, "a line ends in LF without CR");
        return;
    case HEAD_COMPLETE:
        r->head_end = size;
        break;
    }
    if (size > r->limits.head_size)
        refuse(r, 431, "the head is too large");
    else if (r->head_end > 0)
        head_complete(r);
}

/* ---- The whole ------------------------------------------------------------------------------- */

uint8_t *request_reader_room(request_reader *r, size_t *size)
{
    if (r->capacity == 0 && !grown(&r->buffer, 0, &r->capacity, REQUEST_BUFFER_SIZE))
        return NULL;
    /* In stage BODY there are views into the buffer, but also a window that is never full. */
    if (r->size == r->capacity && !grown(&r->buffer, r->size, &r->capacity, r->capacity * 2))
        return NULL;
    *size = r->capacity - r->size;
    return r->buffer + r->size;
}

void request_reader_advance(request_reader *r, size_t count)
{
    r->size += count;
    if (r->stage == REQUEST_BODY)
        body_on(r);
    else if (r->stage == REQUEST_EMPTY || r->stage == REQUEST_HEAD)
        head_on(r);
}

static void body_dropped(request_reader *r)
{
    chunk_decoder_free(r->chunks);
    memory_free(r->gathered);
    r->chunks = NULL;
    r->gathered = NULL;
    r->gathered_size = 0;
    r->gathered_capacity = 0;
}

static void request_forgotten(request_reader *r)
{
    r->stage = REQUEST_EMPTY;
    r->search = (head_search) { 0 };
    r->blank_line = false;
    r->head_end = 0;
    r->used = 0;
}

void request_reader_next(request_reader *r)
{
    body_dropped(r);
    r->size -= r->used;
    if (r->size > 0)
        memmove(r->buffer, r->buffer + r->used, r->size);
    request_forgotten(r);
    request_reader_advance(r, 0);
}

void request_reader_reset(request_reader *r)
{
    body_dropped(r);
    if (r->capacity > REQUEST_BUFFER_SIZE) {
        memory_free(r->buffer);
        r->buffer = NULL;
        r->capacity = 0;
    }
    r->size = 0;
    request_forgotten(r);
}

void request_reader_free(request_reader *r)
{
    body_dropped(r);
    memory_free(r->buffer);
    r->buffer = NULL;
    r->capacity = 0;
}
