/* base_span_test.c: spans and the sticky reader (src/base/span.c). */
#include "base/span.h"
#include "support.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void integers_are_little_endian(void **state)
{
    (void)state;
    reader r = reader_of(SPAN(bytes), "quote");
    assert_int_equal(read_u8(&r), 0x01);
    assert_int_equal(read_u16le(&r), 0x0302);
    assert_int_equal(read_u32le(&r), 0x07060504);
    assert_true(read_u64le(&r) == 0x0f0e0d0c0b0a0908);
    assert_int_equal(reader_left(&r), 0);
    assert_int_equal(reader_end(&r, NULL), ASSAY_OK);
    assert_int_equal(load_u16le(bytes), 0x0201);
    assert_int_equal(load_u32le(bytes), 0x04030201);
    assert_true(load_u64le(bytes) == 0x0807060504030201);
}

static void a_reader_fails_once_and_for_all(void **state)
{
    (void)state;
    reader r = reader_of(SPAN(bytes), "quote.header");
    assay_error error;
    assert_int_equal(read_span(&r, 12).size, 12);
    assert_true(read_u32le(&r) == 0);
    assert_int_equal(read_u8(&r), 0);
    assert_int_equal(read_u16le(&r), 0);
    assert_true(read_u64le(&r) == 0);
    assert_null(read_span(&r, 1).data);
    assert_int_equal(reader_check(&r, &error), ASSAY_TRUNCATED);
    assert_string_equal(error.where, "quote.header");
    assert_int_equal(error.offset, 12);
    assert_string_equal(error.detail, "3 bytes are left, want 4");
    assert_int_equal(reader_end(&r, NULL), ASSAY_TRUNCATED);
}

static void sizes_do_not_wrap(void **state)
{
    (void)state;
    reader r = reader_of(SPAN(bytes), "x");
    read_u8(&r);
    assert_null(read_span(&r, SIZE_MAX).data);
    assert_int_equal(reader_check(&r, NULL), ASSAY_TRUNCATED);
    assert_null(span_slice(SPAN(bytes), 1, SIZE_MAX).data);
    assert_null(span_slice(SPAN(bytes), SIZE_MAX, 1).data);
}

static void left_over_bytes_are_told(void **state)
{
    (void)state;
    reader r = reader_of(SPAN(bytes), "x");
    assay_error error;
    read_span(&r, 14);
    assert_int_equal(reader_check(&r, NULL), ASSAY_OK);
    assert_int_equal(reader_end(&r, &error), ASSAY_MALFORMED);
    assert_int_equal(error.offset, 14);
}

static void an_empty_read_is_no_failure(void **state)
{
    (void)state;
    reader r = reader_of((assay_span) { NULL, 0 }, "x");
    assert_null(read_span(&r, 0).data);
    assert_int_equal(reader_end(&r, NULL), ASSAY_OK);
}

static const struct {
    const char *what;
    size_t offset, size;
    bool inside;
} slices[] = {
    { "the whole", 0, 15, true },          { "the last byte", 14, 1, true },
    { "nothing at the end", 15, 0, true }, { "one too long", 0, 16, false },
    { "one too far", 15, 1, false },       { "behind the end", 16, 0, false },
};

static void slices_stay_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(slices); i++) {
        assay_span slice = span_slice(SPAN(bytes), slices[i].offset, slices[i].size);
        assert_row(slices[i].what, slice.data != NULL, slices[i].inside);
        assert_row(slices[i].what, slice.size, slices[i].inside ? slices[i].size : 0);
    }
}

static const struct {
    const char *what;
    const char *a, *b;
    bool equal;
} pairs[] = {
    { "the same", "abc", "abc", true },    { "both empty", "", "", true },
    { "first byte", "abc", "xbc", false }, { "last byte", "abc", "abx", false },
    { "one bit", "abc", "abb", false },    { "shorter", "abc", "ab", false },
    { "empty and not", "", "a", false },
};

static void comparisons_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        assay_span a = SPAN_TEXT(pairs[i].a), b = SPAN_TEXT(pairs[i].b);
        assert_row(pairs[i].what, span_equal(a, b), pairs[i].equal);
        assert_row(pairs[i].what, span_equal_constant_time(a, b), pairs[i].equal);
        assert_row(pairs[i].what, span_is(a, pairs[i].b), pairs[i].equal);
    }
    assert_true(span_equal((assay_span) { NULL, 0 }, SPAN_TEXT("")));
}

static void zeros_are_seen(void **state)
{
    (void)state;
    uint8_t block[33] = { 0 };
    assert_true(span_is_zero((assay_span) { NULL, 0 }));
    assert_true(span_is_zero(SPAN(block)));
    for (size_t i = 0; i < sizeof(block); i++) {
        block[i] = 0x80;
        assert_false(span_is_zero(SPAN(block)));
        block[i] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_little_endian),
        cmocka_unit_test(a_reader_fails_once_and_for_all),
        cmocka_unit_test(sizes_do_not_wrap),
        cmocka_unit_test(left_over_bytes_are_told),
        cmocka_unit_test(an_empty_read_is_no_failure),
        cmocka_unit_test(slices_stay_inside),
        cmocka_unit_test(comparisons_agree),
        cmocka_unit_test(zeros_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
