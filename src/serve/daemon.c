/* daemon.c: the service as a process: start order, signals, reload, end. architecture.md
 * "Products"; collateral-service.md 7.12.
 *
 * Signals are blocked before the first thread starts and taken by this thread alone: SIGHUP reads
 * configuration and certificates again, SIGTERM and SIGINT end the service when the requests in
 * flight are answered. */
#define _GNU_SOURCE /* sched_getaffinity(2) */
#include "serve/daemon.h"

#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "http/server.h"
#include "serve/access.h"
#include "serve/config_load.h"
#include "serve/config_rows.h"
#include "serve/life.h"
#include "serve/listen.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/systemd.h"

/* Who steals the key of session tickets reads a day of TLS 1.2, not all that was recorded. */
enum { TICKET_KEY_MS = 24 * 3600 * 1000 };
enum { TICK_MS = 1000, LOOP_MAX = 8 };

typedef struct file_stamp {
    struct timespec changed;
    ino_t inode;
    off_t size;
} file_stamp;

typedef struct assay_daemon {
    const daemon_options *options;
    serve_config loaded;  /* as it was read */
    serve_config running; /* with sockets of systemd in place of addresses */
    listen_list listeners;
    listen_address addresses[LISTEN_MAX];
    service *service;
    http_server *server;
    sigset_t signals;
    file_stamp stamps[2]; /* of certificate and key */
    life life;
    unsigned watchdog_ms;
    int64_t alive_at;   /* monotonic milliseconds */
    int64_t tickets_at; /* when the keys of session tickets were made */
} assay_daemon;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Start ---- */

static unsigned loop_count(const serve_config *config)
{
    cpu_set_t processors;
    if (config->server.loops != 0)
        return config->server.loops;
    if (sched_getaffinity(0, sizeof(processors), &processors) != 0)
        return 1;
    int count = CPU_COUNT(&processors);
    return count < 1 ? 1 : count > LOOP_MAX ? LOOP_MAX : (unsigned)count;
}

static http_tls_files tls_of(const serve_config *config)
{
    if (config->server.certificate_file[0] == '\0')
        return (http_tls_files) { .certificate_file = NULL };
    return (http_tls_files) { .certificate_file = config->server.certificate_file,
                              .key_file = config->server.key_file,
                              .client_ca_file = config->server.client_ca_file[0] != '\0'
                                                    ? config->server.client_ca_file
                                                    : NULL };
}

static assay_status listeners_find(assay_daemon *d, http_settings *settings, assay_error *err)
{
    TRY(listen_list_of(&d->running, &d->listeners, err));
    settings->listener_count = d->listeners.count;
    for (size_t i = 0; i < d->listeners.count; i++) {
        listen_address *address = &d->addresses[i];
        TRY(listen_parse(d->listeners.at[i], "[server] listen", address, err));
        settings->listeners[i] =
            (http_listener) { .address = address->fd < 0 ? address->host : NULL,
                              .port = address->port,
                              .fd = address->fd,
                              .tls = tls_of(&d->running) };
    }
    return ASSAY_OK;
}

static assay_status server_start(assay_daemon *d, assay_error *err)
{
    const serve_config *config = &d->running;
    http_settings settings = { .loops = loop_count(config),
                               .head_size = config->server.head_size,
                               .body_size = config->server.body_size,
                               .head_seconds = config->server.head_seconds,
                               .body_seconds = config->server.body_seconds,
                               .keep_alive_seconds = config->server.keep_alive_seconds,
                               .connections = config->server.connections,
                               .connections_per_address = config->server.connections_per_address,
                               .handler = service_handle,
                               .refused = service_refused,
                               .context = d->service };
    TRY(listeners_find(d, &settings, err));
    TRY(http_server_start(&settings, &d->server, err));
    metrics_server_set(d->service->metrics, d->server);
    return ASSAY_OK;
}

/* Whether a port is asked for that only the privileged may bind. */
static sandbox_ports ports_of(const serve_config *config)
{
    listen_list list;
    listen_address address;
    if (listen_list_of(config, &list, NULL) != ASSAY_OK)
        return PORTS_ORDINARY;
    for (size_t i = 0; i < list.count; i++) {
        if (listen_parse(list.at[i], "", &address, NULL) == ASSAY_OK && address.port != 0 &&
            address.port < IPPORT_RESERVED)
            return PORTS_PRIVILEGED;
    }
    return PORTS_ORDINARY;
}

