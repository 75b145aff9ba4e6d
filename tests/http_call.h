/* http_call.h: a plain HTTP/1.1 client for tests: one request, one reply, nothing hidden. */
#ifndef TESTS_HTTP_CALL_H
#define TESTS_HTTP_CALL_H

#include <stddef.h>
#include <stdint.h>

typedef struct http_called {
    unsigned code; /* 0: no reply, or one that is none */
    char *head;    /* status line and headers, NUL behind */
    char *body;    /* NUL behind */
    size_t body_size;
} http_called;

/* A new connection to 127.0.0.1:port, closed afterwards. `headers` is finished lines ("A: b\r\n"),
 * or NULL; `body` NULL sends none. http_called_free(). */
http_called http_call(uint16_t port, const char *method, const char *target, const char *headers,
                      const char *body);

/* As above on an open connection (http_connect()), which is kept. */
int http_connect(uint16_t port);
http_called http_call_on(int fd, const char *method, const char *target, const char *headers,
                         const char *body);

/* Sends `bytes` as they are and reads one reply. */
http_called http_call_raw(uint16_t port, const char *bytes, size_t size);

/* The value of a header in any case, "" when it is absent; storage of the last
 * eight of this thread. */
const char *http_called_header(const http_called *called, const char *name);
void http_called_free(http_called *called);

/* GET, and only its code. */
unsigned http_code(uint16_t port, const char *target);

#endif
