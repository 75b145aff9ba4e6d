/* scripted_server.h: an HTTP server on loopback that says what a test has written down, faults
 * included, and remembers what it was asked. One connection at a time. */
#ifndef TESTS_SCRIPTED_SERVER_H
#define TESTS_SCRIPTED_SERVER_H

#include "base/span.h"

typedef enum scripted_form {
    SCRIPTED_WHOLE = 0,
    SCRIPTED_SILENT,    /* accepts, and says nothing */
    SCRIPTED_SLOW,      /* the body a byte at a time, without end */
    SCRIPTED_TRUNCATED, /* half of the body, then the connection closes */
    SCRIPTED_CLOSED,    /* closes without a word */
    SCRIPTED_ENDLESS    /* a body without end, as fast as it is taken */
} scripted_form;

typedef struct scripted_reply {
    const char *path;    /* only for requests whose path begins so; NULL: any */
    unsigned code;       /* 0: 200 */
    const char *headers; /* "Name: value\r\n"...; NULL: none. Content-Length is added */
    const char *body;    /* NULL: empty */
    scripted_form form;
    unsigned times; /* how often it is given before the next row counts; 0: for ever */
} scripted_reply;

typedef struct scripted_server scripted_server;

/* `replies` must outlive the server. Ends the test when it can't start. */
scripted_server *scripted_server_start(const scripted_reply *replies, size_t count);
void scripted_server_stop(scripted_server *server);

/* "http://127.0.0.1:PORT" */
const char *scripted_server_url(const scripted_server *server);

size_t scripted_server_requests(scripted_server *server);
size_t scripted_server_connections(scripted_server *server);

/* Head and body of the request `index`; NUL behind. */
const char *scripted_server_request(scripted_server *server, size_t index);

#endif
