/* http_clients_test.c: clients that are slow, silent, gone, or many: deadlines, and what becomes of
 * their requests (src/http/connection.c, loop.c, deadlines.c). */
#include <unistd.h>

#include <sys/resource.h>
#include <sys/socket.h>

#include "http_fixture.h"
#include "support.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* ---- Deadlines: totals, which no trickle of bytes extends ------------------------------------ */

#define A_HUNDRED_LETTERS                                                                          \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaaa"

static const struct {
    const char *what;
    const char *before; /* sent at once */
    unsigned answers;   /* to that */
    const char *text;   /* sent byte by byte */
} slow[] = {
    { "the first head", "", 0, "GET /" A_HUNDRED_LETTERS },
    { "a later head", GET("/echo"), 1, "GET /" A_HUNDRED_LETTERS },
    { "a body", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", 0,
      A_HUNDRED_LETTERS },
    { "a chunk", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n", 0,
      A_HUNDRED_LETTERS },
};

/* A byte every 50 ms to each, until each has had its answer. */
static void trickle(const int fds[COUNT_OF(slow)])
{
    const int64_t begin = now_ms();
    size_t answered = 0;
    for (size_t i = 0; answered < COUNT_OF(slow) && i < strlen(A_HUNDRED_LETTERS); i++) {
        char byte;
        answered = 0;
        for (size_t row = 0; row < COUNT_OF(slow); row++) {
            const bool done = recv(fds[row], &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
            answered += done;
            if (!done)
                client_send(fds[row], slow[row].text + i, 1);
        }
        pause_ms(50);
    }
    assert_int_equal(answered, COUNT_OF(slow));
    assert_true(now_ms() - begin >= 900);
}

static void slow_heads_and_bodies_end(void **state)
{
    fixture f;
    int fds[COUNT_OF(slow)];
    (void)state;
    fixture_begin(&f);
    f.settings.head_seconds = 1;
    f.settings.body_seconds = 1;
    fixture_start(&f);
    for (size_t row = 0; row < COUNT_OF(slow); row++) {
        fds[row] = client_connect(&f, 0);
        client_send_text(fds[row], slow[row].before);
        if (slow[row].answers > 0)
            assert_row(slow[row].what, client_code(fds[row], ""), 200);
    }
    trickle(fds);
    for (size_t row = 0; row < COUNT_OF(slow); row++) {
        assert_row(slow[row].what, client_code(fds[row], ""), 408);
        assert_row(slow[row].what, client_sees_end(fds[row]), true);
        close(fds[row]);
    }
    fixture_stop(&f);
}

static void silent_clients_are_closed(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    f.settings.head_seconds = 1;
    f.settings.keep_alive_seconds = 1;
    fixture_start(&f);
    const int64_t begin = now_ms();
    const int never = client_connect(&f, 0), once = client_connect(&f, 0);
    assert_int_equal(client_code(once, GET("/echo")), 200);
    assert_true(client_sees_end(never));
    assert_true(client_sees_end(once));
    assert_true(now_ms() - begin >= 900);
    size_t count;
    fixture_refused(&f, &count);
    assert_int_equal(count, 0);
    close(never);
    close(once);
    fixture_stop(&f);
}

static void who_reads_nothing_is_closed(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    f.settings.send_seconds = 1;
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    for (int i = 0; i < 8; i++)
        client_send_text(fd, GET("/large"));
    fixture_wait_open(&f, 1);
    fixture_wait_open(&f, 0);
    close(fd);
    fixture_stop(&f);
}

/* Handlers have all the time they want. */
static void deadlines_spare_handlers(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    f.settings.head_seconds = 1;
    f.settings.body_seconds = 1;
    f.settings.keep_alive_seconds = 1;
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    client_send_text(fd, GET("/held"));
    fixture_wait_held(&f, 1);
    pause_ms(1500);
    fixture_release(&f);
    assert_int_equal(client_code(fd, ""), 200);
    close(fd);
    fixture_stop(&f);
}

/* ---- Clients that go ------------------------------------------------------------------------- */

static void half_closed_clients_are_answered(void **state)
{
    static const char *const requests[] = { GET("/echo"), GET("/late"), GET("/echo") GET("/late") };
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        const int fd = client_connect(&f, 0);
        client_send_text(fd, requests[i]);
        shutdown(fd, SHUT_WR);
        assert_int_equal(client_code(fd, ""), 200);
        if (i == 2)
            assert_int_equal(client_code(fd, ""), 200);
        assert_true(client_sees_end(fd));
        close(fd);
    }
    fixture_stop(&f);
}

