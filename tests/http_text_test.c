/* http_text_test.c: percent-encoding, dates, header lookup, replies (src/http/text.c, reply.c). */
#include <stdio.h>

#include "http/reply.h"
#include "http/server.h"
#include "support.h"

/* ---- Percent-encoding ------------------------------------------------------------------------ */

static const struct {
    const char *what;
    const char *in;
    http_plus plus;
    const char *out; /* NULL: refused */
    int64_t offset;
} escapes[] = {
    { "nothing", "", HTTP_PLUS_LITERAL, "", 0 },
    { "plain", "abc", HTTP_PLUS_LITERAL, "abc", 0 },
    { "either case", "%2F%2f%C3%a4", HTTP_PLUS_LITERAL, "//\xc3\xa4", 0 },
    { "plus stays", "a+b", HTTP_PLUS_LITERAL, "a+b", 0 },
    { "plus is a space", "a+b%2B", HTTP_PLUS_SPACE, "a b+", 0 },
    { "decoded once", "%2541", HTTP_PLUS_LITERAL, "%41", 0 },
    { "no digits", "ab%", HTTP_PLUS_LITERAL, NULL, 2 },
    { "one digit", "ab%4", HTTP_PLUS_LITERAL, NULL, 2 },
    { "bad digits", "%zz", HTTP_PLUS_LITERAL, NULL, 0 },
    { "second digit bad", "x%4g", HTTP_PLUS_LITERAL, NULL, 1 },
    { "NUL", "abc%00", HTTP_PLUS_LITERAL, NULL, 3 },
};

static void escapes_are_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(escapes); i++) {
        uint8_t out[64];
        size_t size = 77;
        assay_error error = { 0 };
        const assay_status status =
            http_percent_decode(SPAN_TEXT(escapes[i].in), escapes[i].plus, out, &size, &error);
        assert_row(escapes[i].what, status, escapes[i].out ? ASSAY_OK : ASSAY_MALFORMED);
        if (escapes[i].out != NULL)
            assert_row(escapes[i].what, span_is(span_of(out, size), escapes[i].out), true);
        else
            assert_row(escapes[i].what, error.offset, escapes[i].offset);
        if (escapes[i].out == NULL)
            assert_row(escapes[i].what, size, 77);
    }
}

static void every_byte_comes_back(void **state)
{
    uint8_t all[255], back[255 * 3 + 1];
    char text[255 * 3 + 1];
    size_t size;
    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)(i + 1);
    const size_t length = http_percent_encode(SPAN(all), text);
    assert_int_equal(strlen(text), length);
    assert_int_equal(http_percent_decode(SPAN_TEXT(text), HTTP_PLUS_SPACE, back, &size, NULL),
                     ASSAY_OK);
    assert_true(span_equal(SPAN(all), span_of(back, size)));
    http_percent_encode(SPAN_TEXT("aZ09-._~ /\xff"), text);
    assert_string_equal(text, "aZ09-._~%20%2F%FF");
}

/* ---- Dates ----------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    int64_t time;
} dates[] = {
    { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
    { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
    { "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199 },
    { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
};

static void dates_are_written_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        char text[HTTP_DATE_SIZE];
        int64_t time = -1;
        http_date_format(dates[i].time, text);
        assert_string_equal(text, dates[i].text);
        assert_true(http_date_parse(SPAN_TEXT(dates[i].text), &time));
        assert_int_equal(time, dates[i].time);
    }
}

static const struct {
    const char *what;
    const char *text;
} no_dates[] = {
    { "empty", "" },
    { "the wrong day", "Mon, 06 Nov 1994 08:49:37 GMT" },
    { "no such day", "Sun, 31 Nov 1994 08:49:37 GMT" },
    { "no such month", "Sun, 06 Nop 1994 08:49:37 GMT" },
    { "small letters", "Sun, 06 nov 1994 08:49:37 GMT" },
    { "one digit", "Sun, 6 Nov 1994 08:49:37 GMT" },
    { "another zone", "Sun, 06 Nov 1994 08:49:37 UTC" },
    { "something behind", "Sun, 06 Nov 1994 08:49:37 GMT " },
    { "RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT" },
    { "asctime", "Sun Nov  6 08:49:37 1994" },
    { "hour 24", "Sun, 06 Nov 1994 24:49:37 GMT" },
    { "before 1970", "Wed, 31 Dec 1969 23:59:59 GMT" },
};

static void other_texts_are_no_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(no_dates); i++) {
        int64_t time = 77;
        assert_row(no_dates[i].what, http_date_parse(SPAN_TEXT(no_dates[i].text), &time), false);
        assert_row(no_dates[i].what, time, 77);
    }
}

/* ---- Headers --------------------------------------------------------------------------------- */

