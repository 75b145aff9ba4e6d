/* appraise_reports_verdict_test.c: reports of our own verdicts (src/appraise/reports_verdict.c,
 * measurements_json.c): on simulated evidence against the world it came from, and on genuine quotes
 * against what Intel's library wrote about them. */
#include <stdio.h>
#include <stdlib.h>

#include "appraise/measurements.h"
#include "evidence/fields.h"
#include "sim/build.h"
#include "support.h"
#include "vectors.h"
#include "wire/base64.h"
#include "wire/json_write.h"

/* One quote, judged; some results are spoilt on purpose afterwards. */
typedef struct evidence {
    sim_world world;
    sim_artifacts artifacts;
    assay_collateral *collateral;
    assay_verdict verdict;
} evidence;

static void evidence_judge(evidence *e)
{
    assay_roots roots = { 0 };
    const assay_verify_options options = { .now = e->world.now };
    assert_int_equal(sim_build(&e->world, &e->artifacts, NULL), ASSAY_OK);
    assert_int_equal(assay_roots_add(&roots, bytes_span(&e->artifacts.root), NULL), ASSAY_OK);
    const assay_collateral_items items = sim_artifacts_items(&e->artifacts);
    assert_int_equal(assay_collateral_new(&items, &roots, &e->collateral, NULL), ASSAY_OK);
    assert_int_equal(assay_verify(NULL, bytes_span(&e->artifacts.quote), e->collateral, &options,
                                  &e->verdict, NULL),
                     ASSAY_OK);
}

static void evidence_make(evidence *e, const char *profile, const char *situation)
{
    memset(e, 0, sizeof(*e));
    sim_world_init(&e->world, sim_profile_find(profile), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    sim_world_situate(&e->world, sim_situation_find(situation));
    evidence_judge(e);
}

static void evidence_free(evidence *e)
{
    assay_verdict_clear(&e->verdict);
    assay_collateral_unref(e->collateral);
    sim_artifacts_free(&e->artifacts);
}

static assay_reports *reports_make(const evidence *e)
{
    assay_reports *reports = NULL;
    assert_int_equal(
        assay_reports_from_verdict(&e->verdict, bytes_span(&e->artifacts.quote), &reports, NULL),
        ASSAY_OK);
    return reports;
}

static const struct {
    const char *profile;
    size_t count;
    assay_class classes[REPORTS_MAX];
    bool has_service_td, has_extension; /* of the TD report 1.5 */
} profiles[] = {
    { "sgx-v3", 2, { ASSAY_CLASS_SGX_PLATFORM, ASSAY_CLASS_SGX_ENCLAVE }, false, false },
    { "sgx-v3-processor", 2, { ASSAY_CLASS_SGX_PLATFORM, ASSAY_CLASS_SGX_ENCLAVE }, false, false },
    { "sgx-v4", 2, { ASSAY_CLASS_SGX_PLATFORM, ASSAY_CLASS_SGX_ENCLAVE }, false, false },
    { "sgx-v5", 2, { ASSAY_CLASS_SGX_PLATFORM, ASSAY_CLASS_SGX_ENCLAVE }, false, false },
    { "tdx-v5-1.0",
      3,
      { ASSAY_CLASS_TDX_10_PLATFORM, ASSAY_CLASS_TD_QE, ASSAY_CLASS_TD_10 },
      false,
      false },
    { "tdx-v5",
      3,
      { ASSAY_CLASS_TDX_15_PLATFORM, ASSAY_CLASS_TD_QE, ASSAY_CLASS_TD_15 },
      true,
      false },
    { "tdx-v5-extended",
      3,
      { ASSAY_CLASS_TDX_15_PLATFORM, ASSAY_CLASS_TD_QE, ASSAY_CLASS_TD_15 },
      true,
      true },
};

static void classes_follow_the_quote(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        evidence e;
        evidence_make(&e, profiles[i].profile, "UpToDate");
        assay_reports *reports = reports_make(&e);
        assert_row(profiles[i].profile, assay_reports_count(reports), profiles[i].count);
        for (size_t j = 0; j < profiles[i].count; j++)
            assert_row(profiles[i].profile, assay_reports_class(reports, j),
                       profiles[i].classes[j]);
        const report *tenant = &reports->at[reports->count - 1];
        assert_row(profiles[i].profile, report_has(tenant, MEASURED_TDX_MRSERVICETD),
                   profiles[i].has_service_td);
        assert_row(profiles[i].profile, report_has(tenant, MEASURED_TDX_CURR_SERVER_TD_ATTR),
                   profiles[i].has_extension);
        assay_reports_free(reports);
        evidence_free(&e);
    }
}

