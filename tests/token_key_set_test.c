/* token_key_set_test.c: pins with their roles, and JWKS (src/token/key_set.c). */
#include <stdio.h>
#include <stdlib.h>

#include "support.h"
#include "token/key.h"

/* Keys take time: a handful serves all. */
enum { KEYS = 3 };
static assay_key *keys[KEYS];
static char *jwks[KEYS];
static char thumbprints[KEYS][44];

static int make_keys(void **state)
{
    (void)state;
    static const assay_algorithm algorithms[KEYS] = { ASSAY_ALG_ES256, ASSAY_ALG_ES384,
                                                      ASSAY_ALG_RS256 };
    for (size_t i = 0; i < KEYS; i++) {
        if (assay_key_generate(algorithms[i], &keys[i], NULL) != ASSAY_OK ||
            assay_key_to_jwk(keys[i], &jwks[i], NULL) != ASSAY_OK)
            return 1;
        assay_key_thumbprint(keys[i], thumbprints[i]);
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        assay_text_free(jwks[i]);
        assay_key_free(keys[i]);
    }
    return 0;
}

static assay_key_set *empty_set(void)
{
    assay_key_set *set = NULL;
    assert_int_equal(assay_key_set_new(&set, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_count(set), 0);
    return set;
}

static unsigned roles_of(const assay_key_set *set, size_t index)
{
    unsigned roles = 99;
    return assay_key_set_find(set, thumbprints[index], &roles) == NULL ? 0 : roles;
}

static void adds_what_it_is_given(void **state)
{
    (void)state;
    assay_key_set *set = empty_set();
    char *pem = NULL, both[4096];
    assert_int_equal(assay_key_to_public_pem(keys[0], &pem, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(pem), ASSAY_ROLE_TENANT, NULL), ASSAY_OK);
    assert_int_equal(roles_of(set, 0), ASSAY_ROLE_TENANT);
    assert_int_equal(roles_of(set, 1), 0);
    snprintf(both, sizeof(both), "{\"keys\":[%s,%s]}", jwks[1], jwks[2]);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(both), ASSAY_ROLE_PLATFORM, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_count(set), 3);
    assert_int_equal(roles_of(set, 1), ASSAY_ROLE_PLATFORM);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(jwks[1]), ASSAY_ROLE_TENANT, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_count(set), 3);
    assert_int_equal(roles_of(set, 1), ASSAY_ROLE_ANY);
    assay_text_free(pem);
    assay_key_set_free(set);
}

static void adds_all_blocks_of_a_pem_file(void **state)
{
    (void)state;
    assay_key_set *set = empty_set();
    char *first = NULL, *second = NULL, both[8192];
    assert_int_equal(assay_key_to_public_pem(keys[0], &first, NULL), ASSAY_OK);
    assert_int_equal(assay_key_to_private_pem(keys[1], &second, NULL), ASSAY_OK);
    snprintf(both, sizeof(both), "\n%s\n%s", first, second);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(both), ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_count(set), 2);
    snprintf(both, sizeof(both), "%s%srest", first, second);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(both), ASSAY_ROLE_ANY, NULL),
                     ASSAY_MALFORMED);
    assert_int_equal(assay_key_set_count(set), 2);
    assay_text_free(first);
    assay_text_free(second);
    assay_key_set_free(set);
}

static const struct {
    const char *what;
    const char *text;
    const char *where; /* begins with it */
} bad[] = {
    { "no keys", "{\"keys\":[]}", "keys" },
    { "keys not a list", "{\"keys\":{}}", "keys" },
    { "a number in the list", "{\"keys\":[1]}", "keys[0]" },
    { "a secret in the list", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}", "keys[0]" },
    { "no JSON", "{keys}", "keys" },
    { "nothing", "", "key" },
};

static void adds_all_or_nothing(void **state)
{
    (void)state;
    assay_key_set *set = empty_set();
    char half[2048];
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assay_error error = { 0 };
        const assay_status status =
            assay_key_set_add(set, SPAN_TEXT(bad[i].text), ASSAY_ROLE_ANY, &error);
        if (status == ASSAY_OK || error.name == NULL || strcmp(error.name, "key_malformed") != 0)
            test_fail("%s: got %s", bad[i].what, assay_error_name(&error));
        if (strncmp(error.where, bad[i].where, strlen(bad[i].where)) != 0)
            test_fail("%s: path %s, want %s", bad[i].what, error.where, bad[i].where);
    }
    snprintf(half, sizeof(half), "{\"keys\":[%s,{\"kty\":\"EC\"}]}", jwks[0]);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(half), ASSAY_ROLE_ANY, NULL),
                     ASSAY_MALFORMED);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(jwks[0]), 0, NULL), ASSAY_USAGE);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(jwks[0]), 4, NULL), ASSAY_USAGE);
    assert_int_equal(assay_key_set_count(set), 0);
    assay_key_set_free(set);
    assert_int_equal(assay_key_set_count(NULL), 0);
}

static void writes_a_public_set(void **state)
{
    (void)state;
    assay_key_set *set = empty_set(), *back = empty_set();
    char *text = NULL, *pem = NULL;
    assert_int_equal(assay_key_to_private_pem(keys[0], &pem, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(pem), ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_add(set, SPAN_TEXT(jwks[2]), ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_to_jwks(set, &text, NULL), ASSAY_OK);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *list = json_object_get(root, "keys");
    assert_int_equal(json_array_size(list), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *jwk = json_array_get(list, i);
        assert_string_equal(json_string_value(json_object_get(jwk, "kid")),
                            thumbprints[i == 0 ? 0 : 2]);
        assert_string_equal(json_string_value(json_object_get(jwk, "use")), "sig");
        assert_null(json_object_get(jwk, "d"));
    }
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "alg")),
                        "ES256");
    /* An RSA key signs by two algorithms: a client must not be told that it is for one. */
    assert_null(json_object_get(json_array_get(list, 1), "alg"));
    assert_int_equal(assay_key_set_add(back, SPAN_TEXT(text), ASSAY_ROLE_ANY, NULL), ASSAY_OK);
    assert_int_equal(assay_key_set_count(back), 2);
    json_decref(root);
    assay_text_free(text);
    assay_text_free(pem);
    assay_key_set_free(set);
    assay_key_set_free(back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_what_it_is_given),
        cmocka_unit_test(adds_all_blocks_of_a_pem_file),
        cmocka_unit_test(adds_all_or_nothing),
        cmocka_unit_test(writes_a_public_set),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
