/* token_full_test.c: complete runs of Intel's engine, from verification result and policy tokens to
 * the result token: equal to theirs but for nonce and order (appraisal.md 5;
 * vectors/appraisal/full).
 */
#include <stdio.h>
#include <stdlib.h>

#include "assay/token.h"
#include "base/span.h"
#include "support.h"
#include "vectors.h"
#include "wire/base64.h"

enum { RUNS = 5, POLICIES_MAX = 4 };

static char folder[1024];

static assay_span file_of(json_t *name)
{
    const assay_span file = vectors_read(folder, json_string_value(name));
    assert_non_null(file.data);
    return file;
}

static assay_policy *policy_of(json_t *name, int64_t now)
{
    assay_policy *policy = NULL;
    assay_error err = { 0 };
    const assay_span token = file_of(name);
    const assay_policy_token_options options = { .now = now, .any_signer = true };
    if (assay_policy_token_read(token, &options, &policy, &err) != ASSAY_OK)
        test_fail("%s: %s: %s", json_string_value(name), err.where, err.detail);
    free((void *)token.data);
    return policy;
}

static assay_reports *reports_of(json_t *name)
{
    assay_reports *reports = NULL;
    assay_error err = { 0 };
    const assay_span token = file_of(name);
    if (assay_reports_from_token(token, NULL, true, &reports, &err) != ASSAY_OK)
        test_fail("%s: %s: %s", json_string_value(name), err.where, err.detail);
    free((void *)token.data);
    return reports;
}

/* An unsigned qal token, as Intel's engine gives it outside an enclave. */
static char *issue(const assay_appraisal *appraisal, assay_dialect dialect, int64_t now)
{
    char *token = NULL;
    assay_error err = { 0 };
    const assay_issue_options options = { .dialect = dialect, .unsigned_output = true, .now = now };
    if (assay_token_issue(appraisal, NULL, &options, &token, &err) != ASSAY_OK)
        test_fail("issue: %s: %s", err.where, err.detail);
    return token;
}

static char *run(json_t *one, assay_dialect dialect)
{
    const int64_t now = json_integer_value(json_object_get(one, "check_date"));
    json_t *names = json_object_get(one, "policy_tokens");
    assay_policy *policies[POLICIES_MAX] = { NULL };
    assay_appraisal *appraisal = NULL;
    assay_reports *reports = reports_of(json_object_get(one, "verification_token"));
    for (size_t i = 0; i < json_array_size(names); i++)
        policies[i] = policy_of(json_array_get(names, i), now);
    const assay_appraise_options options = { .now = now,
                                             .policies = (const assay_policy *const *)policies,
                                             .policy_count = json_array_size(names) };
    assert_int_equal(assay_appraise(reports, &options, &appraisal, NULL), ASSAY_OK);
    char *token = issue(appraisal, dialect, now);
    assay_appraisal_free(appraisal);
    for (size_t i = 0; i < POLICIES_MAX; i++)
        assay_policy_unref(policies[i]);
    assay_reports_free(reports);
    return token;
}

/* ---- The comparison ---- */

