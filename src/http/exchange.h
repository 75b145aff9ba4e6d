/* exchange.h: one request and its reply: what a handler may keep while its connection may be gone.
 */
#ifndef ASSAY_HTTP_EXCHANGE_H
#define ASSAY_HTTP_EXCHANGE_H

#include <stdalign.h>

#include "http/reply.h"
#include "http/request_reader.h"

struct loop;
struct connection;

enum { EXCHANGE_EXTRA_SIZE = 256 };

struct http_exchange {
    struct loop *loop;
    struct connection *connection; /* NULL when it has gone; only the loop looks */
    http_exchange *next;           /* in the loop's list of answers, or of spare ones */
    request_reader reader;
    http_request request;
    uint8_t *certificate; /* the connection's, when that has gone; owned */
    alignas(max_align_t) uint8_t room[HTTP_EXCHANGE_ROOM];

    http_reply *reply; /* a reference, from http_respond() until it is sent */
    bool close;
    bool without_body;
    bool failed; /* memory was short: close */
    char *extra; /* extra headers: `inside`, or owned */
    size_t extra_size;
    char inside[EXCHANGE_EXTRA_SIZE];
    char *tail; /* of the reply; NULL until it is being sent: `short_tail`, or owned */
    size_t tail_size;
    char short_tail[REPLY_TAIL_SIZE + EXCHANGE_EXTRA_SIZE];
    size_t sent;
};

/* From the loop's spare ones or new; NULL when memory is short. */
http_exchange *exchange_take(struct loop *l, struct connection *c);
void exchange_give_back(http_exchange *exchange);
void exchange_free(http_exchange *exchange);

/* Forgets the reply; the request's bytes stay. */
void exchange_reply_dropped(http_exchange *exchange);

/* Writes the tail for `connection`; false when memory is short. */
bool exchange_tail_make(http_exchange *exchange, reply_connection then);

#endif
