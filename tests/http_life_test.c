/* http_life_test.c: the server as a whole: addresses and sockets of all kinds, draining, and what
 * is wrong with settings (src/http/server.c, listener.c, peers.c, deadlines.c). */
#include <stdio.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "http/deadlines.h"
#include "http/peers.h"
#include "http_fixture.h"
#include "support.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* ---- Addresses ------------------------------------------------------------------------------- */

static struct sockaddr_un unix_address(const fixture *f)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", f->folder);
    return address;
}

static int unix_connect(const fixture *f)
{
    const struct sockaddr_un address = unix_address(f);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void unix_sockets_are_served(void **state)
{
    fixture f;
    char address[128];
    (void)state;
    fixture_begin(&f);
    snprintf(address, sizeof(address), "unix:%s/socket", f.folder);
    f.settings.listeners[0].address = address;
    /* The second start finds the file of the first, which was not removed. */
    const int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    const struct sockaddr_un old = unix_address(&f);
    assert_int_equal(bind(stale, (struct sockaddr *)&old, sizeof(old)), 0);
    close(stale);
    fixture_start(&f);
    assert_int_equal(http_server_port(f.server, 0), 0);
    const int fd = unix_connect(&f);
    client_send_text(fd, GET("/echo"));
    client_reply reply = client_receive(fd, HTTP_GET);
    assert_non_null(strstr(reply.head, "X-Address: unix\r\n"));
    client_reply_free(&reply);
    close(fd);
    assay_error err = { 0 };
    http_server *second;
    assert_int_equal(http_server_start(&f.settings, &second, &err), ASSAY_ENVIRONMENT);
    assert_string_equal(err.where, "listen[0]");
    http_server_drain(f.server, 1);
    assert_int_not_equal(access(old.sun_path, F_OK), 0);
    fixture_stop(&f);
}

static void handed_in_sockets_are_served(void **state)
{
    fixture f;
    struct sockaddr_in address = { .sin_family = AF_INET };
    (void)state;
    fixture_begin(&f);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assay_error err = { 0 };
    f.settings.listeners[0] = (http_listener) { .fd = fd };
    assert_int_equal(http_server_start(&f.settings, &f.server, &err), ASSAY_ENVIRONMENT);
    assert_string_equal(err.where, "listen[0]");
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listening, 5), 0);
    f.settings.listeners[0].fd = listening;
    fixture_start(&f);
    const int client = client_connect(&f, 0);
    assert_int_equal(client_code(client, GET("/echo")), 200);
    close(client);
    fixture_stop(&f);
}

static void ipv6_is_served(void **state)
{
    fixture f;
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    (void)state;
    const int probe = socket(AF_INET6, SOCK_STREAM, 0);
    const bool available =
        probe >= 0 && bind(probe, (struct sockaddr *)&address, sizeof(address)) == 0;
    if (probe >= 0)
        close(probe);
    if (!available)
        skip();
    fixture_begin(&f);
    f.settings.listeners[0].address = "::1";
    fixture_start(&f);
    address.sin6_port = htons(http_server_port(f.server, 0));
    const int fd = socket(AF_INET6, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    client_send_text(fd, GET("/echo"));
    client_reply reply = client_receive(fd, HTTP_GET);
    assert_non_null(strstr(reply.head, "X-Address: ::1\r\n"));
    client_reply_free(&reply);
    close(fd);
    fixture_stop(&f);
}

static void bad_settings_are_refused(void **state)
{
    static const struct {
        const char *what;
        const char *address;
        assay_status status;
    } rows[] = {
        { "a name", "localhost", ASSAY_USAGE },
        { "nothing", NULL, ASSAY_USAGE },
        { "a unix socket without a path", "unix:", ASSAY_USAGE },
        { "an address of others", "192.0.2.1", ASSAY_ENVIRONMENT },
        { "a folder that is not there", "unix:/nowhere/socket", ASSAY_ENVIRONMENT },
    };
    fixture f;
    assay_error err;
    (void)state;
    fixture_begin(&f);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        f.settings.listeners[0].address = rows[i].address;
        assert_row(rows[i].what, http_server_start(&f.settings, &f.server, &err), rows[i].status);
        assert_string_equal(err.where, "listen[0]");
    }
    f.settings.listeners[0].address = "127.0.0.1";
    fixture_start(&f);
    const http_settings first = f.settings;
    f.settings.listeners[0].port = http_server_port(f.server, 0);
    http_server *second;
    assert_int_equal(http_server_start(&f.settings, &second, &err), ASSAY_ENVIRONMENT);
    assert_non_null(strstr(err.detail, "another"));
    f.settings = first;
    f.settings.handler = NULL;
    assert_int_equal(http_server_start(&f.settings, &second, &err), ASSAY_USAGE);
    f.settings.listener_count = 0;
    assert_int_equal(http_server_start(&f.settings, &second, &err), ASSAY_USAGE);
    fixture_stop(&f);
}

