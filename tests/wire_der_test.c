/* wire_der_test.c: strict DER (src/wire/der.c). */
#include "support.h"
#include "wire/der.h"

#define BYTES(...)                                                                                 \
    {                                                                                              \
        (const uint8_t[]) { __VA_ARGS__ }, sizeof((const uint8_t[]) { __VA_ARGS__ })               \
    }

/* An element, and how much of it is content when it is accepted. */
static const struct {
    const char *what;
    assay_span in;
    assay_status status;
    int64_t content_or_offset;
} elements[] = {
    { "empty content", BYTES(0x05, 0x00), ASSAY_OK, 0 },
    { "two octets", BYTES(0x04, 0x02, 1, 2), ASSAY_OK, 2 },
    { "more behind it", BYTES(0x04, 0x01, 1, 2, 3), ASSAY_OK, 1 },
    { "nothing", { NULL, 0 }, ASSAY_MALFORMED, 0 },
    { "a tag alone", BYTES(0x04), ASSAY_TRUNCATED, 0 },
    { "one octet short", BYTES(0x04, 0x02, 1), ASSAY_TRUNCATED, 0 },
    { "end-of-contents", BYTES(0x00, 0x00), ASSAY_MALFORMED, 0 },
    { "tag of several bytes", BYTES(0x1f, 0x20, 0x00), ASSAY_MALFORMED, 0 },
    { "context tag of several bytes", BYTES(0xbf, 0x20, 0x00), ASSAY_MALFORMED, 0 },
    { "indefinite length", BYTES(0x30, 0x80, 0x00, 0x00), ASSAY_MALFORMED, 1 },
    { "reserved length octet", BYTES(0x30, 0xff, 0x00, 0x00), ASSAY_MALFORMED, 1 },
    { "five length octets", BYTES(0x30, 0x85, 1, 0, 0, 0, 0), ASSAY_MALFORMED, 1 },
    { "long form for a short length", BYTES(0x04, 0x81, 0x01, 1), ASSAY_MALFORMED, 1 },
    { "leading zero in the length", BYTES(0x04, 0x82, 0x00, 0x80), ASSAY_MALFORMED, 1 },
    { "length octets cut", BYTES(0x04, 0x82, 0x01), ASSAY_TRUNCATED, 0 },
    { "length of 4 GiB", BYTES(0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 0), ASSAY_TRUNCATED, 0 },
};

static void elements_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(elements); i++) {
        der_reader r = der_reader_of(elements[i].in, "cert");
        der_element e = { 0 };
        assay_error error = { 0 };
        assert_row(elements[i].what, der_next(&r, &e, &error), elements[i].status);
        int64_t got = elements[i].status == ASSAY_OK ? (int64_t)e.content.size : error.offset;
        assert_row(elements[i].what, got, elements[i].content_or_offset);
        assert_row(elements[i].what, e.tag != 0, elements[i].status == ASSAY_OK);
    }
}

static void the_shortest_long_lengths_are_read(void **state)
{
    (void)state;
    static const size_t sizes[] = { 127, 128, 255, 256, 65535, 65536 };
    static uint8_t in[65536 + 8];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t head = 0, octets = sizes[i] < 128     ? 0
                                  : sizes[i] < 256   ? 1
                                  : sizes[i] < 65536 ? 2
                                                     : 3;
        in[head++] = DER_OCTET_STRING;
        if (octets > 0)
            in[head++] = (uint8_t)(0x80 | octets);
        for (size_t j = octets == 0 ? 1 : octets; j > 0; j--)
            in[head++] = (uint8_t)(sizes[i] >> 8 * (j - 1));
        der_reader r = der_reader_of(span_of(in, head + sizes[i]), "x");
        der_element e;
        assert_int_equal(der_next(&r, &e, NULL), ASSAY_OK);
        assert_int_equal(e.content.size, sizes[i]);
        assert_int_equal(e.full.size, head + sizes[i]);
        assert_int_equal(der_end(&r, NULL), ASSAY_OK);
        der_reader cut = der_reader_of(span_of(in, head + sizes[i] - 1), "x");
        assert_int_equal(der_next(&cut, &e, NULL), ASSAY_TRUNCATED);
    }
}