/* Version 4: byte 1 of TEE_TCB_SVN. The verdict is made as if the body had been judged so. */
static const struct {
    const char *what;
    uint8_t module;
    assay_status status;
    assay_class platform, tenant;
} modules[] = {
    { "module 1.0", 0, ASSAY_OK, ASSAY_CLASS_TDX_10_PLATFORM, ASSAY_CLASS_TD_10 },
    { "module 1.5", 1, ASSAY_OK, ASSAY_CLASS_TDX_15_PLATFORM, ASSAY_CLASS_TD_15 },
    { "module 2", 2, ASSAY_UNSUPPORTED, 0, 0 },
    { "module 2.0", 3, ASSAY_OK, ASSAY_CLASS_TDX_15_PLATFORM, ASSAY_CLASS_TD_15 },
    { "module 4", 4, ASSAY_UNSUPPORTED, 0, 0 },
};

static void version_4_classes_follow_the_module(void **state)
{
    (void)state;
    evidence e;
    evidence_make(&e, "tdx-v4", "UpToDate");
    const size_t body = e.artifacts.map.body;
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        assay_reports *reports = NULL;
        assay_error err = { 0 };
        e.artifacts.quote.data[body + 1] = e.verdict.report[1] = modules[i].module;
        assert_row(
            modules[i].what,
            assay_reports_from_verdict(&e.verdict, bytes_span(&e.artifacts.quote), &reports, &err),
            modules[i].status);
        if (modules[i].status != ASSAY_OK) {
            assert_null(reports);
            assert_string_equal(err.where, "quote.body.tee_tcb_svn");
            continue;
        }
        assert_row(modules[i].what, assay_reports_class(reports, 0), modules[i].platform);
        assert_row(modules[i].what, assay_reports_class(reports, 2), modules[i].tenant);
        assay_reports_free(reports);
    }
    evidence_free(&e);
}

static void assert_number(const report *r, measurement_id id, uint64_t wanted)
{
    assert_row(measurement_of(id)->key, report_has(r, id), true);
    assert_row(measurement_of(id)->key, report_number(r, id), wanted);
}

static void assert_bytes(const report *r, measurement_id id, const void *wanted, size_t size)
{
    const assay_span got = report_bytes(r, id);
    assert_row(measurement_of(id)->key, got.size, size);
    assert_memory_equal(got.data, wanted, size);
}

static void facts_come_from_their_places(void **state)
{
    (void)state;
    evidence e;
    evidence_make(&e, "tdx-v5-extended", "OutOfDateConfigurationNeeded");
    assay_verdict *v = &e.verdict;
    v->qe_part.tcb_date = 1700000000; /* distinct from what stands elsewhere */
    v->qe_part.status = ASSAY_TCB_SW_HARDENING_NEEDED;
    v->qe_identity_earliest_issue_date = 1700000001;
    v->qe_identity_latest_issue_date = 1700000002;
    v->qe_identity_earliest_expiration_date = 1700000003;
    v->qe_identity_evaluation_data_number = 99;
    assay_reports *reports = reports_make(&e);
    const report *r = &reports->at[0];
    assert_number(r, MEASURED_TCB_STATUS, STATUS_OUT_OF_DATE | STATUS_CONFIGURATION_NEEDED);
    assert_number(r, MEASURED_EARLIEST_ISSUE_DATE, (uint64_t)v->earliest_issue_date);
    assert_number(r, MEASURED_LATEST_ISSUE_DATE, (uint64_t)v->latest_issue_date);
    assert_number(r, MEASURED_EARLIEST_EXPIRATION_DATE, (uint64_t)v->earliest_expiration_date);
    assert_number(r, MEASURED_TCB_LEVEL_DATE_TAG, (uint64_t)v->platform_part.tcb_date);
    assert_number(r, MEASURED_PCK_CRL_NUM, e.world.pck_crl.number);
    assert_number(r, MEASURED_ROOT_CA_CRL_NUM, e.world.root_crl.number);
    assert_number(r, MEASURED_TCB_EVAL_NUM, e.world.tcb_info.document.evaluation_number);
    assert_number(r, MEASURED_SGX_TYPES, e.world.platform.sgx_type);
    assert_bytes(r, MEASURED_ROOT_KEY_ID, v->root_key_id, 48);
    assert_bytes(r, MEASURED_FMSPC, e.world.platform.fmspc, 6);
    assert_bytes(r, MEASURED_PLATFORM_PROVIDER_ID, e.world.platform.ppid, 16);
    assert_bytes(r, MEASURED_PLATFORM_INSTANCE_ID, e.world.platform.instance_id, 16);
    assert_int_equal(r->platform.advisory_count, v->advisory_count);
    assert_true(v->advisory_count > 0 && report_has(r, MEASURED_ADVISORY_IDS));
    assert_string_equal(r->platform.advisory_ids[0], v->advisory_ids[0]);
    r = &reports->at[1];
    assert_number(r, MEASURED_TCB_STATUS, STATUS_UP_TO_DATE | STATUS_SW_HARDENING_NEEDED);
    assert_number(r, MEASURED_TCB_LEVEL_DATE_TAG, 1700000000);
    assert_number(r, MEASURED_EARLIEST_ISSUE_DATE, 1700000001);
    assert_number(r, MEASURED_LATEST_ISSUE_DATE, 1700000002);
    assert_number(r, MEASURED_EARLIEST_EXPIRATION_DATE, 1700000003);
    assert_number(r, MEASURED_TCB_EVAL_NUM, 99);
    assert_bytes(r, MEASURED_ROOT_KEY_ID, v->root_key_id, 48);
    r = &reports->at[2];
    assert_bytes(r, MEASURED_TDX_MRTD, e.world.quote.body + TD_BODY_MRTD_OFFSET, 48);
    assert_bytes(r, MEASURED_TDX_REPORTDATA, e.world.quote.body + TD_BODY_REPORT_DATA_OFFSET, 64);
    assert_bytes(r, MEASURED_TDX_VMID, e.world.quote.body + TD_BODY_VMID_OFFSET, 1);
    assert_true(reports->collateral == e.collateral);
    assay_reports_free(reports);
    evidence_free(&e);
}

