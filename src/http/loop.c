/* loop.c: waits, accepts, hands events to connections, and minds the time. */
#include "http/loop.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "base/memory.h"

enum { EVENTS = 256, ACCEPTS_IN_A_TURN = 64, LINGER_SECONDS = 2 };
enum { LACK_PAUSE_US = 100000 };

/* ---- Making one ------------------------------------------------------------------------------ */

static void waits_set(loop *l, const http_settings *settings)
{
    deadlines_begin(&l->deadlines);
    deadlines_last(&l->deadlines, WAIT_HEAD, settings->head_seconds);
    deadlines_last(&l->deadlines, WAIT_BODY, settings->body_seconds);
    deadlines_last(&l->deadlines, WAIT_KEEP_ALIVE, settings->keep_alive_seconds);
    deadlines_last(&l->deadlines, WAIT_SEND, settings->send_seconds);
    deadlines_last(&l->deadlines, WAIT_LINGER, LINGER_SECONDS);
}

assay_status loop_open(loop *l, http_server *server, assay_error *err)
{
    l->server = server;
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    l->wire = memory_new(sizeof(*l->wire));
    l->date_second = -1;
    pthread_mutex_init(&l->lock, NULL);
    waits_set(l, &server->settings);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = l };
    if (l->wire == NULL)
        return fail(err, ASSAY_NO_MEMORY, "loops", ASSAY_NO_OFFSET, "no memory left");
    if (l->epoll < 0 || l->wake < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->wake, &event) != 0)
        return fail(err, ASSAY_ENVIRONMENT, "loops", ASSAY_NO_OFFSET,
                    "can't watch sockets (%s): allow more descriptors", strerror(errno));
    return ASSAY_OK;
}

void loop_close(loop *l)
{
    while (l->spare != NULL) {
        http_exchange *next = l->spare->next;
        exchange_free(l->spare);
        l->spare = next;
    }
    if (l->epoll >= 0)
        close(l->epoll);
    if (l->wake >= 0)
        close(l->wake);
    memory_free(l->wire);
    pthread_mutex_destroy(&l->lock);
}

void loop_wake(loop *l)
{
    const uint64_t one = 1;
    const ssize_t written = write(l->wake, &one, sizeof(one));
    (void)written; /* it can only be full, and then it wakes */
}

/* ---- Time ------------------------------------------------------------------------------------ */

static void clock_read(loop *l)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    l->now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
    clock_gettime(CLOCK_REALTIME_COARSE, &t);
    if (t.tv_sec == l->date_second)
        return;
    l->date_second = t.tv_sec;
    http_date_format(t.tv_sec, l->date);
}

static connection *connection_of(deadline *member)
{
    return (connection *)member; /* its first member */
}

static void due_ones(loop *l)
{
    deadline *due;
    while ((due = deadlines_due(&l->deadlines, l->now_us)) != NULL)
        connection_due(connection_of(due));
}

static int milliseconds_to_wait(const loop *l)
{
    int64_t next = deadlines_next(&l->deadlines);
    if (l->hasty != NULL)
        return 0;
    if (l->listen_again_us != 0 && l->listen_again_us < next)
        next = l->listen_again_us;
    if (next == INT64_MAX)
        return -1;
    const int64_t left = (next - l->now_us + 999) / 1000;
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* ---- Accepting ------------------------------------------------------------------------------- */

static void listen_on(loop *l)
{
    l->listening = true;
    l->listen_again_us = 0;
    for (size_t i = 0; i < l->server->listener_count; i++) {
        struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
        event.data.ptr = &l->server->listeners[i];
        (void)epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->server->listeners[i].fd, &event);
    }
}

static void listen_off(loop *l)
{
    for (size_t i = 0; l->listening && i < l->server->listener_count; i++)
        (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->server->listeners[i].fd, NULL);
    l->listening = false;
}

/* The one that has been idle longest, else the one that has kept us waiting longest. */
static bool one_evicted(loop *l)
{
    deadline *oldest = deadlines_oldest(&l->deadlines, WAIT_KEEP_ALIVE);
    if (oldest == NULL)
        oldest = deadlines_oldest(&l->deadlines, WAIT_HEAD);
    if (oldest == NULL)
        return false;
    connection_close(connection_of(oldest));
    return true;
}

static void lack_of_descriptors(loop *l)
{
    if (one_evicted(l))
        return;
    listen_off(l);
    l->listen_again_us = l->now_us + LACK_PAUSE_US;
}

/* Over all loops: the kernel does not share connections out evenly. */
static bool is_full(const http_server *server)
{
    uint64_t open = 0;
    for (size_t i = 0; i < server->loop_count; i++)
        open += atomic_load_explicit(&server->loops[i].counters.open, memory_order_relaxed);
    return open >= server->settings.connections;
}

