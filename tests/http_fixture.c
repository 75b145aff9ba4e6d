/* http_fixture.c: the handler of the tests, and their client. */
#include "http_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "support.h"

enum { PATIENCE_MS = 10000 };

int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void pause_ms(long milliseconds)
{
    const struct timespec t = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

/* ---- The handler ----------------------------------------------------------------------------- */

static void respond_text(http_exchange *exchange, unsigned code, const char *text)
{
    http_reply *reply = http_reply_new(code, "Content-Type: text/plain\r\n", SPAN_TEXT(text));
    http_respond(exchange, reply, NULL);
    http_reply_unref(reply);
}

static void respond_echo(http_exchange *exchange)
{
    const http_request *r = http_exchange_request(exchange);
    char headers[4096];
    snprintf(headers, sizeof(headers),
             "X-Method: %s\r\nX-Path: %.*s\r\nX-Query: %.*s\r\nX-Address: %s\r\nX-Security: %s\r\n"
             "X-Certificate: %zu\r\n",
             http_method_name(r->method), (int)r->path.size, (const char *)r->path.data,
             (int)r->query.size, (const char *)r->query.data, r->address,
             r->security == HTTP_TLS ? "tls" : "plain", r->client_certificate.size);
    http_reply *reply = http_reply_new(200, headers, r->body);
    http_respond(exchange, reply, NULL);
    http_reply_unref(reply);
}

static void *respond_late(void *argument)
{
    pause_ms(30);
    respond_text(argument, 200, "late\n");
    return NULL;
}

static void respond_by_thread(http_exchange *exchange)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, respond_late, exchange) == 0)
        pthread_detach(thread);
    else
        respond_text(exchange, 500, "no thread\n");
}

