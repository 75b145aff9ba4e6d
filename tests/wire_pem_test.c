/* wire_pem_test.c: PEM blocks (src/wire/pem.c; verification.md 2.6). */
#include "support.h"
#include "wire/pem.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END   "-----END CERTIFICATE-----"
#define FOO   BEGIN "\nZm9v\n" END
#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static const struct {
    const char *what;
    assay_span text;
    assay_status status;
    int64_t count_or_offset;
} rows[] = {
    { "one block", TEXT(FOO "\n"), ASSAY_OK, 1 },
    { "no line end at the end", TEXT(FOO), ASSAY_OK, 1 },
    { "two blocks", TEXT(FOO "\n" FOO "\n"), ASSAY_OK, 2 },
    { "no line end between blocks", TEXT(FOO FOO FOO), ASSAY_OK, 3 },
    { "CRLF", TEXT(BEGIN "\r\nZm9v\r\n" END "\r\n"), ASSAY_OK, 1 },
    { "white space around", TEXT(" \t\r\n" FOO "\n \t\n" FOO " \n"), ASSAY_OK, 2 },
    { "lines of any length", TEXT(BEGIN "\nZ\nm9\n\nv\n" END), ASSAY_OK, 1 },
    { "one NUL at the end", TEXT(FOO "\n\0"), ASSAY_OK, 1 },
    { "one NUL right behind END", TEXT(FOO "\0"), ASSAY_OK, 1 },
    { "eight blocks", TEXT(FOO FOO FOO FOO FOO FOO FOO FOO), ASSAY_OK, 8 },
    { "nine blocks", TEXT(FOO FOO FOO FOO FOO FOO FOO FOO FOO), ASSAY_MALFORMED,
      8 * (sizeof(FOO) - 1) },
    { "nothing", TEXT(""), ASSAY_MALFORMED, 0 },
    { "white space only", TEXT(" \n"), ASSAY_MALFORMED, 0 },
    { "a NUL only", TEXT("\0"), ASSAY_MALFORMED, 0 },
    { "two NULs at the end", TEXT(FOO "\n\0\0"), ASSAY_MALFORMED, sizeof(FOO) },
    { "a NUL before the end", TEXT(FOO "\0\n"), ASSAY_MALFORMED, sizeof(FOO) - 1 },
    { "a NUL between blocks", TEXT(FOO "\0" FOO), ASSAY_MALFORMED, sizeof(FOO) - 1 },
    { "text before", TEXT("x" FOO), ASSAY_MALFORMED, 0 },
    { "text between", TEXT(FOO "\n#\n" FOO), ASSAY_MALFORMED, sizeof(FOO) },
    { "text behind", TEXT(FOO "\nx"), ASSAY_MALFORMED, sizeof(FOO) },
    { "form feed is no white space", TEXT("\f" FOO), ASSAY_MALFORMED, 0 },
    { "another label", TEXT("-----BEGIN X509 CRL-----\nZm9v\n-----END X509 CRL-----"),
      ASSAY_MALFORMED, 0 },
    { "longer label", TEXT("-----BEGIN CERTIFICATES-----\nZm9v\n" END), ASSAY_MALFORMED, 0 },
    { "other label at the end", TEXT(BEGIN "\nZm9v\n-----END X509 CRL-----"), ASSAY_MALFORMED,
      sizeof(BEGIN "\nZm9v\n") - 1 },
    { "no END", TEXT(BEGIN "\nZm9v\n"), ASSAY_MALFORMED, sizeof(BEGIN "\nZm9v\n") - 1 },
    { "END cut", TEXT(BEGIN "\nZm9v\n-----END CERTIFICATE----"), ASSAY_MALFORMED,
      sizeof(BEGIN "\nZm9v\n") - 1 },
    { "BEGIN in a block", TEXT(BEGIN "\n" FOO), ASSAY_MALFORMED, sizeof(BEGIN) },
    { "body on the BEGIN line", TEXT(BEGIN "Zm9v\n" END), ASSAY_MALFORMED, sizeof(BEGIN) - 1 },
    { "END on the body's line", TEXT(BEGIN "\nZm9v" END), ASSAY_MALFORMED,
      sizeof(BEGIN "\nZm9v") - 1 },
    { "empty block", TEXT(BEGIN "\n" END), ASSAY_MALFORMED, sizeof(BEGIN) },
    { "blank block", TEXT(BEGIN "\n\n" END), ASSAY_MALFORMED, sizeof(BEGIN) },
    { "space in a line", TEXT(BEGIN "\nZm 9v\n" END), ASSAY_MALFORMED, sizeof(BEGIN "\nZm") - 1 },
    { "tab in a line", TEXT(BEGIN "\nZm9v\t\n" END), ASSAY_MALFORMED, sizeof(BEGIN "\nZm9v") - 1 },
    { "CR without LF", TEXT(BEGIN "\nZm\r9v\n" END), ASSAY_MALFORMED, sizeof(BEGIN "\nZm") - 1 },
    { "a header line", TEXT(BEGIN "\nA: b\n\nZm9v\n" END), ASSAY_MALFORMED,
      sizeof(BEGIN "\nA:") - 1 },
    { "a letter that is none", TEXT(BEGIN "\nZm*v\n" END), ASSAY_MALFORMED,
      sizeof(BEGIN "\nZm") - 1 },
    { "padding missing", TEXT(BEGIN "\nZg\n" END), ASSAY_MALFORMED, sizeof(BEGIN "\nZg\n") - 1 },
    { "pad bits", TEXT(BEGIN "\nZh==\n" END), ASSAY_MALFORMED, sizeof(BEGIN "\nZ") - 1 },
    { "NUL in a block", TEXT(BEGIN "\nZm\0v\n" END), ASSAY_MALFORMED, sizeof(BEGIN "\nZm") - 1 },
};

