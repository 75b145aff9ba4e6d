/* scripted_server.c: an HTTP server that says what a test has written down. */
#define _GNU_SOURCE /* strcasestr */
#include "scripted_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

enum {
    REQUEST_SIZE = 16 * 1024,
    REQUEST_MAX = 64,
    REPLY_MAX = 32,
    URL_SIZE = 64,
    TICK_MS = 20,
    TLS_HANDSHAKE = 0x16 /* not spoken here */
};

struct scripted_server {
    const scripted_reply *replies;
    size_t reply_count;
    unsigned given[REPLY_MAX];
    int listener;
    char url[URL_SIZE];
    pthread_t thread;
    pthread_mutex_t lock;
    atomic_bool stopping;
    char requests[REQUEST_MAX][REQUEST_SIZE];
    size_t request_count;
    size_t connection_count;
};

/* True when there is something to read before the server stops. */
static bool wait_readable(scripted_server *s, int fd)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };
    while (!atomic_load(&s->stopping)) {
        if (poll(&one, 1, TICK_MS) > 0)
            return true;
    }
    return false;
}

static bool send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* ---- Requests ---- */

static size_t wanted_size(const char *request, const char *body)
{
    const char *length = strcasestr(request, "\r\ncontent-length:");
    return length == NULL || length > body ? 0 : (size_t)atol(length + 17);
}

static bool request_read(scripted_server *s, int fd, char out[REQUEST_SIZE])
{
    size_t size = 0;
    for (;;) {
        const char *end = strstr(out, "\r\n\r\n");
        if (end != NULL && size >= (size_t)(end + 4 - out) + wanted_size(out, end))
            return true;
        if (size + 1 >= REQUEST_SIZE || !wait_readable(s, fd))
            return false;
        const ssize_t got = recv(fd, out + size, REQUEST_SIZE - 1 - size, 0);
        if (got <= 0)
            return false;
        size += (size_t)got;
        out[size] = '\0';
        if (out[0] == TLS_HANDSHAKE)
            return false;
    }
}

/* The first row that fits and is not used up. */
static const scripted_reply *reply_for(scripted_server *s, const char *request)
{
    const char *path = strchr(request, ' ');
    for (size_t i = 0; path != NULL && i < s->reply_count; i++) {
        const scripted_reply *row = &s->replies[i];
        const bool fits = row->path == NULL || strncmp(path + 1, row->path, strlen(row->path)) == 0;
        if (fits && (row->times == 0 || s->given[i] < row->times)) {
            s->given[i]++;
            return row;
        }
    }
    return NULL;
}

/* ---- Replies ---- */

static void send_without_end(scripted_server *s, int fd, const char *bytes, size_t size,
                             unsigned pause_ms)
{
    while (!atomic_load(&s->stopping) && send_all(fd, bytes, size)) {
        if (pause_ms > 0)
            poll(NULL, 0, (int)pause_ms);
    }
}

/* True when the connection goes on. */
static bool reply_send(scripted_server *s, int fd, const scripted_reply *reply)
{
    static const char filler[4096] = { 'x' };
    char head[8192];
    const char *body = reply->body != NULL ? reply->body : "";
    const bool endless = reply->form == SCRIPTED_SLOW || reply->form == SCRIPTED_ENDLESS;
    const size_t size = endless ? 1024 * 1024 * 1024 : strlen(body);
    const int used = snprintf(head, sizeof(head), "HTTP/1.1 %u X\r\nContent-Length: %zu\r\n%s\r\n",
                              reply->code != 0 ? reply->code : 200, size,
                              reply->headers != NULL ? reply->headers : "");
    if (reply->form == SCRIPTED_CLOSED)
        return false;
    if (reply->form == SCRIPTED_SILENT) {
        char byte;
        while (wait_readable(s, fd) && recv(fd, &byte, 1, 0) > 0)
            continue;
        return false;
    }
    if (used >= (int)sizeof(head) || !send_all(fd, head, (size_t)used))
        return false;
    if (reply->form == SCRIPTED_SLOW)
        send_without_end(s, fd, "x", 1, TICK_MS);
    else if (reply->form == SCRIPTED_ENDLESS)
        send_without_end(s, fd, filler, sizeof(filler), 0);
    else if (reply->form == SCRIPTED_TRUNCATED)
        (void)send_all(fd, body, size / 2);
    else
        return send_all(fd, body, size);
    return false;
}

static void remember(scripted_server *s, const char *request)
{
    pthread_mutex_lock(&s->lock);
    if (s->request_count < REQUEST_MAX)
        memcpy(s->requests[s->request_count++], request, strlen(request) + 1);
    pthread_mutex_unlock(&s->lock);
}

static void serve(scripted_server *s, int fd)
{
    static const scripted_reply nothing = { .code = 404 };
    char *request = calloc(1, REQUEST_SIZE);
    bool open = true;
    while (open && request != NULL) {
        request[0] = '\0';
        open = request_read(s, fd, request);
        if (!open)
            break;
        remember(s, request);
        const scripted_reply *reply = reply_for(s, request);
        open = reply_send(s, fd, reply != NULL ? reply : &nothing);
    }
    free(request);
    close(fd);
}

static void *run(void *context)
{
    scripted_server *s = context;
    while (wait_readable(s, s->listener)) {
        const int fd = accept(s->listener, NULL, NULL);
        if (fd < 0)
            continue;
        pthread_mutex_lock(&s->lock);
        s->connection_count++;
        pthread_mutex_unlock(&s->lock);
        serve(s, fd);
    }
    return NULL;
}

/* ---- The server ---- */

scripted_server *scripted_server_start(const scripted_reply *replies, size_t count)
{
    scripted_server *s = calloc(1, sizeof(*s));
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    assert_non_null(s);
    assert_true(count <= REPLY_MAX);
    s->replies = replies;
    s->reply_count = count;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(s->listener >= 0);
    assert_int_equal(bind(s->listener, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(s->listener, 16), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
    pthread_mutex_init(&s->lock, NULL);
    assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
    return s;
}

void scripted_server_stop(scripted_server *s)
{
    atomic_store(&s->stopping, true);
    pthread_join(s->thread, NULL);
    close(s->listener);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *scripted_server_url(const scripted_server *s)
{
    return s->url;
}

size_t scripted_server_requests(scripted_server *s)
{
    pthread_mutex_lock(&s->lock);
    const size_t count = s->request_count;
    pthread_mutex_unlock(&s->lock);
    return count;
}

size_t scripted_server_connections(scripted_server *s)
{
    pthread_mutex_lock(&s->lock);
    const size_t count = s->connection_count;
    pthread_mutex_unlock(&s->lock);
    return count;
}

const char *scripted_server_request(scripted_server *s, size_t index)
{
    assert_true(index < scripted_server_requests(s));
    return s->requests[index];
}