static void signals_block(assay_daemon *d)
{
    sigemptyset(&d->signals);
    sigaddset(&d->signals, SIGHUP);
    sigaddset(&d->signals, SIGTERM);
    sigaddset(&d->signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &d->signals, NULL);
}

/* ---- Ready ---- */

typedef struct url_text {
    char text[CONFIG_TEXT_SIZE + 32];
} url_text;

static url_text url_of(const assay_daemon *d, size_t number)
{
    url_text url = { "" };
    const listen_address *address = &d->addresses[number];
    const char *scheme = d->running.server.certificate_file[0] != '\0' ? "https" : "http";
    const uint16_t port = http_server_port(d->server, number);
    const bool v6 = strchr(address->host, ':') != NULL;
    if (strncmp(address->host, "unix:", 5) == 0)
        snprintf(url.text, sizeof(url.text), "%s", address->host);
    else if (address->host[0] == '\0')
        snprintf(url.text, sizeof(url.text), "%s://localhost:%u", scheme, port);
    else
        snprintf(url.text, sizeof(url.text), v6 ? "%s://[%s]:%u" : "%s://%s:%u", scheme,
                 address->host, port);
    return url;
}

static size_t admin_number(const assay_daemon *d)
{
    size_t number = 0;
    while (number + 1 < d->listeners.count && !d->listeners.admin[number])
        number++;
    return number;
}

static assay_status ready_file_write(const char *path, const char *main_url, const char *admin_url,
                                     assay_error *err)
{
    char temporary[CONFIG_TEXT_SIZE];
    snprintf(temporary, sizeof(temporary), "%s.new", path);
    FILE *file = fopen(temporary, "we");
    bool written = file != NULL && fprintf(file, "main %s\nadmin %s\n", main_url, admin_url) > 0;
    written = file != NULL && fclose(file) == 0 && written;
    if (!written || rename(temporary, path) != 0)
        return fail(err, ASSAY_ENVIRONMENT, "--ready-file", ASSAY_NO_OFFSET, "%.120s: %s", path,
                    strerror(errno));
    return ASSAY_OK;
}

static assay_status tell_ready(assay_daemon *d, bool filtered, assay_error *err)
{
    const url_text url = url_of(d, 0), admin = url_of(d, admin_number(d));
    if (d->options->ready_file != NULL)
        TRY(ready_file_write(d->options->ready_file, url.text, admin.text, err));
    printf("assayd: listening on %s (admin %s)\n", url.text, admin.text);
    fflush(stdout);
    log_event(LEVEL_NOTICE, "started", "version", assay_version(), "listen", url.text, "admin",
              admin.text, "store", store_engine(d->service->store), "config",
              d->running.file[0] != '\0' ? d->running.file : "none", "sandbox",
              filtered ? "yes" : "no", NULL);
    systemd_notify("READY=1\nSTATUS=answering");
    return ASSAY_OK;
}

/* ---- Reload ---- */

static file_stamp stamp_of(const char *path)
{
    struct stat found;
    if (path[0] == '\0' || stat(path, &found) != 0)
        return (file_stamp) { .size = -1 };
    return (file_stamp) { found.st_mtim, found.st_ino, found.st_size };
}

static bool same_stamp(const file_stamp *a, const file_stamp *b)
{
    return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
           a->inode == b->inode && a->size == b->size;
}

/* True when a file differs from what was loaded last. */
static bool certificates_changed(assay_daemon *d)
{
    const file_stamp now[2] = { stamp_of(d->running.server.certificate_file),
                                stamp_of(d->running.server.key_file) };
    bool changed = !same_stamp(&now[0], &d->stamps[0]) || !same_stamp(&now[1], &d->stamps[1]);
    memcpy(d->stamps, now, sizeof(now));
    return changed;
}

static void certificates_reload(assay_daemon *d)
{
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (d->running.server.certificate_file[0] == '\0')
        return;
    (void)certificates_changed(d);
    d->tickets_at = now_ms();
    if (http_server_reload_tls(d->server, &error) == ASSAY_OK)
        log_event(LEVEL_NOTICE, "tls.reloaded", "certificate", d->running.server.certificate_file,
                  NULL);
    else
        log_failure(LEVEL_ERROR, "tls.reload_failed", &error, "now", "the old certificate stays",
                    NULL);
}

