/* base_time_test.c: dates in and out (src/base/time.c). */
#include "base/time.h"
#include "support.h"

static const struct {
    const char *what;
    const char *text;
    assay_status status;
    int64_t time;
} rows[] = {
    { "UTC", "2025-07-04T10:28:44Z", ASSAY_OK, 1751624924 },
    { "epoch", "1970-01-01T00:00:00Z", ASSAY_OK, 0 },
    { "offset east", "2025-07-04T12:28:44+02:00", ASSAY_OK, 1751624924 },
    { "offset west", "2025-07-04T05:28:44-05:00", ASSAY_OK, 1751624924 },
    { "fraction is cut", "2025-07-04T10:28:44.999Z", ASSAY_OK, 1751624924 },
    { "Unix seconds", "1751624924", ASSAY_OK, 1751624924 },
    { "leap day", "2024-02-29T00:00:00Z", ASSAY_OK, 1709164800 },
    { "last second we know", "9999-12-31T23:59:59Z", ASSAY_OK, 253402300799 },
    { "no leap day", "2025-02-29T00:00:00Z", ASSAY_MALFORMED, 0 },
    { "century without leap day", "2100-02-29T00:00:00Z", ASSAY_MALFORMED, 0 },
    { "second 60", "2025-07-04T10:28:60Z", ASSAY_MALFORMED, 0 },
    { "hour 24", "2025-07-04T24:00:00Z", ASSAY_MALFORMED, 0 },
    { "month 13", "2025-13-04T10:28:44Z", ASSAY_MALFORMED, 0 },
    { "day 0", "2025-07-00T10:28:44Z", ASSAY_MALFORMED, 0 },
    { "before the epoch by its offset", "1970-01-01T00:00:00+01:00", ASSAY_MALFORMED, 0 },
    { "year 1969", "1969-12-31T23:59:59Z", ASSAY_MALFORMED, 0 },
    { "no zone", "2025-07-04T10:28:44", ASSAY_MALFORMED, 0 },
    { "text behind", "2025-07-04T10:28:44Zx", ASSAY_MALFORMED, 0 },
    { "empty", "", ASSAY_MALFORMED, 0 },
    { "negative", "-1", ASSAY_MALFORMED, 0 },
    { "a number beyond 63 bits", "99999999999999999999", ASSAY_MALFORMED, 0 },
};

static void parses_or_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t time = 0;
        assay_error error;
        assert_row(rows[i].what, assay_time_parse(rows[i].text, &time, &error), rows[i].status);
        assert_row(rows[i].what, time, rows[i].time);
    }
}

static void formats_what_it_parses(void **state)
{
    (void)state;
    for (int64_t time = 0; time < 253402300799; time += 86400 * 37 + 12345) {
        char text[ASSAY_TIME_SIZE];
        int64_t back;
        assay_time_format(time, text);
        assert_int_equal(assay_time_parse(text, &back, NULL), ASSAY_OK);
        assert_int_equal(back, time);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_or_refuses),
        cmocka_unit_test(formats_what_it_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
