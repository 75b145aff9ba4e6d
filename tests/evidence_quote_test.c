/* evidence_quote_test.c: the form of quotes (src/evidence/quote.c). verification.md 1, 9. */
#include "quote_builder.h"
#include "support.h"

enum { V3, V4_SGX, V4_TDX, V5_SGX, V5_TD10, V5_TD15, V5_TD15X };

static bool inside(assay_span whole, assay_span part)
{
    return part.data != NULL && part.data >= whole.data && part.size <= whole.size &&
           (size_t)(part.data - whole.data) <= whole.size - part.size;
}

static void every_shape_is_read(void **state)
{
    (void)state;
    static const struct {
        assay_tee tee;
        const assay_layout *body;
    } wanted[] = {
        [V3] = { ASSAY_TEE_SGX, &assay_layout_sgx_report },
        [V4_SGX] = { ASSAY_TEE_SGX, &assay_layout_sgx_report },
        [V4_TDX] = { ASSAY_TEE_TDX, &assay_layout_td_report_1_0 },
        [V5_SGX] = { ASSAY_TEE_SGX, &assay_layout_sgx_report },
        [V5_TD10] = { ASSAY_TEE_TDX, &assay_layout_td_report_1_0 },
        [V5_TD15] = { ASSAY_TEE_TDX, &assay_layout_td_report_1_5 },
        [V5_TD15X] = { ASSAY_TEE_TDX, &assay_layout_td_report_1_5x },
    };
    for (size_t i = 0; i < COUNT_OF(built_shapes); i++) {
        const char *what = built_shapes[i].what;
        built_quote q = quote_build(built_shapes[i].plan);
        assay_span bytes = { q.bytes, q.size };
        assay_quote quote;
        assert_row(what, assay_quote_parse(bytes, &quote, NULL), ASSAY_OK);
        assert_row(what, quote.tee, wanted[i].tee);
        assert_row(what, quote.body_layout == wanted[i].body, 1);
        assert_row(what, quote.version, built_shapes[i].plan.version);
        assert_row(what, quote.body_type, built_shapes[i].plan.body_type);
        assert_row(what, quote.body.size, built_shapes[i].plan.body_size);
        assert_row(what, quote.signed_part.size, q.auth_size_at);
        assert_row(what, quote.signed_part.data == q.bytes, 1);
        assert_row(what, quote.signature.data[63], 0x11);
        assert_row(what, quote.attestation_key.data[0], 0x22);
        assert_row(what, quote.qe_report.data - q.bytes, q.qe_report_at);
        assert_row(what, quote.qe_report_signature.data[63], 0x33);
        assert_row(what, quote.qe_auth_data.size, 32);
        assert_row(what, quote.certification_type, 5);
        assert_row(what, quote.certification_data.size, 40);
        assert_row(what, quote.certification_data.data - q.bytes, q.certification_at + 6);
        assert_row(what, quote.bytes.size, q.size);
        assert_row(what, quote.trailing.size, 0);
    }
}

/* One number of a sound quote overwritten. */
typedef enum spot { HEADER, AUTH_SIZE, OUTER, QE_REPORT, QE_AUTH, CERTIFICATION } spot;

