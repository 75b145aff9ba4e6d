/* serve_log_test.c: one line for each event, whatever stands in its values. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run_command.h"
#include "serve/log.h"
#include "support.h"
#include "wire/json.h"

/* Standard error goes into a file between these two. */
typedef struct catching {
    int before;
    char *path;
} catching;

static catching catch_begin(void)
{
    catching c = { .before = dup(STDERR_FILENO), .path = command_file("log", NO_INPUT) };
    int fd = open(c.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(c.before >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
    return c;
}

static char *catch_end(catching *c)
{
    char *text = calloc(1, 1 << 16);
    FILE *file = fopen(c->path, "r");
    assert_true(text != NULL && file != NULL);
    (void)!fread(text, 1, (1 << 16) - 1, file);
    fclose(file);
    dup2(c->before, STDERR_FILENO);
    close(c->before);
    free(c->path);
    return text;
}

typedef struct value_row {
    const char *what, *value, *text;
} value_row;

/* No value ends the line, or looks like another pair. */
static const value_row values[] = {
    { "plain", "tcb/tdx/00806F050000", "key=tcb/tdx/00806F050000\n" },
    { "empty", "", "key=\"\"\n" },
    { "a blank", "a b", "key=\"a b\"\n" },
    { "a quote", "a\"b", "key=\"a\\\"b\"\n" },
    { "a backslash", "a\\b", "key=\"a\\\\b\"\n" },
    { "an equals sign", "a=b", "key=\"a=b\"\n" },
    { "the end of a line", "a\nlevel=error", "key=\"a\\x0alevel=error\"\n" },
    { "an escape for terminals", "\x1b[31m", "key=\"\\x1b[31m\"\n" },
    { "outside ASCII", "\xc3\xa9", "key=\"\\xc3\\xa9\"\n" },
};

static void values_as_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        catching c = catch_begin();
        log_form_set(LOG_TEXT);
        log_event(LEVEL_INFO, "test", "key", values[i].value, NULL);
        char *text = catch_end(&c);
        if (strstr(text, values[i].text) == NULL || strchr(text, '\n') != text + strlen(text) - 1)
            test_fail("%s: %s", values[i].what, text);
        free(text);
    }
}

static void values_as_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        json_document doc = { 0 };
        catching c = catch_begin();
        log_form_set(LOG_JSON);
        log_event(LEVEL_INFO, "test", "key", values[i].value, NULL);
        log_form_set(LOG_TEXT);
        char *text = catch_end(&c);
        assert_row(values[i].what, json_document_parse(SPAN_TEXT(text), NULL, &doc, "$", NULL),
                   ASSAY_OK);
        assert_string_equal(json_string_value(json_object_get(doc.root, "key")), values[i].value);
        assert_string_equal(json_string_value(json_object_get(doc.root, "event")), "test");
        assert_string_equal(json_string_value(json_object_get(doc.root, "level")), "info");
        json_document_free(&doc);
        free(text);
    }
}

static void a_line_begins_with_time_and_level(void **state)
{
    (void)state;
    catching c = catch_begin();
    log_event(LEVEL_WARNING, "ingest.refused", "item", "crl/root", "none", NULL, NULL);
    char *text = catch_end(&c);
    int year, month, day, hour, minute, used = 0;
    double second;
    assert_int_equal(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lfZ warning ingest.refused%n", &year,
                            &month, &day, &hour, &minute, &second, &used),
                     6);
    assert_string_equal(text + used, " item=crl/root\n"); /* a pair without a value is left out */
    free(text);
}

static void the_journal_gets_severities(void **state)
{
    (void)state;
    char stream[64];
    struct stat found;
    catching c = catch_begin();
    assert_int_equal(fstat(STDERR_FILENO, &found), 0);
    snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)found.st_dev, (uintmax_t)found.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_form_set(LOG_TEXT);
    log_event(LEVEL_ERROR, "test", NULL);
    unsetenv("JOURNAL_STREAM");
    log_form_set(LOG_TEXT);
    char *text = catch_end(&c);
    assert_string_equal(text, "<3>test\n");
    free(text);
}

static void failures_say_what_and_where(void **state)
{
    (void)state;
    assay_error error;
    (void)fail(&error, ASSAY_UNTRUSTED, "tcb_info.signature", ASSAY_NO_OFFSET, "does not verify");
    catching c = catch_begin();
    log_failure(LEVEL_WARNING, "ingest.refused", &error, "item", "tcb/sgx", NULL);
    char *text = catch_end(&c);
    assert_non_null(strstr(text, " error=untrusted where=tcb_info.signature detail=\"does not "
                                 "verify\" item=tcb/sgx\n"));
    free(text);
}

static void a_line_has_an_end(void **state)
{
    (void)state;
    char *value = calloc(1, 100001);
    memset(value, 'a', 100000);
    catching c = catch_begin();
    log_event(LEVEL_INFO, "test", "key", value, NULL);
    char *text = catch_end(&c);
    assert_in_range(strlen(text), 1000, 10000);
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_as_text),
        cmocka_unit_test(values_as_json),
        cmocka_unit_test(a_line_begins_with_time_and_level),
        cmocka_unit_test(the_journal_gets_severities),
        cmocka_unit_test(failures_say_what_and_where),
        cmocka_unit_test(a_line_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
