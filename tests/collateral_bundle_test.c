/* collateral_bundle_test.c: all collateral in one JSON file, in and out
 * (src/collateral/bundle.c, items.c). */
#include "edited_text.h"
#include "sim/faults.h"

typedef struct made {
    sim_artifacts artifacts;
    assay_roots roots;
    char *text; /* of the bundle, with a NUL */
} made;

static void make(made *m, const char *fault_name)
{
    sim_world world;
    sim_bytes text = { 0 };
    const sim_fault *fault = fault_name == NULL ? NULL : sim_fault_find(fault_name);
    *m = (made) { .text = NULL };
    sim_world_init(&world, sim_profile_find("tdx-v4"), 5, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    if (fault != NULL)
        sim_fault_change_world(fault, &world);
    assert_int_equal(sim_build(&world, &m->artifacts, NULL), ASSAY_OK);
    if (fault != NULL)
        sim_fault_change_built(fault, &m->artifacts);
    assert_int_equal(assay_roots_add(&m->roots, bytes_span(&m->artifacts.root), NULL), ASSAY_OK);
    sim_collateral_json_write(&m->artifacts, &text);
    bytes_add_u8(&text, 0);
    assert_false(text.failed);
    m->text = (char *)text.data;
}

static void made_free(made *m)
{
    free(m->text);
    sim_artifacts_free(&m->artifacts);
}

static assay_collateral *from_items(const made *m)
{
    assay_collateral *collateral = NULL;
    const assay_collateral_items items = sim_artifacts_items(&m->artifacts);
    assert_int_equal(assay_collateral_new(&items, &m->roots, &collateral, NULL), ASSAY_OK);
    return collateral;
}

static assay_collateral *from_text(const made *m, const char *text)
{
    assay_collateral *collateral = NULL;
    assay_error error = { 0 };
    if (assay_collateral_from_json(SPAN_TEXT(text), &m->roots, &collateral, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    return collateral;
}

static void a_bundle_is_worth_what_its_items_are(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    assay_collateral *collateral = from_text(&m, m.text);
    assert_int_equal(assay_collateral_check(collateral, NULL), ASSAY_OK);
    const assay_span body = assay_collateral_items_of(collateral)->tcb_info;
    assert_true(span_equal(body, bytes_span(&m.artifacts.tcb_info)));
    assay_collateral_unref(collateral);
    made_free(&m);
}

/* Sound, and with documents or CRLs of other forms. */
static const char *const round_trips[] = {
    NULL,          "47a-one-nul",   "47d-hex", "47e-pem", "64a-tcb-info-printed",
    "67a-sibling", "54b-no-pck-crl"
};

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(round_trips); i++) {
        made m;
        make(&m, round_trips[i]);
        char *text = NULL, *again = NULL;
        assay_error error = { 0 }, error_back = { 0 };
        assay_collateral *collateral = from_items(&m);
        assert_int_equal(assay_collateral_to_json(collateral, &text, NULL), ASSAY_OK);
        assay_collateral *back = from_text(&m, text);
        assert_int_equal(assay_collateral_check(back, &error_back),
                         assay_collateral_check(collateral, &error));
        assert_string_equal(error.where, error_back.where);
        assert_true(span_equal(assay_collateral_items_of(back)->tcb_info,
                               assay_collateral_items_of(collateral)->tcb_info));
        assert_int_equal(assay_collateral_to_json(back, &again, NULL), ASSAY_OK);
        assert_string_equal(text, again);
        assay_text_free(text);
        assay_text_free(again);
        assay_collateral_unref(back);
        assay_collateral_unref(collateral);
        made_free(&m);
    }
}

static void what_json_cannot_hold_is_refused(void **state)
{
    (void)state;
    static const uint8_t bad[] = { '{', 0xff, '}' };
    static const uint8_t nul[] = { '{', 0x00, '}' };
    const assay_span texts[] = { SPAN(bad), SPAN(nul) };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assay_collateral *collateral = NULL;
        char *text = NULL;
        assay_error error;
        const assay_collateral_items items = { .qe_identity = texts[i] };
        assert_int_equal(assay_collateral_new(&items, NULL, &collateral, NULL), ASSAY_OK);
        assert_int_equal(assay_collateral_to_json(collateral, &text, &error), ASSAY_MALFORMED);
        assert_string_equal(error.where, "bundle.qe_identity");
        assert_null(text);
        assay_collateral_unref(collateral);
    }
}

static const struct {
    const char *what;
    const char *text;
    const char *where;
} refusals[] = {
    { "an array", "[]", "bundle" },
    { "no JSON", "collateral", "bundle" },
    { "a text behind", "{}x", "bundle" },
    { "an unknown member", "{\"tcb_inf\":\"\"}", "bundle.tcb_inf" },
    { "a TCB info is no bundle", "{\"tcbInfo\":{},\"signature\":\"\"}", "bundle.tcbInfo" },
    { "a member twice", "{\"pck_crl\":\"\",\"pck_crl\":\"\"}", "bundle.pck_crl" },
    { "a member of another type", "{\"pck_crl\":1}", "bundle.pck_crl" },
    { "a signature of nothing", "{\"tcb_info_signature\":\"00\"}", "bundle.tcb_info_signature" },
    { "a signature that ends its string",
      "{\"tcb_info\":\"{}\",\"tcb_info_signature\":\"\\\",\\\"x\\\":\\\"\"}",
      "bundle.tcb_info_signature" },
};

static void other_forms_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        assay_collateral *collateral = NULL;
        assay_error error = { 0 };
        assert_row(
            refusals[i].what,
            assay_collateral_from_json(SPAN_TEXT(refusals[i].text), NULL, &collateral, &error),
            ASSAY_MALFORMED);
        if (strncmp(error.where, refusals[i].where, strlen(refusals[i].where)) != 0)
            test_fail("%s: at \"%s\"", refusals[i].what, error.where);
        assert_null(collateral);
    }
}

static void missing_members_are_missing_items(void **state)
{
    (void)state;
    made m = { .roots = { .count = 0 } };
    assay_error error;
    assay_collateral *collateral = from_text(&m, "{\"pck_certificate_chain\":null}");
    assert_int_equal(assay_collateral_check(collateral, &error), ASSAY_MALFORMED);
    assert_int_equal(error.code, 0xE002);
    assay_collateral_unref(collateral);
}

/* A document that closes itself early brings an unsigned sibling with it. */
static void a_document_cannot_smuggle_members_in(void **state)
{
    (void)state;
    made m;
    make(&m, NULL);
    assay_error error;
    assay_span text =
        edited("sibling", m.text, "\"tcb_info\":\"{", "\"tcb_info\":\"{},\\\"x\\\":{");
    assay_collateral *collateral = NULL;
    assert_int_equal(assay_collateral_from_json(text, &m.roots, &collateral, NULL), ASSAY_OK);
    assert_int_equal(assay_collateral_check(collateral, &error), ASSAY_MALFORMED);
    assert_int_equal(error.code, 0xE023);
    assay_collateral_unref(collateral);
    edited_free(text);
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_is_worth_what_its_items_are),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(what_json_cannot_hold_is_refused),
        cmocka_unit_test(other_forms_are_refused),
        cmocka_unit_test(missing_members_are_missing_items),
        cmocka_unit_test(a_document_cannot_smuggle_members_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