/* ---- Draining -------------------------------------------------------------------------------- */

typedef struct drainer {
    fixture *f;
    unsigned seconds;
    pthread_t thread;
} drainer;

static void *drain(void *argument)
{
    drainer *d = argument;
    http_server_drain(d->f->server, d->seconds);
    return NULL;
}

/* Every loop has stopped listening. */
static void wait_deaf(uint16_t port)
{
    const int64_t until = now_ms() + 10000;
    bool heard = true;
    while (heard && now_ms() < until) {
        const int fd = client_socket();
        heard = client_join(fd, port);
        close(fd);
    }
    assert_false(heard);
}

static void requests_in_flight_are_finished(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    f.settings.loops = 2;
    fixture_start(&f);
    const int idle = client_connect(&f, 0), busy = client_connect(&f, 0);
    const int half = client_connect(&f, 0);
    assert_int_equal(client_code(idle, GET("/echo")), 200);
    client_send_text(busy, GET("/held"));
    client_send_text(half, "GET /echo HTTP/1.1\r\n");
    fixture_wait_held(&f, 1);
    fixture_wait_open(&f, 3);
    const uint16_t port = http_server_port(f.server, 0);
    drainer d = { &f, 30, 0 };
    assert_int_equal(pthread_create(&d.thread, NULL, drain, &d), 0);
    assert_true(client_sees_end(idle));
    wait_deaf(port);
    client_send_text(half, "Host: x\r\n\r\n");
    client_reply reply = client_receive(half, HTTP_GET);
    assert_int_equal(reply.code, 200);
    assert_non_null(strstr(reply.head, "Connection: close\r\n"));
    client_reply_free(&reply);
    fixture_wait_open(&f, 1);
    fixture_release(&f);
    assert_int_equal(client_code(busy, ""), 200);
    assert_true(client_sees_end(busy));
    pthread_join(d.thread, NULL);
    close(idle);
    close(busy);
    close(half);
    fixture_stop(&f);
}

static void draining_has_an_end(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    const uint16_t port = http_server_port(f.server, 0);
    const int fd = client_connect(&f, 0);
    client_send_text(fd, GET("/held"));
    fixture_wait_held(&f, 1);
    const int64_t begin = now_ms();
    http_server_drain(f.server, 1);
    assert_true(now_ms() - begin >= 900);
    wait_deaf(port);
    close(fd);
    fixture_stop(&f);
}

/* ---- Peers ----------------------------------------------------------------------------------- */

static struct sockaddr_storage v4(const char *text)
{
    struct sockaddr_storage out = { 0 };
    struct sockaddr_in in = { .sin_family = AF_INET };
    assert_int_equal(inet_pton(AF_INET, text, &in.sin_addr), 1);
    memcpy(&out, &in, sizeof(in));
    return out;
}

