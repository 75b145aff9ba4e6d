/* verify_verdict_json_test.c: verdicts as JSON, in words and as exit codes
 * (src/verify/verdict_json.c, names.c). docs/verdict.schema.json is checked against real output by
 * the tests of the command. */
#include <string.h>

#include "assay/verify.h"
#include "support.h"
#include "wire/json.h"

static const char *const advisories[] = { "INTEL-SA-00615", "INTEL-SA-00657" };

static void verdict_fill(assay_verdict *v)
{
    memset(v, 0, sizeof(*v));
    v->authenticated = true;
    v->tee = ASSAY_TEE_TDX;
    v->quote_version = 5;
    v->tcb_status = ASSAY_TCB_OUT_OF_DATE;
    v->qvl = 45;
    v->tcb_date = 1691539200;
    v->earliest_issue_date = 1526899510;
    v->latest_issue_date = 1781302788;
    v->earliest_expiration_date = 1783893583;
    v->tcb_evaluation_data_number = 21;
    v->qe_identity_earliest_issue_date = 1526899510;
    v->qe_identity_latest_issue_date = 1781302788;
    v->qe_identity_earliest_expiration_date = 1783893583;
    v->qe_identity_evaluation_data_number = 22;
    v->root_ca_crl_number = 1;
    v->pck_crl_number = 2;
    v->advisory_ids[0] = advisories[0];
    v->advisory_ids[1] = advisories[1];
    v->advisory_count = 2;
    v->platform_part = (assay_tcb_part) { .status = ASSAY_TCB_OUT_OF_DATE,
                                          .tcb_date = 1691539200,
                                          .level = 3,
                                          .advisory_ids = advisories,
                                          .advisory_count = 2 };
    v->module_part =
        (assay_tcb_part) { .status = ASSAY_TCB_UP_TO_DATE, .tcb_date = 1700000000, .level = 0 };
    v->qe_part = (assay_tcb_part) { .status = ASSAY_TCB_NOT_SUPPORTED, .level = -1 };
    for (int i = 0; i < ASSAY_ITEM_COUNT; i++)
        v->validity[i] = (assay_validity) { 1526899510, 1526899510, 1783893583 };
    memcpy(v->platform.fmspc, "\x00\x80\x6f\x05\x00\x00", 6);
    v->platform.sgx_type = 1;
    v->platform.ca = 2;
    v->platform.pce_svn = 11;
    v->platform.components[0] = 6;
    v->platform.dynamic_platform = 1;
    v->platform.cached_keys = 0;
    v->platform.smt_enabled = 2;
    v->platform.has_platform_instance_id = true;
    v->report_layout = &assay_layout_td_report_1_5;
    v->report[120 + 3] = 0x10;
    v->report[520] = 0xab;
    v->qe_report[258] = 5;
    v->reasons[0] =
        (assay_reason) { .kind = ASSAY_REASON_TCB_STATUS, .level = -1, .text = "OutOfDate" };
    v->reasons[1] = (assay_reason) { .kind = ASSAY_REASON_COMPONENT_SHORT,
                                     .level = 0,
                                     .component = "sgxtcbcomponents[3].svn",
                                     .have = 2,
                                     .want = 5 };
    v->reason_count = 2;
    v->notes[0] = (assay_note) { .kind = ASSAY_NOTE_TRAILING_PADDING, .value = 70 };
    v->note_count = 1;
}

#define ZEROS_4  "00000000"
#define ZEROS_16 ZEROS_4 ZEROS_4 ZEROS_4 ZEROS_4
#define ZEROS_48 ZEROS_16 ZEROS_16 ZEROS_16
#define ZEROS_32 ZEROS_16 ZEROS_16
#define DATE_WIN                                                                                   \
    "{\"begin\":\"2018-05-21T10:45:10Z\",\"latest_begin\":\"2018-05-21T10:45:10Z\","               \
    "\"end\":\"2026-07-12T21:59:43Z\"}"