/* Flags of the PCK certificate: 0 false, 1 true, 2 undefined. */
static const struct {
    const char *what;
    uint8_t sgx_type, dynamic, cached, smt;
    bool has_dynamic, has_cached, has_smt;
    bool smt_value;
} flags[] = {
    { "standard, undefined", 0, 2, 2, 2, false, false, false, false },
    { "standard, all true", 0, 1, 1, 1, true, true, false, true },
    { "scalable, all true", 1, 1, 1, 1, true, true, true, true },
    { "scalable, all false", 1, 0, 0, 0, false, false, true, false },
    { "scalable, undefined", 1, 2, 2, 2, false, false, false, false },
    { "with integrity, all true", 2, 1, 1, 1, true, true, true, true },
};

static void flags_are_there_when_intel_has_them(void **state)
{
    (void)state;
    evidence e;
    evidence_make(&e, "sgx-v3", "UpToDate");
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        e.verdict.platform.sgx_type = flags[i].sgx_type;
        e.verdict.platform.dynamic_platform = flags[i].dynamic;
        e.verdict.platform.cached_keys = flags[i].cached;
        e.verdict.platform.smt_enabled = flags[i].smt;
        assay_reports *reports = reports_make(&e);
        const report *r = &reports->at[0];
        assert_row(flags[i].what, report_has(r, MEASURED_IS_DYNAMIC_PLATFORM),
                   flags[i].has_dynamic);
        assert_row(flags[i].what, report_number(r, MEASURED_IS_DYNAMIC_PLATFORM),
                   flags[i].has_dynamic);
        assert_row(flags[i].what, report_number(r, MEASURED_IS_CACHED_KEYS_POLICY),
                   flags[i].has_cached);
        assert_row(flags[i].what, report_has(r, MEASURED_IS_SMT_ENABLED), flags[i].has_smt);
        assert_row(flags[i].what, report_number(r, MEASURED_IS_SMT_ENABLED),
                   flags[i].has_smt && flags[i].smt_value);
        assay_reports_free(reports);
    }
    evidence_free(&e);
}

static void bad_verdicts_are_reported_too(void **state)
{
    (void)state;
    evidence e;
    evidence_make(&e, "sgx-v3", "Revoked");
    assert_true(e.verdict.authenticated && !e.verdict.accepted);
    assay_reports *reports = reports_make(&e);
    assert_number(&reports->at[0], MEASURED_TCB_STATUS, STATUS_REVOKED);
    assay_reports_free(reports);
    evidence_free(&e);
    evidence_make(&e, "sgx-v3", "NotSupported");
    reports = reports_make(&e);
    assert_false(report_has(&reports->at[0], MEASURED_TCB_STATUS));
    assert_false(report_has(&reports->at[0], MEASURED_TCB_LEVEL_DATE_TAG));
    assay_reports_free(reports);
    evidence_free(&e);
}

