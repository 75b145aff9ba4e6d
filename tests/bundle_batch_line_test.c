/* bundle_batch_line_test.c: lines of a list of quotes (src/bundle/batch_line.c). */
#include <stdio.h>
#include <string.h>

#include "assay/batch.h"
#include "support.h"

static const struct {
    const char *what, *line;
    assay_status status;
    const char *quote, *id;
} rows[] = {
    { "a path is its own id", "a/b.bin", ASSAY_OK, "a/b.bin", "\"a/b.bin\"" },
    { "a path with spaces", " a b ", ASSAY_OK, " a b ", "\" a b \"" },
    { "a path that JSON must escape", "a\"b\\c\td", ASSAY_OK, "a\"b\\c\td", "\"a\\\"b\\\\c\\td\"" },
    { "a path that is not UTF-8", "a\xff", ASSAY_OK, "a\xff", "\"a\\ufffd\"" },
    { "JSON with an id", "{\"quote\":\"q\",\"id\":\"7\"}", ASSAY_OK, "q", "\"7\"" },
    { "JSON with an empty id", "{\"quote\":\"q\",\"id\":\"\"}", ASSAY_OK, "q", "\"\"" },
    { "JSON without an id", "{\"quote\": \"q\"}", ASSAY_OK, "q", NULL },
    { "an id with escapes", "{\"quote\":\"q\",\"id\":\"\\u00e9\\n\"}", ASSAY_OK, "q",
      "\"\xc3\xa9\\n\"" },
    { "no quote", "{\"id\":\"7\"}", ASSAY_MALFORMED, NULL, NULL },
    { "an empty quote", "{\"quote\":\"\"}", ASSAY_MALFORMED, NULL, NULL },
    { "a quote that is no text", "{\"quote\":7}", ASSAY_MALFORMED, NULL, NULL },
    { "an id that is no text", "{\"quote\":\"q\",\"id\":7}", ASSAY_MALFORMED, NULL, NULL },
    { "a member that is not known", "{\"quote\":\"q\",\"at\":\"1\"}", ASSAY_MALFORMED, NULL, NULL },
    { "a member twice", "{\"quote\":\"q\",\"quote\":\"r\"}", ASSAY_MALFORMED, NULL, NULL },
    { "JSON that is cut", "{\"quote\":\"q\"", ASSAY_MALFORMED, NULL, NULL },
    { "text behind JSON", "{\"quote\":\"q\"} x", ASSAY_MALFORMED, NULL, NULL },
    { "an empty line", "", ASSAY_MALFORMED, NULL, NULL },
};

static assay_span span_of_text(const char *text)
{
    return (assay_span) { (const uint8_t *)text, strlen(text) };
}

static void reads_or_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_batch_line line = { 0 };
        assay_error error;
        assert_row(rows[i].what, assay_batch_line_parse(span_of_text(rows[i].line), &line, &error),
                   rows[i].status);
        assert_row(rows[i].what, line.form, ASSAY_BATCH_PATH);
        if (rows[i].quote != NULL)
            assert_string_equal(line.quote, rows[i].quote);
        assert_row(rows[i].what, line.id == NULL, rows[i].id == NULL);
        if (rows[i].id != NULL)
            assert_string_equal(line.id, rows[i].id);
        assay_batch_line_clear(&line);
    }
}

static const struct {
    const char *what;
    char fill, first;
    int size;
    assay_batch_form form;
} quotes[] = {
    { "256 characters of base64", 'A', 'B', 256, ASSAY_BATCH_INLINE },
    { "255 characters are a path", 'A', 'B', 255, ASSAY_BATCH_PATH },
    { "a slash in front is a path", 'A', '/', 256, ASSAY_BATCH_PATH },
    { "a dot is in no base64", '.', 'B', 256, ASSAY_BATCH_PATH },
};

static void tells_paths_from_quotes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(quotes); i++) {
        char text[512], line_text[600];
        memset(text, quotes[i].fill, sizeof(text));
        text[0] = quotes[i].first;
        assay_batch_line line;
        snprintf(line_text, sizeof(line_text), "{\"quote\":\"%.*s\"}", quotes[i].size, text);
        assert_int_equal(assay_batch_line_parse(span_of_text(line_text), &line, NULL), ASSAY_OK);
        assert_row(quotes[i].what, line.form, quotes[i].form);
        assay_batch_line_clear(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_or_refuses),
        cmocka_unit_test(tells_paths_from_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
