/* request_reader.h: bytes in, one complete and checked request out, or why it is refused. Pure but
 * for its memory: no sockets, no clock. A request's bytes stay where they are until the next one
 * begins.
 *
 *     room = request_reader_room(r, &size);     put bytes there
 *     request_reader_advance(r, count);         look at r->stage
 *     request_reader_next(r);                   after the reply: what is left over moves to the
 * front */
#ifndef ASSAY_HTTP_REQUEST_READER_H
#define ASSAY_HTTP_REQUEST_READER_H

#include "http/request_head.h"

enum { REQUEST_BUFFER_SIZE = 4096 };

typedef enum request_stage {
    REQUEST_EMPTY, /* no byte of it is here */
    REQUEST_HEAD,
    REQUEST_BODY,
    REQUEST_COMPLETE,
    REQUEST_REFUSED /* refused; nothing more can be read from here */
} request_stage;

typedef struct request_limits {
    size_t head_size;
    size_t body_size;
} request_limits;

typedef struct request_reader {
    request_limits limits;
    request_stage stage;
    refusal refused;
    request_head head; /* from REQUEST_BODY on */
    assay_span body;   /* when REQUEST_COMPLETE */

    uint8_t *buffer; /* the head, and behind it a window on the body or further requests */
    size_t size;
    size_t capacity;
    head_search search;
    bool blank_line; /* one before the request line has been dropped */
    size_t head_end;
    size_t used; /* of the buffer, by this request */

    uint8_t *gathered; /* a body that does not lie in the buffer in one piece */
    size_t gathered_size;
    size_t gathered_capacity;
    chunk_decoder *chunks;
} request_reader;

void request_reader_begin(request_reader *r, const request_limits *limits);

/* Where the next bytes go; NULL when memory is short. Only in stages EMPTY, HEAD and BODY. */
uint8_t *request_reader_room(request_reader *r, size_t *size);

/* `count` bytes have been put there. */
void request_reader_advance(request_reader *r, size_t count);

/* Goes on to the next request with what has come of it; possibly complete already. */
void request_reader_next(request_reader *r);

/* The reader may begin again; the buffer of the usual size is kept. */
void request_reader_reset(request_reader *r);
void request_reader_free(request_reader *r);

#endif
