/* describe_evidence.c: quotes and reports, field by field with offsets, from their layouts. */
#include <stdio.h>

#include "evidence/fields.h"
#include "inspect/describe.h"

enum { PATH_SIZE = 64 };

static void put_flags(json_writer *w, const assay_field *field, assay_span structure)
{
    const uint64_t value = assay_field_uint(field, structure);
    json_open_array(w, "flags");
    for (const assay_flag *flag = field->flags; flag->name != NULL; flag++) {
        if (value >> flag->bit & 1)
            json_put_text(w, NULL, flag->name);
    }
    json_close_array(w);
}

/* All fields of a structure that lies inside `whole`; names get `prefix` in front. */
static void put_layout(json_writer *w, const char *prefix, const assay_layout *layout,
                       assay_span whole, assay_span structure)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        const assay_field *field = &layout->fields[i];
        const assay_span bytes = assay_field_bytes(field, structure);
        char path[PATH_SIZE];
        snprintf(path, sizeof(path), "%s%s", prefix, field->name);
        field_begin(w, path, whole, bytes);
        if (field->type == ASSAY_FIELD_UINT)
            json_put_number(w, "value", assay_field_uint(field, structure));
        else
            json_put_hex(w, "value", bytes);
        if (field->type == ASSAY_FIELD_FLAGS)
            put_flags(w, field, structure);
        field_end(w);
    }
}

static void put_auth_data(json_writer *w, const assay_quote *quote)
{
    const assay_span whole = quote->bytes;
    field_hex(w, "auth_data.signature", whole, quote->signature);
    field_hex(w, "auth_data.attestation_key", whole, quote->attestation_key);
    put_layout(w, "auth_data.qe_report.", &assay_layout_sgx_report, whole, quote->qe_report);
    field_hex(w, "auth_data.qe_report_signature", whole, quote->qe_report_signature);
    field_hex(w, "auth_data.qe_auth_data", whole, quote->qe_auth_data);
    field_number(w, "auth_data.certification_data.type", quote->certification_type);
    field_text(w, "auth_data.certification_data.type_name",
               assay_certification_type_name(quote->certification_type));
    field_hex(w, "auth_data.certification_data", whole, quote->certification_data);
}

/* Bytes behind the quote are counted, not shown: they may be megabytes of anything. */
static void put_trailing(json_writer *w, const assay_quote *quote)
{
    if (quote->trailing.size == 0)
        return;
    field_begin(w, "trailing", quote->bytes, quote->trailing);
    json_put_text(w, "value", span_is_zero(quote->trailing) ? "zeros" : "data");
    field_end(w);
}

static bool holds_certificates(const assay_quote *quote)
{
    return quote->certification_type == ASSAY_CERTIFICATION_PCK_LEAF ||
           quote->certification_type == ASSAY_CERTIFICATION_PCK_CHAIN;
}

assay_status describe_quote(json_writer *w, assay_span file, assay_error *err)
{
    assay_quote quote;
    TRY(assay_quote_parse(file, &quote, err));
    json_put_text(w, "tee", assay_tee_name(quote.tee));
    json_put_text(w, "body", quote.body_layout->name);
    json_open_array(w, "fields");
    put_layout(w, "header.", quote.header_layout, quote.bytes, quote.header);
    if (quote.version == 5)
        field_number(w, "body_descriptor.type", quote.body_type);
    put_layout(w, "body.", quote.body_layout, quote.bytes, quote.body);
    put_auth_data(w, &quote);
    put_trailing(w, &quote);
    json_close_array(w);
    json_open_array(w, "items");
    if (holds_certificates(&quote))
        describe_item(w, "certification_data", ASSAY_FILE_CERTIFICATES, quote.certification_data);
    json_close_array(w);
    return ASSAY_OK;
}

assay_status describe_td_report(json_writer *w, assay_span file, assay_error *err)
{
    assay_td_report report;
    TRY(assay_td_report_parse(file, &report, err));
    json_open_array(w, "fields");
    put_layout(w, "", &assay_layout_tdreport, file, file);
    json_close_array(w);
    return ASSAY_OK;
}

assay_status describe_sgx_report(json_writer *w, assay_span file, assay_error *err)
{
    reader r = reader_of(file, "sgx_report");
    const assay_span body = read_span(&r, SGX_REPORT_SIZE);
    const assay_span key_id = reader_left(&r) > 0 ? read_span(&r, 32) : read_span(&r, 0);
    const assay_span mac = key_id.size > 0 ? read_span(&r, 16) : read_span(&r, 0);
    TRY(reader_end(&r, err));
    json_open_array(w, "fields");
    put_layout(w, "", &assay_layout_sgx_report, file, body);
    if (key_id.size > 0) {
        field_hex(w, "key_id", file, key_id);
        field_hex(w, "mac", file, mac);
    }
    json_close_array(w);
    return ASSAY_OK;
}