/* In two halves: C99 knows literals up to 4095 characters. */
static const char expected_facts[] =
    "{\"accepted\":false,\"authenticated\":true,\"tee\":\"tdx\",\"quote_version\":5,"
    "\"tcb_status\":\"OutOfDate\",\"qvl_status\":\"TCB_OUT_OF_DATE\","
    "\"advisory_ids\":[\"INTEL-SA-00615\",\"INTEL-SA-00657\"],"
    "\"tcb_date\":\"2023-08-09T00:00:00Z\",\"collateral_expired\":false,\"debug\":false,"
    "\"earliest_issue_date\":\"2018-05-21T10:45:10Z\","
    "\"latest_issue_date\":\"2026-06-12T22:19:48Z\","
    "\"earliest_expiration_date\":\"2026-07-12T21:59:43Z\","
    "\"tcb_evaluation_data_number\":21,"
    "\"report\":{\"tee_tcb_svn\":\"" ZEROS_16 "\",\"mrseam\":\"" ZEROS_48
    "\",\"mrsignerseam\":\"" ZEROS_48
    "\",\"seamattributes\":\"0000000000000000\",\"tdattributes\":\"0000001000000000\","
    "\"xfam\":\"0000000000000000\",\"mrtd\":\"" ZEROS_48 "\",\"mrconfigid\":\"" ZEROS_48
    "\",\"mrowner\":\"" ZEROS_48 "\",\"mrownerconfig\":\"" ZEROS_48 "\",\"rtmr0\":\"" ZEROS_48
    "\",\"rtmr1\":\"" ZEROS_48 "\",\"rtmr2\":\"" ZEROS_48 "\",\"rtmr3\":\"" ZEROS_48
    "\",\"report_data\":\"ab000000" ZEROS_4 ZEROS_4 ZEROS_4 ZEROS_48
    "\",\"tee_tcb_svn2\":\"" ZEROS_16 "\",\"mrservicetd\":\"" ZEROS_48 "\"},"
    "\"platform\":{\"fmspc\":\"00806f050000\",\"pce_id\":\"0000\",\"ppid\":\"" ZEROS_16
    "\",\"sgx_type\":\"Scalable\",\"ca\":\"platform\",\"cpu_svn\":\"" ZEROS_16
    "\",\"pce_svn\":11,\"components\":[6,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"
    "\"configuration\":{\"dynamic_platform\":true,\"cached_keys\":false,\"smt_enabled\":null},"
    "\"platform_instance_id\":\"" ZEROS_16 "\"},"
    "\"qe\":{\"cpusvn\":\"" ZEROS_16 "\",\"miscselect\":\"00000000\",\"isvextprodid\":\"" ZEROS_16
    "\",\"attributes\":\"" ZEROS_16 "\",\"mrenclave\":\"" ZEROS_32 "\",\"mrsigner\":\"" ZEROS_32
    "\",\"configid\":\"" ZEROS_32 ZEROS_32 "\",\"isvprodid\":0,\"isvsvn\":5,\"configsvn\":0,"
    "\"isvfamilyid\":\"" ZEROS_16 "\",\"report_data\":\"" ZEROS_32 ZEROS_32 "\"},";

static const char expected_judgement[] =
    "\"parts\":{\"platform\":{\"status\":\"OutOfDate\",\"tcb_date\":\"2023-08-09T00:00:00Z\","
    "\"advisory_ids\":[\"INTEL-SA-00615\",\"INTEL-SA-00657\"],\"level\":3},"
    "\"module\":{\"status\":\"UpToDate\",\"tcb_date\":\"2023-11-14T22:13:20Z\","
    "\"advisory_ids\":[],\"level\":0},"
    "\"qe\":{\"status\":\"NotSupported\",\"tcb_date\":null,\"advisory_ids\":[],\"level\":null}},"
    "\"validity\":{\"root_ca_crl\":" DATE_WIN ",\"pck_crl\":" DATE_WIN
    ",\"pck_crl_issuer_chain\":" DATE_WIN ",\"pck_chain\":" DATE_WIN
    ",\"tcb_info_issuer_chain\":" DATE_WIN ",\"qe_identity_issuer_chain\":" DATE_WIN
    ",\"tcb_info\":" DATE_WIN ",\"qe_identity\":" DATE_WIN "},"
    "\"supplemental\":{\"root_key_id\":\"" ZEROS_48 "\",\"root_ca_crl_number\":1,"
    "\"pck_crl_number\":2,\"qe_identity\":{\"earliest_issue_date\":\"2018-05-21T10:45:10Z\","
    "\"latest_issue_date\":\"2026-06-12T22:19:48Z\","
    "\"earliest_expiration_date\":\"2026-07-12T21:59:43Z\","
    "\"tcb_evaluation_data_number\":22}},\"root\":\"intel\","
    "\"reasons\":[{\"reason\":\"tcb_status\",\"text\":\"OutOfDate\","
    "\"message\":\"TCB status OutOfDate is not accepted\"},"
    "{\"reason\":\"component_short\",\"part\":\"platform\",\"level\":0,"
    "\"component\":\"sgxtcbcomponents[3].svn\",\"have\":2,\"want\":5,"
    "\"message\":\"platform: sgxtcbcomponents[3].svn is 2, level 0 wants 5\"}],"
    "\"notes\":[{\"note\":\"trailing_padding\",\"value\":70,"
    "\"message\":\"70 zero bytes stand behind the quote\"}]}";

