/* result_json.c: the document `appraisal_result`. appraisal.md 5.2, 5.3. */
#include "appraise/result_json.h"
#include "appraise/policy_keys.h"
#include "appraise/report_json.h"

enum { REPORTS_SIZE = 12 * 1024 }; /* about what everything but certification data needs */

static const int64_t nanoseconds = 1000000000;

/* What the keys of the policy read: facts that no result of Intel has are shown only then. */
static report_presence asked_for(const assay_appraised_report *row)
{
    report_presence all = 0;
    for (size_t i = 0; i < row->check_count; i++) {
        const char *name = row->checks[i].key;
        bool is_typo;
        if (name != NULL)
            all |= MEASURED(policy_key_at(policy_key_find(row->class_, name, &is_typo))->measured);
    }
    return all;
}

static void write_certification(json_writer *w, const assay_reports *reports, result_shape shape)
{
    json_open_array(w, "certification_data");
    if (reports_have_certification(reports) && shape == RESULT_OBJECT) {
        json_open_object(w, NULL);
        reports_write_certification(w, "certification_data", reports);
        json_close_object(w);
    } else if (reports_have_certification(reports)) {
        reports_write_certification(w, NULL, reports);
    }
    json_close_array(w);
}

static void write_quote_hash(json_writer *w, const assay_reports *reports)
{
    json_open_array(w, "quote_hash");
    if (reports->has_quote_hash) {
        json_open_object(w, NULL);
        json_put_text(w, "algo", "SHA384");
        json_put_hex_reversed(w, "quote_hash", SPAN(reports->quote_sha384));
        json_close_object(w);
    }
    json_close_array(w);
}

/* The entry as its owner wrote it, and who signed it behind its last member. */
static void write_policy(json_writer *w, const assay_appraised_report *row, assay_span entry)
{
    const assay_policy_origin *origin =
        row->user_policy == NULL ? NULL : assay_policy_origin_of(row->user_policy);
    json_put_raw(w, "policy", span_slice(entry, 0, entry.size - 1));
    if (origin != NULL && origin->signature != NULL)
        json_put_text(w, "signature", origin->signature);
    if (origin != NULL && origin->signing_key != NULL)
        json_put_raw(w, "signing_key", SPAN_TEXT(origin->signing_key));
    json_close_object(w);
}

static void write_checks(json_writer *w, const assay_appraised_report *row)
{
    json_open_object(w, NULL);
    for (size_t i = 0; i < row->check_count; i++)
        json_put_flag(w, row->checks[i].name, row->checks[i].passed);
    json_close_object(w);
}

static void write_report(json_writer *w, const assay_appraisal *appraisal, size_t index)
{
    const assay_appraised_report *row = &appraisal->rows[index];
    const report *r = &appraisal->reports->at[index];
    json_open_object(w, NULL);
    json_put_signed(w, "appraisal_result", row->result);
    json_open_object(w, "report");
    report_write_environment(w, r);
    report_write_measurement(w, r, asked_for(row));
    json_close_object(w);
    if (row->policy != ASSAY_POLICY_NONE) {
        write_policy(w, row, appraisal->policy_entries[index]);
        json_open_array(w, "detailed_result");
        write_checks(w, row);
        json_close_array(w);
    }
    json_close_object(w);
}

static void write_result(json_writer *w, const assay_appraisal *appraisal, result_shape shape,
                         int64_t check_date, uint64_t nonce)
{
    const assay_reports *reports = appraisal->reports;
    json_open_object(w, shape == RESULT_OBJECT ? "result" : NULL);
    json_put_signed(w, "appraisal_check_date", check_date * nanoseconds);
    json_put_number(w, "nonce", nonce);
    json_put_signed(w, "overall_appraisal_result", appraisal->overall);
    write_certification(w, reports, shape);
    write_quote_hash(w, reports);
    if (reports->user_data != NULL)
        json_put_text(w, "user_data", reports->user_data);
    json_open_array(w, "appraised_reports");
    for (size_t i = 0; i < appraisal->count; i++)
        write_report(w, appraisal, i);
    json_close_array(w);
    json_close_object(w);
}

void appraisal_result_write(json_writer *w, const assay_appraisal *appraisal, result_shape shape,
                            int64_t check_date, uint64_t nonce)
{
    json_reserve(w, reports_certification_size(appraisal->reports) + REPORTS_SIZE);
    json_open_array(w, NULL);
    json_open_object(w, NULL);
    if (shape == RESULT_ARRAY)
        json_open_array(w, "result");
    write_result(w, appraisal, shape, check_date, nonce);
    if (shape == RESULT_ARRAY)
        json_close_array(w);
    json_close_object(w);
    json_close_array(w);
}
