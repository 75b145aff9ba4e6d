/* syntax.h: what llhttp does for us: splits a head into target and headers, and decodes chunks. RFC
 * 9112. Meaning (framing, Host, methods) is request_head.h's. */
#ifndef ASSAY_HTTP_SYNTAX_H
#define ASSAY_HTTP_SYNTAX_H

#include "http/header.h"

typedef struct syntax_head {
    assay_span target;
    http_header headers[HTTP_HEADER_MAX];
    size_t header_count;
} syntax_head;

/* `head` is complete, the empty line included, and its lines all end in CRLF. Views into it. */
refusal syntax_head_split(assay_span head, syntax_head *out);

/* A chunked body on its way in. Extensions and trailers are refused: nobody needs them, and others
 * read them differently. */
typedef struct chunk_decoder chunk_decoder;

/* Where decoded bytes go; false when memory is short. */
typedef bool (*chunk_sink)(void *context, assay_span bytes);

/* Refuses what has more than `limit` bytes as soon as a chunk says so. NULL when memory is short.
 */
chunk_decoder *chunk_decoder_new(uint64_t limit, chunk_sink sink, void *context);
void chunk_decoder_free(chunk_decoder *decoder);

typedef enum chunk_state {
    CHUNKS_MORE,
    CHUNKS_COMPLETE,
    CHUNKS_MALFORMED,
    CHUNKS_TOO_MANY,
    CHUNKS_NO_MEMORY
} chunk_state;

/* `used` is how many bytes belonged to the body: all of them unless it is complete. */
chunk_state chunk_decoder_feed(chunk_decoder *decoder, assay_span in, size_t *used);

#endif
