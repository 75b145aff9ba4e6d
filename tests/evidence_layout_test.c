/* evidence_layout_test.c: layouts as a whole and single fields (src/evidence/layout.c, tables.c).
 */
#include "evidence/fields.h"
#include "support.h"

static const struct {
    const assay_layout *layout;
    unsigned size; /* as in verification.md 1 and guest.md 5 */
} layouts[] = {
    { &assay_layout_quote_header_v3, 48 }, { &assay_layout_quote_header_v4, 48 },
    { &assay_layout_sgx_report, 384 },     { &assay_layout_td_report_1_0, 584 },
    { &assay_layout_td_report_1_5, 648 },  { &assay_layout_td_report_1_5x, 885 },
    { &assay_layout_tdreport, 1024 },
};

static void rows_are_contiguous_and_fill_the_structure(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        const assay_layout *layout = layouts[i].layout;
        unsigned end = 0;
        for (size_t j = 0; j < layout->field_count; j++) {
            assert_row(layout->fields[j].name, layout->fields[j].offset, end);
            end += layout->fields[j].size;
        }
        assert_row(layout->name, end, layouts[i].size);
        assert_row(layout->name, layout->size, layouts[i].size);
    }
}

static void names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        const assay_layout *layout = layouts[i].layout;
        for (size_t j = 0; j < layout->field_count; j++)
            assert_ptr_equal(assay_layout_find(layout, layout->fields[j].name), &layout->fields[j]);
    }
}

static void types_and_sizes_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        for (size_t j = 0; j < layouts[i].layout->field_count; j++) {
            const assay_field *field = &layouts[i].layout->fields[j];
            const bool power = (field->size & (field->size - 1)) == 0;
            if (field->type == ASSAY_FIELD_UINT && (!power || field->size > 8))
                test_fail("%s: integer of %u bytes", field->name, field->size);
            if (field->type == ASSAY_FIELD_FLAGS && (!power || field->size < 4))
                test_fail("%s: flags of %u bytes", field->name, field->size);
            assert_row(field->name, field->flags != NULL, field->type == ASSAY_FIELD_FLAGS);
        }
    }
}

static void td_bodies_extend_each_other(void **state)
{
    (void)state;
    const assay_layout *longest = &assay_layout_td_report_1_5x;
    for (size_t i = 0; i < assay_layout_td_report_1_5.field_count; i++) {
        const assay_field *field = &assay_layout_td_report_1_5.fields[i];
        assert_row(field->name, assay_layout_find(longest, field->name)->offset, field->offset);
    }
}

static void reads_single_fields(void **state)
{
    (void)state;
    uint8_t report[384];
    for (size_t i = 0; i < sizeof(report); i++)
        report[i] = (uint8_t)i;
    const assay_layout *layout = &assay_layout_sgx_report;
    const assay_field *svn = assay_layout_find(layout, "isvsvn");
    const assay_field *attributes = assay_layout_find(layout, "attributes");
    assert_int_equal(assay_field_uint(svn, SPAN(report)), 0x0302);
    assert_int_equal(assay_field_uint(attributes, SPAN(report)), 0x3736353433323130);
    assert_ptr_equal(assay_field_bytes(svn, SPAN(report)).data, report + 258);
    assert_int_equal(assay_field_bytes(svn, span_of(report, 259)).size, 0);
    assert_int_equal(assay_field_uint(svn, span_of(report, 259)), 0);
    assert_null(assay_layout_find(layout, "mrtd"));
    assert_null(assay_layout_find(layout, ""));
}

static void finds_the_first_dirty_reserved_field(void **state)
{
    (void)state;
    static const char *const names[] = { "reserved4", "reserved3", "reserved2", "reserved1" };
    uint8_t report[384] = { 0 };
    const assay_layout *layout = &assay_layout_sgx_report;
    report[SGX_REPORT_MRENCLAVE_OFFSET] = 1;
    assert_null(assay_layout_dirty_reserved(layout, SPAN(report)));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const assay_field *field = assay_layout_find(layout, names[i]);
        report[field->offset + field->size - 1] = 0x80;
        assert_ptr_equal(assay_layout_dirty_reserved(layout, SPAN(report)), field);
    }
}

static void constants_agree_with_the_tables(void **state)
{
    (void)state;
    const assay_layout *td = &assay_layout_td_report_1_5x;
    assert_int_equal(assay_layout_find(td, "tee_tcb_svn2")->offset, TD_BODY_TEE_TCB_SVN2_OFFSET);
    assert_int_equal(assay_layout_find(td, "report_data")->offset, 520);
    assert_int_equal(assay_layout_find(td, "cur_servtd_attr")->size, TD_BODY_CUR_SERVTD_ATTR_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_contiguous_and_fill_the_structure),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(types_and_sizes_fit),
        cmocka_unit_test(td_bodies_extend_each_other),
        cmocka_unit_test(reads_single_fields),
        cmocka_unit_test(finds_the_first_dirty_reserved_field),
        cmocka_unit_test(constants_agree_with_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
