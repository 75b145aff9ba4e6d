/* appraise_reports_json_test.c: every rule by which a foreign verification result is read
 * (src/appraise/reports_json.c, measurements_json.c; appraisal.md 1.5), and the genuine results of
 * the vectors. */
#include "appraise/measurements.h"
#include "edited_text.h"
#include "vectors.h"

#define H4  "00112233"
#define H16 H4 H4 H4 H4
#define H48 H16 H16 H16

#define CERTIFICATION                                                                              \
    "\"certification_data\":{\"pck_crl_issuer_chain\":\"QQ==\",\"root_ca_crl\":\"QQ==\","          \
    "\"pck_crl\":\"QQ==\",\"tcb_info_issuer_chain\":\"QQ==\",\"tcb_info\":\"QQ==\","               \
    "\"qe_identity_issuer_chain\":\"QQ==\",\"qe_identity\":\"QQ==\"}"

/* A sound result: user data, hash, platform, QE and TD. */
static const char sound[] =
    "{\"qvl_result\":[{\"user_data\":\"hello\"},"
    "{\"quote_hash\":\"" H48 "\",\"algo\":\"SHA384\"},"
    "{\"environment\":{\"class_id\":\"f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3\","
    "\"description\":\"TDX Platform TCB\"},"
    "\"measurement\":{\"tcb_status\":[\"UpToDate\",\"SWHardeningNeeded\"],"
    "\"earliest_issue_date\":\"2018-05-21T10:45:10Z\","
    "\"latest_issue_date\":\"2025-06-19T10:32:27Z\","
    "\"earliest_expiration_date\":\"2025-07-19T10:00:35Z\","
    "\"tcb_level_date_tag\":\"2024-03-13T00:00:00Z\",\"pck_crl_num\":2,\"root_ca_crl_num\":3,"
    "\"tcb_eval_num\":17,\"sgx_types\":1,\"is_dynamic_platform\":true,"
    "\"is_cached_keys_policy\":true,\"is_smt_enabled\":false,"
    "\"advisory_ids\":[\"INTEL-SA-00289\",\"INTEL-SA-00615\"],"
    "\"root_key_id\":\"" H48 "\",\"fmspc\":\"B0C06F000000\",\"brand\":{\"new\":[1]}}," CERTIFICATION
    ","
    "\"audit\":{\"request_id\":\"RQ==\",\"verification_time\":\"2025-06-20T12:00:00Z\"}},"
    "{\"environment\":{\"class_id\":\"3769258C-75E6-4BC7-8D72-D2B0E224CAD2\","
    "\"Description\":\"RAW TDX QE Report\"},"
    "\"measurement\":{\"tcb_status\":[\"UpToDate\"],\"tcb_eval_num\":0}},"
    "{\"environment\":{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"},"
    "\"measurement\":{\"tdx_attributes\":\"0000000010000000\",\"tdx_mrtd\":\"" H48 "\"}}]}";

static assay_status read_text(assay_span text, assay_reports **out, assay_error *err)
{
    *out = NULL;
    return assay_reports_from_json(text, out, err);
}

static const char structure[] = "vr_structure";
static const char bad[] = "vr_bad_value";
static const char unknown_class[] = "vr_unknown_class";
static const char duplicate_class[] = "vr_duplicate_class";

#define PLATFORM "qvl_result[2].measurement."