static void writes_these_bytes(void **state)
{
    (void)state;
    assay_verdict v;
    verdict_fill(&v);
    char *first = NULL, *second = NULL;
    assert_int_equal(assay_verdict_to_json(&v, ASSAY_OK, NULL, &first), ASSAY_OK);
    assert_int_equal(assay_verdict_to_json(&v, ASSAY_OK, NULL, &second), ASSAY_OK);
    const size_t half = sizeof(expected_facts) - 1;
    assert_int_equal(strncmp(first, expected_facts, half), 0);
    assert_string_equal(first + half, expected_judgement);
    assert_string_equal(first, second);
    assay_text_free(first);
    assay_text_free(second);
}

/* The tree of a verdict; json_decref() it. */
static json_t *tree_of(const assay_verdict *v, assay_status status, const assay_error *error)
{
    char *text = NULL;
    assert_int_equal(assay_verdict_to_json(v, status, error, &text), ASSAY_OK);
    json_t *tree = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(tree);
    assay_text_free(text);
    return tree;
}

static const char *text_at(json_t *tree, const char *object, const char *member)
{
    return json_string_value(json_object_get(json_object_get(tree, object), member));
}

static void a_custom_root_is_named(void **state)
{
    (void)state;
    assay_verdict v;
    verdict_fill(&v);
    v.custom_root = true;
    v.root_key_sha256[31] = 0xee;
    json_t *tree = tree_of(&v, ASSAY_OK, NULL);
    assert_string_equal(json_string_value(json_object_get(tree, "root")), "custom");
    const char *key = json_string_value(json_object_get(tree, "root_key_sha256"));
    assert_int_equal(strlen(key), 64);
    assert_string_equal(key + 62, "ee");
    json_decref(tree);
}

static void an_sgx_report_has_its_own_fields(void **state)
{
    (void)state;
    assay_verdict v;
    verdict_fill(&v);
    v.report_layout = &assay_layout_sgx_report;
    v.report[259] = 1;
    json_t *tree = tree_of(&v, ASSAY_OK, NULL);
    json_t *report = json_object_get(tree, "report");
    assert_int_equal(json_integer_value(json_object_get(report, "isvsvn")), 256);
    assert_non_null(json_object_get(report, "mrenclave"));
    assert_non_null(json_object_get(report, "report_data"));
    assert_null(json_object_get(report, "reserved1"));
    assert_null(json_object_get(report, "mrtd"));
    json_decref(tree);
}

static void current_tcb_stands_only_where_it_was_judged(void **state)
{
    (void)state;
    assay_verdict v;
    verdict_fill(&v);
    v.current_tcb_status = ASSAY_TCB_UP_TO_DATE;
    v.current_tcb_date = 1700000000;
    json_t *tree = tree_of(&v, ASSAY_OK, NULL);
    assert_string_equal(text_at(tree, "current_tcb", "status"), "UpToDate");
    assert_string_equal(text_at(tree, "current_tcb", "tcb_date"), "2023-11-14T22:13:20Z");
    json_decref(tree);
}

static void a_judged_refusal_of_intels_interface_has_an_error(void **state)
{
    (void)state;
    assay_verdict v;
    verdict_fill(&v);
    v.tcb_status = ASSAY_TCB_NOT_SUPPORTED;
    v.qvl = 49;
    v.code = 0xE066;
    json_t *tree = tree_of(&v, ASSAY_OK, NULL);
    assert_string_equal(text_at(tree, "error", "status"), "tcb-not-supported");
    assert_string_equal(text_at(tree, "error", "code"), "0xE066");
    assert_string_equal(text_at(tree, "error", "detail"), "TCB status OutOfDate is not accepted");
    assert_true(json_is_null(json_object_get(json_object_get(tree, "error"), "offset")));
    json_decref(tree);
}

