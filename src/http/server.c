/* server.c: from settings to running loops, and their end. */
#include "http/server.h"

#include <signal.h>
#include <time.h>

#include "base/memory.h"
#include "http/loop.h"

/* ---- Settings -------------------------------------------------------------------------------- */

static unsigned or_default(unsigned value, unsigned usual)
{
    return value == 0 ? usual : value;
}

static void settings_fill(http_server *server, const http_settings *settings)
{
    http_settings *s = &server->settings;
    *s = *settings;
    memset(s->listeners, 0, sizeof(s->listeners)); /* the texts are the caller's */
    s->loops = or_default(s->loops, 1);
    s->head_seconds = or_default(s->head_seconds, 10);
    s->body_seconds = or_default(s->body_seconds, 15);
    s->keep_alive_seconds = or_default(s->keep_alive_seconds, 60);
    s->send_seconds = or_default(s->send_seconds, 30);
    s->connections = or_default(s->connections, 20000);
    server->limits.head_size = s->head_size == 0 ? 16 * 1024 : s->head_size;
    server->limits.body_size = s->body_size == 0 ? 2 * 1024 * 1024 : s->body_size;
}

static assay_status settings_check(const http_settings *settings, assay_error *err)
{
    if (settings->listener_count == 0 || settings->listener_count > HTTP_LISTENER_MAX)
        return fail(err, ASSAY_USAGE, "listen", ASSAY_NO_OFFSET, "%zu listeners, want 1 to %d",
                    settings->listener_count, HTTP_LISTENER_MAX);
    if (settings->handler == NULL)
        return fail(err, ASSAY_USAGE, "handler", ASSAY_NO_OFFSET, "there is no handler");
    if (settings->loops > 256)
        return fail(err, ASSAY_USAGE, "loops", ASSAY_NO_OFFSET, "%u loops, at most 256",
                    settings->loops);
    return ASSAY_OK;
}

/* ---- Start ----------------------------------------------------------------------------------- */

static assay_status parts_made(http_server *server, const http_settings *settings, assay_error *err)
{
    server->method = transport_method_new();
    server->peers = peers_new(settings->connections_per_address);
    server->loops = memory_new(server->settings.loops * sizeof(loop));
    if (server->method == NULL || server->peers == NULL || server->loops == NULL)
        return fail(err, ASSAY_NO_MEMORY, "server", ASSAY_NO_OFFSET, "no memory left");
    for (size_t i = 0; i < settings->listener_count; i++) {
        server->listener_count++;
        TRY(listener_open(&settings->listeners[i], i, &server->listeners[i], err));
    }
    for (size_t i = 0; i < server->settings.loops; i++) {
        server->loop_count++;
        TRY(loop_open(&server->loops[i], server, err));
    }
    return ASSAY_OK;
}

/* Signals are for the program's own thread. */
static assay_status threads_started(http_server *server, assay_error *err)
{
    sigset_t all, before;
    int code = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (code == 0 && server->running < server->loop_count) {
        loop *l = &server->loops[server->running];
        code = pthread_create(&l->thread, NULL, loop_run, l);
        server->running += code == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0)
        return fail(err, ASSAY_ENVIRONMENT, "loops", ASSAY_NO_OFFSET, "can't start a thread (%s)",
                    strerror(code));
    return ASSAY_OK;
}

static void locks_made(http_server *server)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&server->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

assay_status http_server_start(const http_settings *settings, http_server **out, assay_error *err)
{
    TRY(settings_check(settings, err));
    http_server *server = memory_new(sizeof(*server));
    if (server == NULL)
        return fail(err, ASSAY_NO_MEMORY, "server", ASSAY_NO_OFFSET, "no memory left");
    locks_made(server);
    settings_fill(server, settings);
    assay_status status = parts_made(server, settings, err);
    if (status == ASSAY_OK)
        status = threads_started(server, err);
    if (status != ASSAY_OK) {
        http_server_free(server);
        return status;
    }
    *out = server;
    return ASSAY_OK;
}

uint16_t http_server_port(const http_server *server, size_t number)
{
    return number < server->listener_count ? listener_port(&server->listeners[number]) : 0;
}

/* ---- While it runs --------------------------------------------------------------------------- */

assay_status http_server_reload_tls(http_server *server, assay_error *err)
{
    SSL_CTX *fresh[HTTP_LISTENER_MAX] = { NULL };
    assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < server->listener_count; i++)
        status = listener_load(&server->listeners[i], &fresh[i], err);
    for (size_t i = 0; i < server->listener_count; i++) {
        if (status == ASSAY_OK)
            listener_use(&server->listeners[i], fresh[i]);
        else
            SSL_CTX_free(fresh[i]);
    }
    return status;
}

void http_server_statistics(const http_server *server, http_statistics *out)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < server->loop_count; i++) {
        const loop_counters *c = &server->loops[i].counters;
        out->accepted += atomic_load_explicit(&c->accepted, memory_order_relaxed);
        out->requests += atomic_load_explicit(&c->requests, memory_order_relaxed);
        out->refused += atomic_load_explicit(&c->refused, memory_order_relaxed);
        out->handshakes += atomic_load_explicit(&c->handshakes, memory_order_relaxed);
        out->resumed += atomic_load_explicit(&c->resumed, memory_order_relaxed);
        out->open += atomic_load_explicit(&c->open, memory_order_relaxed);
    }
}

/* ---- The end --------------------------------------------------------------------------------- */

static void loops_wake(http_server *server)
{
    for (size_t i = 0; i < server->running; i++)
        loop_wake(&server->loops[i]);
}

static uint64_t connections_open(const http_server *server)
{
    http_statistics now;
    http_server_statistics(server, &now);
    return now.open;
}

void http_server_drain(http_server *server, unsigned seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    atomic_store(&server->draining, true);
    loops_wake(server);
    pthread_mutex_lock(&server->lock);
    int code = 0;
    while (code == 0 && server->deaf < server->running)
        code = pthread_cond_timedwait(&server->changed, &server->lock, &until);
    for (size_t i = 0; code == 0 && i < server->listener_count; i++)
        listener_stop(&server->listeners[i]);
    while (code == 0 && connections_open(server) > 0)
        code = pthread_cond_timedwait(&server->changed, &server->lock, &until);
    pthread_mutex_unlock(&server->lock);
}

void http_server_free(http_server *server)
{
    if (server == NULL)
        return;
    atomic_store(&server->stopping, true);
    loops_wake(server);
    for (size_t i = 0; i < server->running; i++)
        pthread_join(server->loops[i].thread, NULL);
    for (size_t i = 0; i < server->loop_count; i++)
        loop_close(&server->loops[i]);
    for (size_t i = 0; i < server->listener_count; i++)
        listener_close(&server->listeners[i]);
    memory_free(server->loops);
    peers_free(server->peers);
    BIO_meth_free(server->method);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    memory_free(server);
}