static json_t *claims_of(assay_span token)
{
    static uint8_t payload[128 * 1024];
    size_t size = 0;
    const uint8_t *first = memchr(token.data, '.', token.size);
    assert_non_null(first);
    const uint8_t *second = memchr(first + 1, '.', token.size - (size_t)(first + 1 - token.data));
    assert_non_null(second);
    assert_int_equal(base64_decode(span_of(first + 1, (size_t)(second - first - 1)), BASE64_URL,
                                   BASE64_SPACE_REFUSED, payload, sizeof(payload), &size, NULL),
                     ASSAY_OK);
    json_t *claims = json_loadb((const char *)payload, size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(claims);
    return claims;
}

/* The document; reports become members named after their class, and the nonce is taken away. */
static json_t *document_of(assay_span token, assay_dialect dialect)
{
    json_t *claims = claims_of(token);
    json_t *text = json_object_get(claims, "appraisal_result");
    json_t *list = json_loads(json_string_value(text), JSON_REJECT_DUPLICATES, NULL);
    json_t *body = json_object_get(json_array_get(list, 0), "result");
    json_t *by_class = json_object();
    if (dialect == ASSAY_DIALECT_QAL)
        body = json_array_get(body, 0);
    assert_true(json_is_object(body));
    json_t *reports = json_object_get(body, "appraised_reports");
    for (size_t i = 0; i < json_array_size(reports); i++) {
        json_t *element = json_array_get(reports, i);
        json_t *environment = json_object_get(json_object_get(element, "report"), "environment");
        json_object_set(by_class, json_string_value(json_object_get(environment, "class_id")),
                        element);
    }
    assert_true(json_is_integer(json_object_get(body, "nonce")));
    json_object_del(body, "nonce");
    json_object_set_new(body, "appraised_reports", by_class);
    json_incref(body);
    json_decref(list);
    json_decref(claims);
    return body;
}

static void show_difference(const char *name, json_t *got, json_t *want)
{
    char *ours = json_dumps(got, JSON_SORT_KEYS), *theirs = json_dumps(want, JSON_SORT_KEYS);
    size_t i = 0;
    while (ours[i] != '\0' && ours[i] == theirs[i])
        i++;
    const size_t from = i > 80 ? i - 80 : 0;
    print_error("got  %.160s\nwant %.160s\n", ours + from, theirs + from);
    free(ours);
    free(theirs);
    test_fail("%s: differs from Intel's result", name);
}

static void compare(json_t *one)
{
    const char *name = json_string_value(json_object_get(one, "name"));
    const assay_span theirs = file_of(json_object_get(one, "intel_token"));
    char *ours = run(one, ASSAY_DIALECT_QAL);
    json_t *got = document_of(SPAN_TEXT(ours), ASSAY_DIALECT_QAL);
    json_t *want = document_of(theirs, ASSAY_DIALECT_QAL);
    if (!json_equal(got, want))
        show_difference(name, got, want);
    json_decref(got);
    json_decref(want);
    assay_text_free(ours);
    free((void *)theirs.data);
}

static json_t *index_of(void)
{
    if (vectors_folder() == NULL)
        return NULL;
    snprintf(folder, sizeof(folder), "%s/appraisal/full", vectors_folder());
    const assay_span text = vectors_read(folder, "index.json");
    json_t *index = json_loadb((const char *)text.data, text.size, 0, NULL);
    free((void *)text.data);
    assert_int_equal(json_array_size(index), RUNS);
    return index;
}

static void every_run_gives_the_result_of_intels_engine(void **state)
{
    (void)state;
    json_t *index = index_of();
    if (index == NULL)
        skip();
    for (size_t i = 0; i < json_array_size(index); i++)
        compare(json_array_get(index, i));
    json_decref(index);
}

static void the_guides_shape_holds_the_same_reports(void **state)
{
    (void)state;
    json_t *index = index_of();
    if (index == NULL)
        skip();
    json_t *one = json_array_get(index, 0);
    const assay_span theirs = file_of(json_object_get(one, "intel_token"));
    char *ours = run(one, ASSAY_DIALECT_QAL_GUIDE);
    json_t *got = document_of(SPAN_TEXT(ours), ASSAY_DIALECT_QAL_GUIDE);
    json_t *want = document_of(theirs, ASSAY_DIALECT_QAL);
    json_t *inner = json_object_get(json_array_get(json_object_get(got, "certification_data"), 0),
                                    "certification_data");
    assert_true(json_equal(inner, json_array_get(json_object_get(want, "certification_data"), 0)));
    assert_true(json_equal(json_object_get(got, "appraised_reports"),
                           json_object_get(want, "appraised_reports")));
    json_decref(got);
    json_decref(want);
    assay_text_free(ours);
    free((void *)theirs.data);
    json_decref(index);
}

/* A relying party reads Intel's own tokens. */
static void intels_results_can_be_checked(void **state)
{
    (void)state;
    json_t *index = index_of();
    if (index == NULL)
        skip();
    for (size_t i = 0; i < json_array_size(index); i++) {
        json_t *one = json_array_get(index, i);
        const assay_span token = file_of(json_object_get(one, "intel_token"));
        const char *name = json_string_value(json_object_get(one, "name"));
        json_t *intel = json_object_get(one, "intel");
        const bool passed = json_integer_value(json_object_get(intel, "overall")) == 1;
        assay_token_claims claims = { 0 };
        assay_error err = { 0 };
        const assay_token_expectations want = {
            .now = json_integer_value(json_object_get(one, "check_date")),
            .accept_unsigned = true,
            .no_freshness = true,
        };
        const assay_status status = assay_token_check(token, &want, &claims, &err);
        if ((status == ASSAY_OK) != passed)
            test_fail("%s: %s: %s", name, assay_error_name(&err), err.detail);
        assert_row(name, claims.dialect, ASSAY_DIALECT_QAL);
        assert_non_null(claims.result);
        assay_token_claims_clear(&claims);
        free((void *)token.data);
    }
    json_decref(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_gives_the_result_of_intels_engine),
        cmocka_unit_test(the_guides_shape_holds_the_same_reports),
        cmocka_unit_test(intels_results_can_be_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