static const struct {
    const char *what;
    const char *from, *to;
    const char *name; /* NULL: accepted */
    const char *path; /* NULL: any */
} rows[] = {
    { "sound", NULL, NULL, NULL, NULL },
    { "byte order mark", "", "\xef\xbb\xbf", structure, NULL },
    { "white space around", "", " \n", NULL, NULL },
    { "text after the value", "}}]}", "}}]}x", structure, NULL },
    { "white space after the value", "}}]}", "}}]}\n ", NULL, NULL },
    { "a comment", "{\"user_data\"", "/* x */{\"user_data\"", structure, NULL },
    { "a member behind the list", "}}]}", "}}],\"x\":1}", structure, "qvl_result" },
    { "a member before the list", "{\"qvl_result\"", "{\"x\":1,\"qvl_result\"", structure, NULL },
    { "the list is an object", "{\"qvl_result\":[{\"user_data\":\"hello\"},",
      "{\"qvl_result\":{},\"x\":[", structure, "qvl_result" },
    { "another name of the list", "\"qvl_result\"", "\"qve_result\"", structure, "qvl_result" },
    { "duplicate member of an element", "\"algo\":", "\"algo\":\"SHA384\",\"algo\":", structure,
      NULL },
    { "duplicate measurement", "\"pck_crl_num\":2", "\"pck_crl_num\":2,\"pck_crl_num\":2",
      structure, "qvl_result[2].measurement.pck_crl_num" },
    { "duplicate unknown measurement", "\"brand\":", "\"brand\":1,\"brand\":", structure, NULL },
    { "an element that is a number", "{\"user_data\":\"hello\"}", "5", structure, "qvl_result[0]" },
    { "an element that is a text", "{\"user_data\":\"hello\"}", "\"x\"", structure,
      "qvl_result[0]" },
    { "an element that is null", "{\"user_data\":\"hello\"}", "null", structure, "qvl_result[0]" },
    { "an empty element", "{\"user_data\":\"hello\"}", "{}", structure, "qvl_result[0]" },
    { "an element of another kind", "{\"user_data\":\"hello\"}", "{\"note\":\"x\"}", structure,
      "qvl_result[0]" },

    { "no user data", "{\"user_data\":\"hello\"},", "", NULL, NULL },
    { "user data twice", "{\"user_data\":\"hello\"}", "{\"user_data\":\"a\"},{\"user_data\":\"b\"}",
      structure, "qvl_result" },
    { "user data of another type", "\"hello\"", "5", bad, "qvl_result[0].user_data" },
    { "user data of 128 bytes", "hello", H16 H16 H16 H16, NULL, NULL },
    { "user data of 129 bytes", "hello", H16 H16 H16 H16 "x", bad, "qvl_result[0].user_data" },
    { "a member beside user data", "\"hello\"", "\"hello\",\"x\":1", structure, "qvl_result[0].x" },

    { "no quote hash", "{\"quote_hash\":\"" H48 "\",\"algo\":\"SHA384\"},", "", NULL, NULL },
    { "two quote hashes", "{\"quote_hash\"",
      "{\"quote_hash\":\"" H48 "\",\"algo\":\"SHA384\"},{\"quote_hash\"", structure, "qvl_result" },
    { "a quote hash without algo", ",\"algo\":\"SHA384\"", "", bad, "qvl_result[1]" },
    { "another algorithm", "SHA384", "SHA256", bad, "qvl_result[1]" },
    { "algorithm of another type", "\"SHA384\"", "384", bad, "qvl_result[1]" },
    { "a short quote hash", "{\"quote_hash\":\"00", "{\"quote_hash\":\"", bad,
      "qvl_result[1].quote_hash" },
    { "a quote hash that is no hex", "{\"quote_hash\":\"0", "{\"quote_hash\":\"x", bad,
      "qvl_result[1].quote_hash" },
    { "a quote hash of another type", "{\"quote_hash\":\"" H48 "\"", "{\"quote_hash\":[]", bad,
      "qvl_result[1].quote_hash" },
    { "a member beside the hash", "\"SHA384\"", "\"SHA384\",\"x\":1", structure,
      "qvl_result[1].x" },

    { "an environment that is a text", "{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"}",
      "\"x\"", structure, "qvl_result[4].environment" },
    { "a report without class", "\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"",
      "\"Description\":\"x\"", structure, "qvl_result[4].environment.class_id" },
    { "a class of another type", "\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"", "1", structure,
      "qvl_result[4].environment.class_id" },
    { "an unknown class", "45b734fc", "45b734fd", unknown_class,
      "qvl_result[4].environment.class_id" },
    { "a class twice", "45b734fc-aa4e-4c3d-ad28-e43d08880e68",
      "F708B97F-0FB2-4E6B-8B03-8A5BCD1221D3", duplicate_class,
      "qvl_result[4].environment.class_id" },
    { "two descriptions", "\"description\":\"TDX", "\"Description\":\"x\",\"description\":\"TDX",
      structure, "qvl_result[2].environment" },
    { "a description of another type", "\"RAW TDX QE Report\"", "1", bad,
      "qvl_result[3].environment.Description" },
    { "a member beside the class", "\"Description\":\"RAW",
      "\"hwmodel\":\"x\",\"Description\":\"RAW", structure, "qvl_result[3].environment.hwmodel" },
    { "a member beside the report", "\"measurement\":{\"tdx", "\"x\":1,\"measurement\":{\"tdx",
      structure, "qvl_result[4].x" },
    { "no measurement", ",\"measurement\":{\"tcb_status\":[\"UpToDate\"],\"tcb_eval_num\":0}", "",
      structure, "qvl_result[3].measurement" },
    { "a measurement of another type", "{\"tcb_status\":[\"UpToDate\"],\"tcb_eval_num\":0}", "[]",
      structure, "qvl_result[3].measurement" },

    { "one status as text", "[\"UpToDate\"]", "\"UpToDate\"", bad,
      "qvl_result[3].measurement.tcb_status" },
    { "an unknown status", "SWHardeningNeeded", "Shiny", bad, PLATFORM "tcb_status" },
    { "a combined status", "SWHardeningNeeded", "OutOfDateConfigurationNeeded", bad,
      PLATFORM "tcb_status" },
    { "a status in lower case", "SWHardeningNeeded", "swhardeningneeded", bad,
      PLATFORM "tcb_status" },
    { "a status twice", "SWHardeningNeeded", "UpToDate", bad, PLATFORM "tcb_status" },
    { "a status that is a number", "\"SWHardeningNeeded\"", "1", bad, PLATFORM "tcb_status" },
    { "revoked", "SWHardeningNeeded", "Revoked", NULL, NULL },
    { "no status at all", "\"UpToDate\",\"SWHardeningNeeded\"", "", NULL, NULL },
    { "a date with slashes", "2025-07-19T10:00:35Z", "2025/07/19", bad,
      PLATFORM "earliest_expiration_date" },
    { "a date without padding", "2025-07-19T10:00:35Z", "2025-7-19T10:0:35Z", bad,
      PLATFORM "earliest_expiration_date" },
    { "a date with an offset", "2025-07-19T10:00:35Z", "2025-07-19T10:00:35+00:00", bad,
      PLATFORM "earliest_expiration_date" },
    { "a day that is not in the calendar", "2025-06-19T10:32:27Z", "2025-02-30T10:32:27Z", bad,
      PLATFORM "latest_issue_date" },
    { "a date that is a number", "\"2018-05-21T10:45:10Z\"", "1526899510", bad,
      PLATFORM "earliest_issue_date" },
    { "a date that is null", "\"2024-03-13T00:00:00Z\"", "null", bad,
      PLATFORM "tcb_level_date_tag" },
    { "an integer as text", "\"pck_crl_num\":2", "\"pck_crl_num\":\"2\"", bad,
      PLATFORM "pck_crl_num" },
    { "a negative integer", "\"root_ca_crl_num\":3", "\"root_ca_crl_num\":-3", structure, NULL },
    { "an integer beyond 32 bits", "\"root_ca_crl_num\":3", "\"root_ca_crl_num\":4294967296", bad,
      PLATFORM "root_ca_crl_num" },
    { "the greatest integer", "\"root_ca_crl_num\":3", "\"root_ca_crl_num\":4294967295", NULL,
      NULL },
    { "a fraction", "\"tcb_eval_num\":17", "\"tcb_eval_num\":17.0", structure, NULL },
    { "a list for sgx_types", "\"sgx_types\":1", "\"sgx_types\":[1]", bad, PLATFORM "sgx_types" },
    { "the old name sgx_type", "\"sgx_types\":1", "\"sgx_type\":1", NULL, NULL },
    { "the old name with a wrong value", "\"sgx_types\":1", "\"sgx_type\":\"1\"", bad,
      PLATFORM "sgx_type" },
    { "both names", "\"sgx_types\":1", "\"sgx_types\":1,\"sgx_type\":1", bad, PLATFORM "sgx_type" },
    { "a bool as text", "\"is_dynamic_platform\":true", "\"is_dynamic_platform\":\"true\"", bad,
      PLATFORM "is_dynamic_platform" },
    { "a bool as number", "\"is_cached_keys_policy\":true", "\"is_cached_keys_policy\":1", bad,
      PLATFORM "is_cached_keys_policy" },
    { "a bool that is null", "\"is_smt_enabled\":false", "\"is_smt_enabled\":null", bad,
      PLATFORM "is_smt_enabled" },
    { "advisories as text", "[\"INTEL-SA-00289\",\"INTEL-SA-00615\"]", "\"INTEL-SA-00289\"", bad,
      PLATFORM "advisory_ids" },
    { "an advisory that is a number", "\"INTEL-SA-00289\"", "289", bad, PLATFORM "advisory_ids" },
    { "fmspc not hex", "B0C06F000000", "B0C06F00000G", bad, PLATFORM "fmspc" },
    { "fmspc too short", "B0C06F000000", "B0C06F0000", bad, PLATFORM "fmspc" },
    { "fmspc too long", "B0C06F000000", "B0C06F00000000", bad, PLATFORM "fmspc" },
    { "fmspc in lower case", "B0C06F000000", "b0c06f000000", NULL, NULL },
    { "a TD register too short", "\"tdx_mrtd\":\"00", "\"tdx_mrtd\":\"", bad,
      "qvl_result[4].measurement.tdx_mrtd" },
    { "attributes as number", "\"0000000010000000\"", "268435456", bad,
      "qvl_result[4].measurement.tdx_attributes" },
    { "a key of another class is unknown here", "\"tdx_attributes\":\"0000000010000000\"",
      "\"sgx_mrenclave\":5", NULL, NULL },

    { "no certification data", CERTIFICATION ",", "", NULL, NULL },
    { "certification data of another type", CERTIFICATION, "\"certification_data\":1", structure,
      "qvl_result[2].certification_data" },
    { "an item missing", "\"pck_crl\":\"QQ==\",", "", bad,
      "qvl_result[2].certification_data.pck_crl" },
    { "an item of another type", "\"pck_crl\":\"QQ==\"", "\"pck_crl\":1", bad,
      "qvl_result[2].certification_data.pck_crl" },
    { "an item that is not base64", "\"pck_crl\":\"QQ==\"", "\"pck_crl\":\"Q\"", bad,
      "qvl_result[2].certification_data.pck_crl" },
    { "an item too many", "\"pck_crl\":\"QQ==\"", "\"pck_crl\":\"QQ==\",\"x\":\"QQ==\"", structure,
      "qvl_result[2].certification_data.x" },
    { "certification data beside a TD", "\"measurement\":{\"tdx",
      "\"certification_data\":{},\"measurement\":{\"tdx", structure,
      "qvl_result[4].certification_data" },
    { "an unknown member of the audit", "\"request_id\"", "\"reqid\"", structure,
      "qvl_result[2].audit.reqid" },
    { "a time of verification of another form", "2025-06-20T12:00:00Z", "today", bad,
      "qvl_result[2].audit.verification_time" },
    { "an audit of another type",
      "{\"request_id\":\"RQ==\",\"verification_time\":"
      "\"2025-06-20T12:00:00Z\"}",
      "1", structure, "qvl_result[2].audit" },
};