static void offsets_count_from_the_outermost_input(void **state)
{
    (void)state;
    assay_span in = BYTES(0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0xff);
    der_reader outer = der_reader_of(in, "cert.tbs");
    der_element e;
    uint64_t value;
    assay_error error;
    assert_int_equal(der_expect(&outer, DER_SEQUENCE, "outer", &e, NULL), ASSAY_OK);
    der_reader middle = der_inside(&outer, &e);
    assert_true(der_next_is(&middle, DER_SEQUENCE));
    assert_int_equal(der_expect(&middle, DER_SEQUENCE, "middle", &e, NULL), ASSAY_OK);
    der_reader inner = der_inside(&middle, &e);
    assert_int_equal(der_end(&inner, &error), ASSAY_MALFORMED);
    assert_int_equal(error.offset, 4);
    assert_int_equal(der_expect(&inner, DER_SET, "serialNumber", &e, &error), ASSAY_MALFORMED);
    assert_string_equal(error.detail, "serialNumber has tag 0x02, want 0x31");
    assert_int_equal(der_expect(&inner, DER_INTEGER, "serialNumber", &e, NULL), ASSAY_OK);
    assert_int_equal(der_unsigned(&inner, &e, 9, &value, &error), ASSAY_MALFORMED);
    assert_int_equal(error.offset, 4);
    assert_string_equal(error.where, "cert.tbs");
    assert_false(der_more(&inner));
    assert_int_equal(der_expect(&inner, DER_INTEGER, "next", &e, &error), ASSAY_MALFORMED);
    assert_int_equal(error.offset, 7);
    assert_int_equal(der_fail(&inner, &e, &error, "odd %d", 7), ASSAY_MALFORMED);
    assert_string_equal(error.detail, "odd 7");
}

static der_element element(uint8_t tag, assay_span content)
{
    return (der_element) { .tag = tag, .content = content, .full = content };
}

static const struct {
    const char *what;
    assay_span content;
    uint64_t max;
    assay_status status;
    uint64_t value;
} integers[] = {
    { "zero", BYTES(0), 0, ASSAY_OK, 0 },
    { "127", BYTES(0x7f), 127, ASSAY_OK, 127 },
    { "128 with its sign octet", BYTES(0x00, 0x80), 255, ASSAY_OK, 128 },
    { "64 bits", BYTES(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), UINT64_MAX, ASSAY_OK,
      UINT64_MAX },
    { "one beyond the most", BYTES(0x01, 0x00), 255, ASSAY_MALFORMED, 0 },
    { "65 bits", BYTES(1, 0, 0, 0, 0, 0, 0, 0, 0), UINT64_MAX, ASSAY_MALFORMED, 0 },
    { "negative", BYTES(0x80), 255, ASSAY_MALFORMED, 0 },
    { "superfluous zero", BYTES(0x00, 0x7f), 255, ASSAY_MALFORMED, 0 },
    { "two zeros", BYTES(0x00, 0x00), 255, ASSAY_MALFORMED, 0 },
    { "empty", { NULL, 0 }, 255, ASSAY_MALFORMED, 0 },
};

static void integers_are_minimal_and_in_range(void **state)
{
    (void)state;
    der_reader r = der_reader_of((assay_span) { NULL, 0 }, "x");
    for (size_t i = 0; i < COUNT_OF(integers); i++) {
        der_element e = element(DER_INTEGER, integers[i].content);
        uint64_t value = 0;
        assert_row(integers[i].what, der_unsigned(&r, &e, integers[i].max, &value, NULL),
                   integers[i].status);
        assert_row(integers[i].what, value, integers[i].value);
    }
}

static void magnitudes_have_no_leading_zero(void **state)
{
    (void)state;
    der_reader r = der_reader_of((assay_span) { NULL, 0 }, "x");
    der_element zero = element(DER_INTEGER, (assay_span)BYTES(0));
    der_element high = element(DER_INTEGER, (assay_span)BYTES(0, 0x80, 1));
    assay_span magnitude;
    assert_int_equal(der_magnitude(&r, &zero, &magnitude, NULL), ASSAY_OK);
    assert_int_equal(magnitude.size, 0);
    assert_int_equal(der_magnitude(&r, &high, &magnitude, NULL), ASSAY_OK);
    assert_true(span_equal(magnitude, (assay_span)BYTES(0x80, 1)));
}

static const struct {
    const char *what;
    assay_span content;
    assay_status status;
    int value;
} booleans[] = {
    { "false", BYTES(0x00), ASSAY_OK, 0 },
    { "true", BYTES(0xff), ASSAY_OK, 1 },
    { "true in BER only", BYTES(0x01), ASSAY_MALFORMED, 0 },
    { "two octets", BYTES(0xff, 0xff), ASSAY_MALFORMED, 0 },
    { "empty", { NULL, 0 }, ASSAY_MALFORMED, 0 },
};