static const struct {
    const char *what;
    int shape;
    spot from;
    unsigned plus; /* where the number stands */
    uint64_t value;
    unsigned size;
    assay_status status;
    const char *where;
} edits[] = {
    { "version 7", V3, HEADER, 0, 7, 2, ASSAY_UNSUPPORTED, "quote.header.version" },
    { "version 2", V3, HEADER, 0, 2, 2, ASSAY_UNSUPPORTED, "quote.header.version" },
    { "version 0x0103", V3, HEADER, 0, 0x103, 2, ASSAY_UNSUPPORTED, "quote.header.version" },
    { "EPID key", V3, HEADER, 2, 0, 2, ASSAY_UNSUPPORTED, "quote.header.attestation_key_type" },
    { "P-384 key", V4_TDX, HEADER, 2, 3, 2, ASSAY_UNSUPPORTED,
      "quote.header.attestation_key_type" },
    { "another vendor", V4_TDX, HEADER, 27, 8, 1, ASSAY_UNSUPPORTED, "quote.header.qe_vendor_id" },
    { "TEE type in version 3", V3, HEADER, 4, 0x81, 4, ASSAY_MALFORMED, "quote.header.reserved" },
    { "QE and PCE SVN in version 3", V3, HEADER, 8, 0x00100009, 4, ASSAY_OK, NULL },
    { "reserved header bytes in version 4", V4_TDX, HEADER, 11, 1, 1, ASSAY_MALFORMED,
      "quote.header.reserved" },
    { "reserved header bytes in version 5", V5_TD15, HEADER, 8, 1, 1, ASSAY_MALFORMED,
      "quote.header.reserved" },
    { "user data", V4_TDX, HEADER, 47, 0xff, 1, ASSAY_OK, NULL },
    { "TEE type 1", V4_TDX, HEADER, 4, 1, 4, ASSAY_UNSUPPORTED, "quote.header.tee_type" },
    { "TEE type 0x10081", V4_TDX, HEADER, 4, 0x10081, 4, ASSAY_UNSUPPORTED,
      "quote.header.tee_type" },
    { "version 4 read as 3", V4_TDX, HEADER, 0, 3, 2, ASSAY_MALFORMED, "quote.header.reserved" },
    { "version 4 read as 5", V4_TDX, HEADER, 0, 5, 2, ASSAY_UNSUPPORTED,
      "quote.body_descriptor.type" },
    { "version 5 read as 4", V5_TD15, HEADER, 0, 4, 2, ASSAY_TRUNCATED, NULL },
    { "body type 0", V5_TD15, HEADER, 48, 0, 2, ASSAY_UNSUPPORTED, "quote.body_descriptor.type" },
    { "body type 5", V5_TD15, HEADER, 48, 5, 2, ASSAY_UNSUPPORTED, "quote.body_descriptor.type" },
    { "body type 1 with TEE type TDX", V5_TD15, HEADER, 48, 1, 2, ASSAY_MALFORMED,
      "quote.header.tee_type" },
    { "body type 2 of 648 bytes", V5_TD15, HEADER, 48, 2, 2, ASSAY_MALFORMED,
      "quote.body_descriptor.size" },
    { "body type 4 of 648 bytes", V5_TD15, HEADER, 48, 4, 2, ASSAY_MALFORMED,
      "quote.body_descriptor.size" },
    { "body type 3 of 584 bytes", V5_TD15, HEADER, 50, 584, 4, ASSAY_MALFORMED,
      "quote.body_descriptor.size" },
    { "body type 3 of 649 bytes", V5_TD15, HEADER, 50, 649, 4, ASSAY_MALFORMED,
      "quote.body_descriptor.size" },
    { "body size wraps to 648 in 16 bits", V5_TD15, HEADER, 50, 0x10288, 4, ASSAY_MALFORMED,
      "quote.body_descriptor.size" },
    { "TEE type 0 with a TD body", V5_TD15, HEADER, 4, 0, 4, ASSAY_MALFORMED,
      "quote.header.tee_type" },
    { "TEE type TDX with an SGX body", V5_SGX, HEADER, 4, 0x81, 4, ASSAY_MALFORMED,
      "quote.header.tee_type" },
    { "auth size at its maximum", V4_TDX, AUTH_SIZE, 0, UINT32_MAX, 4, ASSAY_MALFORMED,
      "quote.auth_data" },
    { "auth size beyond the bytes", V4_TDX, AUTH_SIZE, 0, 60000, 4, ASSAY_TRUNCATED,
      "quote.auth_data" },
    { "auth size above its limit", V4_TDX, AUTH_SIZE, 0, 65537, 4, ASSAY_MALFORMED,
      "quote.auth_data" },
    { "auth size 0", V4_TDX, AUTH_SIZE, 0, 0, 4, ASSAY_TRUNCATED, "quote.auth_data.signature" },
    { "auth size 100", V3, AUTH_SIZE, 0, 100, 4, ASSAY_TRUNCATED,
      "quote.auth_data.attestation_key" },
    { "outer type 5", V4_TDX, OUTER, 0, 5, 2, ASSAY_MALFORMED,
      "quote.auth_data.outer_certification_data.type" },
    { "outer type 7", V5_TD15, OUTER, 0, 7, 2, ASSAY_MALFORMED,
      "quote.auth_data.outer_certification_data.type" },
    { "outer size at its maximum", V4_TDX, OUTER, 2, UINT32_MAX, 4, ASSAY_MALFORMED,
      "quote.auth_data.outer_certification_data" },
    { "outer size wraps", V4_TDX, OUTER, 2, 0xfffffffa, 4, ASSAY_MALFORMED,
      "quote.auth_data.outer_certification_data" },
    { "outer size one more than there is", V4_TDX, OUTER, 2, 384 + 64 + 2 + 32 + 6 + 41, 4,
      ASSAY_TRUNCATED, "quote.auth_data.outer_certification_data" },
    { "outer size one less than there is", V4_TDX, OUTER, 2, 384 + 64 + 2 + 32 + 6 + 39, 4,
      ASSAY_TRUNCATED, "quote.auth_data.certification_data" },
    { "QE report, first reserved field", V3, QE_REPORT, 20, 1, 1, ASSAY_MALFORMED,
      "quote.auth_data.qe_report.reserved1" },
    { "QE report, second reserved field", V4_TDX, QE_REPORT, 127, 1, 1, ASSAY_MALFORMED,
      "quote.auth_data.qe_report.reserved2" },
    { "QE report, fourth reserved field", V5_TD15, QE_REPORT, 303, 1, 1, ASSAY_MALFORMED,
      "quote.auth_data.qe_report.reserved4" },
    { "QE report data, upper half", V4_TDX, QE_REPORT, 383, 1, 1, ASSAY_OK, NULL },
    { "QE auth size at its maximum", V4_TDX, QE_AUTH, 0, 65535, 2, ASSAY_MALFORMED,
      "quote.auth_data.qe_auth_data" },
    { "QE auth size beyond the bytes", V4_TDX, QE_AUTH, 0, 1024, 2, ASSAY_TRUNCATED,
      "quote.auth_data.qe_auth_data" },
    { "certification type 0", V4_TDX, CERTIFICATION, 0, 0, 2, ASSAY_MALFORMED,
      "quote.auth_data.certification_data.type" },
    { "certification type 6 in 6", V4_TDX, CERTIFICATION, 0, 6, 2, ASSAY_MALFORMED,
      "quote.auth_data.certification_data.type" },
    { "certification type 6 in version 3", V3, CERTIFICATION, 0, 6, 2, ASSAY_MALFORMED,
      "quote.auth_data.certification_data.type" },
    { "certification type 7", V4_TDX, CERTIFICATION, 0, 7, 2, ASSAY_MALFORMED,
      "quote.auth_data.certification_data.type" },
    { "certification type 0x105", V4_TDX, CERTIFICATION, 0, 0x105, 2, ASSAY_MALFORMED,
      "quote.auth_data.certification_data.type" },
    { "certification type 1 of 40 bytes", V3, CERTIFICATION, 0, 1, 2, ASSAY_MALFORMED,
      "quote.auth_data.certification_data.size" },
    { "certification size at its maximum", V3, CERTIFICATION, 2, UINT32_MAX, 4, ASSAY_MALFORMED,
      "quote.auth_data.certification_data" },
    { "certification size beyond the bytes", V3, CERTIFICATION, 2, 41, 4, ASSAY_TRUNCATED,
      "quote.auth_data.certification_data" },
    { "certification size too small", V3, CERTIFICATION, 2, 39, 4, ASSAY_MALFORMED,
      "quote.auth_data.certification_data" },
    { "certification size too small inside 6", V4_TDX, CERTIFICATION, 2, 39, 4, ASSAY_MALFORMED,
      "quote.auth_data.certification_data" },
};