static void every_rule_of_reading(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const assay_span text = edited(rows[i].what, sound, rows[i].from, rows[i].to);
        assay_reports *reports = NULL;
        assay_error err = { 0 };
        const assay_status status = read_text(text, &reports, &err);
        assert_row(rows[i].what, status, rows[i].name == NULL ? ASSAY_OK : ASSAY_MALFORMED);
        assert_row(rows[i].what, reports != NULL, rows[i].name == NULL);
        if (rows[i].name != NULL && (err.name == NULL || strcmp(err.name, rows[i].name) != 0))
            test_fail("%s: named %s at %s, want %s", rows[i].what, err.name, err.where,
                      rows[i].name);
        if (rows[i].path != NULL && strcmp(err.where, rows[i].path) != 0)
            test_fail("%s: at %s, want %s", rows[i].what, err.where, rows[i].path);
        assay_reports_free(reports);
        edited_free(text);
    }
}

/* Whole texts. */
static const struct {
    const char *what;
    const char *text;
    const char *name;
} texts[] = {
    { "nothing", "", structure },
    { "a number", "5", structure },
    { "an empty list", "[]", structure },
    { "an empty object", "{}", structure },
    { "a list without reports", "[{\"user_data\":\"x\"}]", structure },
    { "the bare list",
      "[{\"environment\":{\"class_id\":\"bef7cb8c-31aa-42c1-854c-10db005d5c41\"},"
      "\"measurement\":{}}]",
      NULL },
    { "an ISVSVN beyond 16 bits",
      "[{\"environment\":{\"class_id\":\"bef7cb8c-31aa-42c1-854c-10db005d5c41\"},"
      "\"measurement\":{\"sgx_isvsvn\":65536}}]",
      bad },
    { "four reports",
      "[{\"environment\":{\"class_id\":\"bef7cb8c-31aa-42c1-854c-10db005d5c41\"},"
      "\"measurement\":{}},"
      "{\"environment\":{\"class_id\":\"a1e4ee9c-a12e-48ac-bed0-e3f89297f687\"},"
      "\"measurement\":{}},"
      "{\"environment\":{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"},"
      "\"measurement\":{}},"
      "{\"environment\":{\"class_id\":\"3769258c-75e6-4bc7-8d72-d2b0e224cad2\"},"
      "\"measurement\":{}}]",
      structure },
};

