/* request_head.h: from the bytes of a head to what it asks for and how its body is framed; every
 * refusal of RFC 9112 and of server.h that needs no more than the head. Pure. */
#ifndef ASSAY_HTTP_REQUEST_HEAD_H
#define ASSAY_HTTP_REQUEST_HEAD_H

#include "http/server.h"
#include "http/syntax.h"

typedef enum body_framing { BODY_NONE, BODY_SIZED, BODY_CHUNKED } body_framing;
typedef enum http_version { HTTP_1_0, HTTP_1_1 } http_version;

typedef struct request_head {
    http_method method;
    http_version version;
    assay_span path;
    assay_span query;
    syntax_head syntax;
    body_framing framing;
    uint64_t body_size; /* when BODY_SIZED */
    bool keep_alive;
    bool expects_continue;
} request_head;

/* Where the search for the end of a head stands: feed it the same, growing bytes. */
typedef struct head_search {
    size_t line; /* where the line begins that has not ended yet */
} head_search;

typedef enum head_found { HEAD_MORE, HEAD_COMPLETE, HEAD_BAD_LINE } head_found;

/* `size` is that of the head with its empty line. A line that ends in LF alone is bad. */
head_found head_search_on(head_search *search, assay_span bytes, size_t *size);

/* The largest Content-Length that is read; more is 413 anyway. */
#define CONTENT_LENGTH_MAX 999999999999999999u

/* Views into `head`, which is complete. */
refusal request_head_read(assay_span head, request_head *out);

#endif
