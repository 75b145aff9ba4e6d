/* fuzz_report.c: any bytes as a TD report, and through every layout, whatever their size. */
#include <stdlib.h>

#include "assay/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void hold_layout(const assay_layout *layout, assay_span bytes)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        const assay_field *field = &layout->fields[i];
        const assay_span value = assay_field_bytes(field, bytes);
        hold(value.size == 0 || value.size == field->size);
        hold(value.size == 0 || value.data == bytes.data + field->offset);
        hold(value.size != 0 || assay_field_uint(field, bytes) == 0);
    }
    const assay_field *dirty = assay_layout_dirty_reserved(layout, bytes);
    hold(dirty == NULL || dirty->type == ASSAY_FIELD_RESERVED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const assay_layout *const layouts[] = {
        &assay_layout_quote_header_v3, &assay_layout_quote_header_v4, &assay_layout_sgx_report,
        &assay_layout_td_report_1_0,   &assay_layout_td_report_1_5,   &assay_layout_td_report_1_5x,
        &assay_layout_tdreport,
    };
    const assay_span bytes = { data, size };
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
        hold_layout(layouts[i], bytes);
    assay_td_report report;
    if (assay_td_report_parse(bytes, &report, NULL) == ASSAY_OK)
        hold(size == 1024 && data[0] == 0x81 && report.bytes.data == data &&
             report.mac.data == data && report.tee_info.data == data + 256 &&
             report.td_info.data == data + 512);
    return 0;
}