static void hold(fixture *f, http_exchange *exchange)
{
    pthread_mutex_lock(&f->lock);
    if (f->held_count < COUNT_OF(f->held))
        f->held[f->held_count++] = exchange;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static void respond_with(http_exchange *exchange, unsigned code, const char *headers,
                         const http_sending *sending)
{
    http_reply *reply = http_reply_new(code, headers, SPAN_TEXT("body\n"));
    http_respond(exchange, reply, sending);
    http_reply_unref(reply);
}

static void respond_extra(http_exchange *exchange)
{
    char extra[620] = "X-Extra: ";
    memset(extra + 9, 'e', 600);
    memcpy(extra + 609, "\r\n", 3);
    respond_with(exchange, 200, "", &(http_sending) { .extra_headers = extra });
}

static void handle(void *context, http_exchange *exchange)
{
    fixture *f = context;
    const assay_span path = http_exchange_request(exchange)->path;
    const uint8_t *room = http_exchange_room(exchange);
    for (size_t i = 0; i < HTTP_EXCHANGE_ROOM; i++) {
        if (room[i] != 0)
            abort();
    }
    memset(http_exchange_room(exchange), 0x55, HTTP_EXCHANGE_ROOM);
    if (span_is(path, "/echo"))
        respond_echo(exchange);
    else if (span_is(path, "/late"))
        respond_by_thread(exchange);
    else if (span_is(path, "/held"))
        hold(f, exchange);
    else if (span_is(path, "/large"))
        http_respond(exchange, f->large, NULL);
    else if (span_is(path, "/bare"))
        respond_with(exchange, 304, "ETag: \"a\"\r\n", &(http_sending) { .without_body = true });
    else if (span_is(path, "/close"))
        respond_with(exchange, 200, "", &(http_sending) { .close = true });
    else if (span_is(path, "/extra"))
        respond_extra(exchange);
    else if (span_is(path, "/nothing"))
        http_respond(exchange, NULL, NULL);
    else
        respond_text(exchange, 404, "no such path\n");
}

static void refused(void *context, const char *address, unsigned code, const char *why,
                    char headers[HTTP_REFUSED_HEADERS_SIZE])
{
    fixture *f = context;
    pthread_mutex_lock(&f->lock);
    f->refused_code = code;
    f->refused_count++;
    snprintf(headers, HTTP_REFUSED_HEADERS_SIZE, "Request-ID: %zu\r\n", f->refused_count);
    snprintf(f->refused_why, sizeof(f->refused_why), "%s: %s", address, why);
    pthread_mutex_unlock(&f->lock);
}

/* ---- The server ------------------------------------------------------------------------------ */

void fixture_begin(fixture *f)
{
    memset(f, 0, sizeof(*f));
    snprintf(f->folder, sizeof(f->folder), "/tmp/http-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->settings.listeners[0] = (http_listener) { .address = "127.0.0.1", .fd = -1 };
    f->settings.listener_count = 1;
    f->settings.handler = handle;
    f->settings.refused = refused;
    f->settings.context = f;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
}

void fixture_start(fixture *f)
{
    assay_error err = { 0 };
    char *large = test_malloc(FIXTURE_LARGE);
    memset(large, 'L', FIXTURE_LARGE);
    f->large = http_reply_new(200, "", span_of(large, FIXTURE_LARGE));
    test_free(large);
    if (http_server_start(&f->settings, &f->server, &err) != ASSAY_OK)
        test_fail("%s: %s", err.where, err.detail);
}

void fixture_stop(fixture *f)
{
    char command[128];
    fixture_release(f);
    http_server_free(f->server);
    http_reply_unref(f->large);
    pthread_mutex_destroy(&f->lock);
    pthread_cond_destroy(&f->changed);
    snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
}

void fixture_wait_held(fixture *f, size_t count)
{
    struct timespec until;
    int code = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_MS / 1000;
    pthread_mutex_lock(&f->lock);
    while (code == 0 && f->held_count < count)
        code = pthread_cond_timedwait(&f->changed, &f->lock, &until);
    const size_t held = f->held_count;
    pthread_mutex_unlock(&f->lock);
    assert_true(held >= count);
}

void fixture_release(fixture *f)
{
    http_exchange *held[COUNT_OF(f->held)];
    pthread_mutex_lock(&f->lock);
    const size_t count = f->held_count;
    memcpy(held, f->held, sizeof(held));
    f->held_count = 0;
    pthread_mutex_unlock(&f->lock);
    for (size_t i = 0; i < count; i++)
        respond_text(held[i], 200, "held\n");
}

unsigned fixture_refused(fixture *f, size_t *count)
{
    pthread_mutex_lock(&f->lock);
    const unsigned code = f->refused_code;
    if (count != NULL)
        *count = f->refused_count;
    pthread_mutex_unlock(&f->lock);
    return code;
}

void fixture_wait_open(fixture *f, uint64_t count)
{
    http_statistics now = { .open = UINT64_MAX };
    const int64_t until = now_ms() + PATIENCE_MS;
    for (;;) {
        http_server_statistics(f->server, &now);
        if (now.open == count)
            return;
        if (now_ms() > until)
            test_fail("%ju connections are open, want %ju", (uintmax_t)now.open, (uintmax_t)count);
        pause_ms(2);
    }
}

/* ---- The client ------------------------------------------------------------------------------ */

int client_socket(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = { PATIENCE_MS / 1000, 0 };
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return fd;
}

bool client_join(int fd, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

int client_connect(const fixture *f, size_t listener)
{
    const int fd = client_socket();
    assert_true(client_join(fd, http_server_port(f->server, listener)));
    return fd;
}

void client_send(int fd, const void *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* a server that refuses may have closed already; the reply tells */
        bytes = (const char *)bytes + sent;
        size -= (size_t)sent;
    }
}

void client_send_text(int fd, const char *text)
{
    client_send(fd, text, strlen(text));
}

/* Byte by byte, so that a following reply stays in the socket. */
static bool head_received(int fd, client_reply *reply)
{
    size_t size = 0;
    while (size + 1 < sizeof(reply->head)) {
        if (recv(fd, reply->head + size, 1, 0) != 1)
            return false;
        reply->head[++size] = '\0';
        if (size >= 4 && memcmp(reply->head + size - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

client_reply client_receive(int fd, http_method method)
{
    client_reply reply = { 0 };
    if (!head_received(fd, &reply) || sscanf(reply.head, "HTTP/1.1 %u ", &reply.code) != 1)
        return (client_reply) { 0 };
    const char *length = strstr(reply.head, "Content-Length: ");
    reply.body_size = length == NULL || method == HTTP_HEAD || reply.code == 304
                          ? 0
                          : strtoul(length + 16, NULL, 10);
    reply.body = test_malloc(reply.body_size + 1);
    for (size_t at = 0; at < reply.body_size;) {
        const ssize_t got = recv(fd, reply.body + at, reply.body_size - at, 0);
        if (got <= 0)
            test_fail("the body ends after %zu of %zu bytes", at, reply.body_size);
        at += (size_t)got;
    }
    reply.body[reply.body_size] = '\0';
    return reply;
}

void client_reply_free(client_reply *reply)
{
    if (reply->body != NULL)
        test_free(reply->body);
    reply->body = NULL;
}

unsigned client_code(int fd, const char *request)
{
    client_send_text(fd, request);
    client_reply reply = client_receive(fd, HTTP_GET);
    client_reply_free(&reply);
    return reply.code;
}

bool client_sees_end(int fd)
{
    char byte;
    return recv(fd, &byte, 1, 0) == 0;
}