static size_t spot_offset(const built_quote *q, spot from)
{
    const size_t offsets[] = { [HEADER] = 0,
                               [AUTH_SIZE] = q->auth_size_at,
                               [OUTER] = q->outer_at,
                               [QE_REPORT] = q->qe_report_at,
                               [QE_AUTH] = q->qe_auth_at,
                               [CERTIFICATION] = q->certification_at };
    return offsets[from];
}

static void every_edit_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        built_quote q = quote_build(built_shapes[edits[i].shape].plan);
        size_t at = spot_offset(&q, edits[i].from) + edits[i].plus;
        set_number(&q, at, edits[i].value, edits[i].size);
        assay_quote quote = { .version = 99 };
        assay_error error = { 0 };
        assert_row(edits[i].what,
                   assay_quote_parse((assay_span) { q.bytes, q.size }, &quote, &error),
                   edits[i].status);
        if (edits[i].status == ASSAY_OK)
            continue;
        assert_row(edits[i].what, quote.version, 99);
        const bool size_of_type = error.qvl == 53;
        assert_row(edits[i].what, error.qvl, size_of_type ? 53 : 37);
        assert_row(edits[i].what, error.code, size_of_type ? 0xE01C : 0xE01D);
        assert_row(edits[i].what, size_of_type,
                   edits[i].from == CERTIFICATION && edits[i].value == 1);
        assert_row(edits[i].what, error.status, edits[i].status);
        if (edits[i].where != NULL && strcmp(error.where, edits[i].where) != 0)
            test_fail("%s: at %s, want %s", edits[i].what, error.where, edits[i].where);
        if (error.offset < 0 || error.offset > (int64_t)q.size)
            test_fail("%s: offset %jd", edits[i].what, (intmax_t)error.offset);
    }
}