static void booleans_are_one_canonical_octet(void **state)
{
    (void)state;
    der_reader r = der_reader_of((assay_span) { NULL, 0 }, "x");
    for (size_t i = 0; i < COUNT_OF(booleans); i++) {
        der_element e = element(DER_BOOLEAN, booleans[i].content);
        bool value = false;
        assert_row(booleans[i].what, der_boolean(&r, &e, &value, NULL), booleans[i].status);
        assert_row(booleans[i].what, value, booleans[i].value);
    }
}

static const struct {
    const char *what;
    assay_span content;
    assay_status octets; /* of der_bit_octets() */
    assay_status named;  /* of der_named_bits() */
    uint16_t bits;
} bit_strings[] = {
    { "no bits", BYTES(0), ASSAY_OK, ASSAY_OK, 0 },
    { "digitalSignature, nonRepudiation", BYTES(6, 0xc0), ASSAY_MALFORMED, ASSAY_OK, 0x3 },
    { "keyCertSign, cRLSign", BYTES(1, 0x06), ASSAY_MALFORMED, ASSAY_OK, 0x60 },
    { "decipherOnly, bit 8", BYTES(7, 0x00, 0x80), ASSAY_MALFORMED, ASSAY_OK, 0x100 },
    { "all sixteen", BYTES(0, 0xff, 0xff), ASSAY_OK, ASSAY_OK, 0xffff },
    { "trailing zero bit", BYTES(5, 0xc0), ASSAY_MALFORMED, ASSAY_MALFORMED, 0 },
    { "trailing zero octet", BYTES(0, 0x80, 0x00), ASSAY_OK, ASSAY_MALFORMED, 0 },
    { "unused bit set", BYTES(7, 0xc0), ASSAY_MALFORMED, ASSAY_MALFORMED, 0 },
    { "eight unused bits", BYTES(8, 0x80), ASSAY_MALFORMED, ASSAY_MALFORMED, 0 },
    { "unused bits of nothing", BYTES(1), ASSAY_MALFORMED, ASSAY_MALFORMED, 0 },
    { "three octets of bits", BYTES(0, 1, 1, 1), ASSAY_OK, ASSAY_MALFORMED, 0 },
    { "empty", { NULL, 0 }, ASSAY_MALFORMED, ASSAY_MALFORMED, 0 },
};

static void bit_strings_are_minimal(void **state)
{
    (void)state;
    der_reader r = der_reader_of((assay_span) { NULL, 0 }, "x");
    for (size_t i = 0; i < COUNT_OF(bit_strings); i++) {
        der_element e = element(DER_BIT_STRING, bit_strings[i].content);
        uint16_t bits = 0;
        assay_span octets = { NULL, 0 };
        assert_row(bit_strings[i].what, der_bit_octets(&r, &e, &octets, NULL),
                   bit_strings[i].octets);
        if (bit_strings[i].octets == ASSAY_OK)
            assert_row(bit_strings[i].what, octets.size, bit_strings[i].content.size - 1);
        assert_row(bit_strings[i].what, der_named_bits(&r, &e, &bits, NULL), bit_strings[i].named);
        assert_row(bit_strings[i].what, bits, bit_strings[i].bits);
    }
}

static const struct {
    const char *what;
    uint8_t tag;
    const char *text;
    assay_status status;
    int64_t time;
} times[] = {
    { "UTCTime", DER_UTC_TIME, "180521104510Z", ASSAY_OK, 1526899510 },
    { "UTCTime of 1970", DER_UTC_TIME, "700101000000Z", ASSAY_OK, 0 },
    { "UTCTime of 2049", DER_UTC_TIME, "491231235959Z", ASSAY_OK, 2524607999 },
    { "UTCTime 50 is 1950", DER_UTC_TIME, "500101000000Z", ASSAY_MALFORMED, 0 },
    { "UTCTime without seconds", DER_UTC_TIME, "1805211045Z", ASSAY_MALFORMED, 0 },
    { "UTCTime with an offset", DER_UTC_TIME, "180521104510+0000", ASSAY_MALFORMED, 0 },
    { "UTCTime without zone", DER_UTC_TIME, "180521104510", ASSAY_MALFORMED, 0 },
    { "UTCTime with a letter", DER_UTC_TIME, "18052110451oZ", ASSAY_MALFORMED, 0 },
    { "UTCTime with another zone", DER_UTC_TIME, "180521104510z", ASSAY_MALFORMED, 0 },
    { "UTCTime 30 February", DER_UTC_TIME, "180230104510Z", ASSAY_MALFORMED, 0 },
    { "UTCTime second 60", DER_UTC_TIME, "180521104560Z", ASSAY_MALFORMED, 0 },
    { "UTCTime hour 24", DER_UTC_TIME, "180521240000Z", ASSAY_MALFORMED, 0 },
    { "GeneralizedTime of 2050", DER_GENERALIZED_TIME, "20500101000000Z", ASSAY_OK, 2524608000 },
    { "GeneralizedTime of 2049", DER_GENERALIZED_TIME, "20491231235959Z", ASSAY_MALFORMED, 0 },
    { "GeneralizedTime with fraction", DER_GENERALIZED_TIME, "20500101000000.5Z", ASSAY_MALFORMED,
      0 },
    { "GeneralizedTime in the other form", DER_GENERALIZED_TIME, "500101000000Z", ASSAY_MALFORMED,
      0 },
    { "empty", DER_UTC_TIME, "", ASSAY_MALFORMED, 0 },
    { "a text", DER_UTF8_STRING, "180521104510Z", ASSAY_MALFORMED, 0 },
};

