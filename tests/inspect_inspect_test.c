/* inspect_inspect_test.c: descriptions of files of every kind (src/inspect/). */
#include <stdlib.h>
#include <string.h>

#include "assay/bundle.h"
#include "assay/inspect.h"
#include "base/span.h"
#include "quote_builder.h"
#include "sim/build.h"
#include "support.h"
#include "vectors.h"

typedef struct given {
    sim_world world;
    sim_artifacts artifacts;
} given;

static void given_make(given *g, const char *profile)
{
    *g = (given) { 0 };
    sim_world_init(&g->world, sim_profile_find(profile), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&g->world, &g->artifacts, NULL), ASSAY_OK);
}

/* The description as a tree; json_decref() it. */
static json_t *described(assay_span file)
{
    char *text = NULL;
    assay_error error;
    if (assay_inspect(file, &text, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    json_t *tree = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(tree);
    assay_text_free(text);
    return tree;
}

static json_t *named(json_t *array, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach(array, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "name")), name) == 0)
            return one;
    }
    test_fail("nothing is called %s", name);
    return NULL;
}

static json_t *field(json_t *description, const char *name)
{
    return named(json_object_get(description, "fields"), name);
}

static json_t *item(json_t *description, const char *name)
{
    return named(json_object_get(description, "items"), name);
}

static json_t *value(json_t *description, const char *name)
{
    return json_object_get(field(description, name), "value");
}

static const char *text(json_t *description, const char *name)
{
    return json_string_value(value(description, name));
}

static const char *kind(json_t *description)
{
    return json_string_value(json_object_get(description, "kind"));
}

static void a_quote_with_its_chain(void **state)
{
    (void)state;
    static given g;
    given_make(&g, "tdx-v4");
    json_t *tree = described(bytes_span(&g.artifacts.quote));
    assert_string_equal(kind(tree), "quote");
    assert_string_equal(json_string_value(json_object_get(tree, "tee")), "tdx");
    assert_int_equal(json_integer_value(value(tree, "header.version")), 4);
    assert_int_equal(json_integer_value(json_object_get(field(tree, "body.mrtd"), "offset")),
                     48 + 136);
    assert_int_equal(json_integer_value(json_object_get(field(tree, "body.mrtd"), "size")), 48);
    assert_int_equal(strlen(text(tree, "body.mrtd")), 96);
    assert_non_null(json_object_get(field(tree, "body.tdattributes"), "flags"));
    assert_string_equal(text(tree, "auth_data.certification_data.type_name"), "pck_chain");
    json_t *chain = item(tree, "certification_data");
    assert_int_equal(json_integer_value(value(chain, "count")), 3);
    json_t *leaf = item(chain, "certificates[0]");
    assert_int_equal(strlen(text(leaf, "sgx.fmspc")), 12);
    assert_true(json_is_false(value(leaf, "is_ca")));
    assert_true(json_is_true(value(item(chain, "certificates[2]"), "is_ca")));
    json_decref(tree);
    sim_artifacts_free(&g.artifacts);
}

static void flags_are_named(void **state)
{
    (void)state;
    built_quote q = quote_build(built_shapes[2].plan);
    q.bytes[48 + TD_BODY_TDATTRIBUTES_OFFSET] = 1;
    q.bytes[48 + TD_BODY_TDATTRIBUTES_OFFSET + 3] = 0x10;
    q.bytes[48 + TD_BODY_TDATTRIBUTES_OFFSET + 7] = 0x80;
    json_t *tree = described(span_of(q.bytes, q.size));
    json_t *flags = json_object_get(field(tree, "body.tdattributes"), "flags");
    assert_int_equal(json_array_size(flags), 3);
    assert_string_equal(json_string_value(json_array_get(flags, 0)), "DEBUG");
    assert_string_equal(json_string_value(json_array_get(flags, 1)), "SEPT_VE_DISABLE");
    assert_string_equal(json_string_value(json_array_get(flags, 2)), "PERFMON");
    assert_string_equal(text(tree, "body.tdattributes"), "0100001000000080");
    json_decref(tree);
}

static void a_broken_chain_inside_a_quote_is_told(void **state)
{
    (void)state;
    quote_plan plan = built_shapes[0].plan;
    plan.trailing = 70;
    built_quote q = quote_build(plan);
    json_t *tree = described(span_of(q.bytes, q.size));
    json_t *error = json_object_get(item(tree, "certification_data"), "error");
    assert_non_null(json_object_get(error, "detail"));
    assert_string_equal(text(tree, "trailing"), "zeros");
    json_decref(tree);
}

static void every_field_lies_where_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(built_shapes); i++) {
        built_quote q = quote_build(built_shapes[i].plan);
        json_t *tree = described(span_of(q.bytes, q.size)), *one;
        size_t at;
        json_array_foreach(json_object_get(tree, "fields"), at, one)
        {
            json_t *offset = json_object_get(one, "offset");
            const char *hex = json_string_value(json_object_get(one, "value"));
            if (offset == NULL || hex == NULL)
                continue;
            const size_t size = (size_t)json_integer_value(json_object_get(one, "size"));
            char want[2 * 1024 + 1];
            assay_hex_encode(span_of(q.bytes + json_integer_value(offset), size), want);
            assert_string_equal(hex, want);
        }
        json_decref(tree);
    }
}

