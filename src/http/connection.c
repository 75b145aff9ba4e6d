/* connection.c: the life of a connection, stage by stage. RFC 9112 section 9. */
#include "http/connection.h"

#include <stdio.h>
#include <sys/epoll.h>

#include "base/memory.h"
#include "http/loop.h"
#include "http/tls.h"

/* Requests of one connection in one turn of the loop, or records that nobody reads. */
enum { STEPS_IN_A_TURN = 32 };

typedef enum progress { GO_ON, WAIT, GONE } progress;

static http_server *server_of(const connection *c)
{
    return c->loop->server;
}

static void wait_for(connection *c, wait_kind kind)
{
    deadline_set(&c->loop->deadlines, &c->deadline, kind, c->loop->now_us);
}

/* ---- Begin and end --------------------------------------------------------------------------- */

static bool watched(connection *c)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET };
    event.data.ptr = c;
    return epoll_ctl(c->loop->epoll, EPOLL_CTL_ADD, c->transport.fd, &event) == 0;
}

static void listed(connection *c)
{
    loop *l = c->loop;
    c->next = l->connections;
    if (c->next != NULL)
        c->next->previous = c;
    l->connections = c;
    loop_count(&l->counters.open, 1);
}

static void unlisted(connection *c)
{
    loop *l = c->loop;
    if (c->next != NULL)
        c->next->previous = c->previous;
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        l->connections = c->next;
    loop_count(&l->counters.open, (uint64_t)-1);
}

void connection_open(loop *l, int fd, unsigned number, const struct sockaddr *address)
{
    connection *c = memory_new(sizeof(*c));
    if (c == NULL) {
        transport refused = { .fd = fd, .wire = l->wire };
        transport_close(&refused);
        return;
    }
    SSL_CTX *context = listener_context(&l->server->listeners[number]);
    const bool open = transport_open(&c->transport, fd, l->wire, context, l->server->method);
    c->loop = l;
    c->listener = number;
    c->stage = context == NULL ? CONNECTION_READING : CONNECTION_HANDSHAKE;
    SSL_CTX_free(context);
    if (!open) {
        memory_free(c);
        return;
    }
    peer_address_write(address, c->address);
    listed(c);
    wait_for(c, WAIT_HEAD);
    if (!peers_admit(l->server->peers, address, &c->peer) || !watched(c))
        connection_close(c);
    else
        connection_advance(c);
}

/* A handler that still has the exchange answers into the void; its views stay good until then. */
static void exchange_parted(connection *c)
{
    http_exchange *exchange = c->exchange;
    c->exchange = NULL;
    if (exchange == NULL)
        return;
    if (c->stage != CONNECTION_HANDLING) {
        exchange_give_back(exchange);
        return;
    }
    exchange->connection = NULL;
    exchange->certificate = c->certificate;
    c->certificate = NULL;
}

void connection_close(connection *c)
{
    if (c->stage == CONNECTION_CLOSED)
        return;
    exchange_parted(c);
    deadline_clear(&c->deadline);
    peers_leave(server_of(c)->peers, &c->peer);
    transport_close(&c->transport);
    memory_free(c->certificate);
    unlisted(c);
    c->stage = CONNECTION_CLOSED;
    if (!c->hasty) {
        c->next_hasty = c->loop->closed;
        c->loop->closed = c;
    }
}

/* ---- Replies --------------------------------------------------------------------------------- */

static reply_connection reply_connection_of(const connection *c)
{
    if (c->closing)
        return REPLY_CLOSES;
    return c->exchange->reader.head.version == HTTP_1_0 ? REPLY_KEEPS_1_0 : REPLY_KEEPS;
}

void connection_answer(connection *c)
{
    http_exchange *exchange = c->exchange;
    const request_reader *in = &exchange->reader;
    c->closing = exchange->close || c->loop->draining || in->stage != REQUEST_COMPLETE ||
                 !in->head.keep_alive;
    c->stage = CONNECTION_SENDING;
    if (!exchange->failed)
        exchange->failed = !exchange_tail_make(exchange, reply_connection_of(c));
}

static bool refused_reply_made(http_exchange *exchange, refusal why, const char *told)
{
    char text[160], headers[HTTP_REFUSED_HEADERS_SIZE + 32];
    size_t size = strlen(why.why);
    if (size > sizeof(text) - 1)
        size = sizeof(text) - 1;
    memcpy(text, why.why, size);
    text[size] = '\n';
    snprintf(headers, sizeof(headers), "Content-Type: text/plain\r\n%s", told);
    exchange->reply = http_reply_new(why.code, headers, span_of(text, size + 1));
    exchange->close = true;
    exchange->without_body = false;
    return exchange->reply != NULL;
}