static void what_is_not_proved_is_not_reported(void **state)
{
    (void)state;
    evidence e, other;
    assay_reports *reports = NULL;
    assay_error err = { 0 };
    evidence_make(&e, "sgx-v3", "UpToDate");
    evidence_make(&other, "sgx-v3", "UpToDate");
    const assay_span quote = bytes_span(&e.artifacts.quote);
    other.artifacts.quote.data[other.artifacts.map.body + SGX_REPORT_MRENCLAVE_OFFSET] ^= 1;
    assert_int_equal(
        assay_reports_from_verdict(&e.verdict, bytes_span(&other.artifacts.quote), &reports, &err),
        ASSAY_USAGE);
    assert_string_equal(err.where, "quote");
    assert_int_equal(assay_reports_from_verdict(&e.verdict, span_slice(quote, 0, quote.size - 1),
                                                &reports, &err),
                     ASSAY_TRUNCATED);
    e.verdict.authenticated = false;
    assert_int_equal(assay_reports_from_verdict(&e.verdict, quote, &reports, &err), ASSAY_USAGE);
    assert_string_equal(err.where, "verdict");
    assert_null(reports);
    evidence_free(&e);
    evidence_free(&other);
}

/* All that the caller gave, with what stands behind the quote. */
static void the_hash_covers_the_bytes_given(void **state)
{
    (void)state;
    evidence e;
    uint8_t wanted[48];
    evidence_make(&e, "sgx-v3", "UpToDate");
    bytes_add_repeated(&e.artifacts.quote, 0, 16);
    sha384(bytes_span(&e.artifacts.quote), wanted);
    assay_reports *reports = reports_make(&e);
    assert_true(reports->has_quote_hash && !reports->is_foreign);
    assert_memory_equal(reports->quote_sha384, wanted, sizeof(wanted));
    assay_reports_free(reports);
    evidence_free(&e);
}

/* Reports outlive the verdict that they came from. */
static void reports_hold_what_they_need(void **state)
{
    (void)state;
    evidence e;
    evidence_make(&e, "tdx-v5", "OutOfDate");
    assay_reports *reports = reports_make(&e);
    char first[LIMIT_ADVISORY_SIZE];
    assert_true(e.verdict.advisory_count > 0);
    snprintf(first, sizeof(first), "%s", e.verdict.advisory_ids[0]);
    evidence_free(&e);
    assert_string_equal(reports->at[0].platform.advisory_ids[0], first);
    assert_true(assay_collateral_items_of(reports->collateral)->tcb_info.size > 0);
    assay_reports_free(reports);
}

/* ---- What Intel's library made of genuine quotes ---- */

/* The middle of a token, decoded and parsed. */
static json_t *token_claims(assay_span token)
{
    const uint8_t *first = memchr(token.data, '.', token.size);
    const size_t left = token.size - (size_t)(first + 1 - token.data);
    const uint8_t *second = memchr(first + 1, '.', left);
    uint8_t *text = malloc(left);
    size_t size = 0;
    assert_non_null(text);
    assert_int_equal(base64_decode(span_of(first + 1, (size_t)(second - first - 1)), BASE64_URL,
                                   BASE64_SPACE_REFUSED, text, left, &size, NULL),
                     ASSAY_OK);
    json_t *claims = json_loadb((const char *)text, size, 0, NULL);
    assert_non_null(claims);
    free(text);
    return claims;
}

static assay_span item(json_t *certification, const char *name)
{
    const char *text = json_string_value(json_object_get(certification, name));
    size_t size = 0;
    uint8_t *bytes = malloc(strlen(text));
    assert_non_null(bytes);
    assert_int_equal(base64_decode(SPAN_TEXT(text), BASE64_STANDARD, BASE64_SPACE_REFUSED, bytes,
                                   strlen(text), &size, NULL),
                     ASSAY_OK);
    return span_of(bytes, size);
}

static assay_collateral *collateral_of(json_t *certification)
{
    assay_collateral *collateral = NULL;
    assay_collateral_items items = {
        .tcb_info = item(certification, "tcb_info"),
        .tcb_info_issuer_chain = item(certification, "tcb_info_issuer_chain"),
        .qe_identity = item(certification, "qe_identity"),
        .qe_identity_issuer_chain = item(certification, "qe_identity_issuer_chain"),
        .root_ca_crl = item(certification, "root_ca_crl"),
        .pck_crl = item(certification, "pck_crl"),
        .pck_crl_issuer_chain = item(certification, "pck_crl_issuer_chain"),
    };
    assert_int_equal(assay_collateral_new(&items, NULL, &collateral, NULL), ASSAY_OK);
    vectors_items_free(&items);
    return collateral;
}

