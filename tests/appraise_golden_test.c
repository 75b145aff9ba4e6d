/* appraise_golden_test.c: every golden appraisal through the library: status, overall result, each
 * report and check, warnings, errors (appraisal.md 9). Cases whose subject is a token stand in the
 * test of tokens: here they are counted. */
#include <stdlib.h>

#include "assay/appraise.h"
#include "base/error.h"
#include "base/span.h"
#include "support.h"
#include "vectors.h"

enum { POLICIES_MAX = 16, APPRAISE_CASES = 296 };

typedef enum shuffle { AS_WRITTEN, REVERSED } shuffle;

typedef struct outcome {
    assay_status status;
    assay_error error;
    assay_reports *reports;
    assay_policy *policies[POLICIES_MAX];
    size_t policy_count;
    assay_appraisal *appraisal;
} outcome;

static void outcome_clear(outcome *o)
{
    assay_appraisal_free(o->appraisal);
    for (size_t i = 0; i < o->policy_count; i++)
        assay_policy_unref(o->policies[i]);
    assay_reports_free(o->reports);
}

/* ---- The same data with members and elements in the opposite order ---- */

static json_t *reversed(json_t *value)
{
    const char *name;
    json_t *member;
    if (json_is_array(value)) {
        json_t *copy = json_array();
        for (size_t i = json_array_size(value); i > 0; i--)
            json_array_append_new(copy, reversed(json_array_get(value, i - 1)));
        return copy;
    }
    if (!json_is_object(value))
        return json_incref(value);
    json_t *names = json_array(), *copy = json_object();
    json_object_foreach(value, name, member) json_array_insert_new(names, 0, json_string(name));
    for (size_t i = 0; i < json_array_size(names); i++) {
        name = json_string_value(json_array_get(names, i));
        json_object_set_new(copy, name, reversed(json_object_get(value, name)));
    }
    json_decref(names);
    return copy;
}

/* The text of a policy; with its members reversed when that is asked. malloc'd. */
static char *policy_text(const char *payload, shuffle order)
{
    json_t *policy = order == REVERSED ? json_loads(payload, 0, NULL) : NULL;
    if (policy == NULL)
        return strdup(payload);
    json_t *turned = reversed(policy);
    char *text = json_dumps(turned, 0);
    json_decref(turned);
    json_decref(policy);
    return text;
}

/* ---- The run ---- */

static assay_status parse_policies(outcome *o, json_t *policies, shuffle order)
{
    size_t count = json_array_size(policies);
    for (size_t i = 0; i < count; i++) {
        char prefix[32];
        size_t at = order == REVERSED ? count - 1 - i : i;
        json_t *payload = json_object_get(json_array_get(policies, at), "payload");
        char *text = policy_text(json_string_value(payload), order);
        assay_status status = assay_policy_parse(SPAN_TEXT(text), ASSAY_POLICY_EXTENDED,
                                                 &o->policies[o->policy_count], &o->error);
        free(text);
        snprintf(prefix, sizeof(prefix), "policies[%zu]", i);
        if (status != ASSAY_OK)
            return error_inside(&o->error, status, prefix);
        o->policy_count++;
    }
    return ASSAY_OK;
}

static assay_status run_steps(outcome *o, json_t *one, shuffle order)
{
    json_t *list = json_object_get(one, "verification_result");
    json_t *turned = order == REVERSED ? reversed(list) : json_incref(list);
    char *text = json_dumps(turned, JSON_ENCODE_ANY);
    assay_status status = assay_reports_from_json(SPAN_TEXT(text), &o->reports, &o->error);
    free(text);
    json_decref(turned);
    TRY(status);
    TRY(parse_policies(o, json_object_get(one, "policies"), order));
    const assay_appraise_options options = {
        .now = json_integer_value(json_object_get(one, "check_date")),
        .policies = (const assay_policy *const *)o->policies,
        .policy_count = o->policy_count,
    };
    return assay_appraise(o->reports, &options, &o->appraisal, &o->error);
}

static outcome run_case(json_t *one, shuffle order)
{
    outcome o = { 0 };
    o.status = run_steps(&o, one, order);
    return o;
}

/* ---- The comparison ---- */

