/* exchange.c: exchanges, their reuse, and answers from any thread. */
#include "http/exchange.h"

#include "base/memory.h"
#include "http/loop.h"

enum { SPARE_MAX = 32 };

http_exchange *exchange_take(loop *l, connection *c)
{
    http_exchange *exchange = l->spare;
    if (exchange != NULL) {
        l->spare = exchange->next;
        l->spare_count--;
    } else {
        exchange = memory_new(sizeof(*exchange));
        if (exchange == NULL)
            return NULL;
        exchange->loop = l;
        request_reader_begin(&exchange->reader, &l->server->limits);
    }
    exchange->next = NULL;
    exchange->connection = c;
    return exchange;
}

void exchange_reply_dropped(http_exchange *exchange)
{
    http_reply_unref(exchange->reply);
    exchange->reply = NULL;
    if (exchange->extra != exchange->inside)
        memory_free(exchange->extra);
    exchange->extra = NULL;
    exchange->extra_size = 0;
    if (exchange->tail != exchange->short_tail)
        memory_free(exchange->tail);
    exchange->tail = NULL;
    exchange->sent = 0;
    exchange->failed = false;
}

void exchange_free(http_exchange *exchange)
{
    exchange_reply_dropped(exchange);
    request_reader_free(&exchange->reader);
    memory_free(exchange->certificate);
    memory_free(exchange);
}

void exchange_give_back(http_exchange *exchange)
{
    loop *l = exchange->loop;
    if (l->spare_count == SPARE_MAX) {
        exchange_free(exchange);
        return;
    }
    exchange_reply_dropped(exchange);
    request_reader_reset(&exchange->reader);
    memory_free(exchange->certificate);
    exchange->certificate = NULL;
    exchange->connection = NULL;
    exchange->next = l->spare;
    l->spare = exchange;
    l->spare_count++;
}

bool exchange_tail_make(http_exchange *exchange, reply_connection then)
{
    exchange->tail = exchange->short_tail;
    if (exchange->extra_size > EXCHANGE_EXTRA_SIZE)
        exchange->tail = memory_new(REPLY_TAIL_SIZE + exchange->extra_size);
    if (exchange->tail == NULL)
        return false;
    exchange->tail_size = reply_tail_write(
        exchange->loop->date, span_of(exchange->extra, exchange->extra_size), then, exchange->tail);
    return true;
}

/* ---- What handlers see ----------------------------------------------------------------------- */

const http_request *http_exchange_request(const http_exchange *exchange)
{
    return &exchange->request;
}

void *http_exchange_room(http_exchange *exchange)
{
    return exchange->room;
}

static void sending_copy(http_exchange *exchange, const http_sending *sending)
{
    exchange->close = sending != NULL && sending->close;
    exchange->without_body = sending != NULL && sending->without_body;
    if (sending == NULL || sending->extra_headers == NULL || sending->extra_headers[0] == '\0')
        return;
    exchange->extra_size = strlen(sending->extra_headers);
    exchange->extra = exchange->inside;
    if (exchange->extra_size > EXCHANGE_EXTRA_SIZE)
        exchange->extra = memory_new(exchange->extra_size);
    exchange->failed = exchange->extra == NULL;
    if (!exchange->failed)
        memcpy(exchange->extra, sending->extra_headers, exchange->extra_size);
}

/* The eventfd is written under the lock: who empties the list may free the loop right after. */
static void answer_queue(loop *l, http_exchange *exchange)
{
    pthread_mutex_lock(&l->lock);
    const bool first = l->answers == NULL;
    exchange->next = l->answers;
    l->answers = exchange;
    if (first)
        loop_wake(l);
    pthread_mutex_unlock(&l->lock);
}

void http_respond(http_exchange *exchange, http_reply *reply, const http_sending *sending)
{
    loop *l = exchange->loop;
    sending_copy(exchange, sending);
    if (reply != NULL)
        exchange->reply = http_reply_ref(reply);
    else
        exchange->failed = true;
    if (pthread_equal(pthread_self(), l->self) && l->current == exchange)
        l->answered = true;
    else
        answer_queue(l, exchange);
}
