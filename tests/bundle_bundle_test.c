/* bundle_bundle_test.c: bundles out and in, and their replay (src/bundle/bundle.c). */
#include <stdio.h>
#include <string.h>

#include "assay/bundle.h"
#include "sim/build.h"
#include "support.h"

static const char *const profiles[] = { "sgx-v3", "tdx-v4", "tdx-v5-extended" };

typedef struct given {
    sim_world world;
    sim_artifacts artifacts;
    assay_roots roots;
    assay_collateral *collateral;
    assay_verify_options options;
} given;

static void given_make(given *g, const char *profile)
{
    *g = (given) { 0 };
    const sim_profile *found = sim_profile_find(profile);
    assert_non_null(found);
    sim_world_init(&g->world, found, 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&g->world, &g->artifacts, NULL), ASSAY_OK);
    assert_int_equal(assay_roots_add(&g->roots, bytes_span(&g->artifacts.root), NULL), ASSAY_OK);
    assay_collateral_items items = sim_artifacts_items(&g->artifacts);
    assert_int_equal(assay_collateral_new(&items, &g->roots, &g->collateral, NULL), ASSAY_OK);
    g->options.now = g->world.now;
}

static void given_free(given *g)
{
    assay_collateral_unref(g->collateral);
    sim_artifacts_free(&g->artifacts);
}

static void bundle_make(given *g, char **out)
{
    assert_int_equal(
        assay_bundle_create(bytes_span(&g->artifacts.quote), g->collateral, &g->options, out, NULL),
        ASSAY_OK);
}

static assay_bundle *bundle_of(const char *text)
{
    assay_bundle *bundle = NULL;
    assay_error error;
    if (assay_bundle_parse(SPAN_TEXT(text), &bundle, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    return bundle;
}

static void replays_to_the_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        given g;
        given_make(&g, profiles[i]);
        char *text = NULL, *again = NULL, *result = NULL;
        bundle_make(&g, &text);
        bundle_make(&g, &again);
        assert_string_equal(text, again);
        assert_null(strchr(text, '\n'));
        assay_bundle *bundle = bundle_of(text);
        static assay_verdict verdict;
        assert_row(profiles[i], assay_bundle_replay(bundle, &g.roots, &verdict, &result, NULL),
                   ASSAY_OK);
        assert_string_equal(result, assay_bundle_result(bundle));
        assert_row(profiles[i], verdict.accepted, 1);
        assert_row(profiles[i],
                   span_equal(assay_bundle_quote(bundle), bytes_span(&g.artifacts.quote)), 1);
        assert_row(
            profiles[i],
            span_equal(assay_bundle_collateral(bundle)->pck_crl, bytes_span(&g.artifacts.pck_crl)),
            1);
        assert_row(profiles[i], assay_bundle_options(bundle)->now, g.options.now);
        assay_verdict_clear(&verdict);
        assay_text_free(result);
        assay_text_free(text);
        assay_text_free(again);
        assay_bundle_free(bundle);
        given_free(&g);
    }
}

static void options_come_back(void **state)
{
    (void)state;
    given g;
    given_make(&g, "tdx-v4");
    static uint8_t report_data[64] = { 1, 2, 3 };
    g.options.accept = ASSAY_ACCEPT(ASSAY_TCB_UP_TO_DATE) | ASSAY_ACCEPT(ASSAY_TCB_OUT_OF_DATE);
    g.options.allow_debug = true;
    g.options.strict = true;
    g.options.report_data = report_data;
    g.options.min_tcb_evaluation_data_number = 4000000000u;
    g.options.pck_chain = SPAN_TEXT("chain");
    char *text = NULL;
    bundle_make(&g, &text);
    assay_bundle *bundle = bundle_of(text);
    const assay_verify_options *options = assay_bundle_options(bundle);
    assert_int_equal(options->accept, g.options.accept);
    assert_true(options->allow_debug);
    assert_false(options->allow_reserved);
    assert_true(options->strict);
    assert_memory_equal(options->report_data, report_data, 64);
    assert_int_equal(options->min_tcb_evaluation_data_number, 4000000000u);
    assert_true(span_is(options->pck_chain, "chain"));
    assay_bundle_free(bundle);
    assay_text_free(text);
    given_free(&g);
}