static void a_failure_says_nothing_but_itself(void **state)
{
    (void)state;
    assay_verdict v;
    verdict_fill(&v);
    v.accepted = true;
    const assay_error error = { .status = ASSAY_TRUNCATED,
                                .qvl = 37,
                                .code = 0xE01D,
                                .offset = 632,
                                .where = "quote.auth_data",
                                .detail = "declares 9 bytes, 2 are left" };
    char *text = NULL;
    assert_int_equal(assay_verdict_to_json(&v, ASSAY_TRUNCATED, &error, &text), ASSAY_OK);
    assert_string_equal(text, "{\"accepted\":false,\"authenticated\":false,\"error\":{"
                              "\"status\":\"unsupported-quote-format\",\"code\":\"0xE01D\","
                              "\"where\":\"quote.auth_data\",\"offset\":632,"
                              "\"detail\":\"declares 9 bytes, 2 are left\"}}");
    assay_text_free(text);
    assert_int_equal(assay_verdict_to_json(NULL, ASSAY_NO_MEMORY, NULL, &text), ASSAY_OK);
    assert_string_equal(text, "{\"accepted\":false,\"authenticated\":false,\"error\":{"
                              "\"status\":\"no-memory\",\"code\":null,\"where\":\"\","
                              "\"offset\":null,\"detail\":\"\"}}");
    assay_text_free(text);
}

static const struct {
    assay_reason reason;
    const char *name;
    const char *text;
} reasons[] = {
    { { .kind = ASSAY_REASON_TCB_STATUS, .text = "Revoked" },
      "tcb_status",
      "TCB status Revoked is not accepted" },
    { { .kind = ASSAY_REASON_COMPONENT_SHORT,
        .part = ASSAY_PART_QE,
        .level = 2,
        .component = "isvsvn",
        .have = 4,
        .want = 8 },
      "component_short",
      "qe: isvsvn is 4, level 2 wants 8" },
    { { .kind = ASSAY_REASON_UP_TO_DATE_LEVEL, .part = ASSAY_PART_MODULE, .time = 1691539200 },
      "up_to_date_level",
      "module: level 0 of 2023-08-09 would be UpToDate" },
    { { .kind = ASSAY_REASON_NO_LEVEL, .level = -1 },
      "no_level",
      "platform: no TCB level matches" },
    { { .kind = ASSAY_REASON_RELAUNCH, .level = -1, .text = "UpToDate" },
      "relaunch",
      "relaunched, the TD would be UpToDate: the platform was updated since" },
    { { .kind = ASSAY_REASON_ADVISORY, .level = 3, .text = "INTEL-SA-00615" },
      "advisory",
      "platform: INTEL-SA-00615 is open at level 3" },
    { { .kind = ASSAY_REASON_EXPIRED, .item = ASSAY_ITEM_PCK_CRL, .time = 1691539200 },
      "expired",
      "pck_crl expired at 2023-08-09T00:00:00Z" },
    { { .kind = ASSAY_REASON_NOT_YET_VALID, .item = ASSAY_ITEM_TCB_INFO, .time = 1691539200 },
      "not_yet_valid",
      "tcb_info is not valid before 2023-08-09T00:00:00Z" },
    { { .kind = ASSAY_REASON_REVOKED, .text = "PCK certificate" },
      "revoked",
      "the PCK certificate is revoked" },
    { { .kind = ASSAY_REASON_DEBUG },
      "debug",
      "the enclave can be debugged: its owner can read its memory" },
    { { .kind = ASSAY_REASON_RESERVED_BITS, .text = "xfam" },
      "reserved_bits",
      "xfam has bits that are reserved or not as they must be" },
    { { .kind = ASSAY_REASON_REPORT_DATA_MISMATCH },
      "report_data_mismatch",
      "report_data is not what was expected" },
    { { .kind = ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW,
        .item = ASSAY_ITEM_QE_IDENTITY,
        .have = 12,
        .want = 17 },
      "tcb_eval_num_too_low",
      "qe_identity has evaluation number 12, want at least 17" },
};

