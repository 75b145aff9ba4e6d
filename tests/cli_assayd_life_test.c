/* cli_assayd_life_test.c: assayd as a process: start, listeners, signals under load, certificates.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "assayd_process.h"
#include "http_call.h"
#include "support.h"

#define ASSAYD_RUN(...)                                                                            \
    command_run((const char *const[]) { getenv("ASSAYD"), __VA_ARGS__, NULL }, NO_INPUT)

/* ---- Life ---- */

static void starts_without_a_configuration(void **state)
{
    (void)state;
    char log[PROCESS_PATH_SIZE], ready[PROCESS_PATH_SIZE];
    snprintf(log, sizeof(log), "%s", scratch_path("bare.log"));
    snprintf(ready, sizeof(ready), "%s", scratch_path("bare.ready"));
    setenv("ASSAYD_STORE_STATE_DIRECTORY", scratch_path("bare"), 1);
    setenv("ASSAYD_SERVER_LISTEN", "127.0.0.1:0", 1);
    setenv("ASSAYD_SERVER_ADMIN", "127.0.0.1:0", 1);
    const char *const words[] = { getenv("ASSAYD"),
                                  "--ready-file",
                                  ready,
                                  "--sandbox",
                                  "off",
                                  geteuid() == 0 ? "--allow-root" : NULL,
                                  NULL };
    assayd_process assayd = { .pid = process_spawn(words, log) };
    for (int64_t until = clock_ms() + 30000; access(ready, R_OK) != 0 && clock_ms() < until;)
        pause_ms(10);
    assert_int_equal(access(ready, R_OK), 0);
    snprintf(assayd.log, sizeof(assayd.log), "%s", log);
    assert_true(assayd_log_wait(&assayd, "store=sqlite"));
    unsetenv("ASSAYD_STORE_STATE_DIRECTORY");
    unsetenv("ASSAYD_SERVER_LISTEN");
    unsetenv("ASSAYD_SERVER_ADMIN");
    assayd_stop(&assayd);
}

static void the_listeners_are_apart(void **state)
{
    (void)state;
    const assayd_order order = { .config = NULL };
    assayd_process assayd = assayd_start(&order);
    assert_int_equal(http_code(assayd.admin_port, "/metrics"), 200);
    assert_int_equal(http_code(assayd.port, "/metrics"), 404);
    assert_int_equal(http_code(assayd.port, "/assay/v1/status"), 404);
    assert_int_equal(http_code(assayd.admin_port, "/assay/v1/status"), 401);
    assert_int_equal(http_code(assayd.port, "/healthz"), 200);
    http_called ready = http_call(assayd.admin_port, "GET", "/readyz", NULL, NULL);
    assert_int_equal(ready.code, 200);
    assert_non_null(strstr(ready.body, "\"replica\""));
    http_called_free(&ready);
    ready = http_call(assayd.port, "GET", "/readyz", NULL, NULL);
    assert_int_equal(ready.code, 200);
    assert_null(strstr(ready.body, "replica"));
    http_called_free(&ready);
    assayd_stop(&assayd);
}

static void a_clock_for_tests_is_shown(void **state)
{
    (void)state;
    const assayd_order order = { .config = "[server]\nclock_offset = -86400\n" };
    assayd_process assayd = assayd_start(&order);
    http_called called = http_call(assayd.port, "GET", "/healthz", NULL, NULL);
    assert_non_null(strstr(called.body, "\"clock_offset\":-86400"));
    http_called_free(&called);
    assayd_stop(&assayd);
}

static void a_port_that_is_taken_is_named(void **state)
{
    (void)state;
    const assayd_order order = { .config = NULL };
    assayd_process first = assayd_start(&order);
    char address[64];
    snprintf(address, sizeof(address), "127.0.0.1:%u", first.port);
    const assayd_order again = { .listen = address };
    assayd_process second = assayd_spawn(&again);
    assert_int_equal(assayd_exit_code(&second), 4);
    char *log = assayd_log(&second);
    assert_non_null(strstr(log, "in use"));
    free(log);
    assayd_stop(&first);
}

