/* evidence_td_report_test.c: the form of TD reports (src/evidence/td_report.c). guest.md 5. */
#include "crypto/crypto.h"
#include "evidence/fields.h"
#include "support.h"

typedef enum hashes { HASHES_AFTER, HASHES_BEFORE } hashes;

static void hashes_set(uint8_t *report)
{
    sha384(span_of(report + 256, 239), report + 32);
    sha384(span_of(report + 512, 512), report + 80);
}

static void report_make(uint8_t *report)
{
    memset(report, 0, TDREPORT_SIZE);
    report[0] = 0x81;
    memset(report + 16, 0x10, 16);
    memset(report + 128, 0x64, 64);
    memset(report + 224, 0x3a, 32);
    memset(report + 264, 0x07, 48);
    memset(report + 528, 0x3d, 48);
    hashes_set(report);
}

static const struct {
    const char *what;
    unsigned at;
    uint8_t value;
    hashes when;
    assay_status status;
    const char *where;
} rows[] = {
    { "sound", 128, 0x65, HASHES_AFTER, ASSAY_OK, NULL },
    { "another type", 0, 0x80, HASHES_AFTER, ASSAY_UNSUPPORTED, "td_report.type" },
    { "subtype 1", 1, 1, HASHES_AFTER, ASSAY_OK, NULL },
    { "subtype 2", 1, 2, HASHES_AFTER, ASSAY_UNSUPPORTED, "td_report.subtype" },
    { "version 1", 2, 1, HASHES_AFTER, ASSAY_OK, NULL },
    { "version 2", 2, 2, HASHES_AFTER, ASSAY_UNSUPPORTED, "td_report.version" },
    { "version 3", 2, 3, HASHES_AFTER, ASSAY_OK, NULL },
    { "first reserved byte", 3, 1, HASHES_AFTER, ASSAY_MALFORMED, "td_report.reserved1" },
    { "reserved bytes before the MAC", 223, 1, HASHES_AFTER, ASSAY_MALFORMED,
      "td_report.reserved3" },
    { "reserved bytes of the hashed parts", 480, 1, HASHES_AFTER, ASSAY_OK, NULL },
    { "TCB information changed", 264, 1, HASHES_BEFORE, ASSAY_MALFORMED,
      "td_report.tee_tcb_info_hash" },
    { "last byte of the TCB information changed", 494, 1, HASHES_BEFORE, ASSAY_MALFORMED,
      "td_report.tee_tcb_info_hash" },
    { "measurement changed", 528, 1, HASHES_BEFORE, ASSAY_MALFORMED, "td_report.tee_info_hash" },
    { "last byte changed", 1023, 1, HASHES_BEFORE, ASSAY_MALFORMED, "td_report.tee_info_hash" },
    { "MAC changed: not ours to judge", 224, 1, HASHES_BEFORE, ASSAY_OK, NULL },
};

static void every_row_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t bytes[TDREPORT_SIZE];
        report_make(bytes);
        bytes[rows[i].at] = rows[i].value;
        if (rows[i].when == HASHES_AFTER)
            hashes_set(bytes);
        assay_td_report report;
        assay_error error = { 0 };
        assert_row(rows[i].what, assay_td_report_parse(SPAN(bytes), &report, &error),
                   rows[i].status);
        if (rows[i].where != NULL)
            assert_string_equal(error.where, rows[i].where);
    }
}

static void parts_are_where_they_belong(void **state)
{
    (void)state;
    uint8_t bytes[TDREPORT_SIZE];
    report_make(bytes);
    assay_td_report report;
    assert_int_equal(assay_td_report_parse(SPAN(bytes), &report, NULL), ASSAY_OK);
    assert_ptr_equal(report.mac.data, bytes);
    assert_int_equal(report.mac.size, 256);
    assert_ptr_equal(report.tee_info.data, bytes + 256);
    assert_int_equal(report.tee_info.size, 239);
    assert_ptr_equal(report.td_info.data, bytes + 512);
    assert_int_equal(report.td_info.size, 512);
}

static void only_1024_bytes_will_do(void **state)
{
    (void)state;
    uint8_t bytes[TDREPORT_SIZE + 1] = { 0 };
    report_make(bytes);
    assay_td_report report;
    assert_int_equal(assay_td_report_parse(SPAN(bytes), &report, NULL), ASSAY_MALFORMED);
    for (size_t size = 0; size < TDREPORT_SIZE; size++)
        assert_int_equal(assay_td_report_parse(span_of(bytes, size), &report, NULL),
                         ASSAY_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_judged),
        cmocka_unit_test(parts_are_where_they_belong),
        cmocka_unit_test(only_1024_bytes_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