static void roots_are_never_trusted_from_a_bundle(void **state)
{
    (void)state;
    given g;
    given_make(&g, "tdx-v4");
    char *text = NULL, *result = NULL;
    bundle_make(&g, &text);
    assay_bundle *bundle = bundle_of(text);
    assay_error error;
    assert_int_equal(assay_bundle_replay(bundle, NULL, NULL, &result, &error), ASSAY_MISMATCH);
    assert_non_null(strstr(result, "\"accepted\":false"));
    assert_non_null(strstr(error.detail, "roots"));
    assay_text_free(result);
    assay_bundle_free(bundle);
    assay_text_free(text);
    given_free(&g);
}

static void a_failure_is_a_result(void **state)
{
    (void)state;
    given g;
    given_make(&g, "sgx-v3");
    g.artifacts.quote.data[0] = 7;
    char *text = NULL, *result = NULL;
    bundle_make(&g, &text);
    assert_non_null(strstr(text, "\"error\":{\"status\":\"unsupported-quote-format\""));
    assay_bundle *bundle = bundle_of(text);
    assert_int_equal(assay_bundle_replay(bundle, &g.roots, NULL, &result, NULL), ASSAY_OK);
    assay_text_free(result);
    assay_bundle_free(bundle);
    assay_text_free(text);
    given_free(&g);
}

static void an_edited_result_is_noticed(void **state)
{
    (void)state;
    given g;
    given_make(&g, "sgx-v3");
    g.artifacts.quote.data[0] = 7;
    char *text = NULL, *result = NULL;
    bundle_make(&g, &text);
    const char *accepted = strstr(text, "\"accepted\":false");
    assert_non_null(accepted);
    const size_t at = (size_t)(accepted - text);
    for (size_t i = 0; i < 16; i++)
        text[at + i] = "\"accepted\":true "[i];
    assay_bundle *bundle = bundle_of(text);
    assert_int_equal(assay_bundle_replay(bundle, &g.roots, NULL, &result, NULL), ASSAY_MISMATCH);
    assert_non_null(result);
    assay_text_free(result);
    assay_bundle_free(bundle);
    assay_text_free(text);
    given_free(&g);
}

static void unusable_arguments_make_no_bundle(void **state)
{
    (void)state;
    given g;
    given_make(&g, "sgx-v3");
    char *text = NULL;
    const assay_span quote = bytes_span(&g.artifacts.quote);
    g.options.now = 0;
    assert_int_equal(assay_bundle_create(quote, g.collateral, &g.options, &text, NULL),
                     ASSAY_USAGE);
    g.options.now = 253402300800;
    assert_int_equal(assay_bundle_create(quote, g.collateral, &g.options, &text, NULL),
                     ASSAY_USAGE);
    g.options.now = g.world.now;
    g.options.accept = ASSAY_ACCEPT(ASSAY_TCB_REVOKED);
    assert_int_equal(assay_bundle_create(quote, g.collateral, &g.options, &text, NULL),
                     ASSAY_USAGE);
    assert_null(text);
    given_free(&g);
}

/* A small bundle of empty parts; each row replaces one piece of it. */
static const char small[] =
    "{\"assay_bundle\":1,\"time\":\"2025-07-04T10:28:44Z\",\"options\":{\"accept\":[],"
    "\"allow_debug\":false,\"allow_reserved\":false,\"strict\":false,\"report_data\":\"\","
    "\"min_tcb_evaluation_data_number\":0,\"pck_chain\":\"\",\"roots\":[]},\"quote\":\"AAAA\","
    "\"collateral\":{\"tcb_info\":\"\",\"tcb_info_issuer_chain\":\"\",\"qe_identity\":\"\","
    "\"qe_identity_issuer_chain\":\"\",\"root_ca_crl\":\"\",\"pck_crl\":\"\","
    "\"pck_crl_issuer_chain\":\"\"},\"result\":{}}";

