/* token_reports_issue_test.c: a verification result of ours as text and in a token reads back as it
 * was (src/appraise/reports_write.c, src/token/reports_issue.c). */
#include <stdlib.h>
#include <string.h>

#include "appraise/reports.h"
#include "assay/token.h"
#include "sim/build.h"
#include "support.h"

enum { REPORT_DATA_OFFSET = 520 }; /* of a TD report body */

static const char user_data[] = "a text that the TD was started with";

typedef struct evidence {
    sim_artifacts artifacts;
    assay_verdict verdict;
    assay_reports *reports;
} evidence;

static int evidence_make(void **state)
{
    static evidence e;
    sim_world world;
    assay_collateral *collateral;
    assay_roots roots = { 0 };
    sim_world_init(&world, sim_profile_find("tdx-v4"), 3, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    sha384(span_of(user_data, sizeof(user_data) - 1), world.quote.body + REPORT_DATA_OFFSET);
    assert_int_equal(sim_build(&world, &e.artifacts, NULL), ASSAY_OK);
    const assay_span quote = bytes_span(&e.artifacts.quote);
    const assay_collateral_items items = sim_artifacts_items(&e.artifacts);
    const assay_verify_options options = { .now = world.now };
    assert_int_equal(assay_roots_add(&roots, bytes_span(&e.artifacts.root), NULL), ASSAY_OK);
    assert_int_equal(assay_collateral_new(&items, &roots, &collateral, NULL), ASSAY_OK);
    assert_int_equal(assay_verify(NULL, quote, collateral, &options, &e.verdict, NULL), ASSAY_OK);
    assert_int_equal(assay_reports_from_verdict(&e.verdict, quote, &e.reports, NULL), ASSAY_OK);
    assay_collateral_unref(collateral);
    *state = &e;
    return 0;
}

static int evidence_free(void **state)
{
    evidence *e = *state;
    assay_reports_free(e->reports);
    assay_verdict_clear(&e->verdict);
    sim_artifacts_free(&e->artifacts);
    return 0;
}

static void assert_same(const assay_reports *read, const assay_reports *made)
{
    assert_int_equal(read->count, made->count);
    assert_memory_equal(read->quote_sha384, made->quote_sha384, sizeof(read->quote_sha384));
    for (size_t i = 0; i < read->count; i++) {
        assert_int_equal(read->at[i].class_, made->at[i].class_);
        assert_int_equal(read->at[i].platform.statuses, made->at[i].platform.statuses);
        assert_int_equal(read->at[i].platform.tcb_level_date_tag,
                         made->at[i].platform.tcb_level_date_tag);
    }
}

static void text_reads_back(void **state)
{
    const evidence *e = *state;
    const assay_reports_text_options options = { .now = SIM_DEFAULT_NOW, .user_data = user_data };
    char *text = NULL;
    assay_reports *read = NULL;
    assert_int_equal(assay_reports_to_json(e->reports, &options, &text, NULL), ASSAY_OK);
    assert_non_null(strstr(text, "{\"qvl_result\":[{\"user_data\":\"a text"));
    assert_non_null(strstr(text, "\"algo\":\"SHA384\""));
    assert_non_null(strstr(text, "\"certification_data\":{\"pck_crl_issuer_chain\":\""));
    assert_non_null(strstr(text, "\"Description\":\"Application TD TCB\""));
    assert_int_equal(assay_reports_from_json(SPAN_TEXT(text), &read, NULL), ASSAY_OK);
    assert_same(read, e->reports);
    assert_string_equal(read->user_data, user_data);
    assay_reports_free(read);
    assay_text_free(text);
}

static void user_data_must_be_bound(void **state)
{
    const evidence *e = *state;
    char longer[130], *text = NULL;
    assay_error error;
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assay_reports_text_options options = { .user_data = "another text" };
    assert_int_equal(assay_reports_to_json(e->reports, &options, &text, &error), ASSAY_MISMATCH);
    assert_string_equal(error.name, "user_data_mismatch");
    options.user_data = longer;
    assert_int_equal(assay_reports_to_json(e->reports, &options, &text, &error), ASSAY_USAGE);
    assert_null(text);
}

static void unsigned_tokens_say_so(void **state)
{
    const evidence *e = *state;
    const assay_reports_text_options options = { .now = SIM_DEFAULT_NOW };
    char *token = NULL;
    assay_reports *read = NULL;
    assert_int_equal(assay_reports_to_token(e->reports, &options, NULL, &token, NULL), ASSAY_OK);
    assert_int_equal(token[strlen(token) - 1], '.');
    assert_true(assay_reports_from_token(SPAN_TEXT(token), NULL, false, &read, NULL) != ASSAY_OK);
    assert_int_equal(assay_reports_from_token(SPAN_TEXT(token), NULL, true, &read, NULL), ASSAY_OK);
    assert_same(read, e->reports);
    assay_reports_free(read);
    assay_text_free(token);
}

static void signed_tokens_count_by_a_pinned_key(void **state)
{
    const evidence *e = *state;
    const assay_reports_text_options options = { .now = SIM_DEFAULT_NOW };
    char *token = NULL, *pem = NULL;
    assay_key *key = NULL, *smaller = NULL;
    assay_key_set *signers = NULL;
    assay_reports *read = NULL;
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &key, NULL), ASSAY_OK);
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES256, &smaller, NULL), ASSAY_OK);
    assert_int_equal(assay_reports_to_token(e->reports, &options, smaller, &token, NULL),
                     ASSAY_USAGE);
    assert_int_equal(assay_reports_to_token(e->reports, &options, key, &token, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_new(&signers, NULL), ASSAY_OK);
    assert_true(assay_reports_from_token(SPAN_TEXT(token), signers, true, &read, NULL) != ASSAY_OK);
    assert_int_equal(assay_key_to_public_pem(key, &pem, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(signers, SPAN_TEXT(pem), ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    assert_int_equal(assay_reports_from_token(SPAN_TEXT(token), signers, false, &read, NULL),
                     ASSAY_OK);
    assert_same(read, e->reports);
    assay_reports_free(read);
    assay_key_set_free(signers);
    assay_key_free(smaller);
    assay_key_free(key);
    assay_text_free(pem);
    assay_text_free(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_reads_back),
        cmocka_unit_test(user_data_must_be_bound),
        cmocka_unit_test(unsigned_tokens_say_so),
        cmocka_unit_test(signed_tokens_count_by_a_pinned_key),
    };
    return cmocka_run_group_tests(tests, evidence_make, evidence_free);
}
