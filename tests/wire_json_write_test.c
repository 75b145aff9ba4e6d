/* wire_json_write_test.c: JSON text out (src/wire/json_write.c). */
#include <stdio.h>

#include "base/memory.h"
#include "support.h"
#include "wire/json_write.h"

static void everything_at_once(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 0x00, 0xff, 0x1a };
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    json_put_text(&w, "text", "a\"b\\c\n");
    json_put_text(&w, "none", NULL);
    json_put_number(&w, "number", UINT64_MAX);
    json_put_flag(&w, "yes", true);
    json_put_flag(&w, "no", false);
    json_put_hex(&w, "hex", SPAN(bytes));
    json_put_hex_reversed(&w, "reversed", SPAN(bytes));
    json_put_base64(&w, "base64", SPAN(bytes));
    json_put_base64(&w, "nothing", span_of(bytes, 0));
    json_put_signed(&w, "signed", INT64_MIN);
    json_put_time(&w, "time", 1751624924);
    json_put_time(&w, "never", 0);
    json_open_array(&w, "array");
    json_put_number(&w, NULL, 1);
    json_open_object(&w, NULL);
    json_close_object(&w);
    json_put_null(&w, NULL);
    json_close_array(&w);
    json_put_raw(&w, "raw", SPAN_TEXT("{\"x\":[]}"));
    json_close_object(&w);
    char *text = NULL;
    assert_int_equal(json_take_written(&w, &text, NULL), ASSAY_OK);
    assert_string_equal(
        text, "{\"text\":\"a\\\"b\\\\c\\n\",\"none\":null,"
              "\"number\":18446744073709551615,\"yes\":true,\"no\":false,"
              "\"hex\":\"00ff1a\",\"reversed\":\"1AFF00\",\"base64\":\"AP8a\","
              "\"nothing\":\"\",\"signed\":-9223372036854775808,\"time\":\"2025-07-04T10:28:44Z\","
              "\"never\":null,\"array\":[1,{},null],\"raw\":{\"x\":[]}}");
    memory_free(text);
}

static const struct {
    const char *what;
    const char *in;
    const char *out;
} texts[] = {
    { "two bytes", "\xc3\xa9", "\"\xc3\xa9\"" },
    { "three bytes", "\xe2\x82\xac", "\"\xe2\x82\xac\"" },
    { "four bytes", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" },
    { "Latin-1", "\xe9x", "\"\\ufffdx\"" },
    { "overlong", "\xc0\xaf", "\"\\ufffd\\ufffd\"" },
    { "surrogate", "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
    { "above U+10FFFF", "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
    { "cut short", "a\xe2\x82", "\"a\\ufffd\\ufffd\"" },
    { "bad third byte", "\xe2\x82z", "\"\\ufffd\\ufffdz\"" },
    { "delete", "\x7f", "\"\\u007f\"" },
    { "escape sequence of a terminal", "\x1b[0m", "\"\\u001b[0m\"" },
};

static void text_is_always_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        json_writer w = { 0 };
        char *text = NULL;
        json_put_text(&w, NULL, texts[i].in);
        assert_int_equal(json_take_written(&w, &text, NULL), ASSAY_OK);
        if (strcmp(text, texts[i].out) != 0)
            test_fail("%s: %s", texts[i].what, text);
        memory_free(text);
    }
}

/* One odd byte at every place of a text of three words: the search goes by words of eight bytes. */
static void every_place_is_searched(void **state)
{
    (void)state;
    static const struct {
        char in;
        const char *out;
    } bytes[] = { { '"', "\\\"" },       { '\\', "\\\\" },      { '\x1f', "\\u001f" },
                  { '\x01', "\\u0001" }, { '\x7f', "\\u007f" }, { '\x80', "\\ufffd" },
                  { '\xff', "\\ufffd" }, { ' ', " " },          { '!', "!" },
                  { '#', "#" },          { '[', "[" },          { ']', "]" },
                  { '~', "~" } };
    for (size_t i = 0; i < COUNT_OF(bytes); i++) {
        for (size_t place = 0; place < 24; place++) {
            char in[25], wanted[40], *text = NULL;
            json_writer w = { 0 };
            memset(in, 'x', 24);
            in[24] = '\0';
            snprintf(wanted, sizeof(wanted), "\"%.*s%s%s\"", (int)place, in, bytes[i].out,
                     in + place + 1);
            in[place] = bytes[i].in;
            json_put_text(&w, NULL, in);
            assert_int_equal(json_take_written(&w, &text, NULL), ASSAY_OK);
            assert_string_equal(text, wanted);
            memory_free(text);
        }
    }
}

static void write_everything(json_writer *w)
{
    static const uint8_t bytes[] = { 0x00, 0xff, 0x1a };
    json_open_object(w, NULL);
    json_put_text(w, "a\"\\\n\x01", "b\"\\c\b\f\n\r\t\x1b\x7f\xc3\xa9\xff/");
    json_put_hex(w, "hex", SPAN(bytes));
    json_put_hex_reversed(w, "reversed", SPAN(bytes));
    json_put_base64(w, "base64", SPAN(bytes));
    json_put_time(w, "time", 1751624924);
    json_put_signed(w, "signed", -1);
    json_put_raw(w, "raw", SPAN_TEXT("{\"x\":\"\\\"\\\\\\u0001\\n\xc3\xa9\"}"));
    json_open_array(w, "list");
    json_put_null(w, NULL);
    json_put_flag(w, NULL, true);
    json_close_array(w);
    json_close_object(w);
}

/* Written inside a text, or written and then put in as a text: the same bytes. */
static void json_inside_a_text(void **state)
{
    (void)state;
    json_writer plain = { 0 }, wanted = { 0 }, w = { 0 };
    char *inner = NULL, *expected = NULL, *got = NULL;
    write_everything(&plain);
    assert_int_equal(json_take_written(&plain, &inner, NULL), ASSAY_OK);
    json_open_object(&wanted, NULL);
    json_put_text(&wanted, "first", inner);
    json_put_text(&wanted, "second", "x\"");
    json_close_object(&wanted);
    assert_int_equal(json_take_written(&wanted, &expected, NULL), ASSAY_OK);
    json_open_object(&w, NULL);
    json_open_text(&w, "first");
    write_everything(&w);
    json_close_text(&w);
    json_put_text(&w, "second", "x\"");
    json_close_object(&w);
    assert_int_equal(json_take_written(&w, &got, NULL), ASSAY_OK);
    assert_string_equal(got, expected);
    memory_free(inner);
    memory_free(expected);
    memory_free(got);
}

static void grows_over_its_first_room(void **state)
{
    (void)state;
    static uint8_t bytes[5000];
    json_writer w = { 0 };
    json_open_array(&w, NULL);
    for (int i = 0; i < 5; i++)
        json_put_hex(&w, NULL, SPAN(bytes));
    json_close_array(&w);
    char *text = NULL;
    assert_int_equal(json_take_written(&w, &text, NULL), ASSAY_OK);
    assert_int_equal(strlen(text), 5 * (10000 + 3) + 1);
    memory_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_at_once),        cmocka_unit_test(text_is_always_valid),
        cmocka_unit_test(every_place_is_searched),   cmocka_unit_test(json_inside_a_text),
        cmocka_unit_test(grows_over_its_first_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
