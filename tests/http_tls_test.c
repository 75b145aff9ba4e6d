/* http_tls_test.c: TLS from outside: versions, resumption, ALPN, client certificates, reload, idle
 * memory (src/http/tls.c, transport.c, listener.c). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "http_secured.h"
#include "support.h"

/* ---- Versions and resumption ----------------------------------------------------------------- */

static const struct {
    const char *what;
    int version;
    bool connects;
} versions[] = {
    { "TLS 1.3", TLS1_3_VERSION, true },
    { "TLS 1.2", TLS1_2_VERSION, true },
    { "TLS 1.1", TLS1_1_VERSION, false },
};

static void versions_are_those_of_today(void **state)
{
    secured s;
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        SSL_CTX *client = client_new(&s);
        SSL_CTX_set_security_level(client, 0);
        SSL_CTX_set_min_proto_version(client, versions[i].version);
        SSL_CTX_set_max_proto_version(client, versions[i].version);
        SSL *tls = secure_connect(&s, client, 2, NULL);
        assert_row(versions[i].what, SSL_is_init_finished(tls), versions[i].connects);
        if (versions[i].connects) {
            const char *reply = secure_exchange(tls, GET("/echo"));
            assert_row(versions[i].what, strstr(reply, "X-Security: tls\r\n") != NULL, true);
            assert_row(versions[i].what, strstr(SSL_get_cipher(tls), "GCM") != NULL, true);
        }
        secure_close(tls);
        SSL_CTX_free(client);
    }
    secured_stop(&s);
}

static void sessions_are_resumed(void **state)
{
    static const struct {
        const char *what;
        int version;
        uint64_t options;
    } ways[] = {
        { "TLS 1.3", TLS1_3_VERSION, 0 },
        { "TLS 1.2 with a ticket", TLS1_2_VERSION, 0 },
        { "TLS 1.2 by the server's memory", TLS1_2_VERSION, SSL_OP_NO_TICKET },
    };
    secured s;
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        SSL_CTX *client = client_new(&s);
        SSL_CTX_set_max_proto_version(client, ways[i].version);
        SSL_CTX_set_options(client, ways[i].options);
        SSL *first = secure_connect(&s, client, 2, NULL);
        assert_non_null(strstr(secure_exchange(first, GET("/echo")), "200 OK"));
        SSL_SESSION *session = SSL_get1_session(first);
        secure_close(first);
        SSL *second = secure_connect(&s, client, 2, session);
        assert_non_null(strstr(secure_exchange(second, GET("/echo")), "200 OK"));
        assert_row(ways[i].what, SSL_session_reused(second), true);
        secure_close(second);
        SSL_SESSION_free(session);
        SSL_CTX_free(client);
    }
    http_statistics now;
    http_server_statistics(s.f.server, &now);
    assert_int_equal(now.handshakes, 6);
    assert_int_equal(now.resumed, 3);
    secured_stop(&s);
}

static const struct {
    const char *what;
    const char *offer;
    size_t size;
    bool connects;
} offers[] = {
    { "http/1.1 alone", "\x08http/1.1", 9, true },
    { "h2 first", "\x02h2\x08http/1.1", 12, true },
    { "h2 alone", "\x02h2", 3, false },
};

static void the_protocol_is_http_1_1(void **state)
{
    secured s;
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    for (size_t i = 0; i < COUNT_OF(offers); i++) {
        const unsigned char *chosen;
        unsigned size = 0;
        SSL_CTX *client = client_new(&s);
        SSL_CTX_set_alpn_protos(client, (const unsigned char *)offers[i].offer,
                                (unsigned)offers[i].size);
        SSL *tls = secure_connect(&s, client, 2, NULL);
        assert_row(offers[i].what, SSL_is_init_finished(tls), offers[i].connects);
        SSL_get0_alpn_selected(tls, &chosen, &size);
        assert_row(offers[i].what, size, offers[i].connects ? 8 : 0);
        secure_close(tls);
        SSL_CTX_free(client);
    }
    secured_stop(&s);
}

