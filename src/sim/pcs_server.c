/* pcs_server.c: the simulated vendor behind libmicrohttpd: one thread for each connection, so that
 * a fault may wait as long as it likes. */
#include "sim/pcs_server.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "sim/pcs_delivery.h"

enum { BODY_MAX = 1 << 20, IDLE_SECONDS = 60, STACK_SIZE = 512 * 1024, BACKLOG = 1024 };

struct pcs_server {
    pcs_service *service;
    struct MHD_Daemon *daemon;
    pcs_controls controls;
    pcs_pauses pauses;
};

/* One request from its first line to its last byte. */
typedef struct exchange {
    char *target;
    bool begun;
    bool too_large;
    sim_bytes body;
} exchange;

static void *exchange_begin(void *context, const char *target, struct MHD_Connection *connection)
{
    (void)context;
    (void)connection;
    exchange *e = memory_new(sizeof(*e));
    size_t size = strlen(target) + 1;
    if (e == NULL)
        return NULL;
    e->target = memory_new(size);
    if (e->target == NULL) {
        memory_free(e);
        return NULL;
    }
    memcpy(e->target, target, size);
    return e;
}

static void exchange_end(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)context, (void)connection, (void)code;
    exchange *e = *state;
    if (e == NULL)
        return;
    bytes_free(&e->body);
    memory_free(e->target);
    memory_free(e);
    *state = NULL;
}

static enum MHD_Result take_parameter(void *context, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    (void)kind;
    pcs_request *request = context;
    if (request->parameter_count < PCS_PARAMETER_MAX)
        request->parameters[request->parameter_count] =
            (pcs_parameter) { name, value != NULL ? value : "" };
    if (request->parameter_count <= PCS_PARAMETER_MAX)
        request->parameter_count++;
    return MHD_YES;
}

static void answer(pcs_server *server, const exchange *e, pcs_request *request, pcs_reply *reply,
                   pcs_delivery *delivery)
{
    bool control = strncmp(request->path, "/control/", strlen("/control/")) == 0;
    if (e->too_large || e->body.failed)
        pcs_refuse(reply, 413, "the body is larger than %d bytes", BODY_MAX);
    else if (control && server->controls == PCS_CONTROLS_ON)
        pcs_control_answer(server->service, request, reply);
    else
        pcs_service_answer(server->service, request, e->target, reply, delivery);
}

static enum MHD_Result handle(pcs_server *server, struct MHD_Connection *connection, exchange *e,
                              const char *path, const char *method)
{
    pcs_request request = { .method = method, .path = path, .body = bytes_span(&e->body) };
    pcs_reply reply = { .status = 0 };
    pcs_delivery delivery = { .wait_ms = 0 };
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_parameter, &request);
    request.subscription_key =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Ocp-Apim-Subscription-Key");
    answer(server, e, &request, &reply, &delivery);
    return pcs_deliver(connection, &server->pauses, &reply, &delivery) ? MHD_YES : MHD_NO;
}

static enum MHD_Result take_request(void *context, struct MHD_Connection *connection,
                                    const char *path, const char *method, const char *version,
                                    const char *data, size_t *data_size, void **state)
{
    (void)version;
    exchange *e = *state;
    if (e == NULL)
        return MHD_NO;
    if (!e->begun) {
        e->begun = true;
        return MHD_YES;
    }
    if (*data_size == 0)
        return handle(context, connection, e, path, method);
    e->too_large |= *data_size > BODY_MAX - e->body.size;
    if (!e->too_large)
        bytes_add(&e->body, span_of(data, *data_size));
    *data_size = 0;
    return MHD_YES;
}

/* ---- The socket ---- */

