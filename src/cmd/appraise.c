/* appraise.c: assay appraise: is what was found good enough for its owner? A token says so. */
#include <stdio.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "issuing.h"
#include "json_text.h"
#include "verbs.h"

/* ---- What people and scripts see ---- */

static void print_check(const assay_appraised_report *report, const assay_check_row *row)
{
    fprintf(stderr, "  %s: %s", assay_class_name(report->class_), row->name);
    if (row->key != NULL)
        fprintf(stderr, " (%s)", row->key);
    fputs(": wanted ", stderr);
    text_put(row->wanted != NULL ? row->wanted : "?", stderr);
    fputs(", found ", stderr);
    text_put(row->found != NULL ? row->found : "nothing", stderr);
    fputs("\n", stderr);
}

/* Why it did not pass, and the warnings, on standard error: standard output is the token's. */
static void explain(const assay_appraisal *appraisal)
{
    static const char *const words[] = { "incomplete", "failed", "passed" };
    fprintf(stderr, "appraisal: %s\n", words[assay_appraisal_overall(appraisal) + 1]);
    for (size_t i = 0; i < assay_appraisal_report_count(appraisal); i++) {
        const assay_appraised_report *report = assay_appraisal_report(appraisal, i);
        if (report->result == ASSAY_RESULT_INCOMPLETE)
            fprintf(stderr, "  %s: no policy\n", assay_class_name(report->class_));
        for (size_t j = 0; j < report->check_count; j++) {
            if (!report->checks[j].passed)
                print_check(report, &report->checks[j]);
        }
    }
    for (const char *const *w = assay_appraisal_warnings(appraisal); *w != NULL; w++)
        fprintf(stderr, "  warning: %s\n", *w);
}

static void put_verdict(const appraisal_job *job)
{
    char *verdict = NULL;
    if (job->asked.collateral == NULL || job->quote.size == 0)
        return;
    verdict = outcome_json(&job->verified);
    if (verdict != NULL)
        printf(",\"verdict\":%s", verdict);
    assay_text_free(verdict);
}

static int print_json(const appraisal_job *job, const char *token)
{
    char *text = NULL;
    if (assay_appraisal_to_json(job->appraisal, ASSAY_OK, NULL, &text) != ASSAY_OK) {
        fprintf(stderr, "error: no memory for the result\n");
        return EXIT_CODE_ENVIRONMENT;
    }
    printf("{");
    json_members_put(text);
    printf(",\"error\":null,\"token\":");
    if (token != NULL)
        json_text_put(token);
    else
        printf("null");
    put_verdict(job);
    printf("}\n");
    assay_text_free(text);
    return EXIT_CODE_ACCEPTED;
}

static int refuse(const appraisal_job *job, assay_status status, bool as_json)
{
    if (status == ASSAY_USAGE && job->error.name == NULL)
        return usage_error("appraise", "%s", job->error.detail);
    if (!as_json) {
        failure_print(status, &job->error);
        return failure_exit_code(status);
    }
    printf("{");
    json_refusal_put(status, &job->error);
    printf(",\"overall\":null,\"reports\":[],\"warnings\":[],\"token\":null");
    put_verdict(job);
    printf("}\n");
    return failure_exit_code(status);
}

/* ---- The token ---- */

/* A ready result with --json is an answer by itself; everything else gives a token. */
static bool wants_token(const arguments *given)
{
    return !option_given(given, OPTION_JSON) || !option_given(given, OPTION_VERIFICATION_RESULT) ||
           option_given(given, OPTION_KEY) || option_given(given, OPTION_COMPAT_UNSIGNED);
}

/* Gateways look at the signature alone: who did not pass gets no oidc token. */
static bool withholds(const issuing *i, const appraisal_job *job)
{
    return i->options.dialect == ASSAY_DIALECT_OIDC &&
           assay_appraisal_overall(job->appraisal) != ASSAY_RESULT_PASSED;
}

static assay_status issue(const arguments *given, appraisal_job *job, char **out)
{
    issuing i;
    if (!wants_token(given))
        return ASSAY_OK;
    TRY(issuing_read(given, &i, &job->error));
    assay_status status = ASSAY_OK;
    if (withholds(&i, job))
        fprintf(stderr, "no token: an oidc token is issued only for an appraisal that passed\n");
    else
        status = issuing_token(&i, job, out, &job->error);
    if (status == ASSAY_OK && i.options.unsigned_output && *out != NULL)
        fprintf(stderr, "warning: the token is unsigned (--compat-unsigned): it proves nothing to "
                        "anybody else\n");
    issuing_free(&i);
    return status;
}