static void administration_over_a_unix_socket(void **state)
{
    (void)state;
    char path[PROCESS_PATH_SIZE], address[PROCESS_PATH_SIZE + 8];
    snprintf(path, sizeof(path), "%s", scratch_path("admin.sock"));
    snprintf(address, sizeof(address), "unix:%s", path);
    const assayd_order order = { .admin = address };
    assayd_process assayd = assayd_start(&order);
    const char *const curl[] = { "curl", "-sS", "--unix-socket", path, "http://localhost/metrics",
                                 NULL };
    command_result result = command_run(curl, NO_INPUT);
    assert_non_null(strstr(result.out, "assayd_build_info"));
    command_free(&result);
    assert_int_equal(http_code(assayd.port, "/metrics"), 404);
    assayd_stop(&assayd);
}

/* ---- Signals under load ---- */

enum { LOAD_THREADS = 4 };

typedef struct load {
    uint16_t port;
    atomic_bool stop;
    atomic_uint answered, failed, dropped;
} load;

/* On one connection until it is closed in order, then on a new one. A request that gets no reply on
 * a connection that has answered before may have met its end in order (HTTP/1.1 6.3.1): only a
 * second failure in a row counts as dropped. */
static void *load_run(void *context)
{
    load *l = context;
    int fd = -1;
    unsigned in_a_row = 0;
    while (!atomic_load(&l->stop)) {
        if (fd < 0)
            fd = http_connect(l->port);
        http_called called =
            fd >= 0 ? http_call_on(fd, "GET", "/healthz", NULL, NULL) : (http_called) { .code = 0 };
        if (called.code == 200)
            atomic_fetch_add(&l->answered, 1);
        else if (called.code != 0)
            atomic_fetch_add(&l->failed, 1);
        in_a_row = called.code != 0 ? 0 : in_a_row + 1;
        if (in_a_row == 2)
            atomic_fetch_add(&l->dropped, 1);
        if (fd >= 0 &&
            (called.code == 0 || strcmp(http_called_header(&called, "Connection"), "close") == 0)) {
            close(fd);
            fd = -1;
        }
        http_called_free(&called);
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static void load_until(load *l, unsigned answered)
{
    const unsigned wanted = atomic_load(&l->answered) + answered;
    for (int64_t until = clock_ms() + 60000; clock_ms() < until; pause_ms(5)) {
        if (atomic_load(&l->answered) >= wanted)
            return;
    }
    test_fail("no %u answers in time", answered);
}

static void a_reload_drops_no_request(void **state)
{
    (void)state;
    const assayd_order order = { .config = "[log]\nrequests = no\n" };
    assayd_process assayd = assayd_start(&order);
    load l = { .port = assayd.port };
    pthread_t threads[LOAD_THREADS];
    for (size_t i = 0; i < LOAD_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_run, &l), 0);
    for (unsigned i = 0; i < 10; i++) {
        load_until(&l, 50);
        kill(assayd.pid, SIGHUP);
    }
    load_until(&l, 100);
    atomic_store(&l.stop, true);
    for (size_t i = 0; i < LOAD_THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&l.failed), 0);
    assert_int_equal(atomic_load(&l.dropped), 0);
    assert_true(assayd_log_wait(&assayd, "config.reloaded"));
    assayd_stop(&assayd);
}