static void collateral_and_its_parts(void **state)
{
    (void)state;
    static given g;
    given_make(&g, "tdx-v5");
    sim_bytes one_file = { 0 };
    sim_collateral_json_write(&g.artifacts, &one_file);
    json_t *tree = described(bytes_span(&one_file));
    assert_string_equal(kind(tree), "collateral");
    json_t *info = item(tree, "tcb_info");
    assert_string_equal(text(info, "id"), "TDX");
    json_t *level = item(info, "tcbLevels[0]");
    assert_int_equal(json_array_size(value(level, "tdxtcbcomponents")), 16);
    assert_string_equal(text(level, "tcbStatus"), "UpToDate");
    assert_int_equal(strlen(text(item(info, "tdxModule"), "mrsigner")), 96);
    assert_string_equal(text(item(tree, "qe_identity"), "id"), "TD_QE");
    assert_int_equal(strlen(text(item(tree, "pck_crl"), "this_update")), 20);
    assert_int_equal(json_integer_value(value(item(tree, "tcb_info_issuer_chain"), "count")), 2);
    json_decref(tree);
    bytes_free(&one_file);
    sim_artifacts_free(&g.artifacts);
}

static void a_bundle_and_its_parts(void **state)
{
    (void)state;
    static given g;
    given_make(&g, "sgx-v3");
    const assay_collateral_items items = sim_artifacts_items(&g.artifacts);
    const assay_verify_options options = { .now = g.world.now };
    assay_collateral *collateral = NULL;
    char *bundle = NULL;
    assert_int_equal(assay_collateral_new(&items, NULL, &collateral, NULL), ASSAY_OK);
    assert_int_equal(
        assay_bundle_create(bytes_span(&g.artifacts.quote), collateral, &options, &bundle, NULL),
        ASSAY_OK);
    json_t *tree = described(SPAN_TEXT(bundle));
    assert_string_equal(kind(tree), "bundle");
    assert_true(json_is_false(json_object_get(value(tree, "result"), "accepted")));
    assert_int_equal(json_integer_value(value(item(tree, "quote"), "header.version")), 3);
    assert_string_equal(text(item(tree, "tcb_info"), "id"), "SGX");
    json_decref(tree);
    assay_text_free(bundle);
    assay_collateral_unref(collateral);
    sim_artifacts_free(&g.artifacts);
}

static void reports(void **state)
{
    (void)state;
    static given g;
    given_make(&g, "tdx-v4");
    sim_bytes report = { 0 };
    assert_int_equal(sim_td_report_write(&g.world, &report, NULL), ASSAY_OK);
    json_t *tree = described(bytes_span(&report));
    assert_string_equal(kind(tree), "td_report");
    assert_int_equal(json_integer_value(json_object_get(field(tree, "rtmr3"), "offset")), 864);
    json_decref(tree);
    uint8_t sgx[432] = { 0 };
    sgx[431] = 0xee;
    tree = described(SPAN(sgx));
    assert_string_equal(text(tree, "mac"), "000000000000000000000000000000ee");
    json_decref(tree);
    tree = described(span_of(sgx, 384));
    assert_int_equal(json_array_size(json_object_get(tree, "fields")), 16);
    json_decref(tree);
    bytes_free(&report);
    sim_artifacts_free(&g.artifacts);
}

static const struct {
    const char *what;
    const char *file;
    assay_status status;
    const char *detail;
} failures[] = {
    { "nothing known", "hello", ASSAY_UNSUPPORTED, "no kind" },
    { "broken document", "{\"tcbInfo\":", ASSAY_MALFORMED, "" },
    { "broken PEM", "-----BEGIN CERTIFICATE-----\n*", ASSAY_MALFORMED, "" },
    { "broken collateral", "{\"pck_crl\":1}", ASSAY_MALFORMED, "" },
    { "broken bundle", "{\"assay_bundle\":1}", ASSAY_MALFORMED, "" },
};

static void broken_files_give_the_parsers_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        char *json = NULL;
        assay_error error = { 0 };
        assert_row(failures[i].what, assay_inspect(SPAN_TEXT(failures[i].file), &json, &error),
                   failures[i].status);
        assert_null(json);
        assert_row(failures[i].what, error.detail[0] != '\0', 1);
        assert_row(failures[i].what, strstr(error.detail, failures[i].detail) != NULL, 1);
    }
    built_quote q = quote_build(built_shapes[2].plan);
    char *json = NULL;
    assert_int_equal(assay_inspect(span_of(q.bytes, q.size - 1), &json, NULL), ASSAY_TRUNCATED);
}

static void real_case(const char *folder, json_t *description, void *context)
{
    static const char *const files[] = { "quote.bin", "tcb_info.json", "pck_crl.der",
                                         "pck_crl_issuer_chain.pem", "collateral.json" };
    if (json_is_true(json_object_get(description, "negative")))
        return;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const assay_span file = vectors_read(folder, files[i]);
        if (file.data == NULL)
            continue;
        json_decref(described(file));
        ++*(size_t *)context;
        free((void *)(uintptr_t)file.data);
    }
}

static void real_files(void **state)
{
    (void)state;
    static const char *const families[] = { "sgx-v3", "tdx-v4", "tdx-v5", NULL };
    if (vectors_folder() == NULL)
        skip();
    size_t count = 0;
    vectors_each(families, real_case, &count);
    assert_true(count > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quote_with_its_chain),
        cmocka_unit_test(flags_are_named),
        cmocka_unit_test(a_broken_chain_inside_a_quote_is_told),
        cmocka_unit_test(every_field_lies_where_it_says),
        cmocka_unit_test(collateral_and_its_parts),
        cmocka_unit_test(a_bundle_and_its_parts),
        cmocka_unit_test(reports),
        cmocka_unit_test(broken_files_give_the_parsers_error),
        cmocka_unit_test(real_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