static void headers_are_found(void **state)
{
    const http_header headers[] = {
        { SPAN_CONST("User-Token"), SPAN_CONST("abc") },
        { SPAN_CONST("X"), { NULL, 0 } },
        { SPAN_CONST("twice"), SPAN_CONST("1") },
        { SPAN_CONST("Twice"), SPAN_CONST("2") },
    };
    const http_request request = { .headers = headers, .header_count = COUNT_OF(headers) };
    bool repeated = true;
    (void)state;
    assert_true(span_is(http_header_value(&request, "user-token", &repeated), "abc"));
    assert_false(repeated);
    assert_true(span_is(http_header_value(&request, "USER-TOKEN", NULL), "abc"));
    assert_null(http_header_value(&request, "User-Toke", &repeated).data);
    assert_null(http_header_value(&request, "User-Tokens", &repeated).data);
    assert_false(repeated);
    assert_non_null(http_header_value(&request, "x", &repeated).data);
    const assay_span twice = http_header_value(&request, "twice", &repeated);
    assert_true(repeated && twice.data != NULL && twice.size == 0);
}

/* ---- Replies --------------------------------------------------------------------------------- */

static const struct {
    const char *what;
    unsigned code;
    const char *body;
    const char *head;
} heads[] = {
    { "200", 200, "hello", "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\nDate: " },
    { "an empty body", 404, "", "HTTP/1.1 404 Not Found\r\nX: y\r\nContent-Length: 0\r\nDate: " },
    { "no content has no length", 204, "", "HTTP/1.1 204 No Content\r\nX: y\r\nDate: " },
    { "304 has none of its own", 304, "", "HTTP/1.1 304 Not Modified\r\nX: y\r\nDate: " },
    { "a code of PCCS", 461, "no",
      "HTTP/1.1 461 Platform Unknown\r\nX: y\r\nContent-Length: 2\r\nDate: " },
    { "a code without a name", 299, "",
      "HTTP/1.1 299 Unnamed\r\nX: y\r\nContent-Length: 0\r\nDate: " },
};

static void replies_are_laid_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        http_reply *reply = http_reply_new(heads[i].code, "X: y\r\n", SPAN_TEXT(heads[i].body));
        assert_row(heads[i].what, span_is(http_reply_head(reply), heads[i].head), true);
        assert_row(heads[i].what, span_is(http_reply_headers(reply), "X: y\r\n"), true);
        assert_row(heads[i].what, span_is(http_reply_body(reply), heads[i].body), true);
        assert_row(heads[i].what, http_reply_code(reply), heads[i].code);
        assert_true(http_reply_memory(reply) > strlen(heads[i].head) + strlen(heads[i].body));
        http_reply *same = http_reply_ref(reply);
        http_reply_unref(reply);
        assert_row(heads[i].what, span_is(http_reply_body(same), heads[i].body), true);
        http_reply_unref(same);
    }
    http_reply_unref(NULL);
}

static void tails_close_or_keep(void **state)
{
    static const char *const lines[] = { "", "Connection: keep-alive\r\n",
                                         "Connection: close\r\n" };
    char date[HTTP_DATE_SIZE];
    (void)state;
    http_date_format(784111777, date);
    for (reply_connection then = REPLY_KEEPS; then <= REPLY_CLOSES; then++) {
        char out[REPLY_TAIL_SIZE + 8], wanted[128];
        const size_t size = reply_tail_write(date, SPAN_TEXT("Age: 3\r\n"), then, out);
        snprintf(wanted, sizeof(wanted), "Sun, 06 Nov 1994 08:49:37 GMT\r\nAge: 3\r\n%s\r\n",
                 lines[then]);
        assert_true(size <= sizeof(out));
        assert_true(span_is(span_of(out, size), wanted));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_decoded),        cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(dates_are_written_and_read), cmocka_unit_test(other_texts_are_no_dates),
        cmocka_unit_test(headers_are_found),          cmocka_unit_test(replies_are_laid_out),
        cmocka_unit_test(tails_close_or_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
