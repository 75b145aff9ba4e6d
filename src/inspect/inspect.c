/* inspect.c: describes a file of any kind by its row, and the fields that all kinds share. */
#include "inspect/describe.h"

static const struct kind_row {
    const char *name;
    assay_status (*describe)(json_writer *w, assay_span file, assay_error *err);
} kinds[] = {
    [ASSAY_FILE_UNKNOWN] = { "unknown", NULL },
    [ASSAY_FILE_QUOTE] = { "quote", describe_quote },
    [ASSAY_FILE_TD_REPORT] = { "td_report", describe_td_report },
    [ASSAY_FILE_SGX_REPORT] = { "sgx_report", describe_sgx_report },
    [ASSAY_FILE_CERTIFICATES] = { "certificates", describe_certificates },
    [ASSAY_FILE_CRL] = { "crl", describe_crl },
    [ASSAY_FILE_TCB_INFO] = { "tcb_info", describe_tcb_info },
    [ASSAY_FILE_QE_IDENTITY] = { "qe_identity", describe_qe_identity },
    [ASSAY_FILE_TCB_EVALUATION_DATA_NUMBERS] = { "tcb_evaluation_data_numbers",
                                                 describe_evaluation_numbers },
    [ASSAY_FILE_COLLATERAL] = { "collateral", describe_collateral },
    [ASSAY_FILE_BUNDLE] = { "bundle", describe_bundle },
};

static const struct kind_row *row_of(assay_file_kind kind)
{
    const size_t count = sizeof(kinds) / sizeof(kinds[0]);
    return &kinds[(size_t)kind < count ? kind : ASSAY_FILE_UNKNOWN];
}

const char *assay_file_kind_name(assay_file_kind kind)
{
    return row_of(kind)->name;
}

/* ---- Fields ---- */

void field_begin(json_writer *w, const char *name, assay_span whole, assay_span at)
{
    json_open_object(w, NULL);
    json_put_text(w, "name", name);
    if (whole.size == 0 || at.data == NULL)
        return;
    json_put_number(w, "offset", (uint64_t)(at.data - whole.data));
    json_put_number(w, "size", at.size);
}

void field_end(json_writer *w)
{
    json_close_object(w);
}

void field_hex(json_writer *w, const char *name, assay_span whole, assay_span at)
{
    field_begin(w, name, whole, at);
    json_put_hex(w, "value", at);
    field_end(w);
}

static void field_plain(json_writer *w, const char *name)
{
    field_begin(w, name, (assay_span) { NULL, 0 }, (assay_span) { NULL, 0 });
}

void field_bytes(json_writer *w, const char *name, assay_span bytes)
{
    field_plain(w, name);
    json_put_hex(w, "value", bytes);
    field_end(w);
}

void field_text(json_writer *w, const char *name, const char *text)
{
    field_plain(w, name);
    json_put_text(w, "value", text);
    field_end(w);
}

void field_span(json_writer *w, const char *name, assay_span text)
{
    field_plain(w, name);
    json_put_span(w, "value", text);
    field_end(w);
}

void field_number(json_writer *w, const char *name, uint64_t value)
{
    field_plain(w, name);
    json_put_number(w, "value", value);
    field_end(w);
}

void field_time(json_writer *w, const char *name, int64_t time)
{
    field_plain(w, name);
    json_put_time(w, "value", time);
    field_end(w);
}

void field_flag(json_writer *w, const char *name, bool value)
{
    field_plain(w, name);
    json_put_flag(w, "value", value);
    field_end(w);
}

/* ---- Descriptions ---- */

static void put_error(json_writer *w, const assay_error *error)
{
    json_open_object(w, "error");
    json_put_text(w, "status", assay_error_name(error));
    json_put_text(w, "where", error->where);
    if (error->offset >= 0)
        json_put_number(w, "offset", (uint64_t)error->offset);
    else
        json_put_null(w, "offset");
    json_put_text(w, "detail", error->detail);
    json_close_object(w);
}

void describe_item(json_writer *w, const char *name, assay_file_kind kind, assay_span bytes)
{
    assay_error error = { 0 };
    json_open_object(w, NULL);
    json_put_text(w, "kind", assay_file_kind_name(kind));
    json_put_text(w, "name", name);
    json_put_number(w, "size", bytes.size);
    if (row_of(kind)->describe(w, bytes, &error) != ASSAY_OK)
        put_error(w, &error);
    json_close_object(w);
}

assay_status assay_inspect(assay_span file, char **json, assay_error *err)
{
    const assay_file_kind kind = assay_file_recognise(file);
    if (kind == ASSAY_FILE_UNKNOWN)
        return fail(err, ASSAY_UNSUPPORTED, "file", ASSAY_NO_OFFSET,
                    "%zu bytes of no kind that is known: quote, report, certificate, CRL, "
                    "collateral document or bundle",
                    file.size);
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    json_put_text(&w, "kind", assay_file_kind_name(kind));
    json_put_number(&w, "size", file.size);
    const assay_status status = row_of(kind)->describe(&w, file, err);
    json_close_object(&w);
    char *text = NULL;
    const assay_status written = json_take_written(&w, &text, status == ASSAY_OK ? err : NULL);
    if (status != ASSAY_OK || written != ASSAY_OK) {
        memory_free(text);
        return status != ASSAY_OK ? status : written;
    }
    *json = text;
    return ASSAY_OK;
}