static json_t *measurement_json(const report *r)
{
    json_writer w = { 0 };
    char *text = NULL;
    json_open_object(&w, NULL);
    report_write_measurement(&w, r, 0);
    json_close_object(&w);
    assert_int_equal(json_take_written(&w, &text, NULL), ASSAY_OK);
    json_t *document = json_loads(text, 0, NULL);
    assert_non_null(document);
    memory_free(text);
    json_t *written = json_incref(json_object_get(document, "measurement"));
    json_decref(document);
    return written;
}

/* Same members with same values, and in the same order: compared as texts. */
static void assert_same_json(const char *what, json_t *got, json_t *wanted)
{
    char *a = json_dumps(got, JSON_COMPACT), *b = json_dumps(wanted, JSON_COMPACT);
    if (strcmp(a, b) != 0)
        test_fail("%s: got %s, want %s", what, a, b);
    free(a);
    free(b);
}

static void compare_with_intel(const char *folder, const char *token_name, const char *quote_folder)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", folder, quote_folder);
    const assay_span quote = vectors_read(path, "quote.bin");
    const assay_span token = vectors_read(folder, token_name);
    assert_true(quote.data != NULL && token.data != NULL);
    json_t *claims = token_claims(token);
    json_t *document =
        json_loads(json_string_value(json_object_get(claims, "qvl_result")), 0, NULL);
    json_t *list = json_object_get(document, "qvl_result");
    json_t *platform = json_array_get(list, 1);
    assay_collateral *collateral = collateral_of(json_object_get(platform, "certification_data"));
    const assay_verify_options options = { .now = 1750420800 };
    assay_verdict verdict = { 0 };
    assay_reports *reports = NULL;
    assert_int_equal(assay_verify(NULL, quote, collateral, &options, &verdict, NULL), ASSAY_OK);
    assert_int_equal(assay_reports_from_verdict(&verdict, quote, &reports, NULL), ASSAY_OK);
    assert_int_equal(json_array_size(list), reports->count + 1);
    for (size_t i = 0; i < reports->count; i++) {
        json_t *wanted = json_object_get(json_array_get(list, i + 1), "measurement");
        json_t *got = measurement_json(&reports->at[i]);
        if (reports->at[i].class_ == ASSAY_CLASS_TD_QE) /* Intel's is always 0 */
            json_object_set_new(wanted, "tcb_eval_num", json_integer(17));
        assert_same_json(assay_class_name(reports->at[i].class_), got, wanted);
        json_decref(got);
    }
    const char *wanted_hash =
        json_string_value(json_object_get(json_array_get(list, 0), "quote_hash"));
    uint8_t reversed[48];
    assert_int_equal(assay_hex_decode(SPAN_TEXT(wanted_hash), reversed, 48, NULL), ASSAY_OK);
    for (size_t i = 0; i < 48; i++)
        assert_int_equal(reports->quote_sha384[i], reversed[47 - i]);
    assay_reports_free(reports);
    assay_verdict_clear(&verdict);
    assay_collateral_unref(collateral);
    json_decref(document);
    json_decref(claims);
    free((void *)quote.data);
    free((void *)token.data);
}

static void genuine_quotes_give_what_intel_wrote(void **state)
{
    (void)state;
    const char *folder = vectors_folder();
    if (folder == NULL)
        skip();
    compare_with_intel(folder, "appraisal/full/vr_tdx.jwt", "tdx-v4/phala-tdx-uptodate");
    compare_with_intel(folder, "appraisal/full/vr_sgx.jwt", "sgx-v3/phala-sgx-confsw");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_follow_the_quote),
        cmocka_unit_test(version_4_classes_follow_the_module),
        cmocka_unit_test(facts_come_from_their_places),
        cmocka_unit_test(flags_are_there_when_intel_has_them),
        cmocka_unit_test(bad_verdicts_are_reported_too),
        cmocka_unit_test(what_is_not_proved_is_not_reported),
        cmocka_unit_test(the_hash_covers_the_bytes_given),
        cmocka_unit_test(reports_hold_what_they_need),
        cmocka_unit_test(genuine_quotes_give_what_intel_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
