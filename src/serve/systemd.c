/* systemd.c: what a service and systemd say to each other. sd_listen_fds(3), sd_notify(3). */
#include "serve/systemd.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fcntl.h>

enum { FIRST_FD = 3 };

/* ---- Sockets ---- */

/* A variable that is meant for this process; 0 when there is none. */
static unsigned long number_of(const char *variable)
{
    const char *text = getenv(variable);
    return text != NULL ? strtoul(text, NULL, 10) : 0;
}

/* The nth name of "a:b:c"; "" when there is none. */
static void name_of(const char *names, unsigned n, char *out, size_t size)
{
    for (; names != NULL && n > 0; n--) {
        names = strchr(names, ':');
        names = names != NULL ? names + 1 : NULL;
    }
    snprintf(out, size, "%.*s", names != NULL ? (int)strcspn(names, ":") : 0,
             names != NULL ? names : "");
}

static assay_status add(config_list *list, int fd, assay_error *err)
{
    if (list->count == CONFIG_LIST_MAX)
        return fail(err, ASSAY_ENVIRONMENT, "LISTEN_FDS", ASSAY_NO_OFFSET, "too many sockets");
    snprintf(list->at[list->count++], CONFIG_TEXT_SIZE, "fd:%d", fd);
    return ASSAY_OK;
}

static assay_status sort(unsigned long count, const char *names, config_list *listen,
                         config_list *admin, assay_error *err)
{
    for (unsigned i = 0; i < count; i++) {
        char name[64];
        const int fd = FIRST_FD + (int)i;
        name_of(names, i, name, sizeof(name));
        bool to_admin = names != NULL ? strstr(name, "admin") != NULL : i == 1;
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
            return fail(err, ASSAY_ENVIRONMENT, "LISTEN_FDS", ASSAY_NO_OFFSET,
                        "descriptor %d is not open", fd);
        TRY(add(to_admin ? admin : listen, fd, err));
    }
    return ASSAY_OK;
}

assay_status systemd_sockets(serve_config *config, assay_error *err)
{
    const unsigned long count = number_of("LISTEN_FDS");
    config_list *lists = memory_new(2 * sizeof(*lists));
    if (lists == NULL)
        return fail(err, ASSAY_NO_MEMORY, "LISTEN_FDS", ASSAY_NO_OFFSET, "no memory");
    assay_status status = ASSAY_OK;
    if (count > 0 && count <= 2 * CONFIG_LIST_MAX &&
        number_of("LISTEN_PID") == (unsigned long)getpid())
        status = sort(count, getenv("LISTEN_FDNAMES"), &lists[0], &lists[1], err);
    if (status == ASSAY_OK && lists[0].count > 0)
        config->server.listen = lists[0];
    if (status == ASSAY_OK && lists[1].count > 0)
        config->server.admin = lists[1];
    memory_free(lists);
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDNAMES");
    return status;
}

/* ---- Signs of life ---- */

void systemd_notify(const char *state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL || (path[0] != '/' && path[0] != '@') ||
        strlen(path) >= sizeof(address.sun_path))
        return;
    const size_t size = strlen(path);
    memcpy(address.sun_path, path, size);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size));
    close(fd);
}

unsigned systemd_watchdog_ms(void)
{
    const unsigned long pid = number_of("WATCHDOG_PID");
    const unsigned long us = number_of("WATCHDOG_USEC");
    if (us == 0 || (pid != 0 && pid != (unsigned long)getpid()))
        return 0;
    return us / 1000 > 1000000 ? 1000000 : (unsigned)(us / 1000);
}