static struct sockaddr_storage v6(const char *text)
{
    struct sockaddr_storage out = { 0 };
    struct sockaddr_in6 in = { .sin6_family = AF_INET6 };
    assert_int_equal(inet_pton(AF_INET6, text, &in.sin6_addr), 1);
    memcpy(&out, &in, sizeof(in));
    return out;
}

static void peers_have_a_share(void **state)
{
    const struct sockaddr_storage one = v4("192.0.2.1"), mapped = v6("::ffff:192.0.2.1");
    const struct sockaddr_storage other = v4("192.0.2.2"), loopback = v4("127.0.0.1");
    const struct sockaddr_storage near = v6("2001:db8::1"), same = v6("2001:db8::2");
    const struct sockaddr_storage far = v6("2001:db8:0:1::1");
    const struct sockaddr *const first[] = { (const void *)&one, (const void *)&other,
                                             (const void *)&near, (const void *)&far,
                                             (const void *)&loopback };
    peer_ticket tickets[5], more[2];
    peers *p = peers_new(1);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(first); i++)
        assert_true(peers_admit(p, first[i], &tickets[i]));
    assert_false(peers_admit(p, (const void *)&mapped, &more[0]));
    assert_false(peers_admit(p, (const void *)&same, &more[1]));
    assert_true(peers_admit(p, (const void *)&loopback, &more[0]));
    peers_leave(p, &tickets[0]);
    peers_leave(p, &tickets[0]);
    assert_true(peers_admit(p, (const void *)&mapped, &more[1]));
    peers_leave(p, &more[1]);
    peers_free(p);
}

static void peers_are_named(void **state)
{
    const struct sockaddr_storage mapped = v6("::ffff:192.0.2.1"), plain = v6("2001:db8::1");
    const struct sockaddr_storage local = { .ss_family = AF_UNIX };
    char text[HTTP_ADDRESS_SIZE];
    (void)state;
    peer_address_write((const void *)&mapped, text);
    assert_string_equal(text, "192.0.2.1");
    peer_address_write((const void *)&plain, text);
    assert_string_equal(text, "2001:db8::1");
    peer_address_write((const void *)&local, text);
    assert_string_equal(text, "unix");
}

/* ---- Deadlines ------------------------------------------------------------------------------- */

static void deadlines_come_in_order(void **state)
{
    deadlines d;
    deadline members[3] = { 0 };
    (void)state;
    deadlines_begin(&d);
    deadlines_last(&d, WAIT_HEAD, 10);
    deadlines_last(&d, WAIT_KEEP_ALIVE, 60);
    assert_true(deadlines_next(&d) == INT64_MAX);
    deadline_set(&d, &members[0], WAIT_KEEP_ALIVE, 0);
    deadline_set(&d, &members[1], WAIT_HEAD, 0);
    deadline_set(&d, &members[2], WAIT_HEAD, 5);
    assert_int_equal(deadlines_next(&d), 10000000);
    assert_null(deadlines_due(&d, 9999999));
    assert_ptr_equal(deadlines_due(&d, 10000000), &members[1]);
    deadline_set(&d, &members[1], WAIT_HEAD, 20);
    assert_ptr_equal(deadlines_due(&d, 10000005), &members[2]);
    deadline_clear(&members[2]);
    deadline_clear(&members[2]);
    assert_int_equal(deadlines_next(&d), 10000020);
    assert_ptr_equal(deadlines_oldest(&d, WAIT_KEEP_ALIVE), &members[0]);
    assert_null(deadlines_oldest(&d, WAIT_BODY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unix_sockets_are_served),
        cmocka_unit_test(handed_in_sockets_are_served),
        cmocka_unit_test(ipv6_is_served),
        cmocka_unit_test(bad_settings_are_refused),
        cmocka_unit_test(requests_in_flight_are_finished),
        cmocka_unit_test(draining_has_an_end),
        cmocka_unit_test(peers_have_a_share),
        cmocka_unit_test(peers_are_named),
        cmocka_unit_test(deadlines_come_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
