/* http_call.c: a plain HTTP/1.1 client for tests. */
#define _GNU_SOURCE /* asprintf(3) */
#include "http_call.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { REPLY_SECONDS = 60, VALUE_SIZE = 8192 };

int http_connect(uint16_t port)
{
    const struct sockaddr_in to = { .sin_family = AF_INET,
                                    .sin_port = htons(port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct timeval wait = { .tv_sec = REPLY_SECONDS };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    return fd;
}

static int send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return -1;
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

typedef struct received {
    char *bytes;
    size_t size, room;
} received;

static int receive_more(int fd, received *in)
{
    if (in->room - in->size < 4096) {
        size_t room = in->room * 2 + 16384;
        char *bytes = realloc(in->bytes, room);
        if (bytes == NULL)
            return -1;
        in->bytes = bytes;
        in->room = room;
    }
    ssize_t got;
    do {
        got = recv(fd, in->bytes + in->size, in->room - in->size - 1, 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0)
        return -1;
    in->size += (size_t)got;
    in->bytes[in->size] = '\0';
    return 0;
}

const char *http_called_header(const http_called *called, const char *name)
{
    static _Thread_local char values[8][VALUE_SIZE];
    static _Thread_local unsigned next;
    char *value = values[next++ % 8];
    const size_t size = strlen(name);
    value[0] = '\0';
    for (const char *line = called->head; line != NULL; line = strstr(line, "\r\n")) {
        line += line == called->head ? 0 : 2;
        if (strncasecmp(line, name, size) == 0 && line[size] == ':') {
            line += size + 1;
            line += strspn(line, " ");
            snprintf(value, VALUE_SIZE, "%.*s", (int)strcspn(line, "\r"), line);
            break;
        }
    }
    return value;
}

/* By Content-Length; the server sends nothing else to HTTP/1.1 clients but replies without body. */
static int receive_body(int fd, received *in, size_t head_size, http_called *out)
{
    size_t wanted = strtoull(http_called_header(out, "Content-Length"), NULL, 10);
    while (in->size < head_size + wanted) {
        if (receive_more(fd, in) != 0)
            return -1;
    }
    out->body = calloc(1, wanted + 1);
    out->body_size = wanted;
    if (out->body != NULL && wanted > 0)
        memcpy(out->body, in->bytes + head_size, wanted);
    return out->body != NULL ? 0 : -1;
}

static http_called receive(int fd, int without_body)
{
    http_called out = { .code = 0 };
    received in = { .bytes = NULL };
    const char *end = NULL;
    while (end == NULL && receive_more(fd, &in) == 0)
        end = strstr(in.bytes, "\r\n\r\n");
    if (end != NULL && strncmp(in.bytes, "HTTP/1.", 7) == 0) {
        size_t head_size = (size_t)(end - in.bytes) + 4;
        out.head = strndup(in.bytes, head_size - 2);
        const unsigned code = (unsigned)strtoul(in.bytes + 9, NULL, 10);
        const int bare = without_body || code == 304; /* its length is that of the whole reply */
        if (out.head != NULL && (bare || receive_body(fd, &in, head_size, &out) == 0))
            out.code = code;
    }
    free(in.bytes);
    return out;
}

http_called http_call_on(int fd, const char *method, const char *target, const char *headers,
                         const char *body)
{
    char *text = NULL;
    http_called out = { .code = 0 };
    int size = body != NULL
                   ? asprintf(&text,
                              "%s %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %zu"
                              "\r\n\r\n%s",
                              method, target, headers != NULL ? headers : "", strlen(body), body)
                   : asprintf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, target,
                              headers != NULL ? headers : "");
    if (size > 0 && send_all(fd, text, (size_t)size) == 0)
        out = receive(fd, strcmp(method, "HEAD") == 0);
    free(text);
    return out;
}

http_called http_call(uint16_t port, const char *method, const char *target, const char *headers,
                      const char *body)
{
    http_called out = { .code = 0 };
    int fd = http_connect(port);
    if (fd < 0)
        return out;
    out = http_call_on(fd, method, target, headers, body);
    close(fd);
    return out;
}

http_called http_call_raw(uint16_t port, const char *bytes, size_t size)
{
    http_called out = { .code = 0 };
    int fd = http_connect(port);
    if (fd < 0)
        return out;
    if (send_all(fd, bytes, size) == 0)
        out = receive(fd, 0);
    close(fd);
    return out;
}

void http_called_free(http_called *called)
{
    free(called->head);
    free(called->body);
    *called = (http_called) { .code = 0 };
}

unsigned http_code(uint16_t port, const char *target)
{
    http_called called = http_call(port, "GET", target, NULL, NULL);
    unsigned code = called.code;
    http_called_free(&called);
    return code;
}
