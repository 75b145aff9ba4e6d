/* loop.h: one thread with its epoll, its connections, and the answers that other threads bring.
 * What loops share is struct http_server. */
#ifndef ASSAY_HTTP_LOOP_H
#define ASSAY_HTTP_LOOP_H

#include <pthread.h>
#include <stdatomic.h>

#include "http/connection.h"
#include "http/listener.h"
#include "http/peers.h"

typedef struct loop_counters {
    _Atomic uint64_t accepted, requests, refused, handshakes, resumed, open;
} loop_counters;

typedef struct loop {
    struct http_server *server;
    pthread_t thread; /* to be joined */
    pthread_t self;   /* the same, as the thread knows it: pthread_create() may return later */
    int epoll;
    int wake; /* eventfd */
    int64_t now_us;
    char date[HTTP_DATE_SIZE];
    int64_t date_second;
    deadlines deadlines;
    wire *wire;
    loop_counters counters;

    connection *connections; /* all of them */
    connection *closed;      /* freed when no event of this turn can name them any more */
    connection *hasty;       /* have had their share of this turn, and more to do */
    http_exchange *spare;
    size_t spare_count;
    http_exchange *current; /* its handler is running */
    bool answered;          /* and has answered it */
    bool listening;
    bool draining;
    int64_t listen_again_us; /* after a lack of descriptors; 0: no lack */

    pthread_mutex_t lock; /* of `answers` */
    http_exchange *answers;
} loop;

typedef struct http_server {
    http_settings settings; /* with every default filled in; no addresses and files */
    request_limits limits;
    listener listeners[HTTP_LISTENER_MAX];
    size_t listener_count;
    BIO_METHOD *method;
    peers *peers;
    loop *loops;
    size_t loop_count;
    size_t running;
    _Atomic bool draining;
    _Atomic bool stopping;
    pthread_mutex_t lock; /* of `deaf` */
    pthread_cond_t changed;
    size_t deaf; /* loops that accept no more */
} http_server;

/* ENVIRONMENT or NO_MEMORY. Zeroed before; loop_close() is right after a failure too. */
assay_status loop_open(loop *l, http_server *server, assay_error *err);
void loop_close(loop *l);

/* The thread's function. */
void *loop_run(void *argument);

void loop_wake(loop *l);

/* Counting by the loop's own thread. */
static inline void loop_count(_Atomic uint64_t *counter, uint64_t change)
{
    atomic_fetch_add_explicit(counter, change, memory_order_relaxed);
}

#endif
