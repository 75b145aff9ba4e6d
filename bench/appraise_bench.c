/* appraise_bench.c: what it costs to appraise a result, to issue a token, and to do both behind the
 * verification of a known platform. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "platforms.h"
#include "reference.h"
#include "sim/build.h"

static const char tenant_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"},"
    "\"reference\":{\"tdx_attributes\":\"0000000010000000\",\"tdx_attributes_mask\":"
    "\"0000000000000000\",\"tdx_xfam\":\"0000000000000000\",\"tdx_xfam_mask\":"
    "\"0000000000000000\"}}]}";
static const char enclave_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"bef7cb8c-31aa-42c1-854c-10db005d5c41\"},"
    "\"reference\":{\"sgx_attributes\":\"00000000000000000000000000000000\",\"sgx_attributes_"
    "mask\":"
    "\"00000000000000000000000000000000\"}}]}";
static const char platform_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3\"},"
    "\"reference\":{\"accepted_tcb_status\":[\"UpToDate\"],\"collateral_grace_period\":0,"
    "\"rejected_advisory_ids\":[\"INTEL-SA-00615\",\"INTEL-SA-00617\"]}}]}";
static const char qe_policy[] =
    "{\"policy_array\":[{\"environment\":{\"class_id\":\"3769258c-75e6-4bc7-8d72-d2b0e224cad2\"},"
    "\"reference\":{\"accepted_tcb_status\":[\"UpToDate\"],\"collateral_grace_period\":0}}]}";

typedef struct scene {
    const platforms *given;
    assay_collateral *collateral;
    assay_verifier *verifier;
    assay_verify_options verify;
    assay_verdict verdict;
    assay_reports *reports;
    const assay_policy *policies[3];
    assay_appraise_options appraise;
    assay_appraisal *appraisal;
    assay_issue_options issue;
    size_t token_size;
    reference *yardstick;
} scene;

static void must(assay_status status, const assay_error *error)
{
    if (status != ASSAY_OK)
        bench_die(error->detail);
}

static assay_span text_span(const char *text)
{
    return (assay_span) { (const uint8_t *)text, strlen(text) };
}

static void run_appraise(void *context, size_t index, unsigned thread)
{
    scene *s = context;
    assay_appraisal *appraisal;
    assay_error error;
    (void)index;
    (void)thread;
    must(assay_appraise(s->reports, &s->appraise, &appraisal, &error), &error);
    if (assay_appraisal_overall(appraisal) != ASSAY_RESULT_PASSED)
        bench_die("an appraisal that passes");
    assay_appraisal_free(appraisal);
}

static void run_issue(void *context, size_t index, unsigned thread)
{
    scene *s = context;
    char *token;
    assay_error error;
    (void)index;
    (void)thread;
    must(assay_token_issue(s->appraisal, &s->verdict, &s->issue, &token, &error), &error);
    s->token_size = strlen(token);
    assay_text_free(token);
}

/* A quote comes in, a token goes out. */
static void run_all(void *context, size_t index, unsigned thread)
{
    scene *s = context;
    assay_verdict verdict = { 0 };
    assay_reports *reports;
    assay_appraisal *appraisal;
    char *token;
    assay_error error;
    assay_span quote = s->given->quotes[index % PLATFORM_COUNT];
    (void)thread;
    must(assay_verify(s->verifier, quote, s->collateral, &s->verify, &verdict, &error), &error);
    must(assay_reports_from_verdict(&verdict, quote, &reports, &error), &error);
    must(assay_appraise(reports, &s->appraise, &appraisal, &error), &error);
    must(assay_token_issue(appraisal, &verdict, &s->issue, &token, &error), &error);
    assay_text_free(token);
    assay_appraisal_free(appraisal);
    assay_reports_free(reports);
    assay_verdict_clear(&verdict);
}

static void run_signature(void *context, size_t index, unsigned thread)
{
    scene *s = context;
    (void)index;
    (void)thread;
    reference_sign(s->yardstick);
}

static void run_bare_token(void *context, size_t index, unsigned thread)
{
    static const unsigned char bytes[64 * 1024];
    scene *s = context;
    (void)index;
    (void)thread;
    reference_token(s->yardstick, bytes, s->token_size / 4 * 3);
}

static const assay_policy *policy_made(const char *text)
{
    assay_policy *policy;
    assay_error error;
    must(assay_policy_parse(text_span(text), ASSAY_POLICY_EXTENDED, &policy, &error), &error);
    return policy;
}

