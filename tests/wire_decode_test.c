/* wire_decode_test.c: how evidence came in (src/wire/decode.c). */
#include "assay/base.h"
#include "base/span.h"
#include "support.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static const struct {
    const char *what;
    assay_span in;
    assay_status status;
    assay_encoding encoding;
    assay_span bytes;
} rows[] = {
    { "empty", { NULL, 0 }, ASSAY_OK, ASSAY_ENCODING_BINARY, { NULL, 0 } },
    { "a quote's header", TEXT("\x04\0\x02\0\x81\0\0\0\0\0\0\0\x93\x9a\x72\x33"), ASSAY_OK,
      ASSAY_ENCODING_BINARY, TEXT("\x04\0\x02\0\x81\0\0\0\0\0\0\0\x93\x9a\x72\x33") },
    { "hex", TEXT("666f6f6261722162"), ASSAY_OK, ASSAY_ENCODING_HEX, TEXT("foobar!b") },
    { "hex in upper case", TEXT("666F6F6261722162"), ASSAY_OK, ASSAY_ENCODING_HEX,
      TEXT("foobar!b") },
    { "hex with 0x", TEXT("0x666f6f6261722162"), ASSAY_OK, ASSAY_ENCODING_HEX, TEXT("foobar!b") },
    { "hex with space before 0x", TEXT(" \n0x666f6f6261722162\n"), ASSAY_OK, ASSAY_ENCODING_HEX,
      TEXT("foobar!b") },
    { "hex in lines that split pairs", TEXT("666f6\nf626\r\n1722 1\t62\n"), ASSAY_OK,
      ASSAY_ENCODING_HEX, TEXT("foobar!b") },
    { "hex that is base64 too", TEXT("0123456789abcdef"), ASSAY_OK, ASSAY_ENCODING_HEX,
      TEXT("\x01\x23\x45\x67\x89\xab\xcd\xef") },
    { "hex of fifteen digits is too short for text", TEXT("666f6f626172216"), ASSAY_OK,
      ASSAY_ENCODING_BINARY, TEXT("666f6f626172216") },
    { "fifteen digits and space too", TEXT(" 666f6f626172216\n"), ASSAY_OK, ASSAY_ENCODING_BINARY,
      TEXT(" 666f6f626172216\n") },
    { "hex of seventeen digits", TEXT("666f6f62617221627"), ASSAY_MALFORMED, ASSAY_ENCODING_HEX,
      TEXT("") },
    { "base64", TEXT("Zm9vYmFyIWZvb2Jhcg=="), ASSAY_OK, ASSAY_ENCODING_BASE64,
      TEXT("foobar!foobar") },
    { "base64 without padding", TEXT("Zm9vYmFyIWZvb2Jhcg"), ASSAY_OK, ASSAY_ENCODING_BASE64,
      TEXT("foobar!foobar") },
    { "base64 in lines", TEXT("Zm9vYmFyI\r\nWZvb2Jhcg==\r\n"), ASSAY_OK, ASSAY_ENCODING_BASE64,
      TEXT("foobar!foobar") },
    { "standard alphabet", TEXT("+/+/Zm9vYmFyIWZv"), ASSAY_OK, ASSAY_ENCODING_BASE64,
      TEXT("\xfb\xff\xbf"
           "foobar!fo") },
    { "URL alphabet", TEXT("-_-_Zm9vYmFyIWZv"), ASSAY_OK, ASSAY_ENCODING_BASE64,
      TEXT("\xfb\xff\xbf"
           "foobar!fo") },
    { "standard alphabet without its padding", TEXT("+/+/Zm9vYmFyIWZvbw"), ASSAY_MALFORMED,
      ASSAY_ENCODING_BASE64, TEXT("") },
    { "both alphabets are none", TEXT("+_+_Zm9vYmFyIWZv"), ASSAY_OK, ASSAY_ENCODING_BINARY,
      TEXT("+_+_Zm9vYmFyIWZv") },
    { "pad bits", TEXT("Zm9vYmFyIWZvb2Jhch=="), ASSAY_MALFORMED, ASSAY_ENCODING_BASE64, TEXT("") },
    { "padding in the middle", TEXT("Zm9vYmFyIQ==Zm9v"), ASSAY_MALFORMED, ASSAY_ENCODING_BASE64,
      TEXT("") },
    { "one byte beyond text", TEXT("666f6f6261722162\0"), ASSAY_OK, ASSAY_ENCODING_BINARY,
      TEXT("666f6f6261722162\0") },
    { "JSON", TEXT("{\"tcbInfo\":{\"id\":\"TDX\"}}"), ASSAY_OK, ASSAY_ENCODING_BINARY,
      TEXT("{\"tcbInfo\":{\"id\":\"TDX\"}}") },
    { "PEM", TEXT("-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n"), ASSAY_OK,
      ASSAY_ENCODING_BINARY,
      TEXT("-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n") },
};

static void recognises_and_decodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t out[128] = { 0 };
        size_t size = 0;
        assay_encoding encoding = rows[i].encoding;
        assay_error error = { 0 };
        assert_row(rows[i].what,
                   assay_decode_any(rows[i].in, out, rows[i].in.size, &size, &encoding, &error),
                   rows[i].status);
        assert_row(rows[i].what, encoding, rows[i].encoding);
        assert_row(rows[i].what, span_equal(span_of(out, size), rows[i].bytes), true);
        assert_row(rows[i].what, error.offset >= 0, true);
        assert_row(rows[i].what, assay_decode_any(rows[i].in, out, sizeof(out), &size, NULL, NULL),
                   rows[i].status);
    }
}

static void failures_leave_everything_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t out[128], before[128];
        size_t size = 99;
        assay_encoding encoding = (assay_encoding)7;
        bool refused = rows[i].status != ASSAY_OK;
        if (!refused && rows[i].bytes.size == 0)
            continue;
        memset(out, 0xee, sizeof(out));
        memset(before, 0xee, sizeof(before));
        size_t capacity = refused ? sizeof(out) : rows[i].bytes.size - 1;
        assert_row(rows[i].what,
                   assay_decode_any(rows[i].in, out, capacity, &size, &encoding, NULL),
                   refused ? rows[i].status : ASSAY_USAGE);
        assert_row(rows[i].what, memcmp(out, before, sizeof(out)), 0);
        assert_row(rows[i].what, size, 99);
        assert_row(rows[i].what, encoding, 7);
    }
}

static void the_exact_capacity_is_enough(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t out[128];
        size_t size;
        if (rows[i].status == ASSAY_OK)
            assert_row(rows[i].what,
                       assay_decode_any(rows[i].in, out, rows[i].bytes.size, &size, NULL, NULL),
                       ASSAY_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recognises_and_decodes),
        cmocka_unit_test(failures_leave_everything_alone),
        cmocka_unit_test(the_exact_capacity_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