static void whole_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assay_reports *reports = NULL;
        assay_error err = { 0 };
        const assay_status status = read_text(SPAN_TEXT(texts[i].text), &reports, &err);
        assert_row(texts[i].what, status, texts[i].name == NULL ? ASSAY_OK : ASSAY_MALFORMED);
        if (texts[i].name != NULL)
            assert_string_equal(err.name, texts[i].name);
        assay_reports_free(reports);
    }
}

static void assert_hex(const report *r, measurement_id id, const char *natural)
{
    char text[129];
    assay_hex_encode(report_bytes(r, id), text);
    assert_string_equal(text, natural);
}

static const char reversed48[] = "332211003322110033221100332211003322110033221100"
                                 "332211003322110033221100332211003322110033221100";

/* Bytes are in natural order behind the interface. */
static void values_arrive(void **state)
{
    (void)state;
    assay_reports *reports = NULL;
    assert_int_equal(read_text(SPAN_TEXT(sound), &reports, NULL), ASSAY_OK);
    assert_int_equal(assay_reports_count(reports), 3);
    assert_int_equal(assay_reports_class(reports, 0), ASSAY_CLASS_TDX_15_PLATFORM);
    assert_int_equal(assay_reports_class(reports, 1), ASSAY_CLASS_TD_QE);
    assert_int_equal(assay_reports_class(reports, 2), ASSAY_CLASS_TD_15);
    assert_true(reports->is_foreign && reports->has_quote_hash);
    assert_string_equal(reports->user_data, "hello");
    char hash[97];
    assay_hex_encode(SPAN(reports->quote_sha384), hash);
    assert_string_equal(hash, reversed48);
    const report *r = &reports->at[0];
    assert_int_equal(report_number(r, MEASURED_TCB_STATUS),
                     STATUS_UP_TO_DATE | STATUS_SW_HARDENING_NEEDED);
    assert_int_equal(report_number(r, MEASURED_TCB_LEVEL_DATE_TAG), 1710288000);
    assert_int_equal(report_number(r, MEASURED_EARLIEST_ISSUE_DATE), 1526899510);
    assert_int_equal(report_number(r, MEASURED_LATEST_ISSUE_DATE), 1750329147);
    assert_int_equal(report_number(r, MEASURED_EARLIEST_EXPIRATION_DATE), 1752919235);
    assert_int_equal(report_number(r, MEASURED_PCK_CRL_NUM), 2);
    assert_int_equal(report_number(r, MEASURED_ROOT_CA_CRL_NUM), 3);
    assert_int_equal(report_number(r, MEASURED_TCB_EVAL_NUM), 17);
    assert_int_equal(report_number(r, MEASURED_SGX_TYPES), 1);
    assert_int_equal(report_number(r, MEASURED_IS_DYNAMIC_PLATFORM), 1);
    assert_true(report_has(r, MEASURED_IS_SMT_ENABLED));
    assert_int_equal(report_number(r, MEASURED_IS_SMT_ENABLED), 0);
    assert_int_equal(r->platform.advisory_count, 2);
    assert_string_equal(r->platform.advisory_ids[1], "INTEL-SA-00615");
    assert_hex(r, MEASURED_ROOT_KEY_ID, reversed48);
    assert_hex(r, MEASURED_FMSPC, "b0c06f000000");
    assert_false(report_has(r, MEASURED_PLATFORM_PROVIDER_ID));
    assert_non_null(strstr(r->measurement_json, "\"brand\":{\"new\":[1]}"));
    r = &reports->at[2];
    assert_hex(r, MEASURED_TDX_ATTRIBUTES, "0000001000000000");
    assert_hex(r, MEASURED_TDX_MRTD, reversed48);
    assert_int_equal(r->present, MEASURED(MEASURED_TDX_ATTRIBUTES) | MEASURED(MEASURED_TDX_MRTD));
    assert_string_equal(r->environment_json,
                        "{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"}");
    assay_reports_free(reports);
}