/* The server's own answer, before any handler has seen the request. */
static progress refuse(connection *c, refusal why)
{
    const http_settings *settings = &server_of(c)->settings;
    char told[HTTP_REFUSED_HEADERS_SIZE] = "";
    loop_count(&c->loop->counters.refused, 1);
    if (settings->refused != NULL)
        settings->refused(settings->context, c->address, why.code, why.why, told);
    if (c->exchange == NULL)
        c->exchange = exchange_take(c->loop, c);
    if (c->exchange == NULL || !refused_reply_made(c->exchange, why, told))
        return GONE;
    c->exchange->reader.stage = REQUEST_REFUSED;
    connection_answer(c);
    return GO_ON;
}

/* ---- Stages ---------------------------------------------------------------------------------- */

static progress handshake_on(connection *c)
{
    switch (transport_handshake(&c->transport)) {
    case FLOW_ON:
        break;
    case FLOW_BLOCKED:
        return WAIT;
    case FLOW_PLAIN_TEXT:
        transport_plain(&c->transport);
        return refuse(c, (refusal) { 400, "this port speaks HTTPS: the URL begins with https://" });
    case FLOW_ENDED:
    case FLOW_FAILED:
        return GONE;
    }
    loop_count(&c->loop->counters.handshakes, 1);
    if (SSL_session_reused(c->transport.tls))
        loop_count(&c->loop->counters.resumed, 1);
    c->certificate = tls_peer_certificate(c->transport.tls, &c->certificate_size);
    c->stage = CONNECTION_READING;
    return GO_ON;
}

static void request_fill(connection *c)
{
    http_exchange *exchange = c->exchange;
    const request_head *head = &exchange->reader.head;
    http_request *request = &exchange->request;
    request->method = head->method;
    request->path = head->path;
    request->query = head->query;
    request->headers = head->syntax.headers;
    request->header_count = head->syntax.header_count;
    request->body = exchange->reader.body;
    request->security = c->transport.tls == NULL ? HTTP_PLAIN : HTTP_TLS;
    request->listener = c->listener;
    memcpy(request->address, c->address, sizeof(request->address));
    request->client_certificate = span_of(c->certificate, c->certificate_size);
    request->received_us = c->loop->now_us;
}

static progress hand_over(connection *c)
{
    const http_settings *settings = &server_of(c)->settings;
    loop *l = c->loop;
    request_fill(c);
    memset(c->exchange->room, 0, sizeof(c->exchange->room));
    loop_count(&l->counters.requests, 1);
    deadline_clear(&c->deadline);
    c->stage = CONNECTION_HANDLING;
    l->current = c->exchange;
    l->answered = false;
    settings->handler(settings->context, c->exchange);
    l->current = NULL;
    if (!l->answered)
        return WAIT;
    connection_answer(c);
    return GO_ON;
}

/* The body is wanted: the client may wait to hear it. RFC 9110 section 10.1.1. */
static progress body_invited(connection *c)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct iovec piece = { (void *)(uintptr_t)text, sizeof(text) - 1 };
    size_t sent = 0;
    wait_for(c, WAIT_BODY);
    if (!c->exchange->reader.head.expects_continue)
        return GO_ON;
    return transport_send(&c->transport, &piece, 1, &sent) == FLOW_ON ? GO_ON : GONE;
}

/* Nothing to read now. Who has sent no part of a request keeps no memory for one. */
static progress reading_blocked(connection *c)
{
    if (c->exchange->reader.stage == REQUEST_EMPTY) {
        exchange_give_back(c->exchange);
        c->exchange = NULL;
    }
    return WAIT;
}

static progress bytes_read(connection *c)
{
    request_reader *in = &c->exchange->reader;
    size_t room, got;
    uint8_t *at = request_reader_room(in, &room);
    if (at == NULL)
        return GONE;
    switch (transport_receive(&c->transport, at, room, &got)) {
    case FLOW_ON:
        break;
    case FLOW_BLOCKED:
        return reading_blocked(c);
    case FLOW_ENDED:
    case FLOW_FAILED:
    case FLOW_PLAIN_TEXT:
        return GONE;
    }
    if (c->deadline.kind == WAIT_KEEP_ALIVE)
        wait_for(c, WAIT_HEAD);
    request_reader_advance(in, got);
    return GO_ON;
}

static progress reading_on(connection *c)
{
    if (c->exchange == NULL)
        c->exchange = exchange_take(c->loop, c);
    if (c->exchange == NULL)
        return GONE;
    const request_reader *in = &c->exchange->reader;
    switch (in->stage) {
    case REQUEST_COMPLETE:
        return hand_over(c);
    case REQUEST_REFUSED:
        return refuse(c, in->refused);
    case REQUEST_BODY:
        if (c->deadline.kind != WAIT_BODY && body_invited(c) == GONE)
            return GONE;
        return bytes_read(c);
    case REQUEST_EMPTY:
    case REQUEST_HEAD:
        return bytes_read(c);
    }
    return GONE;
}

