/* http_fixture.h: a server on loopback with a handler made for tests, and a client of raw bytes. */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H

#include <pthread.h>

#include "http/server.h"

/* What the handler does, by path:
 *   /echo      the body back, with X-Method, X-Path, X-Query, X-Address, X-Security and
 * X-Certificate /late      answered by another thread, 30 ms later /held      kept until
 * fixture_release() /large     4 MiB of 'L' /bare      304 with an ETag, and no body /close     the
 * connection is closed behind it /extra     600 bytes of extra headers else 404. */
typedef struct fixture {
    http_server *server;
    http_settings settings; /* to be changed before fixture_start() */
    char folder[64];        /* for files of this test; removed by fixture_stop() */
    http_reply *large;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    http_exchange *held[64];
    size_t held_count;
    unsigned refused_code; /* of the last refusal */
    char refused_why[160];
    size_t refused_count;
} fixture;

enum { FIXTURE_LARGE = 4 * 1024 * 1024 };

/* One plain listener on a port of the system's choice, short deadlines. */
void fixture_begin(fixture *f);
void fixture_start(fixture *f);
void fixture_stop(fixture *f);

/* Waits until `count` requests for /held are in the handler's hands; fails after ten seconds. */
void fixture_wait_held(fixture *f, size_t count);
/* Answers them all from this thread. */
void fixture_release(fixture *f);

/* The code of the last refusal that the server told of; how many there were (NULL: never mind). */
unsigned fixture_refused(fixture *f, size_t *count);

/* Waits until the server has this many open connections; fails after ten seconds. */
void fixture_wait_open(fixture *f, uint64_t count);

/* ---- The client: every wait ends after ten seconds ------------------------------------------- */

int client_connect(const fixture *f, size_t listener);
/* In two steps, for who counts descriptors; false when nobody listens. */
int client_socket(void);
bool client_join(int fd, uint16_t port);
void client_send(int fd, const void *bytes, size_t size);
void client_send_text(int fd, const char *text);
/* One reply, its body by Content-Length unless `method` is HEAD; code 0 when the connection ends
 * before. */
typedef struct client_reply {
    unsigned code;
    char head[4096];
    char *body; /* test_malloc'd; freed by client_reply_free() */
    size_t body_size;
} client_reply;
client_reply client_receive(int fd, http_method method);
void client_reply_free(client_reply *reply);
/* Sends, receives, frees: the code. */
unsigned client_code(int fd, const char *request);
/* True when the peer closes without sending anything more. */
bool client_sees_end(int fd);

/* Milliseconds of the monotonic clock. */
int64_t now_ms(void);
void pause_ms(long milliseconds);

#endif