static void old_names_are_read(void **state)
{
    (void)state;
    const assay_span text =
        SPAN_TEXT("[{\"environment\":{\"class_id\":\"3123ec35-8d38-4ea5-87a5-d6c48b567570\"},"
                  "\"measurement\":{\"sgx_type\":2,\"cached_keys\":true,\"smt_enabled\":true,"
                  "\"platform_provider_id\":\"" H16 "\"}}]");
    assay_reports *reports = NULL;
    assert_int_equal(read_text(text, &reports, NULL), ASSAY_OK);
    const report *r = &reports->at[0];
    assert_int_equal(report_number(r, MEASURED_SGX_TYPES), 2);
    assert_int_equal(report_number(r, MEASURED_IS_CACHED_KEYS_POLICY), 1);
    assert_int_equal(report_number(r, MEASURED_IS_SMT_ENABLED), 1);
    assert_hex(r, MEASURED_PLATFORM_PROVIDER_ID, "33221100332211003322110033221100");
    assay_reports_free(reports);
}

/* One golden case: what assay says of its verification result. */
static void check_case(const json_t *row)
{
    const json_t *list = json_object_get(row, "verification_result");
    const json_t *expected = json_object_get(row, "expected_assay");
    const json_t *error = json_object_get(expected, "error");
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *path = json_string_value(json_object_get(error, "path"));
    if (list == NULL || (code != NULL && strcmp(code, "check_date") == 0))
        return;
    const bool refused = code != NULL && strncmp(code, "vr_", 3) == 0;
    char *text = json_dumps(list, JSON_COMPACT);
    assay_reports *reports = NULL;
    assay_error err = { 0 };
    const assay_status status = read_text(SPAN_TEXT(text), &reports, &err);
    assert_row(name, status, refused ? ASSAY_MALFORMED : ASSAY_OK);
    if (refused && strcmp(err.name, code) != 0)
        test_fail("%s: %s, want %s", name, err.name, code);
    if (refused && path != NULL && strcmp(err.where, path) != 0)
        test_fail("%s: at %s, want %s", name, err.where, path);
    assay_reports_free(reports);
    free(text);
}

static void golden_results_are_read_as_expected(void **state)
{
    (void)state;
    const char *folder = vectors_folder();
    if (folder == NULL)
        skip();
    assay_span all = vectors_read(folder, "appraisal/cases.jsonl");
    assert_non_null(all.data);
    size_t count = 0;
    for (size_t at = 0; at < all.size;) {
        const uint8_t *end = memchr(all.data + at, '\n', all.size - at);
        const size_t size = end == NULL ? all.size - at : (size_t)(end - all.data) - at;
        json_t *row = json_loadb((const char *)all.data + at, size, 0, NULL);
        assert_non_null(row);
        if (strcmp(json_string_value(json_object_get(row, "kind")), "appraise") == 0) {
            check_case(row);
            count++;
        }
        json_decref(row);
        at += size + 1;
    }
    assert_int_equal(count, 296);
    free((void *)all.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_of_reading),
        cmocka_unit_test(whole_texts),
        cmocka_unit_test(values_arrive),
        cmocka_unit_test(old_names_are_read),
        cmocka_unit_test(golden_results_are_read_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
