/* compat_verifier.c: verifier -quote PATH: judges, appraises, and prints a token as its only line
 * of standard output. appraisal.md 6.1 */
#include <stdio.h>
#include <string.h>

#include "appraisal_job.h"
#include "compat.h"
#include "failure.h"
#include "issuing.h"

/* Not assay's: scripts know these. */
enum verifier_exit {
    VERIFIER_PASSED = 0,
    VERIFIER_NOT_PASSED = 1,
    VERIFIER_USAGE = 2,
    VERIFIER_NOT_JUDGED = 3,
    VERIFIER_POLICY_REFUSED = 4,
    VERIFIER_ENVIRONMENT = 5
};

#define USUAL_QUOTE "../QuoteGenerationSample/quote.dat"

static int usage(FILE *stream, int code)
{
    fprintf(stream, "usage: verifier [-quote PATH]\n"
                    "Judges a quote (default: " USUAL_QUOTE ") and prints the token of its\n"
                    "appraisal. Settings: ASSAY_COLLATERAL, ASSAY_AT, ASSAY_ROOT, ASSAY_POLICY,\n"
                    "ASSAY_POLICY_SIGNER, ASSAY_KEY. See assay-compat(1).\n");
    return code;
}

static bool is_environment(assay_status status)
{
    return status == ASSAY_ENVIRONMENT || status == ASSAY_NO_MEMORY;
}

/* Standard output carries the token alone. */
static assay_status print_token(const arguments *given, appraisal_job *job)
{
    issuing i;
    char *token = NULL;
    TRY(issuing_read(given, &i, &job->error));
    i.options.dialect = ASSAY_DIALECT_QAL_GUIDE;
    assay_status status = issuing_token(&i, job, &token, &job->error);
    if (status == ASSAY_OK)
        printf("%s\n", token);
    assay_text_free(token);
    issuing_free(&i);
    return status;
}

static assay_status appraise(arguments *given, appraisal_job *job, compat_paths *paths)
{
    policy_signers signers = { 0 };
    TRY(compat_policies_for_quote(input_span(&job->quote), paths, &job->error));
    TRY(compat_signers_read(&signers, &job->error));
    for (size_t i = 0; i < paths->count; i++)
        compat_add(given, OPTION_POLICY, paths->at[i]);
    assay_status status = appraisal_job_appraise(given, &signers, job);
    policy_signers_free(&signers);
    return status;
}

static int fail_with(const appraisal_job *job, assay_status status, int code)
{
    failure_print(status, &job->error);
    return is_environment(status) ? VERIFIER_ENVIRONMENT : code;
}

static int run(arguments *given, appraisal_job *job, compat_paths *paths)
{
    assay_status status = appraisal_job_begin(given, job);
    if (status == ASSAY_USAGE) /* a variable that says nothing usable */
        return fail_with(job, status, VERIFIER_ENVIRONMENT);
    if (status != ASSAY_OK)
        return fail_with(job, status, VERIFIER_NOT_JUDGED);
    status = appraise(given, job, paths);
    if (status != ASSAY_OK)
        return fail_with(job, status, VERIFIER_POLICY_REFUSED);
    status = print_token(given, job);
    if (status != ASSAY_OK)
        return fail_with(job, status, VERIFIER_ENVIRONMENT);
    const assay_result overall = assay_appraisal_overall(job->appraisal);
    fprintf(stderr, "overall appraisal result: %d\n", (int)overall);
    return overall == ASSAY_RESULT_PASSED ? VERIFIER_PASSED : VERIFIER_NOT_PASSED;
}

int compat_verifier(char **words, size_t count)
{
    static compat_paths paths;
    arguments given = { 0 };
    appraisal_job job = { .error = { .offset = ASSAY_NO_OFFSET } };
    const char *quote = USUAL_QUOTE;
    if (count == 1 && (strcmp(words[0], "-h") == 0 || strcmp(words[0], "--help") == 0))
        return usage(stdout, VERIFIER_PASSED);
    if (count == 2 && (strcmp(words[0], "-quote") == 0 || strcmp(words[0], "--quote") == 0))
        quote = words[1];
    else if (count != 0)
        return usage(stderr, VERIFIER_USAGE);
    compat_add(&given, OPTION_QUOTE, quote);
    compat_add_environment(&given);
    int code = run(&given, &job, &paths);
    appraisal_job_clear(&job);
    return code;
}
