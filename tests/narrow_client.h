/* narrow_client.h: an HTTP client as narrow as can be: one request, one connection, every byte as
 * it came. For tests of servers. */
#ifndef TESTS_NARROW_CLIENT_H
#define TESTS_NARROW_CLIENT_H

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

enum { DEADLINE_MS = 60000, ANSWER_MAX = 1 << 20, TARGET_SIZE = 4096 };

static inline int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- A client as narrow as can be ---- */

static inline int connect_to(const char *url)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)atoi(strrchr(url, ':') + 1)) };
    assert_int_equal(inet_pton(AF_INET, "127.0.0.1", &address.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static inline void send_request(int fd, const char *method, const char *target, const char *body)
{
    char text[TARGET_SIZE];
    int size = snprintf(text, sizeof(text),
                        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        method, target, strlen(body), body);
    assert_true(size > 0 && size < (int)sizeof(text));
    assert_int_equal(send(fd, text, (size_t)size, MSG_NOSIGNAL), size);
}

/* All that comes until the connection ends, with a NUL behind; at most ANSWER_MAX. */
static inline size_t read_answer(int fd, char *out)
{
    size_t size = 0;
    int64_t deadline = now_ms() + DEADLINE_MS;
    while (size < ANSWER_MAX) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        if (poll(&wait, 1, (int)(deadline - now_ms())) <= 0)
            test_fail("no end after %d ms", DEADLINE_MS);
        ssize_t part = recv(fd, out + size, ANSWER_MAX - size, 0);
        if (part <= 0)
            break;
        size += (size_t)part;
    }
    out[size] = '\0';
    return size;
}

typedef struct answer {
    char *text;
    size_t size;
    int64_t took_ms;
} answer;

static inline answer exchange(const char *url, const char *method, const char *target,
                              const char *body)
{
    answer a = { .text = malloc(ANSWER_MAX + 1) };
    assert_non_null(a.text);
    int64_t begin = now_ms();
    int fd = connect_to(url);
    send_request(fd, method, target, body);
    a.size = read_answer(fd, a.text);
    a.took_ms = now_ms() - begin;
    close(fd);
    return a;
}

/* 0: no status line came. */
static inline int status_of(const answer *a)
{
    return a->size > 12 && memcmp(a->text, "HTTP/1.1 ", 9) == 0 ? atoi(a->text + 9) : 0;
}

static inline size_t body_size(const answer *a)
{
    const char *end = strstr(a->text, "\r\n\r\n");
    return end != NULL ? a->size - (size_t)(end + 4 - a->text) : 0;
}

static inline size_t announced_size(const answer *a)
{
    const char *length = strstr(a->text, "Content-Length: ");
    return length != NULL ? strtoul(length + strlen("Content-Length: "), NULL, 10) : 0;
}

#endif