static void times_are_exact(void **state)
{
    (void)state;
    der_reader r = der_reader_of((assay_span) { NULL, 0 }, "x");
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        der_element e = element(times[i].tag, SPAN_TEXT(times[i].text));
        int64_t time = 0;
        assert_row(times[i].what, der_time(&r, &e, &time, NULL), times[i].status);
        assert_row(times[i].what, time, times[i].time);
    }
}

/* With halves of two octets. */
static const struct {
    const char *what;
    assay_span der;
    assay_status status;
    uint8_t wanted[4];
} signatures[] = {
    { "full halves",
      BYTES(0x30, 8, 2, 2, 0x12, 0x34, 2, 2, 0x56, 0x78),
      ASSAY_OK,
      { 0x12, 0x34, 0x56, 0x78 } },
    { "short and with sign octet",
      BYTES(0x30, 8, 2, 1, 0x01, 2, 3, 0x00, 0xff, 0xfe),
      ASSAY_OK,
      { 0x00, 0x01, 0xff, 0xfe } },
    { "zero is left to the curve", BYTES(0x30, 6, 2, 1, 0, 2, 1, 0), ASSAY_OK, { 0, 0, 0, 0 } },
    { "half too long", BYTES(0x30, 8, 2, 3, 1, 0, 0, 2, 1, 1), ASSAY_MALFORMED, { 0 } },
    { "negative", BYTES(0x30, 6, 2, 1, 0x80, 2, 1, 1), ASSAY_MALFORMED, { 0 } },
    { "not minimal", BYTES(0x30, 7, 2, 2, 0, 1, 2, 1, 1), ASSAY_MALFORMED, { 0 } },
    { "one half only", BYTES(0x30, 3, 2, 1, 1), ASSAY_MALFORMED, { 0 } },
    { "three halves", BYTES(0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1), ASSAY_MALFORMED, { 0 } },
    { "bytes behind", BYTES(0x30, 6, 2, 1, 1, 2, 1, 1, 0), ASSAY_MALFORMED, { 0 } },
    { "no sequence", BYTES(0x31, 6, 2, 1, 1, 2, 1, 1), ASSAY_MALFORMED, { 0 } },
    { "cut", BYTES(0x30, 6, 2, 1, 1, 2, 1), ASSAY_TRUNCATED, { 0 } },
    { "empty", { NULL, 0 }, ASSAY_MALFORMED, { 0 } },
};

static void signatures_become_two_halves(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(signatures); i++) {
        uint8_t raw[4] = { 0xee, 0xee, 0xee, 0xee };
        uint8_t untouched[4] = { 0xee, 0xee, 0xee, 0xee };
        const uint8_t *wanted = signatures[i].status == ASSAY_OK ? signatures[i].wanted : untouched;
        assert_row(signatures[i].what, der_ecdsa_signature(signatures[i].der, 2, raw, "sig", NULL),
                   signatures[i].status);
        assert_row(signatures[i].what, memcmp(raw, wanted, 4), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_read_or_refused),
        cmocka_unit_test(the_shortest_long_lengths_are_read),
        cmocka_unit_test(offsets_count_from_the_outermost_input),
        cmocka_unit_test(integers_are_minimal_and_in_range),
        cmocka_unit_test(magnitudes_have_no_leading_zero),
        cmocka_unit_test(booleans_are_one_canonical_octet),
        cmocka_unit_test(bit_strings_are_minimal),
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(signatures_become_two_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
