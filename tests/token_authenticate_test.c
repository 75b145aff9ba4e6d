/* token_authenticate_test.c: every golden case about which policies were used and whose they are,
 * through the library (appraisal.md 7.3). */
#include <stdio.h>
#include <stdlib.h>

#include "assay/token.h"
#include "base/span.h"
#include "support.h"
#include "vectors.h"

enum { AUTHENTICATE_CASES = 23, OWNER_CASES = 10 };

typedef struct outcome {
    assay_status status;
    assay_error error;
    assay_result result;
} outcome;

static assay_span text_of(json_t *object, const char *member)
{
    json_t *text = json_object_get(object, member);
    return span_of(json_string_value(text), json_string_length(text));
}

static assay_span quote_of(json_t *one, uint8_t *buffer, size_t capacity)
{
    size_t size = 0;
    const assay_span text = text_of(one, "quote_base64");
    if (text.size == 0)
        return text;
    assert_int_equal(assay_decode_any(text, buffer, capacity, &size, NULL, NULL), ASSAY_OK);
    return span_of(buffer, size);
}

static assay_span policy_of(json_t *bundle, const char *member, bool *is_default)
{
    const assay_span text = text_of(bundle, member);
    *is_default = span_is(text, "default");
    return *is_default ? (assay_span) { NULL, 0 } : text;
}

static outcome authenticate(json_t *one)
{
    static uint8_t buffer[64 * 1024];
    outcome o = { .result = ASSAY_RESULT_INCOMPLETE };
    json_t *given = json_object_get(one, "bundle");
    bool ignored;
    assay_policy_bundle bundle = { .tenant = policy_of(given, "tenant", &ignored) };
    bundle.platform = policy_of(given, "platform", &bundle.platform_default);
    bundle.qe = policy_of(given, "tdqe", &bundle.qe_default);
    o.status =
        assay_authenticate_policies(text_of(one, "result_token"), &bundle,
                                    quote_of(one, buffer, sizeof(buffer)), &o.result, &o.error);
    return o;
}

static assay_status add_owners(json_t *keys, assay_key_set *owners, assay_error *error)
{
    for (size_t i = 0; i < json_array_size(keys); i++) {
        json_t *key = json_array_get(keys, i);
        TRY(assay_key_set_add(owners, span_of(json_string_value(key), json_string_length(key)),
                              ASSAY_ROLE_ANY, error));
    }
    return ASSAY_OK;
}

static outcome find_owner(json_t *one)
{
    static uint8_t buffer[64 * 1024];
    outcome o = { .result = ASSAY_RESULT_INCOMPLETE };
    assay_key_set *owners = NULL;
    assert_int_equal(assay_key_set_new(&owners, NULL), ASSAY_OK);
    o.status = add_owners(json_object_get(one, "owner_keys"), owners, &o.error);
    if (o.status == ASSAY_OK)
        o.status = assay_authenticate_policy_owner(text_of(one, "result_token"), owners,
                                                   quote_of(one, buffer, sizeof(buffer)), &o.result,
                                                   &o.error);
    assay_key_set_free(owners);
    return o;
}

/* The library counts 1, 0, -1 where the vendor's functions say 0, 1, -1. */
static int vendor_number(assay_result result)
{
    return result == ASSAY_RESULT_INCOMPLETE ? -1 : result == ASSAY_RESULT_PASSED ? 0 : 1;
}

static void compare(json_t *one, const outcome *got)
{
    const char *name = json_string_value(json_object_get(one, "name"));
    json_t *want = json_object_get(one, "expected_assay");
    const char *code = json_string_value(json_object_get(json_object_get(want, "error"), "code"));
    if (code != NULL) {
        if (got->status == ASSAY_OK || got->error.name == NULL ||
            strcmp(got->error.name, code) != 0)
            test_fail("%s: got %s (%s), want %s", name, got->error.name, got->error.detail, code);
        return;
    }
    if (got->status != ASSAY_OK)
        test_fail("%s: refused: %s: %s", name, assay_error_name(&got->error), got->error.detail);
    assert_row(name, vendor_number(got->result),
               json_integer_value(json_object_get(want, "result")));
}

/* Runs every case of one kind; how many there were. */
static size_t each_case(const char *kind, outcome (*run)(json_t *one))
{
    char path[1024];
    char *line = NULL;
    size_t size = 0, count = 0;
    snprintf(path, sizeof(path), "%s/appraisal/cases.jsonl", vectors_folder());
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while (getline(&line, &size, file) > 0) {
        json_t *one = json_loads(line, 0, NULL);
        if (span_is(text_of(one, "kind"), kind)) {
            const outcome got = run(one);
            compare(one, &got);
            count++;
        }
        json_decref(one);
    }
    free(line);
    fclose(file);
    return count;
}

static void policies_are_authenticated_as_in_every_golden_case(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    assert_int_equal(each_case("authenticate", authenticate), AUTHENTICATE_CASES);
}

static void owners_are_found_as_in_every_golden_case(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    assert_int_equal(each_case("policy_owner", find_owner), OWNER_CASES);
}

static void a_token_that_is_none_has_a_name(void **state)
{
    (void)state;
    static const char *const tokens[] = { "", "a.b", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.AA" };
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        const assay_policy_bundle bundle = { 0 };
        assay_error error = { 0 };
        assay_result result = ASSAY_RESULT_INCOMPLETE;
        assert_int_not_equal(assay_authenticate_policies(SPAN_TEXT(tokens[i]), &bundle,
                                                         (assay_span) { NULL, 0 }, &result, &error),
                             ASSAY_OK);
        assert_string_equal(error.name, "result_token_malformed");
    }
}

static void an_owner_has_a_key_of_p384(void **state)
{
    (void)state;
    assay_key *key = NULL;
    assay_key_set *owners = NULL;
    char *pem = NULL;
    assay_error error = { 0 };
    assay_result result = ASSAY_RESULT_INCOMPLETE;
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES256, &key, NULL), ASSAY_OK);
    assert_int_equal(assay_key_to_public_pem(key, &pem, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_new(&owners, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(owners, SPAN_TEXT(pem), ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    assert_int_equal(assay_authenticate_policy_owner(SPAN_TEXT("x"), owners,
                                                     (assay_span) { NULL, 0 }, &result, &error),
                     ASSAY_MALFORMED);
    assert_string_equal(error.name, "key_malformed");
    assay_key_set_free(owners);
    assay_text_free(pem);
    assay_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_authenticated_as_in_every_golden_case),
        cmocka_unit_test(owners_are_found_as_in_every_golden_case),
        cmocka_unit_test(a_token_that_is_none_has_a_name),
        cmocka_unit_test(an_owner_has_a_key_of_p384),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
