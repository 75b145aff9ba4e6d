/* fetch_headers_test.c: header lines of replies (src/fetch/headers.c). */
#include "fetch/headers.h"
#include "support.h"

enum { NOW = 784111700 }; /* 1994-11-06T08:48:20Z */

static void values_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *what, *lines;
        header_found found;
        const char *value;
    } rows[] = {
        { "as it is written", "A: b\r\nWanted: yes\r\n", HEADER_ONCE, "yes" },
        { "in any case", "wANTED: yes\r\n", HEADER_ONCE, "yes" },
        { "without a space", "wanted:yes\r\n", HEADER_ONCE, "yes" },
        { "with spaces around", "wanted: \t yes \t\r\n", HEADER_ONCE, "yes" },
        { "without an end of line", "wanted: yes", HEADER_ONCE, "yes" },
        { "with colons inside", "wanted: a:b\r\n", HEADER_ONCE, "a:b" },
        { "an empty value", "wanted:\r\n", HEADER_ONCE, "" },
        { "twice the same", "wanted: yes\r\nWanted: yes\r\n", HEADER_ONCE, "yes" },
        { "twice, and differs", "wanted: yes\r\nwanted: no\r\n", HEADER_REPEATED, NULL },
        { "a longer name", "unwanted: yes\r\nwantedly: yes\r\n", HEADER_ABSENT, NULL },
        { "a space before the colon", "wanted : yes\r\n", HEADER_ABSENT, NULL },
        { "a line without a colon", "wanted\r\n", HEADER_ABSENT, NULL },
        { "nothing", "", HEADER_ABSENT, NULL },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_span value = { NULL, 0 };
        assert_row(rows[i].what, header_value(SPAN_TEXT(rows[i].lines), "wanted", &value),
                   rows[i].found);
        if (rows[i].value != NULL && !span_is(value, rows[i].value))
            test_fail("%s: another value", rows[i].what);
    }
}

static void how_long_it_may_be_kept(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t age;
    } rows[] = {
        { "max-age=86400", 86400 },
        { "public, Max-Age = 5 ", 5 },
        { "max-age=5, no-store", 0 },
        { "no-cache", 0 },
        { "private", -1 },
        { "max-age=", -1 },
        { "max-age=-1", -1 },
        { "max-age=1x", -1 },
        { "max-age=99999999999999999999", -1 },
        { "max-age=9999999999", INT32_MAX },
        { "s-maxage=7", -1 },
        { "", -1 },
        { ",,,", -1 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(rows[i].text, header_max_age(SPAN_TEXT(rows[i].text)), rows[i].age);
}

static void how_long_to_wait(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        { "0", 0 },
        { "120", 120 },
        { "100000", 86400 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 77 },
        { "Mon, 07 Nov 1994 08:49:37 GMT", 86400 },
        { "Sun, 06 Nov 1994 08:48:00 GMT", 0 },
        { "Sun, 06 Foo 1994 08:49:37 GMT", 0 },
        { "Sun, 06 Nov 1994 25:49:37 GMT", 0 },
        { "soon", 0 },
        { "-5", 0 },
        { "", 0 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(rows[i].text, header_retry_after(SPAN_TEXT(rows[i].text), NOW), rows[i].seconds);
}

static void escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *decoded; /* NULL: refused */
    } rows[] = {
        { "plain", "plain" },
        { "a%20b%0A", "a b\n" },
        { "%2B%2f%3d", "+/=" },
        { "a+b", "a+b" },
        { "", "" },
        { "%", NULL },
        { "%2", NULL },
        { "a%2", NULL },
        { "%zz", NULL },
        { "%2z", NULL },
        { "%00", NULL },
        { "%25", "%" },
        { "%e4%bd%a0", "\xe4\xbd\xa0" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[64] = "";
        size_t size = 0;
        const bool decoded = header_percent_decode(SPAN_TEXT(rows[i].text), out, &size);
        assert_row(rows[i].text, decoded, rows[i].decoded != NULL);
        if (decoded && !span_is(span_of(out, size), rows[i].decoded))
            test_fail("%s: another text", rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_by_name),
        cmocka_unit_test(how_long_it_may_be_kept),
        cmocka_unit_test(how_long_to_wait),
        cmocka_unit_test(escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
