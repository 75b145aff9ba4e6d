/* listener.h: a listening socket, bound by us or handed in, with its certificates. */
#ifndef ASSAY_HTTP_LISTENER_H
#define ASSAY_HTTP_LISTENER_H

#include <pthread.h>

#include <openssl/ssl.h>

#include "http/server.h"

typedef struct listener {
    int fd;
    bool inherited;       /* by socket activation: who comes next goes on with its queue */
    char *path;           /* of a unix socket that we made, to be removed; owned */
    http_tls_files files; /* owned copies */
    pthread_mutex_t lock; /* of `tls` */
    SSL_CTX *tls;         /* NULL: plain */
} listener;

/* Zeroed before, so that listener_close() is always right afterwards. */
assay_status listener_open(const http_listener *wanted, size_t number, listener *out,
                           assay_error *err);
void listener_close(listener *l);

/* Stops listening; everything else stays. */
void listener_stop(listener *l);

/* 0 for unix sockets. */
uint16_t listener_port(const listener *l);

/* A reference, to be freed; NULL for plain listeners. */
SSL_CTX *listener_context(listener *l);

/* A context from the files as they are now; and putting it in the old one's place. */
assay_status listener_load(const listener *l, SSL_CTX **out, assay_error *err);
void listener_use(listener *l, SSL_CTX *context);

#endif
