/* life.c: proves that the service answers: a loop accepts, a worker works. No request is sent, so
 * that TLS and the log are left out of it. */
#include "serve/life.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "serve/jobs.h"

enum { STEP_MS = 10 };

typedef struct target {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } at;
    socklen_t size;
} target;

/* "All addresses" is reached by loopback. */
static bool target_of(const listen_address *address, uint16_t port, target *out)
{
    memset(out, 0, sizeof(*out));
    if (address->fd >= 0) {
        out->size = sizeof(out->at);
        return getsockname(address->fd, &out->at.any, &out->size) == 0;
    }
    if (strncmp(address->host, "unix:", 5) == 0) {
        out->at.local.sun_family = AF_UNIX;
        snprintf(out->at.local.sun_path, sizeof(out->at.local.sun_path), "%s", address->host + 5);
        out->size = sizeof(out->at.local);
        return true;
    }
    if (inet_pton(AF_INET, address->host, &out->at.v4.sin_addr) == 1) {
        out->at.v4.sin_family = AF_INET;
        out->at.v4.sin_port = htons(port);
        if (out->at.v4.sin_addr.s_addr == htonl(INADDR_ANY))
            out->at.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        out->size = sizeof(out->at.v4);
        return true;
    }
    out->at.v6.sin6_family = AF_INET6;
    out->at.v6.sin6_port = htons(port);
    out->size = sizeof(out->at.v6);
    if (inet_pton(AF_INET6, address->host, &out->at.v6.sin6_addr) != 1)
        return false;
    if (memcmp(&out->at.v6.sin6_addr, &in6addr_any, sizeof(in6addr_any)) == 0)
        out->at.v6.sin6_addr = in6addr_loopback;
    return true;
}

static uint64_t accepted(const http_server *server)
{
    http_statistics now;
    http_server_statistics(server, &now);
    return now.accepted;
}

static int connection_to(const target *to)
{
    int fd = socket(to->at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        (void)connect(fd, &to->at.any, to->size);
    return fd;
}

static void answer(void *context)
{
    life *l = context;
    atomic_fetch_add(&l->answered, 1);
}

/* One job waits at most, so that a stuck pool is not filled. */
static void ask_worker(life *l, service *s)
{
    if (atomic_load(&l->asked) == atomic_load(&l->answered) &&
        jobs_submit(s->jobs, POOL_STORE, answer, l) == JOB_QUEUED)
        atomic_fetch_add(&l->asked, 1);
}

bool life_check(life *l, service *s, http_server *server, const listen_address *address,
                unsigned milliseconds)
{
    static const struct timespec step = { .tv_nsec = STEP_MS * 1000000 };
    target to;
    const uint64_t accepted_before = accepted(server);
    const uint64_t answered_before = atomic_load(&l->answered);
    if (!target_of(address, http_server_port(server, 0), &to))
        return false;
    int fd = connection_to(&to);
    bool alive = false;
    ask_worker(l, s);
    for (unsigned waited = 0; !alive && waited < milliseconds; waited += STEP_MS) {
        nanosleep(&step, NULL);
        alive = accepted(server) != accepted_before && atomic_load(&l->answered) != answered_before;
    }
    if (fd >= 0)
        close(fd);
    return alive;
}