static void every_reason_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    assay_verdict v = { .tee = ASSAY_TEE_SGX };
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        char text[ASSAY_DETAIL_SIZE], cut[8];
        assay_reason_text(&v, &reasons[i].reason, text, sizeof(text));
        assert_string_equal(text, reasons[i].text);
        assert_string_equal(assay_reason_name(reasons[i].reason.kind), reasons[i].name);
        assay_reason_text(&v, &reasons[i].reason, cut, sizeof(cut));
        assert_int_equal(strlen(cut), 7);
    }
    assert_int_equal(COUNT_OF(reasons), ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW);
}

static const struct {
    assay_note note;
    const char *name;
    const char *text;
} notes[] = {
    { { ASSAY_NOTE_TRAILING_PADDING, 70, NULL },
      "trailing_padding",
      "70 zero bytes stand behind the quote" },
    { { ASSAY_NOTE_TRAILING_DATA, 9, NULL },
      "trailing_data",
      "9 bytes stand behind the quote and were not looked at" },
    { { ASSAY_NOTE_HIGH_S, 0, "quote" }, "high_s", "the signature of the quote has a high s" },
    { { ASSAY_NOTE_RESERVED_BITS, 0, "reserved2" },
      "reserved_bits",
      "reserved2 has bits that are reserved or not as they must be" },
    { { ASSAY_NOTE_UNKNOWN_KEY, 0, "tcbFuture" },
      "unknown_key",
      "member \"tcbFuture\" of a signed document is not known and was ignored" },
    { { ASSAY_NOTE_EVAL_NUM_DIFFERS, 17, NULL },
      "eval_num_differs",
      "TCB info and QE identity (17) have different evaluation numbers" },
    { { ASSAY_NOTE_RELAUNCH_RULE, 0, "OutOfDate" },
      "relaunch_rule",
      "by the older relaunch rule the status would be OutOfDate" },
    { { ASSAY_NOTE_SERVICE_TD, 0, NULL }, "service_td", "a service TD is bound to this TD" },
};

static void every_note_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(notes); i++) {
        char text[ASSAY_DETAIL_SIZE];
        assay_note_text(&notes[i].note, text, sizeof(text));
        assert_string_equal(text, notes[i].text);
        assert_string_equal(assay_note_name(notes[i].note.kind), notes[i].name);
    }
    assert_int_equal(COUNT_OF(notes), ASSAY_NOTE_SERVICE_TD);
}

static const struct {
    const char *what;
    assay_status status;
    bool accepted;
    int code;
} exits[] = {
    { "accepted", ASSAY_OK, true, 0 },
    { "judged, not accepted", ASSAY_OK, false, 1 },
    { "usage", ASSAY_USAGE, true, 2 },
    { "truncated", ASSAY_TRUNCATED, true, 3 },
    { "malformed", ASSAY_MALFORMED, true, 3 },
    { "unsupported", ASSAY_UNSUPPORTED, true, 3 },
    { "untrusted", ASSAY_UNTRUSTED, true, 3 },
    { "mismatch", ASSAY_MISMATCH, true, 3 },
    { "no memory", ASSAY_NO_MEMORY, true, 4 },
    { "environment", ASSAY_ENVIRONMENT, true, 4 },
    { "collateral revoked", ASSAY_REVOKED, true, 3 },
};

static void exit_codes_follow_the_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(exits); i++) {
        const assay_verdict v = { .accepted = exits[i].accepted };
        assert_row(exits[i].what, assay_exit_code(exits[i].status, &v), exits[i].code);
    }
    assert_int_equal(assay_exit_code(ASSAY_OK, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_these_bytes),
        cmocka_unit_test(a_custom_root_is_named),
        cmocka_unit_test(an_sgx_report_has_its_own_fields),
        cmocka_unit_test(current_tcb_stands_only_where_it_was_judged),
        cmocka_unit_test(a_judged_refusal_of_intels_interface_has_an_error),
        cmocka_unit_test(a_failure_says_nothing_but_itself),
        cmocka_unit_test(every_reason_has_a_name_and_a_sentence),
        cmocka_unit_test(every_note_has_a_name_and_a_sentence),
        cmocka_unit_test(exit_codes_follow_the_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
