/* http_request_test.c: requests out of bytes (src/http/request_reader.c, request_head.c, syntax.c,
 * target.c): what is refused, with which code, however the bytes come in. */
#include <stdio.h>

#include "base/memory.h"
#include "http/request_reader.h"
#include "http_heads.h"
#include "support.h"

static const request_limits limits = { 4096, 64 * 1024 };

/* Puts the bytes in, `step` at a time, until the request is complete or refused. */
static size_t feed(request_reader *r, const char *bytes, size_t size, size_t step)
{
    size_t at = 0;
    while (at < size && r->stage != REQUEST_COMPLETE && r->stage != REQUEST_REFUSED) {
        size_t room;
        uint8_t *out = request_reader_room(r, &room);
        size_t part = size - at < step ? size - at : step;
        assert_non_null(out);
        assert_true(room > 0);
        if (part > room)
            part = room;
        memcpy(out, bytes + at, part);
        at += part;
        request_reader_advance(r, part);
    }
    return at;
}

static unsigned code_of(const http_sample *row, size_t step)
{
    request_reader r = { 0 };
    request_reader_begin(&r, &limits);
    feed(&r, row->bytes, row->size, step);
    if (r.stage != REQUEST_COMPLETE && r.stage != REQUEST_REFUSED)
        test_fail("%s: neither complete nor refused, in steps of %zu", row->what, step);
    const unsigned code = r.stage == REQUEST_COMPLETE ? 0 : r.refused.code;
    if (code != 0 && (r.refused.why == NULL || r.refused.why[0] == '\0'))
        test_fail("%s: refused without a reason", row->what);
    request_reader_free(&r);
    return code;
}

static void samples_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < http_sample_count; i++) {
        const http_sample *row = &http_samples[i];
        assert_row(row->what, code_of(row, row->size), row->code);
        assert_row(row->what, code_of(row, 1), row->code);
        assert_row(row->what, code_of(row, 7), row->code);
    }
}

static void parts_of_a_request(void **state)
{
    static const char text[] = "POST /a/b?c=d HTTP/1.1\r\nhost: x\r\nX-One:  first\r\n"
                               "x-one: second \r\nContent-Length: 3\r\n\r\nabcGET /next";
    request_reader r = { 0 };
    (void)state;
    request_reader_begin(&r, &limits);
    feed(&r, text, sizeof(text) - 1, sizeof(text));
    assert_int_equal(r.stage, REQUEST_COMPLETE);
    assert_int_equal(r.head.method, HTTP_POST);
    assert_true(span_is(r.head.path, "/a/b"));
    assert_true(span_is(r.head.query, "c=d"));
    assert_true(span_is(r.body, "abc"));
    assert_int_equal(r.head.syntax.header_count, 4);
    assert_true(span_is(r.head.syntax.headers[1].name, "X-One"));
    assert_true(span_is(r.head.syntax.headers[1].value, "first"));
    assert_true(span_is(r.head.syntax.headers[2].value, "second"));
    request_reader_next(&r);
    assert_int_equal(r.stage, REQUEST_HEAD);
    assert_int_equal(r.size, strlen("GET /next"));
    request_reader_free(&r);
}

/* Two requests and the beginning of a third, in steps of every size. */
static void requests_follow_each_other(void **state)
{
    static const char text[] = "POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                               "PUT /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nfghi"
                               "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n";
    static const char *const bodies[] = { "abcde", "fghi", "" };
    (void)state;
    for (size_t step = 1; step < sizeof(text); step++) {
        request_reader r = { 0 };
        size_t at = 0;
        request_reader_begin(&r, &limits);
        for (size_t i = 0; i < 3; i++) {
            at += feed(&r, text + at, sizeof(text) - 1 - at, step);
            assert_int_equal(r.stage, REQUEST_COMPLETE);
            assert_int_equal(r.head.path.data[1], '1' + (int)i);
            assert_true(span_is(r.body, bodies[i]));
            request_reader_next(&r);
        }
        assert_int_equal(r.stage, REQUEST_EMPTY);
        request_reader_free(&r);
    }
}

