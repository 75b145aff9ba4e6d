/* base_hex_test.c: hexadecimal text (src/base/hex.c). */
#include "base/span.h"
#include "support.h"

static const struct {
    const char *what;
    const char *text;
    size_t size;
    assay_status status;
    int64_t offset;
} rows[] = {
    { "empty", "", 0, ASSAY_OK, 0 },
    { "every digit", "0123456789abcdefABCDEF", 11, ASSAY_OK, 0 },
    { "one digit", "0", 0, ASSAY_MALFORMED, ASSAY_NO_OFFSET },
    { "too short", "00", 2, ASSAY_MALFORMED, ASSAY_NO_OFFSET },
    { "too long", "0000", 1, ASSAY_MALFORMED, ASSAY_NO_OFFSET },
    { "a letter behind f", "00g0", 2, ASSAY_MALFORMED, 2 },
    { "a letter behind F", "000G", 2, ASSAY_MALFORMED, 3 },
    { "the character before 0", "/0", 1, ASSAY_MALFORMED, 0 },
    { "the character behind 9", "0:", 1, ASSAY_MALFORMED, 1 },
    { "the character before a", "`0", 1, ASSAY_MALFORMED, 0 },
    { "the character before A", "@0", 1, ASSAY_MALFORMED, 0 },
    { "space", "0 ", 1, ASSAY_MALFORMED, 1 },
    { "prefix", "0x00", 2, ASSAY_MALFORMED, 1 },
    { "a byte beyond ASCII", "\xff\xff", 1, ASSAY_MALFORMED, 0 },
};

static void decodes_or_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t out[16] = { 0xee, 0xee };
        assay_error error = { 0 };
        assert_row(rows[i].what,
                   assay_hex_decode(SPAN_TEXT(rows[i].text), out, rows[i].size, &error),
                   rows[i].status);
        assert_row(rows[i].what, error.offset, rows[i].offset);
        if (rows[i].status != ASSAY_OK)
            assert_row(rows[i].what, out[0], 0xee);
    }
}

static void every_byte_comes_back(void **state)
{
    (void)state;
    uint8_t bytes[256], back[256];
    char text[2 * sizeof(bytes) + 1];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    assay_hex_encode(SPAN(bytes), text);
    assert_int_equal(strlen(text), 2 * sizeof(bytes));
    assert_memory_equal(text + 2 * 0xa9, "a9aaabac", 8);
    assert_int_equal(assay_hex_decode(SPAN_TEXT(text), back, sizeof(back), NULL), ASSAY_OK);
    assert_memory_equal(back, bytes, sizeof(bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_or_refuses),
        cmocka_unit_test(every_byte_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
