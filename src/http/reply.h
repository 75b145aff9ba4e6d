/* reply.h: the bytes of a reply, laid out once: everything that is the same for each time it is
 * sent. What differs (Date, extra headers, Connection) is its tail. RFC 9112 section 4. */
#ifndef ASSAY_HTTP_REPLY_H
#define ASSAY_HTTP_REPLY_H

#include "http/server.h"

/* Status line, headers, Content-Length, and "Date: " at the end. */
assay_span http_reply_head(const http_reply *reply);

typedef enum reply_connection { REPLY_KEEPS, REPLY_KEEPS_1_0, REPLY_CLOSES } reply_connection;

enum { REPLY_TAIL_SIZE = HTTP_DATE_SIZE + 2 + 24 + 2 }; /* date, CRLF, Connection line, CRLF */

/* Writes date, extra headers, Connection and the empty line into `out` of REPLY_TAIL_SIZE +
 * extra.size bytes; returns the size. */
size_t reply_tail_write(const char date[HTTP_DATE_SIZE], assay_span extra, reply_connection then,
                        char *out);

/* "Not Found"; static. */
const char *http_reason(unsigned code);

#endif