/* False when there is none to accept. */
static bool accept_one(loop *l, listener *from)
{
    struct sockaddr_storage address = { 0 };
    socklen_t size = sizeof(address);
    const int fd =
        accept4(from->fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
        lack_of_descriptors(l);
    if (fd < 0)
        return errno == ECONNABORTED || errno == EINTR;
    loop_count(&l->counters.accepted, 1);
    if (is_full(l->server) && !one_evicted(l)) {
        close(fd);
        return true;
    }
    connection_open(l, fd, (unsigned)(from - l->server->listeners), (struct sockaddr *)&address);
    return true;
}

static void accept_some(loop *l, listener *from)
{
    size_t count = 0;
    while (count++ < ACCEPTS_IN_A_TURN && l->listening && accept_one(l, from))
        ;
}

/* ---- Answers and ends ------------------------------------------------------------------------ */

static void answers_taken(loop *l)
{
    pthread_mutex_lock(&l->lock);
    http_exchange *list = l->answers;
    l->answers = NULL;
    pthread_mutex_unlock(&l->lock);
    while (list != NULL) {
        http_exchange *exchange = list;
        connection *c = exchange->connection;
        list = exchange->next;
        if (c == NULL) {
            exchange_give_back(exchange);
            continue;
        }
        connection_answer(c);
        connection_advance(c);
    }
}

static void hasty_ones(loop *l)
{
    connection *list = l->hasty;
    l->hasty = NULL;
    while (list != NULL) {
        connection *c = list;
        list = c->next_hasty;
        c->hasty = false;
        if (c->stage == CONNECTION_CLOSED) {
            c->next_hasty = l->closed;
            l->closed = c;
        } else {
            connection_advance(c);
        }
    }
}

static void closed_freed(loop *l)
{
    while (l->closed != NULL) {
        connection *next = l->closed->next_hasty;
        memory_free(l->closed);
        l->closed = next;
    }
}

/* A last look for a request that has just come, then good-bye. */
static void idle_closed(loop *l)
{
    deadline *idle;
    while ((idle = deadlines_oldest(&l->deadlines, WAIT_KEEP_ALIVE)) != NULL) {
        connection *c = connection_of(idle);
        c->transport.readable = true;
        connection_advance(c);
        if (c->deadline.kind == WAIT_KEEP_ALIVE)
            connection_close(c);
    }
}

static void drain(loop *l)
{
    l->draining = true;
    for (size_t i = 0; i < l->server->listener_count; i++) {
        if (l->server->listeners[i].inherited)
            continue;
        while (l->listening && accept_one(l, &l->server->listeners[i]))
            ;
    }
    listen_off(l);
    l->listen_again_us = 0;
    idle_closed(l);
    pthread_mutex_lock(&l->server->lock);
    l->server->deaf++;
    pthread_cond_broadcast(&l->server->changed);
    pthread_mutex_unlock(&l->server->lock);
}

/* ---- The turn -------------------------------------------------------------------------------- */

static listener *listener_of(loop *l, const void *pointer)
{
    for (size_t i = 0; i < l->server->listener_count; i++) {
        if (pointer == &l->server->listeners[i])
            return &l->server->listeners[i];
    }
    return NULL;
}

static void event_taken(loop *l, const struct epoll_event *event)
{
    uint64_t count;
    listener *from = listener_of(l, event->data.ptr);
    if (event->data.ptr == l) {
        const ssize_t size = read(l->wake, &count, sizeof(count));
        (void)size;
    } else if (from != NULL) {
        accept_some(l, from);
    } else {
        connection_event(event->data.ptr, event->events);
    }
}

static void turn(loop *l)
{
    struct epoll_event events[EVENTS];
    const int count = epoll_wait(l->epoll, events, EVENTS, milliseconds_to_wait(l));
    clock_read(l);
    for (int i = 0; i < count; i++)
        event_taken(l, &events[i]);
    answers_taken(l);
    hasty_ones(l);
    due_ones(l);
    if (l->listen_again_us != 0 && l->now_us >= l->listen_again_us)
        listen_on(l);
    if (!l->draining && atomic_load(&l->server->draining))
        drain(l);
    closed_freed(l);
}

static void drained_told(loop *l)
{
    if (!l->draining || l->connections != NULL)
        return;
    pthread_mutex_lock(&l->server->lock);
    pthread_cond_broadcast(&l->server->changed);
    pthread_mutex_unlock(&l->server->lock);
}

void *loop_run(void *argument)
{
    loop *l = argument;
    l->self = pthread_self();
    clock_read(l);
    listen_on(l);
    while (!atomic_load(&l->server->stopping)) {
        turn(l);
        drained_told(l);
    }
    while (l->connections != NULL)
        connection_close(l->connections);
    answers_taken(l);
    hasty_ones(l);
    closed_freed(l);
    return NULL;
}