static void append(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static unsigned platforms_code(const assayd_process *assayd, const char *token)
{
    char header[128];
    snprintf(header, sizeof(header), "admin-token: %s\r\n", token);
    http_called called =
        http_call(assayd->port, "GET", "/sgx/certification/v4/platforms", header, NULL);
    unsigned code = called.code;
    http_called_free(&called);
    return code;
}

static void hash_of(const char *token, char out[129])
{
    command_result result = command_run((const char *const[]) { "sha512sum", NULL }, TEXT(token));
    assert_int_equal(result.exit_code, 0);
    snprintf(out, 129, "%.128s", result.out);
    command_free(&result);
}

static void a_reload_takes_new_tokens_and_refuses_unsound_files(void **state)
{
    (void)state;
    char hash[129], config[512];
    hash_of("first", hash);
    snprintf(config, sizeof(config), "[access]\nadmin_token_hash = %s\n", hash);
    const assayd_order order = { .config = NULL };
    assayd_process assayd = assayd_start(&order);
    assert_int_equal(platforms_code(&assayd, "first"), 401);
    append(assayd.config, config);
    kill(assayd.pid, SIGHUP);
    assert_true(assayd_log_wait(&assayd, "config.reloaded"));
    assert_int_equal(platforms_code(&assayd, "first"), 200);
    append(assayd.config, "[server]\nworkers = 9\n");
    kill(assayd.pid, SIGHUP);
    assert_true(assayd_log_wait(&assayd, "config.needs_restart section=server key=workers"));
    append(assayd.config, "[nonsense]\n");
    kill(assayd.pid, SIGHUP);
    assert_true(assayd_log_wait(&assayd, "config.reload_failed"));
    assert_int_equal(platforms_code(&assayd, "first"), 200);
    assayd_stop(&assayd);
}

/* A slow vendor holds the answer up; the service ends when it is given. */
static void a_request_in_flight_is_answered_before_the_end(void **state)
{
    (void)state;
    vendor_process vendor = vendor_start((const char *const[]) { "--fault", "latency=1500", NULL });
    const assayd_order order = { .vendor = &vendor };
    assayd_process assayd = assayd_start(&order);
    int fd = http_connect(assayd.port);
    static const char request[] = "GET /sgx/certification/v4/rootcacrl HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_int_equal(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
    pause_ms(300);
    kill(assayd.pid, SIGTERM);
    char reply[64] = "";
    assert_true(recv(fd, reply, sizeof(reply) - 1, MSG_WAITALL) > 12);
    assert_int_equal(strncmp(reply, "HTTP/1.1 200", 12), 0);
    close(fd);
    assert_int_equal(assayd_exit_code(&assayd), 0);
    vendor_stop(&vendor);
}

static void new_certificates_are_taken_without_a_signal(void **state)
{
    (void)state;
    char one[PROCESS_PATH_SIZE], two[PROCESS_PATH_SIZE], config[2048], script[4096];
    snprintf(one, sizeof(one), "%s", scratch_path("one"));
    snprintf(two, sizeof(two), "%s", scratch_path("two"));
    command_result result = ASSAYD_RUN("init", one);
    command_free(&result);
    result = ASSAYD_RUN("init", two);
    command_free(&result);
    snprintf(config, sizeof(config),
             "[server]\ncertificate_file = %s/tls-certificate.pem\nkey_file = %s/tls-key.pem\n",
             one, one);
    const assayd_order order = { .config = config };
    assayd_process assayd = assayd_start(&order);
    snprintf(
        script, sizeof(script),
        "mv %s/tls-certificate.pem %s/tls-certificate.pem; mv %s/tls-key.pem %s/tls-key.pem; "
        "for i in $(seq 300); do curl -s --cacert %s/tls-certificate.pem -o /dev/null %s/healthz "
        "&& exit 0; sleep 0.1; done; exit 1",
        two, one, two, one, one, assayd.url);
    result = command_run((const char *const[]) { "/bin/sh", "-c", script, NULL }, NO_INPUT);
    assert_int_equal(result.exit_code, 0);
    command_free(&result);
    assayd_stop(&assayd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_without_a_configuration),
        cmocka_unit_test(the_listeners_are_apart),
        cmocka_unit_test(a_clock_for_tests_is_shown),
        cmocka_unit_test(a_port_that_is_taken_is_named),
        cmocka_unit_test(administration_over_a_unix_socket),
        cmocka_unit_test(a_reload_drops_no_request),
        cmocka_unit_test(a_reload_takes_new_tokens_and_refuses_unsound_files),
        cmocka_unit_test(a_request_in_flight_is_answered_before_the_end),
        cmocka_unit_test(new_certificates_are_taken_without_a_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
