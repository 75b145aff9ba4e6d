/* syntax.c: llhttp, strict, behind a door of our own. It is the only file that sees <llhttp.h>,
 * whose names for methods are those of server.h. RFC 9112. */
#include "http/syntax.h"

#include <llhttp.h>

#include "base/memory.h"

/* ---- Heads ----------------------------------------------------------------------------------- */

/* llhttp may hand out a text in several neighbouring pieces. */
static void extend(assay_span *span, const char *at, size_t size)
{
    if (span->data == NULL)
        *span = span_of(at, 0);
    span->size += size;
}

static int take_target(llhttp_t *parser, const char *at, size_t size)
{
    syntax_head *head = parser->data;
    extend(&head->target, at, size);
    return 0;
}

static int take_name(llhttp_t *parser, const char *at, size_t size)
{
    syntax_head *head = parser->data;
    if (head->header_count == HTTP_HEADER_MAX)
        return -1;
    extend(&head->headers[head->header_count].name, at, size);
    return 0;
}

static int take_value(llhttp_t *parser, const char *at, size_t size)
{
    syntax_head *head = parser->data;
    extend(&head->headers[head->header_count].value, at, size);
    return 0;
}

static int end_value(llhttp_t *parser)
{
    syntax_head *head = parser->data;
    head->header_count++;
    if (head->header_count < HTTP_HEADER_MAX)
        head->headers[head->header_count] = (http_header) { 0 };
    return 0;
}

/* The body is not llhttp's to read here. */
static int pause_parser(llhttp_t *parser)
{
    (void)parser;
    return HPE_PAUSED;
}

static const llhttp_settings_t head_settings = {
    .on_url = take_target,
    .on_header_field = take_name,
    .on_header_value = take_value,
    .on_header_value_complete = end_value,
    .on_headers_complete = pause_parser,
};

static assay_span without_trailing_space(assay_span value)
{
    while (value.size > 0 &&
           (value.data[value.size - 1] == ' ' || value.data[value.size - 1] == '\t'))
        value.size--;
    return value;
}

refusal syntax_head_split(assay_span head, syntax_head *out)
{
    llhttp_t parser;
    out->target = (assay_span) { NULL, 0 };
    out->header_count = 0;
    out->headers[0] = (http_header) { 0 };
    llhttp_init(&parser, HTTP_REQUEST, &head_settings);
    parser.data = out;
    if (llhttp_execute(&parser, (const char *)head.data, head.size) != HPE_PAUSED) {
        if (out->header_count == HTTP_HEADER_MAX)
            return (refusal) { 431, "too many header lines" };
        return (refusal) { 400, "the head is not HTTP/1.1" };
    }
    for (size_t i = 0; i < out->header_count; i++) {
        out->headers[i].value = without_trailing_space(out->headers[i].value);
        if (out->headers[i].name.size == 0)
            return (refusal) { 400, "a header line has no name" };
    }
    return (refusal) { 0, NULL };
}

/* ---- Chunks ---------------------------------------------------------------------------------- */

struct chunk_decoder {
    llhttp_t parser;
    chunk_sink sink;
    void *context;
    uint64_t left;       /* of what the body may have */
    uint8_t last;        /* byte of the previous feed */
    chunk_state refused; /* why a callback stopped llhttp */
};

static int stop(chunk_decoder *decoder, chunk_state why)
{
    decoder->refused = why;
    return -1;
}

static int begin_chunk(llhttp_t *parser)
{
    chunk_decoder *decoder = parser->data;
    if (parser->content_length > decoder->left)
        return stop(decoder, CHUNKS_TOO_MANY);
    decoder->left -= parser->content_length;
    return 0;
}

static int take_body(llhttp_t *parser, const char *at, size_t size)
{
    chunk_decoder *decoder = parser->data;
    return decoder->sink(decoder->context, span_of(at, size)) ? 0 : stop(decoder, CHUNKS_NO_MEMORY);
}

static int refuse_text(llhttp_t *parser, const char *at, size_t size)
{
    (void)at, (void)size;
    return stop(parser->data, CHUNKS_MALFORMED);
}

static const llhttp_settings_t chunk_settings = {
    .on_header_field = refuse_text,
    .on_chunk_extension_name = refuse_text,
    .on_chunk_header = begin_chunk,
    .on_body = take_body,
    .on_message_complete = pause_parser,
};

/* The settings before a chunked body, where llhttp wants to have seen a head. */
static const llhttp_settings_t no_settings;
static const char chunked_head[] = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

chunk_decoder *chunk_decoder_new(uint64_t limit, chunk_sink sink, void *context)
{
    chunk_decoder *decoder = memory_new(sizeof(*decoder));
    if (decoder == NULL)
        return NULL;
    llhttp_init(&decoder->parser, HTTP_REQUEST, &no_settings);
    if (llhttp_execute(&decoder->parser, chunked_head, sizeof(chunked_head) - 1) != HPE_OK) {
        memory_free(decoder);
        return NULL;
    }
    /* llhttp holds them without const, and does not write. */
    decoder->parser.settings = (void *)(uintptr_t)&chunk_settings;
    decoder->parser.data = decoder;
    decoder->left = limit;
    decoder->refused = CHUNKS_MALFORMED;
    decoder->sink = sink;
    decoder->context = context;
    return decoder;
}

void chunk_decoder_free(chunk_decoder *decoder)
{
    memory_free(decoder);
}

chunk_state chunk_decoder_feed(chunk_decoder *decoder, assay_span in, size_t *used)
{
    *used = in.size;
    if (in.size == 0)
        return CHUNKS_MORE;
    const llhttp_errno_t outcome = llhttp_execute(&decoder->parser, (const char *)in.data, in.size);
    const uint8_t before = decoder->last;
    decoder->last = in.data[in.size - 1];
    if (outcome == HPE_OK)
        return CHUNKS_MORE;
    if (outcome != HPE_PAUSED)
        return decoder->refused;
    /* llhttp takes a bare LF for the last line; nginx and we do not. */
    *used = (size_t)(llhttp_get_error_pos(&decoder->parser) - (const char *)in.data);
    const uint8_t carriage_return = *used >= 2 ? in.data[*used - 2] : before;
    return carriage_return == '\r' ? CHUNKS_COMPLETE : CHUNKS_MALFORMED;
}
