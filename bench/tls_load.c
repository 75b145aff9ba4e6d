/* tls_load.c: HTTPS requests as Intel's QPL makes them: a new connection for each, and verified.
 *
 *     tls_load PORT PATH SECONDS full|resumed CA_FILE
 *
 * Several clients take turns on the cores that this process may use. Prints how many requests were
 * answered with 200, and how many of them on a resumed session. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "bench.h"

enum { CLIENTS = 8 };

typedef struct load {
    SSL_CTX *context;
    struct sockaddr_in server;
    char request[512];
    size_t request_size;
    int resume;
    double until;
    _Atomic unsigned long answered, resumed, failed;
} load;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int connected(const load *l)
{
    const int on = 1;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&l->server, sizeof(l->server)) != 0)
        bench_die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

/* Reads one reply to the end of its body; whether it was 200. */
static int reply_read(SSL *tls)
{
    char text[32 * 1024];
    size_t size = 0, got = 0, wanted = 0;
    while (size < sizeof(text) - 1 &&
           SSL_read_ex(tls, text + size, sizeof(text) - 1 - size, &got) == 1) {
        size += got;
        text[size] = '\0';
        const char *body = strstr(text, "\r\n\r\n");
        const char *length = strstr(text, "Content-Length: ");
        if (body == NULL || length == NULL)
            continue;
        wanted = (size_t)(body + 4 - text) + strtoul(length + 16, NULL, 10);
        if (size >= wanted)
            return strncmp(text, "HTTP/1.1 200 ", 13) == 0;
    }
    return 0;
}

/* One connection, one request; the session for the next one in *session. */
static int visit(load *l, SSL_SESSION **session)
{
    const int fd = connected(l);
    SSL *tls = SSL_new(l->context);
    size_t written;
    if (tls == NULL || SSL_set_fd(tls, fd) != 1)
        bench_die("SSL_new");
    if (*session != NULL)
        SSL_set_session(tls, *session);
    const int good = SSL_connect(tls) == 1 &&
                     SSL_write_ex(tls, l->request, l->request_size, &written) == 1 &&
                     reply_read(tls);
    if (good && SSL_session_reused(tls))
        l->resumed++;
    if (good && l->resume) {
        SSL_SESSION_free(*session);
        *session = SSL_get1_session(tls);
    }
    SSL_shutdown(tls);
    SSL_free(tls);
    close(fd);
    return good;
}

static void *client(void *argument)
{
    load *l = argument;
    SSL_SESSION *session = NULL;
    while (now() < l->until) {
        if (visit(l, &session))
            l->answered++;
        else
            l->failed++;
    }
    SSL_SESSION_free(session);
    return NULL;
}

static SSL_CTX *context_new(const char *ca_file)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_load_verify_file(context, ca_file) != 1)
        bench_die(ca_file);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    return context;
}

int main(int argc, char **argv)
{
    static load l;
    pthread_t threads[CLIENTS];
    if (argc != 6)
        bench_die("tls_load PORT PATH SECONDS full|resumed CA_FILE");
    l.context = context_new(argv[5]);
    l.server.sin_family = AF_INET;
    l.server.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    l.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    l.request_size =
        (size_t)snprintf(l.request, sizeof(l.request),
                         "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n", argv[2]);
    l.resume = strcmp(argv[4], "resumed") == 0;
    l.until = now() + strtod(argv[3], NULL);
    for (int i = 0; i < CLIENTS; i++) {
        if (pthread_create(&threads[i], NULL, client, &l) != 0)
            bench_die("pthread_create");
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    printf("%lu %lu\n", l.answered, l.resumed);
    SSL_CTX_free(l.context);
    if (l.failed > 0)
        fprintf(stderr, "tls_load: %lu requests failed\n", l.failed);
    return l.failed > 0;
}
