/* layout.c: reads single fields of a structure by the rows of its layout. verification.md 1. */
#include "evidence/fields.h"

const assay_field *assay_layout_find(const assay_layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        if (strcmp(layout->fields[i].name, name) == 0)
            return &layout->fields[i];
    }
    return NULL;
}

assay_span assay_field_bytes(const assay_field *field, assay_span structure)
{
    return span_slice(structure, field->offset, field->size);
}

uint64_t assay_field_uint(const assay_field *field, assay_span structure)
{
    const assay_span bytes = assay_field_bytes(field, structure);
    uint64_t value = 0;
    for (size_t i = bytes.size < 8 ? bytes.size : 8; i > 0; i--)
        value = value << 8 | bytes.data[i - 1];
    return value;
}

const assay_field *assay_layout_dirty_reserved(const assay_layout *layout, assay_span structure)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        const assay_field *field = &layout->fields[i];
        if (field->type == ASSAY_FIELD_RESERVED &&
            !span_is_zero(assay_field_bytes(field, structure)))
            return field;
    }
    return NULL;
}