static const struct {
    const char *what;
    const char *old;
    const char *new;
    assay_status status;
    const char *where;
    const char *detail;
} edits[] = {
    { "as it is", "{}}", "{}}\n", ASSAY_OK, NULL, NULL },
    { "another version", "bundle\":1", "bundle\":2", ASSAY_UNSUPPORTED, "bundle.assay_bundle",
      "want 1" },
    { "no version", "\"assay_bundle\":1,", "", ASSAY_MALFORMED, "bundle.assay_bundle", NULL },
    { "unknown member", "\"result\"", "\"qoute\":1,\"result\"", ASSAY_MALFORMED, "bundle.qoute",
      "did you mean quote?" },
    { "unknown option", "\"strict\"", "\"allow_debgu\":true,\"strict\"", ASSAY_MALFORMED,
      "bundle.options.allow_debgu", "did you mean allow_debug?" },
    { "unknown item", "\"pck_crl\"", "\"pck_clr\":\"\",\"pck_crl\"", ASSAY_MALFORMED,
      "bundle.collateral.pck_clr", "did you mean pck_crl?" },
    { "duplicate", "\"result\"", "\"quote\":\"\",\"result\"", ASSAY_MALFORMED, NULL, NULL },
    { "no quote", "\"quote\":\"AAAA\",", "", ASSAY_MALFORMED, "bundle.quote", NULL },
    { "quote is no base64", "AAAA", "AA*A", ASSAY_MALFORMED, "bundle.quote", "base64" },
    { "quote with pad bits", "AAAA", "AAB=", ASSAY_MALFORMED, "bundle.quote", "base64" },
    { "no item", "\"qe_identity\":\"\",", "", ASSAY_MALFORMED, "bundle.collateral.qe_identity",
      NULL },
    { "bad time", "2025-07-04", "2025-02-30", ASSAY_MALFORMED, "bundle.time", NULL },
    { "time 0", "2025-07-04T10:28:44", "1970-01-01T00:00:00", ASSAY_MALFORMED, "bundle.time",
      NULL },
    { "accepts something", "\"accept\":[]", "\"accept\":[\"OutOfDate\"]", ASSAY_OK, NULL, NULL },
    { "accepts Revoked", "\"accept\":[]", "\"accept\":[\"Revoked\"]", ASSAY_MALFORMED,
      "bundle.options.accept", NULL },
    { "accepts a number", "\"accept\":[]", "\"accept\":[1]", ASSAY_MALFORMED,
      "bundle.options.accept", NULL },
    { "flag as text", "\"strict\":false", "\"strict\":\"no\"", ASSAY_MALFORMED,
      "bundle.options.strict", NULL },
    { "short report data", "\"report_data\":\"\"", "\"report_data\":\"00\"", ASSAY_MALFORMED,
      "bundle.options.report_data", NULL },
    { "root that is no point", "\"roots\":[]", "\"roots\":[\"04\"]", ASSAY_MALFORMED,
      "bundle.options.roots", NULL },
    { "number beyond 32 bits", "number\":0", "number\":4294967296", ASSAY_MALFORMED,
      "bundle.options.min_tcb_evaluation_data_number", NULL },
    { "result is a text", "\"result\":{}", "\"result\":\"\"", ASSAY_MALFORMED, "bundle.result",
      NULL },
    { "text behind", "{}}", "{}}x", ASSAY_MALFORMED, NULL, NULL },
    { "cut", "\"result\":{}}", "\"result\":{}", ASSAY_MALFORMED, NULL, NULL },
};

static void every_edit_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        char text[2048];
        const char *at = strstr(small, edits[i].old);
        assert_non_null(at);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - small), small, edits[i].new,
                 at + strlen(edits[i].old));
        assay_bundle *bundle = NULL;
        assay_error error = { 0 };
        const assay_status status = assay_bundle_parse(SPAN_TEXT(text), &bundle, &error);
        if ((status == ASSAY_TRUNCATED ? ASSAY_MALFORMED : status) != edits[i].status)
            test_fail("%s: %s at %s: %s", edits[i].what, assay_status_name(status), error.where,
                      error.detail);
        if (edits[i].where != NULL && strcmp(error.where, edits[i].where) != 0)
            test_fail("%s: at %s", edits[i].what, error.where);
        if (edits[i].detail != NULL && strstr(error.detail, edits[i].detail) == NULL)
            test_fail("%s: %s", edits[i].what, error.detail);
        assay_bundle_free(bundle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replays_to_the_same_bytes),
        cmocka_unit_test(options_come_back),
        cmocka_unit_test(roots_are_never_trusted_from_a_bundle),
        cmocka_unit_test(a_failure_is_a_result),
        cmocka_unit_test(an_edited_result_is_noticed),
        cmocka_unit_test(unusable_arguments_make_no_bundle),
        cmocka_unit_test(every_edit_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
