/* reports_write.c: a verification result as JSON text, the shape of Intel's library: appraisal.md
 * 1.2 and 1.3. */
#include "appraise/classes.h"
#include "appraise/measurements.h"
#include "appraise/report_json.h"

enum { USER_DATA_MAX = 128 };

static void put_report(json_writer *w, const assay_reports *reports, const report *r,
                       const assay_reports_text_options *options)
{
    json_open_object(w, NULL);
    report_write_environment(w, r);
    report_write_measurement(w, r, 0);
    json_open_object(w, "audit");
    json_put_base64(w, "request_id", SPAN(options->request_id));
    json_put_time(w, "verification_time", options->now);
    json_close_object(w);
    if (class_subject_of(r->class_) == SUBJECT_PLATFORM && reports_have_certification(reports))
        reports_write_certification(w, "certification_data", reports);
    json_close_object(w);
}

/* The text is the caller's word; the report data is the TEE's. */
static assay_status user_data_check(const assay_reports *reports, const char *user_data,
                                    assay_error *err)
{
    if (user_data == NULL)
        return ASSAY_OK;
    const assay_span text = SPAN_TEXT(user_data);
    if (text.size > USER_DATA_MAX)
        return fail(err, ASSAY_USAGE, "options.user_data", ASSAY_NO_OFFSET,
                    "%zu bytes, want up to %d", text.size, USER_DATA_MAX);
    uint8_t digest[SHA384_SIZE];
    sha384(text, digest);
    for (size_t i = 0; i < reports->count; i++) {
        static const measurement_id ids[] = { MEASURED_SGX_REPORTDATA, MEASURED_TDX_REPORTDATA };
        for (size_t j = 0; j < sizeof(ids) / sizeof(ids[0]); j++) {
            const assay_span data = report_bytes(&reports->at[i], ids[j]);
            if (data.size >= sizeof(digest) &&
                span_equal(span_of(data.data, sizeof(digest)), SPAN(digest)))
                return ASSAY_OK;
        }
    }
    return fail_named(err, ASSAY_MISMATCH, "user_data_mismatch", NULL, "options.user_data",
                      "the report data does not begin with the SHA-384 of the user data");
}

assay_status assay_reports_to_json(const assay_reports *reports,
                                   const assay_reports_text_options *options, char **out,
                                   assay_error *error)
{
    TRY(user_data_check(reports, options->user_data, error));
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    json_open_array(&w, "qvl_result");
    if (options->user_data != NULL) {
        json_open_object(&w, NULL);
        json_put_text(&w, "user_data", options->user_data);
        json_close_object(&w);
    }
    if (reports->has_quote_hash) {
        json_open_object(&w, NULL);
        json_put_hex_reversed(&w, "quote_hash", SPAN(reports->quote_sha384));
        json_put_text(&w, "algo", "SHA384");
        json_close_object(&w);
    }
    for (size_t i = 0; i < reports->count; i++)
        put_report(&w, reports, &reports->at[i], options);
    json_close_array(&w);
    json_close_object(&w);
    return json_take_written(&w, out, error);
}