static void decodes_or_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t buffer[64];
        pem_blocks blocks = { .count = 0 };
        assay_error error = { 0 };
        assert_row(rows[i].what,
                   pem_decode(rows[i].text, "CERTIFICATE", buffer, sizeof(buffer), &blocks, &error),
                   rows[i].status);
        int64_t got = rows[i].status == ASSAY_OK ? (int64_t)blocks.count : error.offset;
        assert_row(rows[i].what, got, rows[i].count_or_offset);
        for (size_t j = 0; j < blocks.count; j++)
            assert_row(rows[i].what, span_is(blocks.der[j], "foo"), true);
    }
}

static void blocks_keep_their_order(void **state)
{
    (void)state;
    static const char text[] = "-----BEGIN X509 CRL-----\nYQ==\n-----END X509 CRL-----\n"
                               "-----BEGIN X509 CRL-----\nYmM=\n-----END X509 CRL-----\n";
    uint8_t buffer[3];
    pem_blocks blocks;
    assert_int_equal(pem_decode(SPAN_TEXT(text), "X509 CRL", buffer, sizeof(buffer), &blocks, NULL),
                     ASSAY_OK);
    assert_int_equal(blocks.count, 2);
    assert_true(span_is(blocks.der[0], "a"));
    assert_true(span_is(blocks.der[1], "bc"));
    assert_int_equal(pem_decode(SPAN_TEXT(text), "X509 CRL", buffer, 2, &blocks, NULL),
                     ASSAY_USAGE);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    static const char text[] = FOO "\n" FOO;
    uint8_t buffer[64];
    pem_blocks blocks;
    for (size_t size = 0; size < sizeof(text) - 1; size++) {
        bool whole = size == sizeof(FOO) - 1 || size == sizeof(FOO);
        assert_row(
            "truncated",
            pem_decode(span_of(text, size), "CERTIFICATE", buffer, sizeof(buffer), &blocks, NULL),
            whole ? ASSAY_OK : ASSAY_MALFORMED);
    }
}

static void looks_like_pem_at_its_begin_line(void **state)
{
    (void)state;
    assert_true(pem_looks_like(SPAN_TEXT(FOO)));
    assert_true(pem_looks_like(SPAN_TEXT("\r\n -----BEGIN X509 CRL-----")));
    assert_false(pem_looks_like(SPAN_TEXT("----BEGIN CERTIFICATE-----")));
    assert_false(pem_looks_like(SPAN_TEXT("x" FOO)));
    assert_false(pem_looks_like((assay_span) { NULL, 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_or_refuses),
        cmocka_unit_test(blocks_keep_their_order),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(looks_like_pem_at_its_begin_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
