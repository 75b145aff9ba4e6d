/* From a path to its row: exact before open paths, methods, what is allowed, and "/b/NAME". */
#include "serve/choose.h"
#include "serve/route_index.h"
#include "support.h"

static const route rows[] = {
    { .name = "exact", .method = HTTP_GET, .path = "/vcek/v1/Milan/crl" },
    { .name = "open", .method = HTTP_GET, .path = "/vcek/v1/Milan/*" },
    { .name = "get", .method = HTTP_GET, .path = "/platforms" },
    { .name = "post", .method = HTTP_POST, .path = "/platforms" },
    { .name = "put", .method = HTTP_PUT, .path = "/import" },
};
static const size_t row_count = COUNT_OF(rows);

static const route repeated[] = {
    { .name = "one", .method = HTTP_GET, .path = "/a" },
    { .name = "other", .method = HTTP_GET, .path = "/a" },
};
static const size_t repeated_count = COUNT_OF(repeated);

static int index_new(void **state)
{
    const route_table table = { rows, &row_count };
    return route_index_new(&table, 1, (route_index **)state, NULL) == ASSAY_OK ? 0 : -1;
}

static int index_free(void **state)
{
    route_index_free(*state);
    return 0;
}

typedef struct path_row {
    const char *path;
    http_method method;
    const char *name; /* of the row; NULL: none */
    const char *rest;
} path_row;

static const path_row paths[] = {
    { "/vcek/v1/Milan/crl", HTTP_GET, "exact", "" },
    { "/vcek/v1/Milan/crl", HTTP_HEAD, "exact", "" },
    { "/vcek/v1/Milan/crls", HTTP_GET, "open", "crls" },
    { "/vcek/v1/Milan/a/b%20c", HTTP_GET, "open", "a/b%20c" },
    { "/vcek/v1/Milan/", HTTP_GET, NULL, "" },
    { "/vcek/v1/Milan", HTTP_GET, NULL, "" },
    { "/vcek/v1/Genoa/crl", HTTP_GET, NULL, "" },
    { "/platforms", HTTP_GET, "get", "" },
    { "/platforms", HTTP_POST, "post", "" },
    { "/platforms", HTTP_PUT, NULL, "" },
    { "/platforms/", HTTP_GET, NULL, "" },
    { "/Platforms", HTTP_GET, NULL, "" },
    { "/platform%73", HTTP_GET, NULL, "" },
    { "/import", HTTP_HEAD, NULL, "" },
    { "/", HTTP_GET, NULL, "" },
    { "", HTTP_GET, NULL, "" },
};

static void paths_lead_to_rows(void **state)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        assay_span rest;
        const route_group *group = route_index_find(*state, SPAN_TEXT(paths[i].path), &rest);
        const route *row = group != NULL ? route_group_row(group, paths[i].method) : NULL;
        if ((row != NULL) != (paths[i].name != NULL) ||
            (row != NULL && strcmp(row->name, paths[i].name) != 0))
            test_fail("%s: %s", paths[i].path, row != NULL ? row->name : "no row");
        if (row != NULL)
            assert_true(span_is(rest, paths[i].rest));
    }
}

static void a_path_says_what_it_allows(void **state)
{
    assay_span rest;
    assert_string_equal(route_index_find(*state, SPAN_TEXT("/platforms"), &rest)->allow,
                        "GET, HEAD, POST, OPTIONS");
    assert_string_equal(route_index_find(*state, SPAN_TEXT("/import"), &rest)->allow,
                        "PUT, OPTIONS");
}

static void two_rows_for_one_question_are_an_error(void **state)
{
    (void)state;
    const route_table table = { repeated, &repeated_count };
    route_index *index = NULL;
    assert_int_equal(route_index_new(&table, 1, &index, NULL), ASSAY_USAGE);
    assert_null(index);
}

static void the_real_tables_have_no_two(void **state)
{
    (void)state;
    route_index *index = NULL;
    assay_error err = { .status = ASSAY_OK };
    if (route_index_new(route_tables, route_table_count, &index, &err) != ASSAY_OK)
        test_fail("%s: %s", err.where, err.detail);
    route_index_free(index);
}

typedef struct prefix_row {
    const char *path, *rest, *name; /* name NULL: nobody chose */
} prefix_row;

static const prefix_row prefixes[] = {
    { "/b/early/sgx/x", "/sgx/x", "early" },
    { "/b/early/", "/", "early" },
    { "/b//sgx/x", "/sgx/x", "" },
    { "/b/early", "/b/early", NULL },
    { "/b/", "/b/", NULL },
    { "/b", "/b", NULL },
    { "/bb/early/x", "/bb/early/x", NULL },
    { "/B/early/x", "/B/early/x", NULL },
    { "/sgx/b/early/x", "/sgx/b/early/x", NULL },
    { "/b/early/b/late/x", "/b/late/x", "early" },
};

static void a_path_may_name_a_baseline(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        assay_span name;
        const assay_span rest = choose_path(SPAN_TEXT(prefixes[i].path), &name);
        assert_row(prefixes[i].path, span_is(rest, prefixes[i].rest), true);
        assert_row(prefixes[i].path, name.data != NULL, prefixes[i].name != NULL);
        if (prefixes[i].name != NULL)
            assert_row(prefixes[i].path, span_is(name, prefixes[i].name), true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(paths_lead_to_rows, index_new, index_free),
        cmocka_unit_test_setup_teardown(a_path_says_what_it_allows, index_new, index_free),
        cmocka_unit_test(two_rows_for_one_question_are_an_error),
        cmocka_unit_test(the_real_tables_have_no_two),
        cmocka_unit_test(a_path_may_name_a_baseline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
