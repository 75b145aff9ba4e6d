/* sim_der_writer_test.c: DER out of the simulator (src/sim/der_writer.c), byte for byte. */
#include "sim/der_writer.h"
#include "support.h"

static void put_small(der_writer *w)
{
    der_put_unsigned(w, DER_INTEGER, 0);
    der_put_unsigned(w, DER_INTEGER, 127);
    der_put_unsigned(w, DER_INTEGER, 128);
    der_put_unsigned(w, DER_ENUMERATED, 65536);
}

static void put_magnitudes(der_writer *w)
{
    static const uint8_t padded[] = { 0, 0, 0x7f }, high[] = { 0x80, 1 }, zero[] = { 0, 0 };
    der_put_magnitude(w, SPAN(padded));
    der_put_magnitude(w, SPAN(high));
    der_put_magnitude(w, SPAN(zero));
}

static void put_oids(der_writer *w)
{
    der_put_oid(w, "2.5.4.3");
    der_put_oid(w, "1.2.840.113741.1.13.1.2.17");
}

static void put_named_bits(der_writer *w)
{
    der_put_named_bits(w, 0);
    der_put_named_bits(w, 0x60); /* keyCertSign, cRLSign */
    der_put_named_bits(w, 0x03); /* digitalSignature, nonRepudiation */
    der_put_named_bits(w, 0x101);
}

static void put_times(der_writer *w)
{
    der_put_time(w, 1526899510);
    der_put_time(w, 2524607999);
    der_put_time(w, 2524608000);
}

static void put_nested(der_writer *w)
{
    der_open(w, DER_SEQUENCE);
    der_put_boolean(w, 0xff);
    der_open(w, DER_CONTEXT_CONSTRUCTED | 3);
    der_put_null(w);
    der_close(w);
    der_put_text(w, DER_UTF8_STRING, "CA");
    der_close(w);
}

static void put_bits(der_writer *w)
{
    static const uint8_t octets[] = { 4, 5 };
    der_put_bits(w, SPAN(octets));
    der_element_put(w, DER_OCTET_STRING, SPAN(octets));
}

static const struct {
    const char *what;
    void (*put)(der_writer *w);
    const char *hex;
} rows[] = {
    { "integers are minimal", put_small, "02010002017f020200800a03010000" },
    { "magnitudes lose and gain zeros", put_magnitudes, "02017f0203008001020100" },
    { "object identifiers", put_oids, "0603550403060b2a864886f84d010d010211" },
    { "named bits end with a one", put_named_bits, "03010003020106030206c00303078080" },
    { "times", put_times,
      "170d3138303532313130343531305a170d3439313233313233353935395a"
      "180f32303530303130313030303030305a" },
    { "nesting", put_nested, "300b0101ffa30205000c024341" },
    { "strings of octets", put_bits, "030300040504020405" },
};

static void writes_what_the_standard_wants(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sim_bytes out = { 0 };
        der_writer w = { .out = &out };
        char hex[256];
        rows[i].put(&w);
        assert_row(rows[i].what, out.failed, false);
        assay_hex_encode(bytes_span(&out), hex);
        if (strcmp(hex, rows[i].hex) != 0)
            test_fail("%s: got %s, want %s", rows[i].what, hex, rows[i].hex);
        bytes_free(&out);
    }
}

static void lengths_are_minimal(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        const char *head;
    } lengths[] = { { 127, "047f" },     { 128, "048180" },     { 255, "0481ff" },
                    { 256, "04820100" }, { 65535, "0482ffff" }, { 65536, "0483010000" } };
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        sim_bytes out = { 0 };
        der_writer w = { .out = &out };
        char hex[32];
        der_open(&w, DER_OCTET_STRING);
        bytes_add_repeated(&out, 0, lengths[i].size);
        der_close(&w);
        size_t head = strlen(lengths[i].head) / 2;
        assay_hex_encode(span_slice(bytes_span(&out), 0, head), hex);
        assert_string_equal(hex, lengths[i].head);
        assert_int_equal(out.size, head + lengths[i].size);
        bytes_free(&out);
    }
}

/* What is written is what our strict reader reads. */
static void our_reader_accepts_it(void **state)
{
    (void)state;
    uint8_t signature[64] = { 0x80 }, back[64];
    signature[63] = 1;
    sim_bytes out = { 0 };
    der_writer w = { .out = &out };
    der_put_signature(&w, signature);
    assert_int_equal(der_ecdsa_signature(bytes_span(&out), 32, back, "test", NULL), ASSAY_OK);
    assert_memory_equal(back, signature, sizeof(back));
    bytes_free(&out);
}

static void wrong_nesting_is_remembered(void **state)
{
    (void)state;
    sim_bytes closed = { 0 }, deep = { 0 };
    der_writer one = { .out = &closed }, many = { .out = &deep };
    der_close(&one);
    assert_true(closed.failed);
    for (size_t i = 0; i <= DER_WRITER_DEPTH; i++)
        der_open(&many, DER_SEQUENCE);
    assert_true(deep.failed);
    bytes_free(&closed);
    bytes_free(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_the_standard_wants),
        cmocka_unit_test(lengths_are_minimal),
        cmocka_unit_test(our_reader_accepts_it),
        cmocka_unit_test(wrong_nesting_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
