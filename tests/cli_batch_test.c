/* cli_batch_test.c: assay verify of many quotes: order, ids, exit codes, threads. */
#include <stdbool.h>
#include <string.h>

#include "cli_cases.h"

enum { LINES = 400 };

static command_result batch(const char *list, assay_span input, const char *option,
                            const char *argument)
{
    return RUN(input, "verify", "--collateral", case_path(GOOD_CASE, ""), "--at", GOOD_TIME,
               "--batch", list, option, argument);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* Line `i` is of quote `i`; every seventh is not there. */
static char *numbered_list(void)
{
    char *text = calloc(LINES, 1200);
    size_t at = 0;
    for (int i = 0; i < LINES; i++)
        at += (size_t)sprintf(text + at, "{\"quote\":\"%s\",\"id\":\"%d\"}\n",
                              i % 7 == 6 ? "/nonexistent" : case_path(GOOD_CASE, "quote.bin"), i);
    return text;
}

static void order_is_kept(const char *option, const char *argument)
{
    char *list = numbered_list();
    command_result result = batch("-", TEXT(list), option, argument);
    const char *line = result.out;
    assert_int_equal(result.exit_code, 4);
    assert_int_equal(count_lines(result.out), LINES);
    for (int i = 0; i < LINES; i++) {
        char wanted[64];
        snprintf(wanted, sizeof(wanted), "{\"id\":\"%d\",\"accepted\":%s,", i,
                 i % 7 == 6 ? "false" : "true");
        assert_memory_equal(line, wanted, strlen(wanted));
        line = strchr(line, '\n') + 1;
    }
    command_free(&result);
    free(list);
}

static void order_is_kept_by_any_number_of_threads(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    static const char *const jobs[] = { "1", "2", "7", "64" };
    for (size_t i = 0; i < COUNT_OF(jobs); i++)
        order_is_kept("--jobs", jobs[i]);
    order_is_kept("--no-memory", NULL);
}

static void several_quotes_give_lines(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    const char *quote = case_path(GOOD_CASE, "quote.bin");
    command_result result = RUN(NO_INPUT, "verify", quote, quote, "--collateral",
                                case_path(GOOD_CASE, ""), "--at", GOOD_TIME);
    assert_int_equal(result.exit_code, 0);
    assert_int_equal(count_lines(result.out), 2);
    assert_string_equal(result.err, "");
    command_free(&result);
}

static void the_worst_code_counts(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    char good[1200], old[1200];
    char *bad = command_file("bad", TEXT("no quote"));
    snprintf(good, sizeof(good), "%s\r\n\n", case_path(GOOD_CASE, "quote.bin"));
    snprintf(old, sizeof(old), "%s\n", case_path(GOOD_CASE, "quote.bin"));
    const struct {
        const char *what, *first, *second, *report_data;
        int exit_code;
        size_t lines;
    } rows[] = {
        { "accepted, empty lines and CRLF", good, good, "00", 0, 2 },
        { "not accepted", good, old, "01", 1, 2 },
        { "malformed", good, bad, "01", 3, 2 },
        { "not there", bad, "\n/nonexistent", "01", 4, 2 },
        { "bad JSON", good, "{\"quote\":1}\n", "00", 3, 2 },
        { "no last line end", good, "{}", "00", 3, 2 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[4096];
        snprintf(text, sizeof(text), "%s%s", rows[i].first, rows[i].second);
        char *list = command_file("list", TEXT(text));
        command_result result = batch(list, NO_INPUT, "--report-data", rows[i].report_data);
        assert_row(rows[i].what, result.exit_code, rows[i].exit_code);
        assert_row(rows[i].what, count_lines(result.out), rows[i].lines);
        command_free(&result);
        free(list);
    }
    free(bad);
}

static void a_quote_may_stand_in_its_line(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    char command[4096];
    snprintf(command, sizeof(command),
             "printf '{\"quote\":\"%%s\",\"id\":\"x\"}\\n' \"$(base64 -w0 %s)\" | "
             "\"$ASSAY_BIN\" verify --batch - --collateral %s --at " GOOD_TIME,
             case_path(GOOD_CASE, "quote.bin"), case_path(GOOD_CASE, ""));
    const char *const words[] = { "/bin/bash", "-c", command, NULL };
    command_result result = command_run(words, NO_INPUT);
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "{\"id\":\"x\",\"accepted\":true,"));
    command_free(&result);
}

static void nothing_is_not_accepted(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    command_result empty = batch("/dev/null", NO_INPUT, NULL, NULL);
    command_result missing = batch("/nonexistent", NO_INPUT, NULL, NULL);
    assert_int_equal(empty.exit_code, 2);
    assert_int_equal(missing.exit_code, 4);
    command_free(&empty);
    command_free(&missing);
}

static void lines_are_of_the_schema(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    char *list = numbered_list();
    command_result result = batch("-", TEXT(list), NULL, NULL);
    char *lines = command_file("lines", TEXT(result.out));
    const char *const words[] = { "/usr/bin/python3", getenv("ASSAY_SCHEMA_CHECK"),
                                  getenv("ASSAY_SCHEMA"), lines, NULL };
    command_result check = command_run(words, NO_INPUT);
    int code = check.exit_code;
    printf("# %s", check.out);
    command_free(&check);
    command_free(&result);
    free(lines);
    free(list);
    if (code == 77)
        skip();
    assert_int_equal(code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_kept_by_any_number_of_threads),
        cmocka_unit_test(several_quotes_give_lines),
        cmocka_unit_test(the_worst_code_counts),
        cmocka_unit_test(a_quote_may_stand_in_its_line),
        cmocka_unit_test(nothing_is_not_accepted),
        cmocka_unit_test(lines_are_of_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