static const struct {
    const char *what;
    quote_plan plan;
    assay_status status;
} plans[] = {
    { "smallest quote", { 3, 0, 0, 384, 0, 0, 0, 0, 0, 0, 0, 0 }, ASSAY_OK },
    { "slack behind certification data, version 3",
      { 3, 0, 0, 384, 0, 0, 40, 32, 1, 0, 0, 0 },
      ASSAY_MALFORMED },
    { "slack inside the outer data",
      { 4, 0x81, 0, 584, 0, 0, 40, 32, 1, 0, 0, 0 },
      ASSAY_MALFORMED },
    { "slack behind the outer data",
      { 4, 0x81, 0, 584, 0, 0, 40, 32, 0, 1, 0, 0 },
      ASSAY_MALFORMED },
    { "zeros behind the quote", { 4, 0x81, 0, 584, 0, 0, 40, 32, 0, 0, 70, 0 }, ASSAY_OK },
    { "3065 zeros behind the quote", { 4, 0x81, 0, 584, 0, 0, 40, 32, 0, 0, 3065, 0 }, ASSAY_OK },
    { "text behind the quote", { 5, 0x81, 3, 648, 0, 0, 40, 32, 0, 0, 9, 'x' }, ASSAY_OK },
    { "type 1 of its size", { 3, 0, 0, 384, 0, 1, 36, 32, 0, 0, 0, 0 }, ASSAY_OK },
    { "type 1, one byte short", { 3, 0, 0, 384, 0, 1, 35, 32, 0, 0, 0, 0 }, ASSAY_MALFORMED },
    { "type 1 without PCE id, as in Intel's sample",
      { 3, 0, 0, 384, 0, 1, 34, 32, 0, 0, 0, 0 },
      ASSAY_OK },
    { "type 2 of its size", { 4, 0x81, 0, 584, 0, 2, 276, 32, 0, 0, 0, 0 }, ASSAY_OK },
    { "type 2 of the size of type 3",
      { 4, 0x81, 0, 584, 0, 2, 404, 32, 0, 0, 0, 0 },
      ASSAY_MALFORMED },
    { "type 3 of its size", { 5, 0x81, 3, 648, 0, 3, 404, 32, 0, 0, 0, 0 }, ASSAY_OK },
    { "type 4", { 4, 0, 0, 384, 0, 4, 1000, 32, 0, 0, 0, 0 }, ASSAY_OK },
    { "QE auth data at its limit", { 4, 0x81, 0, 584, 0, 0, 40, 1024, 0, 0, 0, 0 }, ASSAY_OK },
    { "QE auth data above its limit",
      { 4, 0x81, 0, 584, 0, 0, 40, 1025, 0, 0, 0, 0 },
      ASSAY_MALFORMED },
    { "body type 4 cut to 648 bytes",
      { 5, 0x81, 4, 648, 0, 0, 40, 32, 0, 0, 0, 0 },
      ASSAY_MALFORMED },
    { "body type 1 with TEE type TDX",
      { 5, 0x81, 1, 384, 0, 0, 40, 32, 0, 0, 0, 0 },
      ASSAY_MALFORMED },
};