/* "HOST:PORT" or "[HOST]:PORT" in its two parts. */
static bool split_address(const char *listen, char host[64], char port[16])
{
    const char *colon = strrchr(listen, ':');
    size_t size = colon != NULL ? (size_t)(colon - listen) : 0;
    bool bracketed = size >= 2 && listen[0] == '[' && listen[size - 1] == ']';
    if (bracketed) {
        listen++;
        size -= 2;
    }
    if (size == 0 || size >= 64 || strlen(colon + 1) == 0 || strlen(colon + 1) >= 16)
        return false;
    memcpy(host, listen, size);
    host[size] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return true;
}

static assay_status socket_bind(const struct addrinfo *address, const char *listen_on, int *out,
                                assay_error *err)
{
    int one = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
        bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) {
        *out = fd;
        return ASSAY_OK;
    }
    assay_status status = fail(err, ASSAY_ENVIRONMENT, listen_on, ASSAY_NO_OFFSET,
                               "can't listen here: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return status;
}

static assay_status socket_open(const char *listen_on, int *out, assay_error *err)
{
    char host[64], port[16];
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    if (!split_address(listen_on, host, port) || getaddrinfo(host, port, &hints, &found) != 0)
        return fail(err, ASSAY_USAGE, "--listen", ASSAY_NO_OFFSET,
                    "%s: want ADDRESS:PORT in numbers, 127.0.0.1:0 for any port", listen_on);
    assay_status status = socket_bind(found, listen_on, out, err);
    freeaddrinfo(found);
    return status;
}

static void write_url(int fd, const char *scheme, char url[PCS_URL_SIZE])
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    char host[64] = "?", port[16] = "?";
    getsockname(fd, (struct sockaddr *)&address, &size);
    getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
                NI_NUMERICHOST | NI_NUMERICSERV);
    bool six = strchr(host, ':') != NULL;
    snprintf(url, PCS_URL_SIZE, "%s://%s%s%s:%s", scheme, six ? "[" : "", host, six ? "]" : "",
             port);
}

/* ---- Start and stop ---- */

static struct MHD_Daemon *daemon_start(const pcs_server_settings *settings, pcs_server *server,
                                       int fd)
{
    bool tls = settings->tls_certificate.size > 0;
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC | (tls ? (unsigned)MHD_USE_TLS : 0u);
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, PCS_CONNECTION_MAX, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL },
        { MHD_OPTION_THREAD_STACK_SIZE, STACK_SIZE, NULL },
        { tls ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0,
          (void *)(uintptr_t)settings->tls_certificate.data },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)settings->tls_key.data },
        { MHD_OPTION_END, 0, NULL },
    };
    return MHD_start_daemon(flags, 0, NULL, NULL, take_request, server, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, NULL,
                            MHD_OPTION_NOTIFY_COMPLETED, exchange_end, NULL, MHD_OPTION_END);
}

assay_status pcs_server_start(const pcs_server_settings *settings, pcs_service *service,
                              pcs_server **out, char url[PCS_URL_SIZE], assay_error *err)
{
    int fd = -1;
    TRY(socket_open(settings->listen, &fd, err));
    pcs_server *server = memory_new(sizeof(*server));
    if (server != NULL) {
        server->service = service;
        server->controls = settings->controls;
        pcs_pauses_init(&server->pauses);
        write_url(fd, settings->tls_certificate.size > 0 ? "https" : "http", url);
        server->daemon = daemon_start(settings, server, fd);
    }
    if (server == NULL || server->daemon == NULL) {
        memory_free(server);
        close(fd);
        return fail(err, ASSAY_ENVIRONMENT, settings->listen, ASSAY_NO_OFFSET,
                    "the server does not start%s",
                    settings->tls_certificate.size > 0 ? ": look at certificate and key" : "");
    }
    *out = server;
    return ASSAY_OK;
}

void pcs_server_stop(pcs_server *server)
{
    if (server == NULL)
        return;
    pcs_pauses_end(&server->pauses);
    MHD_stop_daemon(server->daemon);
    pcs_pauses_free(&server->pauses);
    memory_free(server);
}
