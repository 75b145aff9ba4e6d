/* appraisal_json.c: an appraisal, or why there is none, as the JSON of `assay appraise --json`: the
 * names and meanings of the golden cases, and what was wanted and found for each failed check. */
#include "appraise/appraisal.h"
#include "wire/json_write.h"

static const char *policy_word(assay_policy_kind kind)
{
    switch (kind) {
    case ASSAY_POLICY_NONE:
        return NULL;
    case ASSAY_POLICY_USER:
        return "user";
    case ASSAY_POLICY_DEFAULT:
        return "default";
    }
    return NULL;
}

/* Fills `order` with the rows by class_id. */
static void sort_rows(const assay_appraisal *appraisal,
                      const assay_appraised_report *order[REPORTS_MAX])
{
    for (size_t i = 0; i < appraisal->count; i++) {
        const assay_appraised_report *row = &appraisal->rows[i];
        size_t at = i;
        for (; at > 0 &&
               strcmp(assay_class_id(order[at - 1]->class_), assay_class_id(row->class_)) > 0;
             at--)
            order[at] = order[at - 1];
        order[at] = row;
    }
}

static void write_checks(json_writer *w, const assay_appraised_report *row)
{
    if (row->policy == ASSAY_POLICY_NONE) {
        json_put_null(w, "detailed_result");
        return;
    }
    json_open_object(w, "detailed_result");
    for (size_t i = 0; i < row->check_count; i++)
        json_put_flag(w, row->checks[i].name, row->checks[i].passed);
    json_close_object(w);
}

static void write_report(json_writer *w, const assay_appraised_report *row)
{
    json_open_object(w, NULL);
    json_put_text(w, "class_id", assay_class_id(row->class_));
    json_put_signed(w, "appraisal_result", row->result);
    json_put_text(w, "policy", policy_word(row->policy));
    write_checks(w, row);
    json_close_object(w);
}

static void write_explanations(json_writer *w, const assay_appraised_report *row)
{
    for (size_t i = 0; i < row->check_count; i++) {
        const assay_check_row *check = &row->checks[i];
        if (check->passed)
            continue;
        json_open_object(w, NULL);
        json_put_text(w, "class_id", assay_class_id(row->class_));
        json_put_text(w, "check", check->name);
        json_put_text(w, "key", check->key);
        json_put_text(w, "wanted", check->wanted);
        json_put_text(w, "found", check->found);
        json_close_object(w);
    }
}

static void write_appraisal(json_writer *w, const assay_appraisal *appraisal)
{
    const assay_appraised_report *order[REPORTS_MAX];
    sort_rows(appraisal, order);
    json_put_text(w, "status", "ok");
    json_put_signed(w, "overall", appraisal->overall);
    json_open_array(w, "reports");
    for (size_t i = 0; i < appraisal->count; i++)
        write_report(w, order[i]);
    json_close_array(w);
    json_open_array(w, "warnings");
    for (const char *const *warning = appraisal->warnings; *warning != NULL; warning++)
        json_put_text(w, NULL, *warning);
    json_close_array(w);
    json_open_array(w, "explanations");
    for (size_t i = 0; i < appraisal->count; i++)
        write_explanations(w, order[i]);
    json_close_array(w);
}

static void write_refusal(json_writer *w, const assay_error *error)
{
    json_put_text(w, "status", "refused");
    json_open_object(w, "error");
    json_put_text(w, "code", assay_error_name(error));
    json_put_text(w, "path", error->where);
    json_put_text(w, "suggestion", error->suggestion[0] == '\0' ? NULL : error->suggestion);
    json_put_text(w, "detail", error->detail);
    json_close_object(w);
}

assay_status assay_appraisal_to_json(const assay_appraisal *appraisal, assay_status status,
                                     const assay_error *error, char **out)
{
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    if (status == ASSAY_OK)
        write_appraisal(&w, appraisal);
    else
        write_refusal(&w, error);
    json_close_object(&w);
    return json_take_written(&w, out, NULL);
}
