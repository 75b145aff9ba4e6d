/* fuzz_reports.c: any bytes as verification result (src/appraise/reports_json.c). What is accepted
 * has one to three reports of different classes and reads the same again when it is written; what
 * is refused has a name. */
#include <stdlib.h>

#include "appraise/measurements.h"
#include "appraise/report_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static char *written(const assay_reports *reports)
{
    json_writer w = { 0 };
    char *text = NULL;
    json_open_array(&w, NULL);
    for (size_t i = 0; i < reports->count; i++) {
        json_open_object(&w, NULL);
        report_write_environment(&w, &reports->at[i]);
        report_write_measurement(&w, &reports->at[i], 0);
        json_close_object(&w);
    }
    json_close_array(&w);
    require(json_take_written(&w, &text, NULL) == ASSAY_OK);
    return text;
}

static void same_values(const report *a, const report *b)
{
    require(a->class_ == b->class_ && a->present == b->present);
    for (measurement_id id = 0; id < MEASUREMENT_COUNT; id++) {
        require(report_number(a, id) == report_number(b, id));
        require(span_equal(report_bytes(a, id), report_bytes(b, id)));
    }
}

static void promises(const assay_reports *reports)
{
    unsigned classes = 0;
    assay_reports *again = NULL;
    require(reports->count >= 1 && reports->count <= REPORTS_MAX);
    char *text = written(reports);
    require(assay_reports_from_json(SPAN_TEXT(text), &again, NULL) == ASSAY_OK);
    require(again->count == reports->count);
    for (size_t i = 0; i < reports->count; i++) {
        require((classes & 1u << reports->at[i].class_) == 0);
        classes |= 1u << reports->at[i].class_;
        same_values(&reports->at[i], &again->at[i]);
    }
    assay_reports_free(again);
    memory_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_reports *reports = NULL;
    assay_error error = { 0 };
    const assay_status status = assay_reports_from_json(span_of(data, size), &reports, &error);
    if (status == ASSAY_OK)
        promises(reports);
    else
        require(status == ASSAY_MALFORMED && error.name != NULL &&
                strncmp(error.name, "vr_", 3) == 0 && error.where[0] != '\0');
    assay_reports_free(reports);
    return 0;
}