static void take_over(assay_daemon *d, const serve_config *fresh)
{
    for (size_t i = 0; i < config_row_count; i++) {
        const config_row *row = &config_rows[i];
        if (row->reload == CONFIG_AT_START && !config_value_equal(row, fresh, &d->loaded))
            log_event(LEVEL_WARNING, "config.needs_restart", "section", row->section, "key",
                      row->key, NULL);
    }
    access_configure(d->service->access, fresh);
}

static void reload(assay_daemon *d)
{
    char state[64];
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    serve_config *fresh = memory_new(sizeof(*fresh));
    if (fresh == NULL)
        return;
    snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now_ms() * 1000);
    systemd_notify(state);
    if (config_load(d->options->config, fresh, &error) == ASSAY_OK) {
        take_over(d, fresh);
        log_event(LEVEL_NOTICE, "config.reloaded", "config",
                  fresh->file[0] != '\0' ? fresh->file : "none", NULL);
    } else {
        log_failure(LEVEL_ERROR, "config.reload_failed", &error, "now", "the old one stays", NULL);
    }
    memory_free(fresh);
    certificates_reload(d);
    systemd_notify("READY=1");
}

/* ---- Run ---- */

static void tick(assay_daemon *d)
{
    const unsigned every = d->watchdog_ms / 2;
    if (certificates_changed(d) || now_ms() - d->tickets_at >= TICKET_KEY_MS)
        certificates_reload(d);
    if (every == 0 || now_ms() - d->alive_at < every)
        return;
    d->alive_at = now_ms();
    if (life_check(&d->life, d->service, d->server, &d->addresses[0], every))
        systemd_notify("WATCHDOG=1");
    else
        log_event(LEVEL_ERROR, "watchdog.no_answer", NULL);
}

static int wait_for_signal(const assay_daemon *d)
{
    const unsigned ms =
        d->watchdog_ms != 0 && d->watchdog_ms / 4 < TICK_MS ? d->watchdog_ms / 4 + 1 : TICK_MS;
    const struct timespec wait = { ms / 1000, (long)(ms % 1000) * 1000000 };
    return sigtimedwait(&d->signals, NULL, &wait);
}

static void run(assay_daemon *d)
{
    d->tickets_at = now_ms();
    (void)certificates_changed(d);
    for (;;) {
        int number = wait_for_signal(d);
        if (number == SIGTERM || number == SIGINT)
            return;
        if (number == SIGHUP)
            reload(d);
        tick(d);
    }
}

static void stop(assay_daemon *d)
{
    systemd_notify("STOPPING=1\nSTATUS=answering what is in flight");
    log_event(LEVEL_NOTICE, "stopping", NULL);
    if (d->server != NULL)
        http_server_drain(d->server, d->running.server.drain_seconds);
    if (d->service != NULL)
        metrics_server_set(d->service->metrics, NULL);
    service_quiesce(d->service);
    http_server_free(d->server);
    service_stop(d->service);
    log_event(LEVEL_NOTICE, "stopped", NULL);
}

static assay_status start(assay_daemon *d, assay_error *err)
{
    signals_block(d);
    TRY(config_load(d->options->config, &d->loaded, err));
    d->running = d->loaded;
    log_form_set(d->loaded.log.form);
    sandbox_prepare();
    TRY(systemd_sockets(&d->running, err));
    TRY(state_directory_make(d->running.state_directory, d->options->user, err));
    TRY(sandbox_identity(d->options->user, d->options->root, ports_of(&d->running), err));
    TRY(service_start(&d->running, &d->service, err));
    return server_start(d, err);
}

assay_status daemon_run(const daemon_options *options, assay_error *err)
{
    bool filtered = false;
    assay_daemon *d = memory_new(sizeof(*d));
    if (d == NULL)
        return fail(err, ASSAY_NO_MEMORY, "assayd", ASSAY_NO_OFFSET, "no memory");
    d->options = options;
    assay_status status = start(d, err);
    if (status == ASSAY_OK)
        status = sandbox_enter(options->sandbox, &filtered, err);
    d->watchdog_ms = systemd_watchdog_ms();
    if (status == ASSAY_OK)
        status = tell_ready(d, filtered, err);
    if (status == ASSAY_OK)
        run(d);
    if (d->service != NULL)
        stop(d);
    memory_free(d);
    return status;
}
