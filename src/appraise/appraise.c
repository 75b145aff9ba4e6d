/* appraise.c: policies against reports: which policy judges which report, each check, and the
 * result of all. appraisal.md 3. */
#include <stdio.h>

#include "appraise/appraisal.h"
#include "appraise/checks.h"

typedef struct judge {
    assay_appraisal *appraisal;
    const assay_appraise_options *options;
    unsigned warnings;
    assay_error *err;
} judge;

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "", ASSAY_NO_OFFSET, "out of memory");
}

/* ---- Which entry judges a class ---- */

static assay_status refuse_duplicate(const judge *j, size_t policy, size_t entry)
{
    char path[ASSAY_WHERE_SIZE];
    snprintf(path, sizeof(path), "policies[%zu].policy_array[%zu].environment.class_id", policy,
             entry);
    return fail_named(j->err, ASSAY_MALFORMED, "policy_duplicate_class", NULL, path,
                      "another policy judges this class already");
}

/* Classes at most once over all policies; gathers what the policies warn about. */
static assay_status check_policies(judge *j)
{
    unsigned seen = 0;
    if (j->options->policy_count == 0 || j->options->policy_count > POLICY_COUNT_MAX)
        return fail_named(j->err, ASSAY_MALFORMED, "policy_structure", NULL, "policies",
                          "%zu policies, want 1 to %d", j->options->policy_count, POLICY_COUNT_MAX);
    for (size_t i = 0; i < j->options->policy_count; i++) {
        const assay_policy *policy = j->options->policies[i];
        for (size_t k = 0; k < policy->entry_count; k++) {
            unsigned bit = 1u << policy->entries[k]->class_;
            if ((seen & bit) != 0)
                return refuse_duplicate(j, i, k);
            seen |= bit;
        }
        j->warnings |= policy->warning_bits;
    }
    return ASSAY_OK;
}

static bool has_class(const assay_reports *reports, assay_class class_)
{
    for (size_t i = 0; i < reports->count; i++) {
        if (reports->at[i].class_ == class_)
            return true;
    }
    return false;
}

static void warn_about_unused(judge *j)
{
    for (size_t i = 0; i < j->options->policy_count; i++) {
        const assay_policy *policy = j->options->policies[i];
        for (size_t k = 0; k < policy->entry_count; k++) {
            if (!has_class(j->appraisal->reports, policy->entries[k]->class_))
                j->warnings |= 1u << WARNING_POLICY_UNUSED;
        }
    }
}

/* The owner's entry, else the default; NULL when there is neither. */
static const policy_entry *entry_for(const judge *j, assay_appraised_report *row)
{
    for (size_t i = 0; i < j->options->policy_count; i++) {
        const assay_policy *policy = j->options->policies[i];
        for (size_t k = 0; k < policy->entry_count; k++) {
            if (policy->entries[k]->class_ == row->class_) {
                row->policy = ASSAY_POLICY_USER;
                row->user_policy = policy;
                return policy->entries[k];
            }
        }
    }
    const policy_entry *entry = policy_default(row->class_);
    row->policy = entry != NULL ? ASSAY_POLICY_DEFAULT : ASSAY_POLICY_NONE;
    return entry;
}

/* ---- One report ---- */

static bool is_shown(const policy_key *key, const policy_entry *entry, policy_key_id id)
{
    unsigned bit = 1u << entry->class_;
    bool asked = entry->values[id] != NULL && (key->classes & bit) != 0;
    return key->check != NULL && ((key->always & bit) != 0 || asked);
}

static void fill_row(const check_input *in, policy_key_id id, arena *memory, assay_check_row *row)
{
    const policy_key *key = policy_key_at(id);
    bool in_qe = in->entry->class_ == ASSAY_CLASS_TD_QE;
    bool constrains = in->entry->values[id] != NULL || key->presence == POLICY_REQUIRED;
    *row = (assay_check_row) { .name = in_qe ? key->qe_result : key->result,
                               .key = constrains ? key->name : NULL,
                               .passed = key->check(in, id) };
    if (!row->passed)
        check_words(in, id, memory, &row->wanted, &row->found);
}

/* All checks of a report by its entry. */
static assay_status run_checks(const judge *j, const check_input *in, assay_appraised_report *row)
{
    arena *memory = &j->appraisal->memory;
    assay_check_row *checks = arena_new(memory, POLICY_KEY_COUNT, sizeof(*checks));
    if (checks == NULL)
        return no_memory(j->err);
    row->checks = checks;
    row->result = ASSAY_RESULT_PASSED;
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++) {
        if (!is_shown(policy_key_at(id), in->entry, id))
            continue;
        assay_check_row *check = &checks[row->check_count++];
        fill_row(in, id, memory, check);
        if (!check->passed)
            row->result = ASSAY_RESULT_FAILED;
        if (!check->passed && (check->wanted == NULL || check->found == NULL))
            return no_memory(j->err);
    }
    return ASSAY_OK;
}