/* Bytes that nobody reads would reset the connection, and the reply with it: a client that writes
 * all of a body before it reads would not hear why. For a time, not for a size. */
static progress finish(connection *c)
{
    const request_reader *in = &c->exchange->reader;
    if (!c->transport.readable && in->stage == REQUEST_COMPLETE && in->size == in->used)
        return GONE;
    exchange_give_back(c->exchange);
    c->exchange = NULL;
    transport_finish(&c->transport);
    c->stage = CONNECTION_LINGERING;
    wait_for(c, WAIT_LINGER);
    return GO_ON;
}

static progress sent(connection *c)
{
    if (c->closing)
        return finish(c);
    exchange_reply_dropped(c->exchange);
    request_reader_next(&c->exchange->reader);
    c->stage = CONNECTION_READING;
    wait_for(c, c->exchange->reader.stage == REQUEST_EMPTY ? WAIT_KEEP_ALIVE : WAIT_HEAD);
    return GO_ON;
}

static progress sending_on(connection *c)
{
    http_exchange *exchange = c->exchange;
    if (exchange->failed)
        return GONE;
    const assay_span head = http_reply_head(exchange->reply);
    const assay_span body = http_reply_body(exchange->reply);
    const bool bare = exchange->without_body || (exchange->reader.stage == REQUEST_COMPLETE &&
                                                 exchange->request.method == HTTP_HEAD);
    const struct iovec pieces[] = {
        { (void *)(uintptr_t)head.data, head.size },
        { exchange->tail, exchange->tail_size },
        { (void *)(uintptr_t)body.data, bare ? 0 : body.size },
    };
    const size_t before = exchange->sent;
    switch (transport_send(&c->transport, pieces, 3, &exchange->sent)) {
    case FLOW_ON:
        return sent(c);
    case FLOW_BLOCKED:
        if (exchange->sent > before || c->deadline.kind != WAIT_SEND)
            wait_for(c, WAIT_SEND);
        return WAIT;
    case FLOW_ENDED:
    case FLOW_FAILED:
    case FLOW_PLAIN_TEXT:
        break;
    }
    return GONE;
}

static progress lingering_on(connection *c)
{
    switch (transport_discard(&c->transport)) {
    case FLOW_ON:
        return GO_ON;
    case FLOW_BLOCKED:
        return WAIT;
    case FLOW_ENDED:
    case FLOW_FAILED:
    case FLOW_PLAIN_TEXT:
        break;
    }
    return GONE;
}

static progress stage_on(connection *c)
{
    switch (c->stage) {
    case CONNECTION_HANDSHAKE:
        return handshake_on(c);
    case CONNECTION_READING:
        return reading_on(c);
    case CONNECTION_SENDING:
        return sending_on(c);
    case CONNECTION_LINGERING:
        return lingering_on(c);
    case CONNECTION_HANDLING:
    case CONNECTION_CLOSED:
        break;
    }
    return WAIT;
}

/* Others' turn; this one goes on at its end. */
static void hurry(connection *c)
{
    if (c->hasty)
        return;
    c->hasty = true;
    c->next_hasty = c->loop->hasty;
    c->loop->hasty = c;
}

void connection_advance(connection *c)
{
    progress outcome = GO_ON;
    unsigned steps = 0;
    while (outcome == GO_ON && steps < STEPS_IN_A_TURN) {
        const connection_stage before = c->stage;
        outcome = stage_on(c);
        if (before == CONNECTION_LINGERING ||
            (before != CONNECTION_SENDING && c->stage == CONNECTION_SENDING))
            steps++;
    }
    if (outcome == GO_ON)
        hurry(c);
    if (outcome != GONE && transport_flush(&c->transport) == FLOW_FAILED)
        outcome = GONE;
    if (outcome == GONE)
        connection_close(c);
}

/* ---- What happens to it ---------------------------------------------------------------------- */

void connection_event(connection *c, uint32_t events)
{
    if (c->stage == CONNECTION_CLOSED)
        return;
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        c->transport.readable = true;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        c->transport.hung_up = true;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        c->transport.writable = true;
    /* Reset, or closed both ways: nobody is left to answer. */
    if (c->stage == CONNECTION_HANDLING && (events & (EPOLLERR | EPOLLHUP)))
        connection_close(c);
    else
        connection_advance(c);
}

void connection_due(connection *c)
{
    const bool begun = c->stage == CONNECTION_READING && c->exchange != NULL;
    static const refusal late_head = { 408, "the head took too long" };
    static const refusal late_body = { 408, "the body took too long" };
    const refusal late = c->deadline.kind == WAIT_HEAD ? late_head : late_body;
    if (!begun || c->deadline.kind == WAIT_KEEP_ALIVE || refuse(c, late) == GONE) {
        connection_close(c);
        return;
    }
    wait_for(c, WAIT_SEND);
    connection_advance(c);
}
