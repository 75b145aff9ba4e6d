/* appraised.c: from a profile of the simulator to an appraisal and its token. */
#include "appraised.h"
#include "base/span.h"
#include "support.h"

static void verify(appraised *a)
{
    assay_roots roots = { 0 };
    const assay_span quote = bytes_span(&a->artifacts.quote);
    const assay_verify_options options = { .now = a->world.now };
    assert_int_equal(assay_roots_add(&roots, bytes_span(&a->artifacts.root), NULL), ASSAY_OK);
    const assay_collateral_items items = sim_artifacts_items(&a->artifacts);
    assert_int_equal(assay_collateral_new(&items, &roots, &a->collateral, NULL), ASSAY_OK);
    assert_int_equal(assay_verify(NULL, quote, a->collateral, &options, &a->verdict, NULL),
                     ASSAY_OK);
    assert_int_equal(assay_reports_from_verdict(&a->verdict, quote, &a->reports, NULL), ASSAY_OK);
}

static void read_policy(appraised *a, const char *policy)
{
    char *made = NULL;
    bool debug;
    assay_error err = { 0 };
    if (policy == NULL)
        assert_int_equal(
            assay_policy_from_subject(bytes_span(&a->artifacts.quote), &made, &debug, NULL),
            ASSAY_OK);
    const assay_span text = SPAN_TEXT(policy == NULL ? made : policy);
    if (assay_policy_parse(text, ASSAY_POLICY_EXTENDED, &a->policy, &err) != ASSAY_OK)
        test_fail("policy: %s: %s", err.where, err.detail);
    assay_text_free(made);
}

void appraised_make(appraised *a, const char *profile, const char *policy, uint32_t left_out)
{
    *a = (appraised) { 0 };
    sim_world_init(&a->world, sim_profile_find(profile), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&a->world, &a->artifacts, NULL), ASSAY_OK);
    verify(a);
    read_policy(a, policy);
    const assay_policy *const policies[] = { a->policy };
    const assay_appraise_options options = {
        .now = a->world.now, .policies = policies, .policy_count = 1, .left_out = left_out
    };
    assert_int_equal(assay_appraise(a->reports, &options, &a->appraisal, NULL), ASSAY_OK);
}

void appraised_free(appraised *a)
{
    assay_appraisal_free(a->appraisal);
    assay_policy_unref(a->policy);
    assay_reports_free(a->reports);
    assay_verdict_clear(&a->verdict);
    assay_collateral_unref(a->collateral);
    sim_artifacts_free(&a->artifacts);
}

assay_issue_options appraised_options(const appraised *a, const assay_key *key,
                                      assay_dialect dialect)
{
    assay_issue_options options = { .dialect = dialect,
                                    .algorithm =
                                        key == NULL ? ASSAY_ALG_NONE : assay_key_algorithm(key),
                                    .key = key,
                                    .unsigned_output = key == NULL,
                                    .now = a->world.now };
    for (size_t i = 0; i < sizeof(options.random); i++)
        options.random[i] = (uint8_t)i;
    if (dialect == ASSAY_DIALECT_OIDC)
        options.audience = "gateway";
    return options;
}

char *appraised_issue(const appraised *a, const assay_issue_options *options)
{
    char *token = NULL;
    assay_error err = { 0 };
    if (assay_token_issue(a->appraisal, &a->verdict, options, &token, &err) != ASSAY_OK)
        test_fail("issue: %s: %s", err.where, err.detail);
    return token;
}

void appraised_pin(assay_key_set *set, const assay_key *key)
{
    char *pem = NULL;
    assert_int_equal(assay_key_to_public_pem(key, &pem, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(pem), ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    assay_text_free(pem);
}
