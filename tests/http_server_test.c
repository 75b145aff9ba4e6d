/* http_server_test.c: the server from outside, by raw sockets: requests, replies, refusals and
 * limits (src/http/connection.c, loop.c, exchange.c). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "http_fixture.h"
#include "http_heads.h"
#include "support.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* ---- Requests and replies -------------------------------------------------------------------- */

static void a_request_and_its_reply(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    client_send_text(fd, "POST /echo?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    client_reply reply = client_receive(fd, HTTP_POST);
    assert_int_equal(reply.code, 200);
    assert_string_equal(reply.body, "hello");
    assert_non_null(strstr(reply.head, "X-Method: POST\r\n"));
    assert_non_null(strstr(reply.head, "X-Path: /echo\r\n"));
    assert_non_null(strstr(reply.head, "X-Query: a=b\r\n"));
    assert_non_null(strstr(reply.head, "X-Address: 127.0.0.1\r\n"));
    assert_non_null(strstr(reply.head, "X-Security: plain\r\n"));
    assert_non_null(strstr(reply.head, "\r\nDate: "));
    assert_null(strstr(reply.head, "Connection:"));
    client_reply_free(&reply);
    close(fd);
    fixture_wait_open(&f, 0);
    http_statistics now;
    http_server_statistics(f.server, &now);
    assert_int_equal(now.accepted, 1);
    assert_int_equal(now.requests, 1);
    assert_int_equal(now.refused, 0);
    fixture_stop(&f);
}

static const struct {
    const char *what;
    const char *request;
    http_method method;
    unsigned code;
    const char *header; /* that must be there */
    size_t body_size;
    bool ends; /* the server closes behind it */
} replies[] = {
    { "HEAD has the length and no body", "HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_HEAD, 200,
      "Content-Length: 0\r\n", 0, false },
    { "HEAD of something large", "HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_HEAD, 200,
      "Content-Length: 4194304\r\n", 0, false },
    { "304 has no body", GET("/bare"), HTTP_GET, 304, "ETag: \"a\"\r\n", 0, false },
    { "no reply", GET("/nothing"), HTTP_GET, 0, "", 0, true },
    { "unknown path", GET("/unknown"), HTTP_GET, 404, "Content-Length: 13\r\n", 13, false },
    { "extra headers", GET("/extra"), HTTP_GET, 200, "X-Extra: eeee", 5, false },
    { "the handler closes", GET("/close"), HTTP_GET, 200, "Connection: close\r\n", 5, true },
    { "the client closes", "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", HTTP_GET,
      200, "Connection: close\r\n", 0, true },
    { "HTTP/1.0 closes", "GET /echo HTTP/1.0\r\n\r\n", HTTP_GET, 200, "Connection: close\r\n", 0,
      true },
    { "HTTP/1.0 keeps", "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", HTTP_GET, 200,
      "Connection: keep-alive\r\n", 0, false },
    { "late reply", GET("/late"), HTTP_GET, 200, "Content-Type: text/plain\r\n", 5, false },
    { "OPTIONS", "OPTIONS /echo HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_OPTIONS, 200,
      "X-Method: OPTIONS\r\n", 0, false },
    { "DELETE", "DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_DELETE, 200,
      "X-Method: DELETE\r\n", 0, false },
};

static void replies_of_all_kinds(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    for (size_t i = 0; i < COUNT_OF(replies); i++) {
        const int fd = client_connect(&f, 0);
        client_send_text(fd, replies[i].request);
        client_reply reply = client_receive(fd, replies[i].method);
        assert_row(replies[i].what, reply.code, replies[i].code);
        assert_row(replies[i].what, reply.body_size, replies[i].body_size);
        if (strstr(reply.head, replies[i].header) == NULL)
            test_fail("%s: no %s in %s", replies[i].what, replies[i].header, reply.head);
        client_reply_free(&reply);
        if (replies[i].ends)
            assert_row(replies[i].what, client_sees_end(fd), true);
        else
            assert_row(replies[i].what, client_code(fd, GET("/echo")), 200);
        close(fd);
    }
    fixture_stop(&f);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    enum { COUNT = 200 };
    fixture f;
    char *text = test_malloc(COUNT * 100);
    size_t size = 0;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    for (int i = 0; i < COUNT; i++)
        size += (size_t)snprintf(text + size, 100,
                                 "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n%03d",
                                 i % 50 == 7 ? "/late" : "/echo", i);
    const int fd = client_connect(&f, 0);
    client_send(fd, text, size);
    for (int i = 0; i < COUNT; i++) {
        client_reply reply = client_receive(fd, HTTP_POST);
        assert_int_equal(reply.code, 200);
        assert_int_equal(i % 50 == 7 ? i : (int)strtol(reply.body, NULL, 10), i);
        client_reply_free(&reply);
    }
    close(fd);
    test_free(text);
    fixture_stop(&f);
}

static void chunked_bodies_arrive_whole(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    client_send_text(fd, "PUT /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    char *chunk = test_malloc(20000);
    memset(chunk, 'c', 20000);
    for (int i = 0; i < 50; i++) {
        client_send_text(fd, "4e20\r\n");
        client_send(fd, chunk, 20000);
        client_send_text(fd, "\r\n");
    }
    client_send_text(fd, "0\r\n\r\n");
    client_reply reply = client_receive(fd, HTTP_PUT);
    assert_int_equal(reply.code, 200);
    assert_int_equal(reply.body_size, 1000000);
    assert_int_equal(reply.body[999999], 'c');
    client_reply_free(&reply);
    test_free(chunk);
    close(fd);
    fixture_stop(&f);
}

static void expectation_is_met(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    client_send_text(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                         "Expect: 100-continue\r\n\r\n");
    client_reply interim = client_receive(fd, HTTP_HEAD);
    assert_int_equal(interim.code, 100);
    client_reply_free(&interim);
    assert_int_equal(client_code(fd, "hi"), 200);
    assert_int_equal(client_code(fd,
                                 "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n"
                                 "Expect: 100-continue\r\n\r\n"),
                     413);
    close(fd);
    fixture_stop(&f);
}

/* ---- Refusals -------------------------------------------------------------------------------- */

static void samples_are_answered(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    fixture_start(&f);
    for (size_t i = 0; i < http_sample_count; i++) {
        const http_sample *row = &http_samples[i];
        const int fd = client_connect(&f, 0);
        client_send(fd, row->bytes, row->size);
        client_reply reply = client_receive(fd, HTTP_GET);
        assert_row(row->what, reply.code, row->code == 0 ? 404 : row->code);
        if (row->code != 0) {
            assert_row(row->what, client_sees_end(fd), true);
            assert_row(row->what, fixture_refused(&f, NULL), row->code);
            assert_row(row->what, strstr(reply.head, "Content-Type: text/plain\r\n") != NULL, true);
            assert_row(row->what, reply.body_size > 10, true);
        }
        client_reply_free(&reply);
        close(fd);
    }
    fixture_stop(&f);
}

/* The reply reaches a client that is still sending, and the rest is not taken for a request. */
static void refusal_in_the_midst_of_a_body(void **state)
{
    fixture f;
    (void)state;
    fixture_begin(&f);
    f.settings.body_size = 1000;
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    char *junk = test_malloc(100000);
    memset(junk, 'j', 100000);
    client_send_text(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    client_send(fd, junk, 100000);
    client_reply reply = client_receive(fd, HTTP_POST);
    assert_int_equal(reply.code, 413);
    assert_non_null(strstr(reply.head, "Request-ID: 1\r\n"));
    client_reply_free(&reply);
    assert_true(client_sees_end(fd));
    close(fd);
    test_free(junk);
    fixture_wait_open(&f, 0);
    size_t count;
    assert_int_equal(fixture_refused(&f, &count), 413);
    assert_int_equal(count, 1);
    fixture_stop(&f);
}

/* More than any buffer of the sockets holds, by a client that reads when it has written all. */
static void refusal_after_all_of_a_large_body(void **state)
{
    enum { PART = 64 * 1024, PARTS = 512 };
    fixture f;
    (void)state;
    fixture_begin(&f);
    f.settings.body_size = 1000;
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    char *junk = test_malloc(PART);
    memset(junk, 'j', PART);
    client_send_text(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 33554432\r\n\r\n");
    for (size_t i = 0; i < PARTS; i++)
        client_send(fd, junk, PART);
    assert_int_equal(client_code(fd, ""), 413);
    assert_true(client_sees_end(fd));
    close(fd);
    test_free(junk);
    fixture_stop(&f);
}

static void heads_have_a_limit(void **state)
{
    fixture f;
    char text[3000];
    (void)state;
    fixture_begin(&f);
    f.settings.head_size = 2000;
    fixture_start(&f);
    const int fd = client_connect(&f, 0);
    memset(text, 'h', sizeof(text));
    client_send_text(fd, "GET /echo HTTP/1.1\r\nHost: x\r\nX: ");
    client_send(fd, text, sizeof(text));
    assert_int_equal(client_code(fd, ""), 431);
    assert_true(client_sees_end(fd));
    close(fd);
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_reply),
        cmocka_unit_test(replies_of_all_kinds),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(chunked_bodies_arrive_whole),
        cmocka_unit_test(expectation_is_met),
        cmocka_unit_test(samples_are_answered),
        cmocka_unit_test(refusal_in_the_midst_of_a_body),
        cmocka_unit_test(refusal_after_all_of_a_large_body),
        cmocka_unit_test(heads_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
