/* wire_base64_test.c: strict base64 (src/wire/base64.c). */
#include "support.h"
#include "wire/base64.h"

static const struct {
    const char *what;
    const char *text;
    base64_alphabet alphabet;
    base64_space space;
    assay_status status;
    const char *bytes; /* on success */
    int64_t offset;    /* on failure */
} rows[] = {
    { "empty", "", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_OK, "", 0 },
    { "one byte", "Zg==", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_OK, "f", 0 },
    { "two bytes", "Zm8=", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_OK, "fo", 0 },
    { "three bytes", "Zm9v", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_OK, "foo", 0 },
    { "seven bytes", "Zm9vYmFyIQ==", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_OK, "foobar!",
      0 },
    { "its own letters", "+/+/", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_OK, "\xfb\xff\xbf",
      0 },
    { "letters of the URL alphabet", "-_-_", BASE64_URL, BASE64_SPACE_REFUSED, ASSAY_OK,
      "\xfb\xff\xbf", 0 },
    { "no padding in a URL", "Zg", BASE64_URL, BASE64_SPACE_REFUSED, ASSAY_OK, "f", 0 },
    { "optional padding there", "Zg==", BASE64_URL_PADDED, BASE64_SPACE_REFUSED, ASSAY_OK, "f", 0 },
    { "optional padding not there", "Zm8", BASE64_URL_PADDED, BASE64_SPACE_REFUSED, ASSAY_OK, "fo",
      0 },
    { "white space anywhere", " Z\tg\r\n=\n= ", BASE64_STANDARD, BASE64_SPACE_SKIPPED, ASSAY_OK,
      "f", 0 },
    { "lines that split groups", "Zm9vY\nmFyIQ==\n", BASE64_STANDARD, BASE64_SPACE_SKIPPED,
      ASSAY_OK, "foobar!", 0 },
    { "space refused", "Zm9v Zm9v", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL,
      4 },
    { "padding missing", "Zg", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL, 2 },
    { "half of the padding", "Zg=", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL,
      3 },
    { "half of the optional padding", "Zg=", BASE64_URL_PADDED, BASE64_SPACE_REFUSED,
      ASSAY_MALFORMED, NULL, 3 },
    { "too much padding", "Zm8==", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL,
      5 },
    { "padding behind a whole group", "Zm9v=", BASE64_STANDARD, BASE64_SPACE_REFUSED,
      ASSAY_MALFORMED, NULL, 5 },
    { "padding alone", "====", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL, 4 },
    { "padding refused in a URL", "Zg==", BASE64_URL, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL,
      2 },
    { "digits behind padding", "Zg==Zg==", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED,
      NULL, 4 },
    { "a lone digit", "Zm9vZ", BASE64_URL, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL, 4 },
    { "a lone digit of zero bits", "Zm9vA", BASE64_URL, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL,
      4 },
    { "pad bits of one byte", "Zh==", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED, NULL,
      1 },
    { "pad bits of two bytes", "Zm9vZm9=", BASE64_STANDARD, BASE64_SPACE_REFUSED, ASSAY_MALFORMED,
      NULL, 6 },
    { "URL letter in the standard one", "Zm9v-m9v", BASE64_STANDARD, BASE64_SPACE_REFUSED,
      ASSAY_MALFORMED, NULL, 4 },
    { "standard letter in a URL", "Zm9vZm/v", BASE64_URL, BASE64_SPACE_REFUSED, ASSAY_MALFORMED,
      NULL, 6 },
    { "a byte beyond ASCII", "Zm\xc3v", BASE64_STANDARD, BASE64_SPACE_SKIPPED, ASSAY_MALFORMED,
      NULL, 2 },
};

static void decodes_or_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_span text = SPAN_TEXT(rows[i].text);
        uint8_t out[64];
        size_t size = 99, counted = 99;
        assay_error error = { 0 };
        assert_row(
            rows[i].what,
            base64_decode(text, rows[i].alphabet, rows[i].space, out, sizeof(out), &size, &error),
            rows[i].status);
        assert_row(rows[i].what, error.offset, rows[i].offset);
        assert_row(
            rows[i].what,
            base64_decode(text, rows[i].alphabet, rows[i].space, NULL, SIZE_MAX, &counted, NULL),
            rows[i].status);
        assert_row(rows[i].what, counted, size);
        if (rows[i].bytes != NULL)
            assert_row(rows[i].what, span_is(span_of(out, size), rows[i].bytes), true);
    }
}

static void a_nul_is_no_space(void **state)
{
    (void)state;
    static const uint8_t text[] = { 'Z', 'm', '9', 'v', '\0' };
    uint8_t out[8];
    size_t size;
    assert_int_equal(base64_decode(SPAN(text), BASE64_STANDARD, BASE64_SPACE_SKIPPED, out,
                                   sizeof(out), &size, NULL),
                     ASSAY_MALFORMED);
}

static void every_size_comes_back(void **state)
{
    (void)state;
    static const base64_alphabet alphabets[] = { BASE64_STANDARD, BASE64_URL, BASE64_URL_PADDED };
    uint8_t bytes[256], back[256 + 3];
    char text[256 * 2];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 167 + 13);
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        for (size_t a = 0; a < COUNT_OF(alphabets); a++) {
            size_t got = SIZE_MAX;
            base64_encode(span_of(bytes, size), alphabets[a], text);
            assert_int_equal(strlen(text), base64_encoded_size(size, alphabets[a]));
            assert_int_equal(base64_decode(SPAN_TEXT(text), alphabets[a], BASE64_SPACE_REFUSED,
                                           back, size, &got, NULL),
                             ASSAY_OK);
            assert_true(span_equal(span_of(back, got), span_of(bytes, size)));
        }
    }
}

static void a_small_buffer_is_refused_and_kept(void **state)
{
    (void)state;
    static const char *const texts[] = { "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy", "Zm9vYmFyIQ==" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        uint8_t out[16];
        size_t need = 0, size = 99;
        assert_int_equal(base64_decode(SPAN_TEXT(texts[i]), BASE64_STANDARD, BASE64_SPACE_REFUSED,
                                       NULL, SIZE_MAX, &need, NULL),
                         ASSAY_OK);
        memset(out, 0xee, sizeof(out));
        assert_row(texts[i],
                   base64_decode(SPAN_TEXT(texts[i]), BASE64_STANDARD, BASE64_SPACE_REFUSED, out,
                                 need - 1, &size, NULL),
                   ASSAY_USAGE);
        assert_row(texts[i], out[need - 1], 0xee);
        assert_row(texts[i], size, 99);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_or_refuses),
        cmocka_unit_test(a_nul_is_no_space),
        cmocka_unit_test(every_size_comes_back),
        cmocka_unit_test(a_small_buffer_is_refused_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