static void plain_text_is_told_so(void **state)
{
    secured s;
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    const int fd = client_connect(&s.f, 2);
    client_send_text(fd, GET("/echo"));
    client_reply reply = client_receive(fd, HTTP_GET);
    assert_int_equal(reply.code, 400);
    assert_non_null(strstr(reply.body, "https://"));
    client_reply_free(&reply);
    assert_true(client_sees_end(fd));
    close(fd);
    secured_stop(&s);
}

/* A handshake has no more time than a head. */
static void slow_handshakes_end(void **state)
{
    secured s;
    (void)state;
    secured_begin(&s);
    s.f.settings.head_seconds = 1;
    fixture_start(&s.f);
    const int64_t begin = now_ms();
    const int silent = client_connect(&s.f, 2), half = client_connect(&s.f, 2);
    client_send(half, "\x16\x03\x01\x02\x00\x01", 6);
    assert_true(client_sees_end(silent));
    assert_true(client_sees_end(half));
    assert_true(now_ms() - begin >= 900);
    close(silent);
    close(half);
    secured_stop(&s);
}

/* ---- Client certificates --------------------------------------------------------------------- */

static void client_certificates_are_optional(void **state)
{
    secured s;
    char wanted[64];
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    pair known = pair_new("operator", &s.authority), stranger = pair_new("stranger", NULL);
    SSL_CTX *client = client_new(&s);
    SSL *tls = secure_connect(&s, client, 1, NULL);
    assert_non_null(strstr(secure_exchange(tls, GET("/echo")), "X-Certificate: 0\r\n"));
    secure_close(tls);

    SSL_CTX_use_certificate(client, known.certificate);
    SSL_CTX_use_PrivateKey(client, known.key);
    snprintf(wanted, sizeof(wanted), "X-Certificate: %d\r\n", i2d_X509(known.certificate, NULL));
    tls = secure_connect(&s, client, 1, NULL);
    assert_non_null(strstr(secure_exchange(tls, GET("/echo")), wanted));
    SSL_SESSION *session = SSL_get1_session(tls);
    secure_close(tls);
    tls = secure_connect(&s, client, 1, session);
    assert_non_null(strstr(secure_exchange(tls, GET("/echo")), wanted));
    assert_int_equal(SSL_session_reused(tls), 1);
    secure_close(tls);
    SSL_SESSION_free(session);

    SSL_CTX_use_certificate(client, stranger.certificate);
    SSL_CTX_use_PrivateKey(client, stranger.key);
    tls = secure_connect(&s, client, 1, NULL);
    assert_string_equal(secure_exchange(tls, GET("/echo")), "");
    secure_close(tls);
    SSL_CTX_free(client);
    pair_free(&known);
    pair_free(&stranger);
    secured_stop(&s);
}

/* A session of the listener that asks for nothing must not open the one that asks. */
static void sessions_stay_with_their_listener(void **state)
{
    secured s;
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    SSL_CTX *client = client_new(&s);
    SSL *tls = secure_connect(&s, client, 2, NULL);
    secure_exchange(tls, GET("/echo"));
    SSL_SESSION *session = SSL_get1_session(tls);
    secure_close(tls);
    tls = secure_connect(&s, client, 1, session);
    assert_non_null(strstr(secure_exchange(tls, GET("/echo")), "200 OK"));
    assert_int_equal(SSL_session_reused(tls), 0);
    secure_close(tls);
    SSL_SESSION_free(session);
    SSL_CTX_free(client);
    secured_stop(&s);
}

/* ---- Reload ---------------------------------------------------------------------------------- */

static long serial_seen(SSL *tls)
{
    X509 *certificate = SSL_get1_peer_certificate(tls);
    const long serial = ASN1_INTEGER_get(X509_get0_serialNumber(certificate));
    X509_free(certificate);
    return serial;
}