static const char *text_of(json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static bool same_checks(const assay_appraised_report *row, json_t *detailed)
{
    if (row->check_count != json_object_size(detailed))
        return false;
    for (size_t i = 0; i < row->check_count; i++) {
        json_t *wanted = json_object_get(detailed, row->checks[i].name);
        if (wanted == NULL || json_is_true(wanted) != row->checks[i].passed)
            return false;
    }
    return true;
}

static bool same_kind(assay_policy_kind kind, const char *wanted)
{
    static const char *const names[] = {
        [ASSAY_POLICY_NONE] = NULL, [ASSAY_POLICY_USER] = "user", [ASSAY_POLICY_DEFAULT] = "default"
    };
    return wanted == NULL ? names[kind] == NULL
                          : names[kind] != NULL && strcmp(names[kind], wanted) == 0;
}

static const assay_appraised_report *row_of(const assay_appraisal *a, const char *class_id)
{
    for (size_t i = 0; i < assay_appraisal_report_count(a); i++) {
        const assay_appraised_report *row = assay_appraisal_report(a, i);
        if (strcmp(assay_class_id(row->class_), class_id) == 0)
            return row;
    }
    return NULL;
}

static const char *reports_differ(const assay_appraisal *a, json_t *reports)
{
    if (assay_appraisal_report_count(a) != json_array_size(reports))
        return "number of reports";
    for (size_t i = 0; i < json_array_size(reports); i++) {
        json_t *wanted = json_array_get(reports, i);
        const assay_appraised_report *row = row_of(a, text_of(wanted, "class_id"));
        if (row == NULL)
            return "class_id";
        if (row->result != json_integer_value(json_object_get(wanted, "appraisal_result")))
            return "appraisal_result";
        if (!same_kind(row->policy, text_of(wanted, "policy")))
            return "policy";
        if (!same_checks(row, json_object_get(wanted, "detailed_result")))
            return "detailed_result";
    }
    return NULL;
}

/* Sets; both sorted. */
static const char *warnings_differ(const char *const *warnings, json_t *wanted)
{
    size_t count = 0;
    for (; warnings[count] != NULL; count++) {
        const char *text = json_string_value(json_array_get(wanted, count));
        if (text == NULL || strcmp(warnings[count], text) != 0)
            return "warnings";
    }
    return count == json_array_size(wanted) ? NULL : "warnings";
}

/* What differs of a case that is answered, or NULL. */
static const char *answer_differs(const outcome *o, json_t *expected)
{
    if (o->status != ASSAY_OK)
        return "status";
    if (assay_appraisal_overall(o->appraisal) !=
        json_integer_value(json_object_get(expected, "overall")))
        return "overall";
    const char *what = reports_differ(o->appraisal, json_object_get(expected, "reports"));
    return what != NULL ? what
                        : warnings_differ(assay_appraisal_warnings(o->appraisal),
                                          json_object_get(expected, "warnings"));
}

static const char *error_differs(const outcome *o, json_t *error)
{
    const char *path = text_of(error, "path"), *suggestion = text_of(error, "suggestion");
    if (o->status == ASSAY_OK)
        return "status";
    if (strcmp(assay_error_name(&o->error), text_of(error, "code")) != 0)
        return "error.code";
    if (path != NULL && strstr(o->error.where, path) == NULL)
        return "error.path";
    if (suggestion != NULL && strcmp(o->error.suggestion, suggestion) != 0)
        return "error.suggestion";
    return NULL;
}

static const char *case_differs(json_t *one, shuffle order)
{
    json_t *expected = json_object_get(one, "expected_assay");
    json_t *error = json_object_get(expected, "error");
    outcome o = run_case(one, order);
    const char *what = error != NULL ? error_differs(&o, error) : answer_differs(&o, expected);
    if (what != NULL)
        print_message("  %s: %s: %s\n", o.error.name ? o.error.name : "", o.error.where,
                      o.error.detail);
    outcome_clear(&o);
    return what;
}

/* ---- All cases ---- */

static bool subject_is_a_token(json_t *one)
{
    size_t i;
    json_t *policy;
    if (json_object_get(one, "verification_token") != NULL)
        return true;
    json_array_foreach(json_object_get(one, "policies"), i, policy)
    {
        if (!json_is_string(json_object_get(policy, "payload")))
            return true;
    }
    return false;
}

typedef struct tally {
    size_t run, tokens, failed;
} tally;

static void count_case(tally *t, json_t *one, shuffle order)
{
    bool refused = json_object_get(json_object_get(one, "expected_assay"), "error") != NULL;
    if (subject_is_a_token(one)) {
        t->tokens++;
        return;
    }
    t->run++;
    if (order == REVERSED && refused)
        return; /* paths would name other places */
    const char *what = case_differs(one, order);
    if (what != NULL) {
        print_error("%s: %s differs\n", text_of(one, "name"), what);
        t->failed++;
    }
}

static tally run_all(shuffle order)
{
    const char *folder = vectors_folder();
    tally t = { 0 };
    if (folder == NULL)
        skip();
    assay_span file = vectors_read(folder, "appraisal/cases.jsonl");
    const char *line = (const char *)file.data, *end = line + file.size;
    assert_non_null(line);
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((stop == NULL ? end : stop) - line);
        json_t *one = json_loadb(line, size, 0, NULL);
        if (one != NULL && strcmp(text_of(one, "kind"), "appraise") == 0)
            count_case(&t, one, order);
        json_decref(one);
        line += size + 1;
    }
    free((void *)(uintptr_t)file.data);
    return t;
}

static void every_case_is_answered_as_it_must_be(void **state)
{
    (void)state;
    tally t = run_all(AS_WRITTEN);
    print_message("%zu cases run, %zu left to the test of tokens\n", t.run, t.tokens);
    assert_int_equal(t.run + t.tokens, APPRAISE_CASES);
    assert_int_equal(t.failed, 0);
}

static void order_decides_nothing(void **state)
{
    (void)state;
    assert_int_equal(run_all(REVERSED).failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_answered_as_it_must_be),
        cmocka_unit_test(order_decides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
