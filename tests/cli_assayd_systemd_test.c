/* cli_assayd_systemd_test.c: assayd under systemd, and what it gives up. */
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "assayd_process.h"
#include "http_call.h"
#include "support.h"

#define ASSAYD_RUN(...)                                                                            \
    command_run((const char *const[]) { getenv("ASSAYD"), __VA_ARGS__, NULL }, NO_INPUT)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* ---- systemd ---- */

static int listening(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

/* As systemd does it: descriptors from 3 on, and the variables that say so. A shell moves them
 * there, so that the process has its own number. */
static assayd_process start_with_sockets(const char *names, int first, int second,
                                         const char *notify, const char *more)
{
    char script[4096];
    assayd_process assayd = { .pid = 0 };
    snprintf(assayd.log, sizeof(assayd.log), "%s", scratch_path("sockets.log"));
    snprintf(script, sizeof(script),
             "exec 8<&%d 9<&%d; exec 3<&8 4<&9; exec 8<&- 9<&-\n"
             "export LISTEN_PID=$$ LISTEN_FDS=2 %s%s\n%s%s\n"
             "ASSAYD_STORE_STATE_DIRECTORY=%s exec \"$ASSAYD\" --sandbox off %s",
             first, second, names != NULL ? "LISTEN_FDNAMES=" : "", names != NULL ? names : "",
             notify != NULL ? "export NOTIFY_SOCKET=" : "", notify != NULL ? notify : "",
             scratch_path("sockets"), more);
    const char *const words[] = { "/bin/bash", "-c", script, NULL };
    assayd.pid = process_spawn(words, assayd.log);
    return assayd;
}

static const char *root_option(void)
{
    return geteuid() == 0 ? "--allow-root" : "";
}

static void sockets_of_systemd_by_name_and_by_order(void **state)
{
    (void)state;
    static const struct {
        const char *names;
        int admin; /* which of the two is for administration */
    } rows[] = { { NULL, 1 }, { "assayd.socket:admin", 1 }, { "assayd-admin.socket:main", 0 } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint16_t ports[2];
        int fds[2] = { listening(&ports[0]), listening(&ports[1]) };
        assayd_process assayd =
            start_with_sockets(rows[i].names, fds[0], fds[1], NULL, root_option());
        /* the sockets listen already: the first request waits until the service is there */
        assert_int_equal(http_code(ports[rows[i].admin], "/metrics"), 200);
        assert_int_equal(http_code(ports[!rows[i].admin], "/metrics"), 404);
        assayd_stop(&assayd);
        close(fds[0]);
        close(fds[1]);
    }
}

/* Reads datagrams until one holds `wanted`. */
static bool notified(int fd, const char *wanted, char *all, size_t size)
{
    struct timeval wait = { .tv_sec = 1 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    for (int64_t until = clock_ms() + 60000; clock_ms() < until;) {
        char text[512];
        ssize_t got = recv(fd, text, sizeof(text) - 1, 0);
        if (got <= 0)
            continue;
        text[got] = '\0';
        strncat(all, text, size - strlen(all) - 1);
        strncat(all, "\n", size - strlen(all) - 1);
        if (strstr(text, wanted) != NULL)
            return true;
    }
    return false;
}

static void readiness_watchdog_reload_and_end_are_told(void **state)
{
    (void)state;
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    char path[PROCESS_PATH_SIZE], all[8192] = "";
    uint16_t ports[2];
    int fds[2] = { listening(&ports[0]), listening(&ports[1]) };
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    snprintf(path, sizeof(path), "%s", scratch_path("notify"));
    snprintf(at.sun_path, sizeof(at.sun_path), "%.100s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    setenv("WATCHDOG_USEC", "1000000", 1);
    assayd_process assayd = start_with_sockets(NULL, fds[0], fds[1], path, root_option());
    unsetenv("WATCHDOG_USEC");
    assert_true(notified(fd, "READY=1", all, sizeof(all)));
    assert_true(notified(fd, "WATCHDOG=1", all, sizeof(all)));
    kill(assayd.pid, SIGHUP);
    assert_true(notified(fd, "RELOADING=1", all, sizeof(all)));
    assert_true(notified(fd, "READY=1", all, sizeof(all)));
    kill(assayd.pid, SIGTERM);
    assert_true(notified(fd, "STOPPING=1", all, sizeof(all)));
    assert_int_equal(assayd_exit_code(&assayd), 0);
    close(fd);
    close(fds[0]);
    close(fds[1]);
}

/* ---- What it gives up ---- */

static char *status_of(pid_t pid)
{
    char path[64], *text = calloc(1, 8192);
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    assert_true(file != NULL && text != NULL);
    (void)!fread(text, 1, 8191, file);
    fclose(file);
    return text;
}

static void check_status(pid_t pid, const char *const *lines)
{
    char *text = status_of(pid);
    for (; *lines != NULL; lines++) {
        if (strstr(text, *lines) == NULL)
            test_fail("no %s in:\n%s", *lines, text);
    }
    free(text);
}

static void rights_are_given_up(void **state)
{
    (void)state;
    static const char *const lines[] = { "\nCapPrm:\t0000000000000000",
                                         "\nCapEff:\t0000000000000000",
                                         "\nCapAmb:\t0000000000000000", NULL };
    const assayd_order order = { .config = NULL };
    assayd_process assayd = assayd_start(&order);
    check_status(assayd.pid, lines);
    struct stat found;
    assert_int_equal(stat(assayd.state, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    assayd_stop(&assayd);
}

/* Every thread of it, as the kernel sees it. */
static void the_filter_of_system_calls_is_active(void **state)
{
    (void)state;
    if (SANITIZED)
        skip();
    static const char *const lines[] = { "\nSeccomp:\t2", "\nNoNewPrivs:\t1", NULL };
    char script[512];
    const assayd_order order = { .config = NULL };
    assayd_process assayd = assayd_start(&order);
    char *log = assayd_log(&assayd);
    const bool built_in = strstr(log, "sandbox=yes") != NULL;
    free(log);
    if (!built_in) {
        assayd_stop(&assayd);
        skip();
    }
    check_status(assayd.pid, lines);
    snprintf(script, sizeof(script), "! grep -L 'Seccomp:.2' /proc/%d/task/*/status | grep .",
             (int)assayd.pid);
    command_result result =
        command_run((const char *const[]) { "/bin/sh", "-c", script, NULL }, NO_INPUT);
    assert_int_equal(result.exit_code, 0);
    command_free(&result);
    assayd_stop(&assayd);
}

/* The main work under the filter: a vendor asked, an item verified and stored, a platform's
 * certificate found, a reload. */
static void the_filter_lets_the_work_through(void **state)
{
    (void)state;
    vendor_process vendor = vendor_start(NULL);
    const assayd_order order = { .vendor = &vendor };
    assayd_process assayd = assayd_start(&order);
    static const char *const targets[] = { "/sgx/certification/v4/rootcacrl",
                                           "/sgx/certification/v4/pckcrl?ca=platform",
                                           "/sgx/certification/v4/qe/identity",
                                           "/tdx/certification/v4/qe/identity" };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        http_called called = http_call(assayd.port, "GET", targets[i], NULL, NULL);
        if (called.code != 200) {
            char *log = assayd_log(&assayd);
            print_error("%s\n", log);
            free(log);
            test_fail("%s: %u %s", targets[i], called.code, called.body);
        }
        http_called_free(&called);
    }
    kill(assayd.pid, SIGHUP);
    assert_true(assayd_log_wait(&assayd, "config.reloaded"));
    assert_int_equal(http_code(assayd.port, targets[0]), 200);
    assayd_stop(&assayd);
    vendor_stop(&vendor);
}

static void root_is_refused_unless_told(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    char *config = command_file("root.conf", TEXT("[server]\nlisten = 127.0.0.1:0\n"));
    command_result result = ASSAYD_RUN("--config", config);
    assert_int_equal(result.exit_code, 2);
    assert_non_null(strstr(result.err, "--user NAME"));
    command_free(&result);
    result = ASSAYD_RUN("--config", config, "--user", "no-such-user");
    assert_int_equal(result.exit_code, 4);
    command_free(&result);
    result = ASSAYD_RUN("--config", config, "--user", "root");
    assert_int_equal(result.exit_code, 2);
    command_free(&result);
    free(config);
}

static void root_becomes_the_user_it_is_told(void **state)
{
    (void)state;
    const struct passwd *nobody = getpwnam("nobody");
    char line[64];
    if (geteuid() != 0 || nobody == NULL)
        skip();
    /* what nobody must be able to reach */
    assert_int_equal(chmod(command_scratch(), 0777), 0);
    const assayd_order order = { .options = (const char *const[]) { "--user", "nobody", NULL } };
    assayd_process assayd = assayd_start(&order);
    snprintf(line, sizeof(line), "\nUid:\t%u\t%u\t%u\t%u\n", nobody->pw_uid, nobody->pw_uid,
             nobody->pw_uid, nobody->pw_uid);
    check_status(assayd.pid, (const char *const[]) { line, "\nCapBnd:\t0000000000000000", NULL });
    assert_int_equal(http_code(assayd.port, "/readyz"), 200);
    assayd_stop(&assayd);
    assert_int_equal(chmod(command_scratch(), 0700), 0);
}

/* The one right that is kept, and only where such a port is asked for. */
static void a_privileged_port_needs_no_root(void **state)
{
    (void)state;
    if (geteuid() != 0 || getpwnam("nobody") == NULL)
        skip();
    assert_int_equal(chmod(command_scratch(), 0777), 0);
    const assayd_order order = { .listen = "127.77.0.1:443",
                                 .options = (const char *const[]) { "--user", "nobody", NULL } };
    assayd_process assayd = assayd_start(&order);
    check_status(assayd.pid, (const char *const[]) { "\nCapPrm:\t0000000000000400",
                                                     "\nCapBnd:\t0000000000000000", NULL });
    assert_int_equal(http_code(assayd.admin_port, "/readyz"), 200);
    assayd_stop(&assayd);
    assert_int_equal(chmod(command_scratch(), 0700), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockets_of_systemd_by_name_and_by_order),
        cmocka_unit_test(readiness_watchdog_reload_and_end_are_told),
        cmocka_unit_test(rights_are_given_up),
        cmocka_unit_test(the_filter_of_system_calls_is_active),
        cmocka_unit_test(the_filter_lets_the_work_through),
        cmocka_unit_test(root_is_refused_unless_told),
        cmocka_unit_test(root_becomes_the_user_it_is_told),
        cmocka_unit_test(a_privileged_port_needs_no_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
