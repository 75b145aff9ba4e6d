/* stub_service.c: a thread that answers HTTP requests from a table. */
#include "stub_service.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

enum { HEAD_MAX = 16384, LOG_MAX = 65536 };

struct stub_service {
    const stub_reply *rows;
    size_t count;
    int listener;
    unsigned port;
    pthread_t thread;
    pthread_mutex_t lock;
    char log[LOG_MAX], taken[LOG_MAX];
    char headers[HEAD_MAX], headers_taken[HEAD_MAX];
};

static bool head_read(int connection, char head[HEAD_MAX])
{
    size_t used = 0;
    head[0] = '\0';
    while (strstr(head, "\r\n\r\n") == NULL) {
        const ssize_t got = recv(connection, head + used, HEAD_MAX - 1 - used, 0);
        if (got <= 0)
            return false;
        used += (size_t)got;
        head[used] = '\0';
    }
    return true;
}

static void all_send(int connection, const void *data, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        const ssize_t now = send(connection, (const char *)data + sent, size - sent, MSG_NOSIGNAL);
        if (now <= 0)
            return;
        sent += (size_t)now;
    }
}

static bool path_ends(const char *path, size_t size, const char *end)
{
    const size_t end_size = strlen(end);
    return size >= end_size && memcmp(path + size - end_size, end, end_size) == 0;
}

static const stub_reply *reply_find(const stub_service *service, const char *head)
{
    static const stub_reply none = { "", 404, NULL, { NULL, 0 } };
    const char *path = strchr(head, ' ') + 1;
    const size_t size = strcspn(path, "? ");
    for (size_t i = 0; i < service->count; i++) {
        if (path_ends(path, size, service->rows[i].path))
            return &service->rows[i];
    }
    return &none;
}

static void asked_keep(stub_service *service, const char *head)
{
    pthread_mutex_lock(&service->lock);
    const size_t used = strlen(service->log);
    snprintf(service->log + used, sizeof(service->log) - used, "%.*s\n",
             (int)(strcspn(head, "\r") - strlen(" HTTP/1.1")), head);
    snprintf(service->headers, sizeof(service->headers), "%s", strchr(head, '\n') + 1);
    pthread_mutex_unlock(&service->lock);
}

static void answer(stub_service *service, int connection)
{
    char head[HEAD_MAX], line[256];
    if (!head_read(connection, head))
        return;
    asked_keep(service, head);
    const stub_reply *reply = reply_find(service, head);
    if (reply->code == 0)
        return;
    snprintf(line, sizeof(line), "HTTP/1.1 %u X\r\nContent-Length: %zu\r\nConnection: close\r\n",
             reply->code, reply->body.size);
    all_send(connection, line, strlen(line));
    if (reply->headers != NULL)
        all_send(connection, reply->headers, strlen(reply->headers));
    all_send(connection, "\r\n", 2);
    all_send(connection, reply->body.data, reply->body.size);
}

static void *serve(void *context)
{
    stub_service *service = context;
    for (;;) {
        const int connection = accept(service->listener, NULL, NULL);
        if (connection < 0)
            return NULL;
        answer(service, connection);
        shutdown(connection, SHUT_WR);
        close(connection);
    }
}

stub_service *stub_service_start(const stub_reply *rows, size_t count)
{
    stub_service *service = calloc(1, sizeof(*service));
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof(address);
    assert_non_null(service);
    service->rows = rows;
    service->count = count;
    pthread_mutex_init(&service->lock, NULL);
    service->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(service->listener >= 0);
    assert_int_equal(bind(service->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(service->listener, 16), 0);
    assert_int_equal(getsockname(service->listener, (struct sockaddr *)&address, &size), 0);
    service->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&service->thread, NULL, serve, service), 0);
    return service;
}

void stub_service_stop(stub_service *service)
{
    shutdown(service->listener, SHUT_RDWR);
    pthread_join(service->thread, NULL);
    close(service->listener);
    pthread_mutex_destroy(&service->lock);
    free(service);
}

unsigned stub_service_port(const stub_service *service)
{
    return service->port;
}

const char *stub_service_asked(stub_service *service)
{
    pthread_mutex_lock(&service->lock);
    memcpy(service->taken, service->log, sizeof(service->taken));
    service->log[0] = '\0';
    pthread_mutex_unlock(&service->lock);
    return service->taken;
}

const char *stub_service_headers(stub_service *service)
{
    pthread_mutex_lock(&service->lock);
    memcpy(service->headers_taken, service->headers, sizeof(service->headers_taken));
    pthread_mutex_unlock(&service->lock);
    return service->headers_taken;
}