static assay_status judge_report(judge *j, size_t index)
{
    assay_appraisal *a = j->appraisal;
    const report *r = &a->reports->at[index];
    assay_appraised_report *row = &a->rows[index];
    *row = (assay_appraised_report) { .class_ = r->class_, .result = ASSAY_RESULT_INCOMPLETE };
    if ((a->left_out & 1u << r->class_) != 0)
        return ASSAY_OK;
    const policy_entry *entry = entry_for(j, row);
    if (entry == NULL)
        return ASSAY_OK;
    a->policy_entries[index] = entry->json;
    const check_input in = { r, entry, j->options->now, j->options->report_data_preimage };
    if (!debug_is_constrained(r, entry))
        j->warnings |= 1u << WARNING_DEBUG_UNCONSTRAINED;
    return run_checks(j, &in, row);
}

/* ---- All of them ---- */

/* 0 beats -1 beats 1; what is left out does not count, but nothing at all is no success. */
static assay_result combine(const assay_appraisal *a)
{
    size_t counted = 0, incomplete = 0;
    for (size_t i = 0; i < a->count; i++) {
        if ((a->left_out & 1u << a->rows[i].class_) != 0)
            continue;
        counted++;
        if (a->rows[i].result == ASSAY_RESULT_FAILED)
            return ASSAY_RESULT_FAILED;
        if (a->rows[i].result == ASSAY_RESULT_INCOMPLETE)
            incomplete++;
    }
    return counted == 0 || incomplete > 0 ? ASSAY_RESULT_INCOMPLETE : ASSAY_RESULT_PASSED;
}

static assay_status keep_warnings(judge *j)
{
    const char **names = arena_new(&j->appraisal->memory, WARNING_COUNT + 1, sizeof(*names));
    if (names == NULL)
        return no_memory(j->err);
    policy_warning_names(j->warnings, names);
    j->appraisal->warnings = names;
    return ASSAY_OK;
}

static assay_status decide(judge *j)
{
    assay_appraisal *a = j->appraisal;
    for (size_t i = 0; i < a->reports->count; i++)
        TRY(judge_report(j, i));
    a->count = a->reports->count;
    a->overall = combine(a);
    warn_about_unused(j);
    return keep_warnings(j);
}

/* Later calls hand out what the policies own. */
static assay_status hold_policies(judge *j)
{
    assay_appraisal *a = j->appraisal;
    assay_policy **held = arena_new(&a->memory, j->options->policy_count, sizeof(*held));
    if (held == NULL)
        return no_memory(j->err);
    for (size_t i = 0; i < j->options->policy_count; i++)
        held[i] = policy_hold(j->options->policies[i]);
    a->policies = held;
    a->policy_count = j->options->policy_count;
    return ASSAY_OK;
}

assay_status assay_appraise(const assay_reports *reports, const assay_appraise_options *options,
                            assay_appraisal **out, assay_error *error)
{
    judge j = { .options = options, .err = error };
    if (options->now <= 0)
        return fail_named(error, ASSAY_USAGE, "check_date", NULL, "",
                          "the check date is not after 1970-01-01");
    TRY(check_policies(&j));
    j.appraisal = memory_new(sizeof(*j.appraisal));
    if (j.appraisal == NULL)
        return no_memory(error);
    j.appraisal->reports = reports;
    j.appraisal->now = options->now;
    j.appraisal->left_out = options->left_out;
    assay_status status = hold_policies(&j);
    if (status == ASSAY_OK)
        status = decide(&j);
    if (status != ASSAY_OK) {
        assay_appraisal_free(j.appraisal);
        return status;
    }
    *out = j.appraisal;
    return ASSAY_OK;
}

void assay_appraisal_free(assay_appraisal *appraisal)
{
    if (appraisal == NULL)
        return;
    for (size_t i = 0; i < appraisal->policy_count; i++)
        assay_policy_unref(appraisal->policies[i]);
    arena_free(&appraisal->memory);
    memory_free(appraisal);
}

assay_result assay_appraisal_overall(const assay_appraisal *appraisal)
{
    return appraisal->overall;
}

size_t assay_appraisal_report_count(const assay_appraisal *appraisal)
{
    return appraisal->count;
}

const assay_appraised_report *assay_appraisal_report(const assay_appraisal *appraisal, size_t index)
{
    return &appraisal->rows[index];
}

const char *const *assay_appraisal_warnings(const assay_appraisal *appraisal)
{
    return appraisal->warnings;
}