/* Each load has its own: a ticket of before is for nothing, and the handshake a full one. */
static void ticket_keys_end_with_a_reload(void **state)
{
    secured s;
    assay_error err = { 0 };
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    SSL_CTX *client = client_new(&s);
    SSL *first = secure_connect(&s, client, 2, NULL);
    secure_exchange(first, GET("/echo"));
    SSL_SESSION *session = SSL_get1_session(first);
    assert_int_equal(http_server_reload_tls(s.f.server, &err), ASSAY_OK);
    SSL *second = secure_connect(&s, client, 2, session);
    assert_non_null(strstr(secure_exchange(second, GET("/echo")), "200 OK"));
    assert_false(SSL_session_reused(second));
    secure_close(first);
    secure_close(second);
    SSL_SESSION_free(session);
    SSL_CTX_free(client);
    secured_stop(&s);
}

static void certificates_are_reloaded(void **state)
{
    secured s;
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    SSL_CTX *client = client_new(&s);
    SSL *before = secure_connect(&s, client, 2, NULL);
    secure_exchange(before, GET("/echo"));
    pair fresh = pair_new("localhost", &s.authority);
    certificate_write(&fresh, s.f.folder, "server.pem", s.certificate_file);

    assay_error err = { 0 };
    assert_int_equal(http_server_reload_tls(s.f.server, &err), ASSAY_ENVIRONMENT);
    assert_string_equal(err.where, "tls.key_file");
    SSL *still = secure_connect(&s, client, 2, NULL);
    assert_int_equal(serial_seen(still), serial_seen(before));

    key_write(&fresh, s.f.folder, "server.key", s.key_file);
    assert_int_equal(http_server_reload_tls(s.f.server, &err), ASSAY_OK);
    SSL *after = secure_connect(&s, client, 2, NULL);
    assert_true(serial_seen(after) > serial_seen(before));
    assert_non_null(strstr(secure_exchange(before, GET("/echo")), "200 OK"));
    assert_non_null(strstr(secure_exchange(still, GET("/echo")), "200 OK"));
    assert_non_null(strstr(secure_exchange(after, GET("/echo")), "200 OK"));
    secure_close(before);
    secure_close(still);
    secure_close(after);
    SSL_CTX_free(client);
    pair_free(&fresh);
    secured_stop(&s);
}

/* ---- Files that won't do --------------------------------------------------------------------- */

static assay_status started(secured *s, assay_error *err)
{
    *err = (assay_error) { 0 };
    const assay_status status = http_server_start(&s->f.settings, &s->f.server, err);
    if (status == ASSAY_OK)
        http_server_free(s->f.server);
    s->f.server = NULL;
    return status;
}