static void reset(int fd)
{
    const struct linger now = { 1, 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(fd);
}

static void handlers_outlive_their_clients(void **state)
{
    enum { COUNT = 20 };
    fixture f;
    int fds[COUNT];
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    for (int i = 0; i < COUNT; i++) {
        fds[i] = client_connect(&f, 0);
        client_send_text(fds[i], GET("/held"));
    }
    fixture_wait_held(&f, COUNT);
    for (int i = 0; i < COUNT; i += 2)
        reset(fds[i]);
    fixture_wait_open(&f, COUNT / 2);
    fixture_release(&f);
    for (int i = 1; i < COUNT; i += 2) {
        assert_int_equal(client_code(fds[i], ""), 200);
        close(fds[i]);
    }
    fixture_wait_open(&f, 0);
    fixture_stop(&f);
}

static void large_replies_arrive_whole(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    const int fd = client_connect(&f, 0), gone = client_connect(&f, 0);
    client_send_text(gone, GET("/large"));
    reset(gone);
    client_send_text(fd, GET("/large") GET("/echo"));
    client_reply reply = client_receive(fd, HTTP_GET);
    assert_int_equal(reply.body_size, FIXTURE_LARGE);
    for (size_t i = 0; i < reply.body_size; i++)
        assert_true(reply.body[i] == 'L');
    client_reply_free(&reply);
    assert_int_equal(client_code(fd, ""), 200);
    close(fd);
    fixture_wait_open(&f, 0);
    fixture_stop(&f);
}

/* ---- Many ------------------------------------------------------------------------------------ */

static void the_longest_idle_one_makes_room(void **state)
{
    fixture f;
    int fds[6];
    (void)state;
    fixture_begin(&f);
    f.settings.connections = 4;
    fixture_start(&f);
    for (int i = 0; i < 6; i++) {
        fds[i] = client_connect(&f, 0);
        assert_int_equal(client_code(fds[i], GET("/echo")), 200);
    }
    assert_true(client_sees_end(fds[0]));
    assert_true(client_sees_end(fds[1]));
    assert_int_equal(client_code(fds[2], GET("/echo")), 200);
    for (int i = 0; i < 6; i++)
        close(fds[i]);
    fixture_stop(&f);
}

/* Ten thousand, or as many as this process has descriptors for both ends. */
static void idle_ones_are_in_nobodys_way(void **state)
{
    enum { WANTED = 10000, OTHERS = 100 };
    static int fds[WANTED];
    struct rlimit limit;
    fixture f;
    (void)state;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t pairs = (limit.rlim_cur - OTHERS) / 2;
    const int count = pairs < WANTED ? (int)pairs : WANTED;
    fixture_begin(&f);
    f.settings.head_seconds = 120;
    f.settings.keep_alive_seconds = 120;
    fixture_start(&f);
    for (int i = 0; i < count; i++) {
        fds[i] = client_connect(&f, 0);
        if (i % 100 == 0)
            assert_int_equal(client_code(fds[i], GET("/echo")), 200);
    }
    fixture_wait_open(&f, count);
    const int64_t begin = now_ms();
    for (int i = 0; i < 100; i++)
        assert_int_equal(client_code(fds[count - 1], GET("/echo")), 200);
    assert_true(now_ms() - begin < 5000);
    for (int i = 0; i < count; i++)
        close(fds[i]);
    fixture_wait_open(&f, 0);
    fixture_stop(&f);
}

/* Out of descriptors the longest idle one goes, and new ones come in. */
static void descriptors_may_run_out(void **state)
{
    enum { COUNT = 40 };
    struct rlimit before, limit;
    fixture f;
    int fds[COUNT];
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    for (int i = 0; i < COUNT; i++)
        fds[i] = client_socket();
    getrlimit(RLIMIT_NOFILE, &before);
    limit = before;
    limit.rlim_cur = (rlim_t)fds[COUNT - 1] + COUNT / 2;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < COUNT; i++) {
        assert_true(client_join(fds[i], http_server_port(f.server, 0)));
        assert_int_equal(client_code(fds[i], GET("/echo")), 200);
    }
    assert_true(client_sees_end(fds[0]));
    for (int i = 0; i < COUNT; i++)
        close(fds[i]);
    setrlimit(RLIMIT_NOFILE, &before);
    fixture_wait_open(&f, 0);
    fixture_stop(&f);
}

typedef struct visitor {
    pthread_t thread;
    fixture *f;
    unsigned wrong;
} visitor;

static void *visit(void *argument)
{
    static const char *const requests[] = { GET("/echo"), GET("/late"), GET("/extra"),
                                            GET("/bare") };
    static const unsigned codes[] = { 200, 200, 200, 304 };
    visitor *v = argument;
    int fd = client_connect(v->f, 0);
    for (unsigned i = 0; i < 60; i++) {
        v->wrong += client_code(fd, requests[i % 4]) != codes[i % 4];
        if (i % 7 == 6) {
            close(fd);
            fd = client_connect(v->f, 0);
        }
    }
    close(fd);
    return NULL;
}

static void several_loops_serve_many_threads(void **state)
{
    enum { VISITORS = 8 };
    fixture f;
    visitor visitors[VISITORS];
    (void)state;
    fixture_begin(&f);
    f.settings.loops = 3;
    fixture_start(&f);
    for (int i = 0; i < VISITORS; i++) {
        visitors[i] = (visitor) { .f = &f };
        assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    for (int i = 0; i < VISITORS; i++) {
        pthread_join(visitors[i].thread, NULL);
        assert_int_equal(visitors[i].wrong, 0);
    }
    fixture_wait_open(&f, 0);
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_heads_and_bodies_end),
        cmocka_unit_test(silent_clients_are_closed),
        cmocka_unit_test(who_reads_nothing_is_closed),
        cmocka_unit_test(deadlines_spare_handlers),
        cmocka_unit_test(half_closed_clients_are_answered),
        cmocka_unit_test(handlers_outlive_their_clients),
        cmocka_unit_test(large_replies_arrive_whole),
        cmocka_unit_test(the_longest_idle_one_makes_room),
        cmocka_unit_test(idle_ones_are_in_nobodys_way),
        cmocka_unit_test(descriptors_may_run_out),
        cmocka_unit_test(several_loops_serve_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