static int appraise_run(const arguments *given)
{
    appraisal_job job = { .error = { .offset = ASSAY_NO_OFFSET } };
    policy_signers signers = { 0 };
    char *token = NULL;
    const bool as_json = option_given(given, OPTION_JSON);
    if (given->operand_count != 0)
        return usage_error("appraise", "it takes no operands: give --quote FILE");
    assay_status status = policy_signers_read(given, &signers, &job.error);
    if (status == ASSAY_OK)
        status = appraisal_job_run(given, &signers, &job);
    if (status == ASSAY_OK)
        status = issue(given, &job, &token);
    int code = EXIT_CODE_ACCEPTED;
    if (status != ASSAY_OK)
        code = refuse(&job, status, as_json);
    else if (as_json)
        code = print_json(&job, token);
    else if (token != NULL)
        printf("%s\n", token);
    if (status == ASSAY_OK && !as_json)
        explain(job.appraisal);
    if (status == ASSAY_OK && code == EXIT_CODE_ACCEPTED &&
        assay_appraisal_overall(job.appraisal) != ASSAY_RESULT_PASSED)
        code = EXIT_CODE_NOT_ACCEPTED;
    assay_text_free(token);
    appraisal_job_clear(&job);
    policy_signers_free(&signers);
    return code;
}

/* ---- The table ---- */

static const option_row appraise_options[] = {
    { .id = OPTION_QUOTE,
      .name = "quote",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "judge this quote, then appraise it" },
    { .id = OPTION_VERIFICATION_RESULT,
      .name = "verification-result",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "appraise a ready result: the JSON list, or the token around it" },
    { .id = OPTION_RESULT_SIGNER,
      .name = "result-signer",
      .argument = "KEY|JWKS",
      .value = VALUE_FILE,
      .times = TIMES_MANY,
      .help = "who may sign verification results" },
    { .id = OPTION_ACCEPT_UNSIGNED,
      .name = "accept-unsigned",
      .help = "take a verification result that nobody signed" },
    { .id = OPTION_POLICY,
      .name = "policy",
      .argument = "FILE",
      .value = VALUE_FILE,
      .times = TIMES_MANY,
      .help = "a policy token (or a file, with --unsigned-policy); up to 16" },
    OPTION_ROW_POLICY_SIGNER,
    { .id = OPTION_UNSIGNED_POLICY,
      .name = "unsigned-policy",
      .help = "take policy files that nobody signed" },
    { .id = OPTION_WITHOUT,
      .name = "without",
      .argument = "CLASS",
      .value = VALUE_TEXT,
      .times = TIMES_MANY,
      .help = "leave a class out; the token says so: td-qe, tenant, ..." },
    { .id = OPTION_REPORT_DATA_PREIMAGE,
      .name = "report-data-preimage",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "what a policy's report_data_hash is about" },
    COLLATERAL_OPTIONS,
    FETCH_OPTIONS,
    REQUEST_OPTIONS,
    { .id = OPTION_DIALECT,
      .name = "dialect",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "qal (default), qal-guide, ear, ear-legacy, ita, maa, oidc" },
    { .id = OPTION_KEY,
      .name = "key",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "signs the token (default: this user's local key)" },
    { .id = OPTION_ALG,
      .name = "alg",
      .argument = "ALGORITHM",
      .value = VALUE_TEXT,
      .help = "ES256, ES384, RS256, PS384 (default: by the key)" },
    { .id = OPTION_NONCE,
      .name = "nonce",
      .argument = "TEXT|@FILE",
      .value = VALUE_TEXT,
      .help = "eat_nonce: what the relying party sent" },
    { .id = OPTION_AUDIENCE,
      .name = "audience",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "aud: for whom the token is" },
    { .id = OPTION_ISSUER,
      .name = "issuer",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "iss (default: quote appraisal entity)" },
    { .id = OPTION_SUBJECT,
      .name = "subject",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "sub" },
    { .id = OPTION_LIFETIME,
      .name = "lifetime",
      .argument = "SECONDS",
      .value = VALUE_TEXT,
      .help = "until the token expires (default: 300)" },
    { .id = OPTION_COMPAT_JWK,
      .name = "compat-jwk",
      .help = "name the ES384 key in the header, as Intel's library reads" },
    { .id = OPTION_COMPAT_UNSIGNED, .name = "compat-unsigned", .help = "do not sign: alg none" },
    { .id = OPTION_JSON, .name = "json", .help = "print JSON, for every outcome" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

const verb verb_appraise = {
    .name = "appraise",
    .operands = "",
    .summary = "hold a quote against its owner's policies; write a token",
    .text =
        "Judges a quote as assay verify does, holds what was found against policies, and writes\n"
        "a signed token to standard output; why it did not pass goes to standard error.\n"
        "A class without a policy makes the result incomplete, never a success.\n"
        "\n"
        "Exit code: 0 passed, 1 failed or incomplete, 2 wrong usage, 3 evidence, result or\n"
        "policy refused, 4 file, network or memory.",
    .options = appraise_options,
    .run = appraise_run,
};