static void bad_files_are_named(void **state)
{
    secured s;
    assay_error err;
    (void)state;
    secured_begin(&s);
    http_tls_files *files = &s.f.settings.listeners[2].tls;
    const http_tls_files good = *files;
    const struct {
        const char *what;
        http_tls_files files;
        const char *where;
    } rows[] = {
        { "no certificate file",
          { "/nowhere/a.pem", good.key_file, NULL },
          "tls.certificate_file" },
        { "a key for a certificate",
          { good.key_file, good.key_file, NULL },
          "tls.certificate_file" },
        { "no key named", { good.certificate_file, NULL, NULL }, "tls.key_file" },
        { "no key file", { good.certificate_file, "/nowhere/a.key", NULL }, "tls.key_file" },
        { "a certificate for a key",
          { good.certificate_file, good.certificate_file, NULL },
          "tls.key_file" },
        { "no CA file",
          { good.certificate_file, good.key_file, "/nowhere/ca.pem" },
          "tls.client_ca_file" },
        { "a key for a CA",
          { good.certificate_file, good.key_file, good.key_file },
          "tls.client_ca_file" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        *files = rows[i].files;
        assert_row(rows[i].what, started(&s, &err), ASSAY_ENVIRONMENT);
        if (strcmp(err.where, rows[i].where) != 0)
            test_fail("%s: blames %s: %s", rows[i].what, err.where, err.detail);
        assert_row(rows[i].what, strlen(err.detail) > 20, true);
    }
    *files = good;
    assert_int_equal(started(&s, &err), ASSAY_OK);
    secured_stop(&s);
}

/* ---- Large and many -------------------------------------------------------------------------- */

static void large_replies_arrive_whole(void **state)
{
    secured s;
    size_t total = 0, got;
    char *bytes = test_malloc(65536);
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    SSL_CTX *client = client_new(&s);
    SSL *tls = secure_connect(&s, client, 2, NULL), *lazy = secure_connect(&s, client, 2, NULL);
    SSL_write(lazy, GET("/large"), (int)strlen(GET("/large")));
    assert_non_null(strstr(secure_exchange(tls, GET("/late")), "200 OK"));
    static const char last[] = "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_true(SSL_write(tls, last, sizeof(last) - 1) > 0);
    while (SSL_read_ex(tls, bytes, 65536, &got) == 1)
        total += got;
    assert_true(total > FIXTURE_LARGE);
    assert_int_equal(SSL_get_shutdown(tls) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
    secure_close(tls);
    secure_close(lazy);
    SSL_CTX_free(client);
    test_free(bytes);
    fixture_wait_open(&s.f, 0);
    secured_stop(&s);
}

static void large_bodies_arrive_whole(void **state)
{
    enum { SIZE = 1500000 };
    secured s;
    size_t written = 0, got = 0, total = 0;
    char *bytes = test_malloc(SIZE);
    (void)state;
    memset(bytes, 'u', SIZE);
    secured_begin(&s);
    fixture_start(&s.f);
    SSL_CTX *client = client_new(&s);
    SSL *tls = secure_connect(&s, client, 2, NULL);
    static const char head[] = "PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1500000\r\n"
                               "Connection: close\r\n\r\n";
    assert_int_equal(SSL_write_ex(tls, head, sizeof(head) - 1, &written), 1);
    assert_int_equal(SSL_write_ex(tls, bytes, SIZE, &written), 1);
    while (SSL_read_ex(tls, bytes, SIZE, &got) == 1)
        total += got;
    assert_true(total > SIZE && total < SIZE + 1000);
    assert_int_equal(bytes[0], 'u');
    secure_close(tls);
    SSL_CTX_free(client);
    test_free(bytes);
    secured_stop(&s);
}

/* Bytes of this process in memory. */
static size_t resident(void)
{
    unsigned long size = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu %lu", &size, &pages) != 2)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Client and server share this process: what is measured is both sides of each connection. */
static void idle_connections_are_thrifty(void **state)
{
    enum { COUNT = 400 };
    static SSL *all[COUNT];
    secured s;
    (void)state;
    secured_begin(&s);
    fixture_start(&s.f);
    SSL_CTX *client = client_new(&s);
    SSL_CTX_set_mode(client, SSL_MODE_RELEASE_BUFFERS);
    for (int i = 0; i < COUNT / 4; i++) {
        all[i] = secure_connect(&s, client, 2, NULL);
        assert_non_null(strstr(secure_exchange(all[i], GET("/echo")), "200 OK"));
    }
    const size_t before = resident();
    for (int i = COUNT / 4; i < COUNT; i++) {
        all[i] = secure_connect(&s, client, 2, NULL);
        assert_non_null(strstr(secure_exchange(all[i], GET("/echo")), "200 OK"));
    }
    const size_t each = (resident() - before) / (COUNT * 3 / 4);
    print_message("%zu bytes for both sides of an idle connection\n", each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_true(each < 70 * 1000);
#endif
    for (int i = 0; i < COUNT; i++)
        secure_close(all[i]);
    SSL_CTX_free(client);
    secured_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_those_of_today),
        cmocka_unit_test(sessions_are_resumed),
        cmocka_unit_test(the_protocol_is_http_1_1),
        cmocka_unit_test(plain_text_is_told_so),
        cmocka_unit_test(slow_handshakes_end),
        cmocka_unit_test(client_certificates_are_optional),
        cmocka_unit_test(sessions_stay_with_their_listener),
        cmocka_unit_test(ticket_keys_end_with_a_reload),
        cmocka_unit_test(certificates_are_reloaded),
        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(large_replies_arrive_whole),
        cmocka_unit_test(large_bodies_arrive_whole),
        cmocka_unit_test(idle_connections_are_thrifty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
