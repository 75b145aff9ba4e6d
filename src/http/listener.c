/* listener.c: binds, or takes what socket activation brought. */
#include "http/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/memory.h"
#include "http/tls.h"

enum { BACKLOG = 1024 };

static char *text_copy(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = memory_new(size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

static assay_status file_name_copy(const char *name, const char **out, assay_error *err)
{
    if (name == NULL)
        return ASSAY_OK;
    *out = text_copy(name);
    return *out != NULL ? ASSAY_OK
                        : fail(err, ASSAY_NO_MEMORY, "listen", ASSAY_NO_OFFSET, "no memory left");
}

/* ---- Addresses ------------------------------------------------------------------------------- */

typedef struct endpoint {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } at;
    socklen_t size;
} endpoint;

static const char local_prefix[] = "unix:";

static bool endpoint_read(const http_listener *wanted, endpoint *out)
{
    const size_t prefix = sizeof(local_prefix) - 1;
    memset(out, 0, sizeof(*out));
    if (strncmp(wanted->address, local_prefix, prefix) == 0) {
        const size_t size = strlen(wanted->address + prefix);
        if (size == 0 || size >= sizeof(out->at.local.sun_path))
            return false;
        out->at.local.sun_family = AF_UNIX;
        memcpy(out->at.local.sun_path, wanted->address + prefix, size);
        out->size = sizeof(out->at.local);
        return true;
    }
    out->at.v4.sin_family = AF_INET;
    out->at.v4.sin_port = htons(wanted->port);
    out->size = sizeof(out->at.v4);
    if (inet_pton(AF_INET, wanted->address, &out->at.v4.sin_addr) == 1)
        return true;
    memset(out, 0, sizeof(*out));
    out->at.v6.sin6_family = AF_INET6;
    out->at.v6.sin6_port = htons(wanted->port);
    out->size = sizeof(out->at.v6);
    return inet_pton(AF_INET6, wanted->address, &out->at.v6.sin6_addr) == 1;
}

/* A socket file that nobody listens on any more would be in the way. */
static void stale_socket_removed(const endpoint *e)
{
    struct stat found;
    if (lstat(e->at.local.sun_path, &found) != 0 || !S_ISSOCK(found.st_mode))
        return;
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return;
    if (connect(probe, &e->at.any, e->size) != 0 && errno == ECONNREFUSED)
        unlink(e->at.local.sun_path);
    close(probe);
}

/* ---- Sockets --------------------------------------------------------------------------------- */

/* TCP_NODELAY is handed on to what is accepted: each of our writes is a whole message. */
static void tcp_options_set(int fd)
{
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static const char *bind_advice(int code)
{
    switch (code) {
    case EADDRINUSE:
        return "another program listens there: stop it, or choose another port";
    case EADDRNOTAVAIL:
        return "no interface has this address: name one of this machine";
    case EACCES:
        return "not allowed: take a port from 1024 on, or another folder";
    default:
        return "choose another address";
    }
}

static assay_status bind_failed(const http_listener *wanted, const char *where, assay_error *err)
{
    const int code = errno;
    return fail(err, ASSAY_ENVIRONMENT, where, ASSAY_NO_OFFSET,
                "can't listen on %s port %u (%s): %s", wanted->address, wanted->port,
                strerror(code), bind_advice(code));
}

static assay_status bound(const http_listener *wanted, const char *where, listener *out,
                          assay_error *err)
{
    endpoint e;
    if (wanted->address == NULL || !endpoint_read(wanted, &e))
        return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET,
                    "%s is no address: an IPv4 or IPv6 address, or unix:PATH, is wanted",
                    wanted->address == NULL ? "nothing" : wanted->address);
    out->fd = socket(e.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (out->fd < 0)
        return bind_failed(wanted, where, err);
    if (e.at.any.sa_family == AF_UNIX)
        stale_socket_removed(&e);
    else
        tcp_options_set(out->fd);
    if (bind(out->fd, &e.at.any, e.size) != 0)
        return bind_failed(wanted, where, err);
    if (e.at.any.sa_family == AF_UNIX)
        out->path = text_copy(e.at.local.sun_path);
    if (listen(out->fd, BACKLOG) != 0)
        return bind_failed(wanted, where, err);
    return ASSAY_OK;
}

static assay_status adopted(const http_listener *wanted, const char *where, listener *out,
                            assay_error *err)
{
    int listens = 0;
    socklen_t size = sizeof(listens);
    if (getsockopt(wanted->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
        return fail(err, ASSAY_ENVIRONMENT, where, ASSAY_NO_OFFSET,
                    "descriptor %d is no listening socket", wanted->fd);
    out->fd = wanted->fd;
    out->inherited = true;
    tcp_options_set(out->fd);
    fcntl(out->fd, F_SETFD, FD_CLOEXEC);
    if (fcntl(out->fd, F_SETFL, fcntl(out->fd, F_GETFL) | O_NONBLOCK) != 0)
        return fail(err, ASSAY_ENVIRONMENT, where, ASSAY_NO_OFFSET, "descriptor %d: %s", wanted->fd,
                    strerror(errno));
    return ASSAY_OK;
}

assay_status listener_open(const http_listener *wanted, size_t number, listener *out,
                           assay_error *err)
{
    char where[32];
    snprintf(where, sizeof(where), "listen[%zu]", number);
    out->fd = -1;
    pthread_mutex_init(&out->lock, NULL);
    TRY(file_name_copy(wanted->tls.certificate_file, &out->files.certificate_file, err));
    TRY(file_name_copy(wanted->tls.key_file, &out->files.key_file, err));
    TRY(file_name_copy(wanted->tls.client_ca_file, &out->files.client_ca_file, err));
    TRY(listener_load(out, &out->tls, err));
    if (wanted->fd >= 0)
        return adopted(wanted, where, out, err);
    return bound(wanted, where, out, err);
}

void listener_stop(listener *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    if (l->path != NULL)
        unlink(l->path);
    memory_free(l->path);
    l->path = NULL;
}

void listener_close(listener *l)
{
    listener_stop(l);
    SSL_CTX_free(l->tls);
    memory_free((void *)(uintptr_t)l->files.certificate_file);
    memory_free((void *)(uintptr_t)l->files.key_file);
    memory_free((void *)(uintptr_t)l->files.client_ca_file);
    pthread_mutex_destroy(&l->lock);
}

uint16_t listener_port(const listener *l)
{
    endpoint e = { .size = sizeof(e.at) };
    if (getsockname(l->fd, &e.at.any, &e.size) != 0)
        return 0;
    if (e.at.any.sa_family == AF_INET)
        return ntohs(e.at.v4.sin_port);
    return e.at.any.sa_family == AF_INET6 ? ntohs(e.at.v6.sin6_port) : 0;
}

/* ---- Certificates ---------------------------------------------------------------------------- */

SSL_CTX *listener_context(listener *l)
{
    if (l->files.certificate_file == NULL)
        return NULL;
    pthread_mutex_lock(&l->lock);
    SSL_CTX *context = l->tls;
    SSL_CTX_up_ref(context);
    pthread_mutex_unlock(&l->lock);
    return context;
}

assay_status listener_load(const listener *l, SSL_CTX **out, assay_error *err)
{
    *out = NULL;
    return l->files.certificate_file == NULL ? ASSAY_OK : tls_context_new(&l->files, out, err);
}

void listener_use(listener *l, SSL_CTX *context)
{
    pthread_mutex_lock(&l->lock);
    SSL_CTX *old = l->tls;
    l->tls = context;
    pthread_mutex_unlock(&l->lock);
    SSL_CTX_free(old);
}
