/* appraisal_job.c: one appraisal from the command line: evidence, policies, outcome. */
#include "appraisal_job.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "failure.h"

enum { RESULT_MAX = 8 * 1024 * 1024, PREIMAGE_MAX = 1024 * 1024 };

/* ---- Classes ---- */

#define BIT(name) (1u << ASSAY_CLASS_##name)

static const struct {
    const char *word;
    uint32_t bits;
} class_words[] = {
    { "sgx-platform", BIT(SGX_PLATFORM) },
    { "tdx-1.5-platform", BIT(TDX_15_PLATFORM) },
    { "tdx-1.0-platform", BIT(TDX_10_PLATFORM) },
    { "td-qe", BIT(TD_QE) },
    { "sgx-enclave", BIT(SGX_ENCLAVE) },
    { "td-1.0", BIT(TD_10) },
    { "td-1.5", BIT(TD_15) },
    { "platform", BIT(SGX_PLATFORM) | BIT(TDX_15_PLATFORM) | BIT(TDX_10_PLATFORM) },
    { "qe", BIT(TD_QE) },
    { "tenant", BIT(SGX_ENCLAVE) | BIT(TD_10) | BIT(TD_15) },
};

enum {
    CLASS_WORD_COUNT = sizeof(class_words) / sizeof(class_words[0]),
    CLASS_WORDS_SINGLE = ASSAY_CLASS_COUNT /* the groups stand behind */
};

assay_status class_bits_read(const char *option, const char *text, class_groups groups,
                             uint32_t *out, assay_error *error)
{
    const size_t known = groups == CLASS_GROUPS_TAKEN ? CLASS_WORD_COUNT : CLASS_WORDS_SINGLE;
    const char *candidates[CLASS_WORD_COUNT + 1] = { NULL };
    for (int i = 0; i < ASSAY_CLASS_COUNT; i++) {
        if (strcasecmp(assay_class_id((assay_class)i), text) == 0) {
            *out |= 1u << i;
            return ASSAY_OK;
        }
    }
    for (size_t i = 0; i < known; i++) {
        candidates[i] = class_words[i].word;
        if (strcmp(class_words[i].word, text) == 0) {
            *out |= class_words[i].bits;
            return ASSAY_OK;
        }
    }
    const char *meant = suggestion(text, candidates);
    return failed(error, ASSAY_USAGE, option, "--%s: there is no class %s%s%s", option, text,
                  meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "");
}

static assay_status left_out_read(const arguments *given, uint32_t *out, assay_error *error)
{
    size_t position = 0;
    const char *text;
    while ((text = option_next(given, OPTION_WITHOUT, &position)) != NULL)
        TRY(class_bits_read("without", text, CLASS_GROUPS_TAKEN, out, error));
    return ASSAY_OK;
}

/* ---- Time ---- */

/* Also times that can't be: they are refused as a check date, not as a misspelt option. */
static assay_status check_date_read(const arguments *given, int64_t *out, assay_error *error)
{
    const char *text = option_argument(given, OPTION_AT);
    const bool is_negative = text != NULL && text[0] == '-' && text[1] != '\0' &&
                             strspn(text + 1, "0123456789") == strlen(text + 1);
    if (is_negative || (text != NULL && assay_time_parse(text, out, NULL) == ASSAY_OK && *out <= 0))
        return failed_as(error, ASSAY_MALFORMED, "check_date", "check_date",
                         "the check date is %s, want a time after 1970-01-01T00:00:00Z", text);
    return request_read_time(given, out, error);
}

/* ---- Evidence ---- */

static assay_status verify_quote(const arguments *given, const char *path, appraisal_job *job)
{
    outcome *o = &job->verified;
    TRY(request_read(given, &job->asked, &job->error));
    TRY(input_read_quote(path, &job->quote, &job->error));
    outcome_of_quote(NULL, &job->asked, input_span(&job->quote), o);
    if (o->status != ASSAY_OK) {
        job->error = o->error;
        return o->status;
    }
    job->has_verdict = true;
    return assay_reports_from_verdict(&o->verdict, input_span(&job->quote), &job->reports,
                                      &job->error);
}

static assay_status read_result(const arguments *given, const char *path, appraisal_job *job)
{
    assay_key_set *signers = NULL;
    input text = { 0 };
    TRY(key_set_read(given, OPTION_RESULT_SIGNER, &signers, &job->error));
    assay_status status = input_read(path, RESULT_MAX, "qvl_result", &text, &job->error);
    if (status == ASSAY_OK)
        status = assay_reports_from_token(input_span(&text), signers,
                                          option_given(given, OPTION_ACCEPT_UNSIGNED),
                                          &job->reports, &job->error);
    input_free(&text);
    assay_key_set_free(signers);
    return status;
}

assay_status appraisal_job_begin(const arguments *given, appraisal_job *job)
{
    const char *quote = option_argument(given, OPTION_QUOTE);
    const char *result = option_argument(given, OPTION_VERIFICATION_RESULT);
    const char *preimage = option_argument(given, OPTION_REPORT_DATA_PREIMAGE);
    if ((quote == NULL) == (result == NULL))
        return failed(&job->error, ASSAY_USAGE, "quote",
                      "what shall be appraised? Give --quote FILE or --verification-result FILE");
    TRY(left_out_read(given, &job->left_out, &job->error));
    TRY(check_date_read(given, &job->now, &job->error));
    if (preimage != NULL)
        TRY(input_read(preimage, PREIMAGE_MAX, "report_data", &job->preimage, &job->error));
    return quote != NULL ? verify_quote(given, quote, job) : read_result(given, result, job);
}

/* ---- Policies and outcome ---- */

assay_status appraisal_job_appraise(const arguments *given, const policy_signers *signers,
                                    appraisal_job *job)
{
    const policy_rules rules = { .now = job->now,
                                 .signers = signers,
                                 .bare_files = option_given(given, OPTION_UNSIGNED_POLICY)
                                                   ? UNSIGNED_ACCEPTED
                                                   : UNSIGNED_REFUSED };
    size_t position = 0;
    const char *path;
    while ((path = option_next(given, OPTION_POLICY, &position)) != NULL)
        TRY(policy_list_add(&job->policies, path, &rules, &job->error));
    const assay_appraise_options options = {
        .now = job->now,
        .policies = (const assay_policy *const *)job->policies.at,
        .policy_count = job->policies.count,
        .left_out = job->left_out,
        .report_data_preimage = input_span(&job->preimage),
    };
    return assay_appraise(job->reports, &options, &job->appraisal, &job->error);
}

assay_status appraisal_job_run(const arguments *given, const policy_signers *signers,
                               appraisal_job *job)
{
    TRY(appraisal_job_begin(given, job));
    return appraisal_job_appraise(given, signers, job);
}

void appraisal_job_clear(appraisal_job *job)
{
    assay_appraisal_free(job->appraisal);
    policy_list_free(&job->policies);
    assay_reports_free(job->reports);
    outcome_clear(&job->verified);
    request_free(&job->asked);
    input_free(&job->quote);
    input_free(&job->preimage);
    *job = (appraisal_job) { 0 };
}