static void scene_make(scene *s)
{
    assay_error error;
    assay_key *key;
    s->given = platforms_made();
    s->verify = (assay_verify_options) { .now = s->given->now };
    must(assay_collateral_new(&s->given->items, &s->given->roots, &s->collateral, &error), &error);
    must(assay_verifier_new(ASSAY_VERIFIER_DEFAULT_MEMORY, &s->verifier, &error), &error);
    must(assay_verify(s->verifier, s->given->quotes[0], s->collateral, &s->verify, &s->verdict,
                      &error),
         &error);
    must(assay_reports_from_verdict(&s->verdict, s->given->quotes[0], &s->reports, &error), &error);
    s->policies[0] = policy_made(tenant_policy);
    s->policies[1] = policy_made(platform_policy);
    s->policies[2] = policy_made(qe_policy);
    s->appraise = (assay_appraise_options) { .now = s->given->now,
                                             .policies = s->policies,
                                             .policy_count = 3 };
    must(assay_appraise(s->reports, &s->appraise, &s->appraisal, &error), &error);
    must(assay_key_generate(ASSAY_ALG_ES256, &key, &error), &error);
    s->issue = (assay_issue_options) {
        .algorithm = ASSAY_ALG_ES256, .key = key, .now = s->given->now, .audience = "bench"
    };
    s->yardstick = reference_new();
}

/* An enclave's appraisal in place of the TD's: its oidc token has about 2 KB. */
static void scene_of_enclave(scene *s)
{
    static sim_world world;
    static sim_artifacts made;
    assay_error error = { .status = ASSAY_OK };
    assay_roots roots = { .count = 0 };
    sim_world_init(&world, sim_profile_find("sgx-v3"), 2, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    must(sim_build(&world, &made, &error), &error);
    must(assay_roots_add(&roots, bytes_span(&made.root), &error), &error);
    assay_collateral_items items = sim_artifacts_items(&made);
    const assay_span quote = bytes_span(&made.quote);
    s->verify = (assay_verify_options) { .now = SIM_DEFAULT_NOW };
    must(assay_collateral_new(&items, &roots, &s->collateral, &error), &error);
    must(assay_verify(NULL, quote, s->collateral, &s->verify, &s->verdict, &error), &error);
    must(assay_reports_from_verdict(&s->verdict, quote, &s->reports, &error), &error);
    s->policies[0] = policy_made(enclave_policy);
    s->appraise = (assay_appraise_options) { .now = SIM_DEFAULT_NOW,
                                             .policies = s->policies,
                                             .policy_count = 1 };
    must(assay_appraise(s->reports, &s->appraise, &s->appraisal, &error), &error);
    s->issue.now = SIM_DEFAULT_NOW;
}

int main(void)
{
    static scene s, enclave;
    static const char verifications[] = "P-256 verifications", signatures[] = "P-256 signatures";
    bench_operation appraise = { run_appraise, NULL, &s, 40 };
    bench_operation issue = { run_issue, NULL, &s, 20 };
    bench_operation whole = { run_all, NULL, &s, 8 };
    bench_operation signature = { run_signature, NULL, &s, 40 };
    bench_operation bare = { run_bare_token, NULL, &s, 10 };
    bench_start();
    scene_make(&s);
    for (size_t i = 0; i < PLATFORM_COUNT; i++)
        run_all(&s, i, 0); /* from here on every platform is known */
    bench_row("appraise against three policies", bench_ratio(&appraise), verifications,
              BENCH_AT_MOST, 0.5);
    enclave.issue = s.issue;
    enclave.issue.dialect = ASSAY_DIALECT_OIDC;
    scene_of_enclave(&enclave);
    issue.context = &enclave;
    bench_row("issue an ES256 token of 2 KB (oidc)", bench_ratio_to(&issue, &signature), signatures,
              BENCH_AT_MOST, 1.3);
    fprintf(stderr, "# token of %zu bytes\n", enclave.token_size);
    issue.context = &s;
    s.issue.dialect = ASSAY_DIALECT_OIDC;
    bench_row("verify, appraise, sign: known platform", bench_ratio(&whole), verifications,
              BENCH_AT_MOST, 2.6);
    s.issue.dialect = ASSAY_DIALECT_QAL;
    run_issue(&s, 0, 0);
    bench_row("issue a qal token", bench_ratio_to(&issue, &bare), "of sign + SHA-256 + base64",
              BENCH_AT_MOST, 1.2);
    return 0;
}