static const struct {
    const char *what;
    const char *text;
    bool keep_alive;
} connections[] = {
    { "1.1 keeps", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", true },
    { "1.1 closes when asked", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false },
    { "in any case, in a list", "GET / HTTP/1.1\r\nHost: x\r\nConnection: a, CLOSE\r\n\r\n",
      false },
    { "in a second line", "GET / HTTP/1.1\r\nHost: x\r\nConnection: a\r\nConnection: close\r\n\r\n",
      false },
    { "close wins", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close, keep-alive\r\n\r\n", false },
    { "a word that only begins so", "GET / HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n\r\n",
      true },
    { "1.0 closes", "GET / HTTP/1.0\r\n\r\n", false },
    { "1.0 keeps when asked", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
};

static void connections_are_kept_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(connections); i++) {
        request_reader r = { 0 };
        request_reader_begin(&r, &limits);
        feed(&r, connections[i].text, strlen(connections[i].text), SIZE_MAX);
        assert_row(connections[i].what, r.stage, REQUEST_COMPLETE);
        assert_row(connections[i].what, r.head.keep_alive, connections[i].keep_alive);
        request_reader_free(&r);
    }
}

/* ---- Limits ---------------------------------------------------------------------------------- */

/* A head of exactly `size` bytes. */
static char *head_of(size_t size)
{
    static const char begin[] = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
    char *text = test_malloc(size + 1);
    memset(text, 'x', size);
    memcpy(text, begin, sizeof(begin) - 1);
    memcpy(text + size - 4, "\r\n\r\n", 5);
    return text;
}

static unsigned code_of_text(const char *text, size_t size, size_t step)
{
    const http_sample row = { "a text", text, size, 0, NULL };
    return code_of(&row, step);
}

static void heads_have_a_limit(void **state)
{
    (void)state;
    char *fits = head_of(limits.head_size), *over = head_of(limits.head_size + 1);
    assert_int_equal(code_of_text(fits, limits.head_size, SIZE_MAX), 0);
    assert_int_equal(code_of_text(fits, limits.head_size, 100), 0);
    assert_int_equal(code_of_text(over, limits.head_size + 1, SIZE_MAX), 431);
    assert_int_equal(code_of_text(over, limits.head_size + 1, 100), 431);
    test_free(fits);
    test_free(over);
}

static void header_lines_have_a_limit(void **state)
{
    (void)state;
    for (size_t count = HTTP_HEADER_MAX - 1; count <= HTTP_HEADER_MAX + 1; count++) {
        char text[2048] = "GET / HTTP/1.1\r\nHost: x\r\n";
        for (size_t i = 1; i < count; i++)
            strncat(text, "X: y\r\n", sizeof(text) - strlen(text) - 1);
        strncat(text, "\r\n", sizeof(text) - strlen(text) - 1);
        assert_int_equal(code_of_text(text, strlen(text), SIZE_MAX),
                         count <= HTTP_HEADER_MAX ? 0 : 431);
    }
}

typedef struct text {
    char *bytes;
    size_t size;
} text;

static void add(text *t, const void *bytes, size_t size)
{
    memcpy(t->bytes + t->size, bytes, size);
    t->size += size;
}

static void add_line(text *t, const char *line)
{
    add(t, line, strlen(line));
    add(t, "\r\n", 2);
}

/* A body of `size` bytes behind its head; in chunks of 1000 when `framing` says so. */
static text post_of(size_t size, const char *framing)
{
    static const char letters[1000] = { 'b' };
    text t = { test_malloc(size * 2 + 1024), 0 };
    char line[32];
    const bool chunked = strstr(framing, "chunked") != NULL;
    add_line(&t, "POST / HTTP/1.1\r\nHost: x");
    add_line(&t, framing);
    add_line(&t, "");
    for (size_t left = size; left > 0;) {
        const size_t part = left < sizeof(letters) ? left : sizeof(letters);
        snprintf(line, sizeof(line), "%zx", part);
        if (chunked)
            add_line(&t, line);
        add(&t, letters, part);
        if (chunked)
            add_line(&t, "");
        left -= part;
    }
    if (chunked)
        add_line(&t, "0\r\n");
    return t;
}

static void assert_body_code(size_t size, const char *framing, unsigned code)
{
    const text t = post_of(size, framing);
    assert_int_equal(code_of_text(t.bytes, t.size, 1500), code);
    assert_int_equal(code_of_text(t.bytes, t.size, SIZE_MAX), code);
    test_free(t.bytes);
}

static void bodies_have_a_limit(void **state)
{
    (void)state;
    for (size_t size = limits.body_size - 1; size <= limits.body_size + 1; size++) {
        char length[64];
        const unsigned code = size <= limits.body_size ? 0 : 413;
        snprintf(length, sizeof(length), "Content-Length: %zu", size);
        assert_body_code(size, length, code);
        assert_body_code(size, "Transfer-Encoding: chunked", code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_read_or_refused),
        cmocka_unit_test(parts_of_a_request),
        cmocka_unit_test(requests_follow_each_other),
        cmocka_unit_test(connections_are_kept_or_not),
        cmocka_unit_test(heads_have_a_limit),
        cmocka_unit_test(header_lines_have_a_limit),
        cmocka_unit_test(bodies_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