static void every_plan_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        built_quote q = quote_build(plans[i].plan);
        assay_span bytes = { q.bytes, q.size };
        assay_quote quote;
        assert_row(plans[i].what, assay_quote_parse(bytes, &quote, NULL), plans[i].status);
        if (plans[i].status != ASSAY_OK)
            continue;
        assert_row(plans[i].what, quote.trailing.size, plans[i].plan.trailing);
        assert_row(plans[i].what, quote.bytes.size, q.end);
        assert_row(plans[i].what, inside(bytes, quote.trailing), 1);
        assert_row(plans[i].what, inside(quote.bytes, quote.certification_data), 1);
        assert_row(plans[i].what, inside(quote.bytes, quote.qe_auth_data), 1);
    }
}

/* Row 10 of the attack list: the length grows over zeros that stand behind the quote. */
static void lengths_do_not_grow_over_padding(void **state)
{
    (void)state;
    for (int shape = V3; shape <= V4_TDX; shape++) {
        quote_plan plan = built_shapes[shape].plan;
        plan.trailing = 8;
        built_quote q = quote_build(plan);
        assay_error error;
        assay_quote quote;
        set_number(&q, q.auth_size_at, q.size - q.auth_size_at - 4, 4);
        assert_int_equal(assay_quote_parse((assay_span) { q.bytes, q.size }, &quote, &error),
                         ASSAY_MALFORMED);
        assert_int_equal(error.offset, q.end);
    }
}

static void every_truncation_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(built_shapes); i++) {
        built_quote q = quote_build(built_shapes[i].plan);
        for (size_t size = 0; size < q.size; size++) {
            uint8_t exact[BUILT_QUOTE_MAX];
            uint8_t *end = exact + sizeof(exact) - size; /* so that a read beyond is caught */
            memcpy(end, q.bytes, size);
            assay_error error = { 0 };
            assay_quote quote;
            assert_row(built_shapes[i].what,
                       assay_quote_parse((assay_span) { end, size }, &quote, &error),
                       ASSAY_TRUNCATED);
            assert_row(built_shapes[i].what, error.qvl, size < 1020 ? 77 : 37);
            assert_row(built_shapes[i].what, error.code, size < 1020 ? 0xE002 : 0xE01D);
            if (error.offset < 0 || error.offset > (int64_t)size || error.where[0] == '\0')
                test_fail("%s cut to %zu: %s at %jd", built_shapes[i].what, size, error.where,
                          (intmax_t)error.offset);
        }
    }
}

static void small_input_of_any_kind_is_truncated(void **state)
{
    (void)state;
    uint8_t bytes[1019];
    memset(bytes, 'x', sizeof(bytes));
    assay_error error;
    assay_quote quote;
    assert_int_equal(assay_quote_parse(SPAN(bytes), &quote, &error), ASSAY_TRUNCATED);
    assert_int_equal(error.offset, 1019);
    assert_int_equal(error.code, 0xE002);
    assert_int_equal(assay_quote_parse((assay_span) { NULL, 0 }, &quote, &error), ASSAY_TRUNCATED);
}

static void more_than_a_mebibyte_is_refused(void **state)
{
    (void)state;
    static uint8_t bytes[1024 * 1024 + 1];
    built_quote q = quote_build(built_shapes[V4_TDX].plan);
    memcpy(bytes, q.bytes, q.size);
    assay_error error;
    assay_quote quote;
    assert_int_equal(assay_quote_parse(span_of(bytes, sizeof(bytes) - 1), &quote, &error),
                     ASSAY_OK);
    assert_int_equal(assay_quote_parse(SPAN(bytes), &quote, &error), ASSAY_MALFORMED);
    assert_int_equal(error.code, 0xE01D);
}

static void certification_types_have_names(void **state)
{
    (void)state;
    assert_string_equal(assay_certification_type_name(1), "ppid");
    assert_string_equal(assay_certification_type_name(5), "pck_chain");
    assert_string_equal(assay_certification_type_name(7), "platform_manifest");
    assert_null(assay_certification_type_name(0));
    assert_null(assay_certification_type_name(8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_read),
        cmocka_unit_test(every_edit_is_judged),
        cmocka_unit_test(every_plan_is_judged),
        cmocka_unit_test(lengths_do_not_grow_over_padding),
        cmocka_unit_test(every_truncation_is_told),
        cmocka_unit_test(small_input_of_any_kind_is_truncated),
        cmocka_unit_test(more_than_a_mebibyte_is_refused),
        cmocka_unit_test(certification_types_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
