/* abi_simulated_test.c: the C interface on simulated evidence: the attack list (verification.md 9),
 * argument rules (7.3), supplemental data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulated.h"
#include "support.h"

typedef struct answer {
    quote3_error_t code;
    uint32_t expired;
    tee_qv_result_t result;
    sgx_ql_qv_supplemental_t data;
} answer;

static answer ask(const simulated *s, int64_t later)
{
    answer a;
    memset(&a, 0xAA, sizeof(a));
    tee_supp_data_descriptor_t descriptor = { 3, sizeof(a.data), (uint8_t *)&a.data };
    const assay_span quote = bytes_span(&s->artifacts.quote);
    a.code = drop_in_library()->tee_verify_quote(
        quote.data, (uint32_t)quote.size, (const uint8_t *)&s->given.structure,
        s->world.now + later, &a.expired, &a.result, NULL, &descriptor);
    return a;
}

/* ---- The attack list ---- */

static tee_qv_result_t result_of(assay_tcb_status status)
{
    static const tee_qv_result_t results[ASSAY_TCB_STATUS_COUNT] = {
        [ASSAY_TCB_UP_TO_DATE] = 0,
        [ASSAY_TCB_SW_HARDENING_NEEDED] = 0xA007,
        [ASSAY_TCB_CONFIGURATION_NEEDED] = 0xA001,
        [ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = 0xA008,
        [ASSAY_TCB_OUT_OF_DATE] = 0xA002,
        [ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = 0xA003,
        [ASSAY_TCB_TD_RELAUNCH_ADVISED] = 0xA009,
        [ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = 0xA00A,
    };
    return results[status];
}

static bool is_failure_of_c(assay_tcb_status status)
{
    return status == ASSAY_TCB_REVOKED || status == ASSAY_TCB_NOT_SUPPORTED;
}

/* A text with a NUL inside is no text: the C interface says so before anything is read. */
static bool has_inner_nul(const simulated *s)
{
    const assay_collateral_items items = sim_artifacts_items(&s->artifacts);
    const assay_span texts[] = { items.tcb_info, items.qe_identity, items.tcb_info_issuer_chain,
                                 items.qe_identity_issuer_chain, items.pck_crl_issuer_chain };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i].size == 0 || memchr(texts[i].data, '\0', texts[i].size) != NULL)
            return true;
    }
    return false;
}

static quote3_error_t code_wanted(const sim_fault *fault, const simulated *s)
{
    const sim_expectation *e = &fault->expected;
    if (has_inner_nul(s))
        return SGX_QL_ERROR_INVALID_PARAMETER;
    if (e->outcome == SIM_REFUSED)
        return (quote3_error_t)e->code;
    if (!is_failure_of_c(e->tcb_status))
        return SGX_QL_SUCCESS;
    if (e->code != 0)
        return (quote3_error_t)e->code;
    return e->tcb_status == ASSAY_TCB_REVOKED ? SGX_QL_TCB_REVOKED : SGX_QL_TCB_NOT_SUPPORTED;
}

static bool is_zero(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (at[i] != 0)
            return false;
    }
    return true;
}

static const char *fault_differs(const sim_fault *fault, const simulated *s, const answer *a)
{
    const sim_expectation *e = &fault->expected;
    if (a->code != code_wanted(fault, s))
        return "code";
    if (a->code != SGX_QL_SUCCESS) {
        const bool zeroed = is_zero(&a->data, sizeof(a->data));
        return a->expired == 1 && a->result == TEE_QV_RESULT_UNSPECIFIED && zeroed
                   ? NULL
                   : "answer after a failure";
    }
    const bool stale = e->reason == ASSAY_REASON_EXPIRED || e->reason == ASSAY_REASON_NOT_YET_VALID;
    if (a->expired != (stale ? 1 : 0))
        return "expiration status";
    return a->result == result_of(e->tcb_status) ? NULL : "result";
}

static void every_line_of_the_attack_list_has_its_code(void **state)
{
    (void)state;
    size_t cursor = 0, count = 0, wrong = 0;
    const sim_fault *fault;
    while ((fault = sim_fault_next(&cursor)) != NULL) {
        simulated s;
        if (fault->expected.outcome == SIM_ELSEWHERE || fault->request.strict)
            continue;
        simulated_make_fault(&s, fault);
        simulated_trust_root(&s);
        const answer a = ask(&s, fault->request.later);
        const char *differs = fault_differs(fault, &s, &a);
        if (differs != NULL)
            print_error("%s: %s differs: %04X (want %04X), result %04X, expired %u\n", fault->name,
                        differs, a.code, code_wanted(fault, &s), a.result, a.expired);
        wrong += differs != NULL;
        count++;
        simulated_free(&s);
    }
    printf("# %zu manipulations\n", count);
    assert_true(count > 80);
    assert_int_equal(wrong, 0);
}

/* ---- Supplemental data ---- */

static void supplemental_data_is_filled(void **state)
{
    (void)state;
    simulated s;
    simulated_make(&s, "tdx-v4");
    simulated_trust_root(&s);
    const answer a = ask(&s, 0);
    assert_row("code", a.code, SGX_QL_SUCCESS);
    assert_row("version", a.data.version, 0x00040003);
    assert_row("tee_type", a.data.tee_type, 0x81);
    assert_row("status of the QE", a.data.qe_iden_status, 0);
    assert_true(a.data.qe_iden_tcb_eval_ref_num != 0 && a.data.tcb_eval_ref_num != 0);
    assert_true(a.data.earliest_issue_date <= a.data.latest_issue_date);
    assert_true(a.data.latest_issue_date <= s.world.now);
    assert_true(a.data.earliest_expiration_date > s.world.now);
    assert_true(a.data.qe_iden_earliest_expiration_date >= a.data.earliest_expiration_date);
    assert_true(a.data.tcb_level_date_tag <= a.data.platform_tcb_level_date_tag);
    assert_true(a.data.tcb_level_date_tag <= a.data.qe_iden_tcb_level_date_tag);
    assert_false(is_zero(a.data.root_key_id, sizeof(a.data.root_key_id)));
    assert_false(is_zero(a.data.pck_ppid, sizeof(a.data.pck_ppid)));
    const uint8_t *bytes = (const uint8_t *)&a.data;
    assert_true(is_zero(bytes + 4, 4) && is_zero(bytes + 157, 3) && is_zero(bytes + 622, 2));
    simulated_free(&s);
}

static void verdict_make(const simulated *s, assay_verdict *verdict)
{
    assay_roots roots = { .count = 0 };
    assay_collateral *collateral;
    const assay_collateral_items items = sim_artifacts_items(&s->artifacts);
    const assay_verify_options options = { .now = s->world.now };
    assert_int_equal(assay_roots_add(&roots, bytes_span(&s->artifacts.root), NULL), ASSAY_OK);
    assert_int_equal(assay_collateral_new(&items, &roots, &collateral, NULL), ASSAY_OK);
    assert_int_equal(
        assay_verify(NULL, bytes_span(&s->artifacts.quote), collateral, &options, verdict, NULL),
        ASSAY_OK);
    assay_collateral_unref(collateral);
}

/* A world in which no two numbers and dates are the same by chance. */
static void every_field_is_that_of_the_verdict(void **state)
{
    (void)state;
    static const uint8_t pce_id[2] = { 0x34, 0x12 };
    simulated s;
    assay_verdict v = { 0 };
    simulated_init(&s, "tdx-v4");
    memcpy(s.world.platform.pce_id, pce_id, 2);
    memcpy(s.world.tcb_info.pce_id, pce_id, 2);
    s.world.root_crl.number = 5;
    s.world.pck_crl.number = 7;
    s.world.identity.levels[0].status = "OutOfDate";
    s.world.identity.document.evaluation_number++;
    s.world.identity.document.issue_date -= 1000;
    s.world.identity.document.next_update += 1000;
    simulated_build(&s);
    simulated_trust_root(&s);
    verdict_make(&s, &v);
    const answer a = ask(&s, 0);
    assert_row("code", a.code, SGX_QL_SUCCESS);
    assert_row("result", a.result, TEE_QV_RESULT_OUT_OF_DATE);
#define FIELD(name, wanted) assert_row(#name, a.data.name, wanted)
    FIELD(earliest_issue_date, v.earliest_issue_date);
    FIELD(latest_issue_date, v.latest_issue_date);
    FIELD(earliest_expiration_date, v.earliest_expiration_date);
    FIELD(tcb_level_date_tag, v.tcb_date);
    FIELD(pck_crl_num, 7);
    FIELD(root_ca_crl_num, 5);
    FIELD(tcb_eval_ref_num, s.world.tcb_info.document.evaluation_number);
    FIELD(pce_id, 0x1234);
    FIELD(qe_iden_earliest_issue_date, v.qe_identity_earliest_issue_date);
    FIELD(qe_iden_latest_issue_date, s.world.identity.document.issue_date);
    FIELD(qe_iden_earliest_expiration_date, s.world.identity.document.next_update);
    FIELD(qe_iden_tcb_level_date_tag, v.qe_part.tcb_date);
    FIELD(qe_iden_tcb_eval_ref_num, s.world.identity.document.evaluation_number);
    FIELD(qe_iden_status, TEE_QV_RESULT_OUT_OF_DATE);
    FIELD(platform_tcb_level_date_tag, v.platform_part.tcb_date);
#undef FIELD
    assert_memory_equal(a.data.root_key_id, v.root_key_id, sizeof(a.data.root_key_id));
    assay_verdict_clear(&v);
    simulated_free(&s);
}

enum { ADVISORIES = 40, ADVISORIES_THAT_FIT = 30 }; /* 14 characters each, and a comma */

/* The reference fails the whole verification with 0xE002. */
static void advisories_that_do_not_fit_are_left_out_whole(void **state)
{
    (void)state;
    char text[1024] = "\"tcbStatus\":\"UpToDate\",\"advisoryIDs\":[";
    char wanted[MAX_SA_LIST_SIZE] = "";
    simulated s;
    for (int i = 1; i <= ADVISORIES; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "\"INTEL-SA-%05d\"%s", i,
                 i < ADVISORIES ? "," : "]");
        used = strlen(wanted);
        if (i <= ADVISORIES_THAT_FIT)
            snprintf(wanted + used, sizeof(wanted) - used, "%sINTEL-SA-%05d", i > 1 ? "," : "", i);
    }
    simulated_init(&s, "sgx-v3"); /* whose first level is the platform's */
    sim_document_edit(&s.world.tcb_info.document,
                      (sim_edit) { SIM_BEFORE_SIGNING, "\"tcbStatus\":\"UpToDate\"", text });
    simulated_build(&s);
    simulated_trust_root(&s);
    const answer a = ask(&s, 0);
    assert_row("code", a.code, SGX_QL_SUCCESS);
    assert_string_equal(a.data.sa_list, wanted);
    assert_row("length", strlen(a.data.sa_list), MAX_SA_LIST_SIZE - 1);
    assert_row("what stands behind the list", a.data.qe_iden_tcb_eval_ref_num,
               s.world.identity.document.evaluation_number);
    simulated_free(&s);
}

static void the_older_calls_leave_the_minor_version_away(void **state)
{
    (void)state;
    simulated s;
    sgx_ql_qv_supplemental_t data;
    uint32_t expired;
    sgx_ql_qv_result_t result;
    simulated_make(&s, "sgx-v3");
    simulated_trust_root(&s);
    const assay_span quote = bytes_span(&s.artifacts.quote);
    assert_row("sgx_qv_verify_quote",
               drop_in_library()->sgx_qv_verify_quote(
                   quote.data, (uint32_t)quote.size, &s.given.structure, s.world.now, &expired,
                   &result, NULL, sizeof(data), (uint8_t *)&data),
               SGX_QL_SUCCESS);
    assert_row("version", data.version, 3);
    assert_row("tee_type", data.tee_type, 0);
    const answer a = ask(&s, 0);
    data.version = a.data.version;
    assert_memory_equal(&data, &a.data, sizeof(data));
    simulated_free(&s);
}

/* ---- Arguments ---- */

typedef struct call {
    const uint8_t *quote;
    uint32_t size;
    const void *collateral;
    int64_t date;
    uint32_t *expired;
    tee_qv_result_t *result;
    sgx_ql_qe_report_info_t *report_info;
    tee_supp_data_descriptor_t *descriptor;
} call;

static quote3_error_t make_call(const call *c)
{
    return drop_in_library()->tee_verify_quote(c->quote, c->size, c->collateral, c->date,
                                               c->expired, c->result, c->report_info,
                                               c->descriptor);
}

#define ROW_CALL(what, wanted, change)                                                             \
    do {                                                                                           \
        call c = sound;                                                                            \
        expired = 7;                                                                               \
        result = TEE_QV_RESULT_OK;                                                                 \
        change;                                                                                    \
        assert_row(what, make_call(&c), wanted);                                                   \
        assert_row(what, c.expired == NULL ? 1 : *c.expired, (wanted) != SGX_QL_SUCCESS);          \
        assert_row(what, c.result == NULL ? 0xA006 : *c.result,                                    \
                   (wanted) != SGX_QL_SUCCESS ? 0xA006 : 0);                                       \
    } while (0)

static void arguments_are_checked(void **state)
{
    (void)state;
    simulated s;
    uint32_t expired;
    tee_qv_result_t result;
    uint8_t data[672];
    sgx_ql_qe_report_info_t info = { { 0 }, { 0 }, { 0 } };
    tee_supp_data_descriptor_t none = { 3, 672, NULL }, newer = { 4, 672, data },
                               older = { 2, 672, data }, small = { 3, 664, data },
                               latest = { 0, 672, data };
    simulated_make(&s, "tdx-v4");
    simulated_trust_root(&s);
    const call sound = { .quote = bytes_span(&s.artifacts.quote).data,
                         .size = (uint32_t)s.artifacts.quote.size,
                         .collateral = &s.given.structure,
                         .date = s.world.now,
                         .expired = &expired,
                         .result = &result };
    uint8_t *foreign = malloc(sound.size);
    assert_non_null(foreign);
    memcpy(foreign, sound.quote, sound.size);
    foreign[4] = 0x82;
    ROW_CALL("a sound call", SGX_QL_SUCCESS, (void)c);
    ROW_CALL("no quote", SGX_QL_ERROR_INVALID_PARAMETER, c.quote = NULL);
    ROW_CALL("1019 bytes", SGX_QL_ERROR_INVALID_PARAMETER, c.size = 1019);
    ROW_CALL("1020 bytes", SGX_QL_QUOTE_FORMAT_UNSUPPORTED, c.size = 1020);
    ROW_CALL("an unknown TEE", SGX_QL_ERROR_INVALID_PARAMETER, c.quote = foreign);
    ROW_CALL("date 0", SGX_QL_ERROR_INVALID_PARAMETER, c.date = 0);
    ROW_CALL("date before 1970", SGX_QL_ERROR_INVALID_PARAMETER, c.date = -1);
    ROW_CALL("no place for the expiration status", SGX_QL_ERROR_INVALID_PARAMETER,
             c.expired = NULL);
    ROW_CALL("no place for the result", SGX_QL_ERROR_INVALID_PARAMETER, c.result = NULL);
    ROW_CALL("an enclave is asked for", SGX_QL_PSW_NOT_AVAILABLE, c.report_info = &info);
    ROW_CALL("a descriptor without memory", SGX_QL_ERROR_INVALID_PARAMETER, c.descriptor = &none);
    ROW_CALL("a newer major version", SGX_QL_SUPPLEMENTAL_DATA_VERSION_NOT_SUPPORTED,
             c.descriptor = &newer);
    ROW_CALL("an older major version", SGX_QL_ERROR_INVALID_PARAMETER, c.descriptor = &older);
    ROW_CALL("the size of 3.3", SGX_QL_ERROR_INVALID_PARAMETER, c.descriptor = &small);
    ROW_CALL("whatever version is latest", SGX_QL_SUCCESS, c.descriptor = &latest);
    free(foreign);
    simulated_free(&s);
}

static void collateral_is_checked(void **state)
{
    (void)state;
    simulated s;
    uint32_t expired;
    tee_qv_result_t result;
    uint8_t moved[sizeof(sgx_ql_qve_collateral_t) + 1];
    simulated_make(&s, "tdx-v4");
    simulated_trust_root(&s);
    sgx_ql_qve_collateral_t given = s.given.structure;
    const call sound = { .quote = bytes_span(&s.artifacts.quote).data,
                         .size = (uint32_t)s.artifacts.quote.size,
                         .collateral = &given,
                         .date = s.world.now,
                         .expired = &expired,
                         .result = &result };
#define ROW_GIVEN(what, wanted, change)                                                            \
    ROW_CALL(what, wanted, given = s.given.structure; given.change)
    ROW_GIVEN("version 1.0", SGX_QL_SUCCESS, version = 1);
    ROW_GIVEN("version 3.0", SGX_QL_SUCCESS, version = 3);
    ROW_GIVEN("version 4.0", SGX_QL_SUCCESS, version = 4);
    ROW_GIVEN("version 2.0", SGX_QL_COLLATERAL_VERSION_NOT_SUPPORTED, version = 2);
    ROW_GIVEN("version 5.0", SGX_QL_COLLATERAL_VERSION_NOT_SUPPORTED, version = 5);
    ROW_GIVEN("version 3.2", SGX_QL_COLLATERAL_VERSION_NOT_SUPPORTED, version = 0x00020003);
    ROW_GIVEN("a text without its NUL", SGX_QL_ERROR_INVALID_PARAMETER, tcb_info_size--);
    ROW_GIVEN("no TCB info", SGX_QL_ERROR_INVALID_PARAMETER, tcb_info = NULL);
    ROW_GIVEN("an empty identity", SGX_QL_ERROR_INVALID_PARAMETER, qe_identity_size = 0);
    ROW_GIVEN("an empty PCK CRL", SGX_QL_ERROR_INVALID_PARAMETER, pck_crl_size = 0);
    ROW_GIVEN("an empty root CRL", SGX_QL_ERROR_INVALID_PARAMETER, root_ca_crl_size = 0);
    ROW_GIVEN("no PCK CRL", SGX_QL_ERROR_INVALID_PARAMETER, pck_crl = NULL);
    ROW_GIVEN("a NUL counted behind a DER CRL", SGX_QL_SUCCESS, pck_crl_size++);
    given = s.given.structure;
    memcpy(moved + 1, &given, sizeof(given));
    ROW_CALL("a structure at an odd address", SGX_QL_SUCCESS, c.collateral = moved + 1);
    simulated_free(&s);
}

static void sizes_and_names_are_told(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    simulated s;
    uint32_t size = 0, version = 0;
    uint8_t fmspc[6], data[672];
    sgx_ql_qv_result_t result;
    simulated_make(&s, "tdx-v4");
    const uint8_t *quote = bytes_span(&s.artifacts.quote).data;
    const uint32_t quote_size = (uint32_t)s.artifacts.quote.size;
    assert_row("sgx size", library->sgx_qv_get_quote_supplemental_data_size(&size), 0);
    assert_row("sgx size", size, 672);
    assert_row("tdx size", library->tdx_qv_get_quote_supplemental_data_size(NULL), 0xE002);
    assert_row(
        "version",
        library->tee_get_supplemental_data_version_and_size(quote, quote_size, &version, &size), 0);
    assert_row("version", version, 0x00040003);
    assert_row("no size",
               library->tee_get_supplemental_data_version_and_size(quote, quote_size, NULL, NULL),
               0xE002);
    assert_row("1019 bytes",
               library->tee_get_supplemental_data_version_and_size(quote, 1019, NULL, &size),
               0xE002);
    assert_row("fmspc", library->tee_get_fmspc_from_quote(quote, quote_size, fmspc, 6), 0);
    assert_false(is_zero(fmspc, sizeof(fmspc)));
    assert_row("fmspc: too small", library->tee_get_fmspc_from_quote(quote, quote_size, fmspc, 5),
               0xE002);
    assert_row("supplemental data without a size",
               library->tdx_qv_verify_quote(quote, quote_size, &s.given.structure, s.world.now,
                                            &size, &result, NULL, 0, data),
               0xE002);
    assert_row("a size without supplemental data",
               library->tdx_qv_verify_quote(quote, quote_size, &s.given.structure, s.world.now,
                                            &size, &result, NULL, 672, NULL),
               0xE002);
    simulated_free(&s);
}

static void policies_and_paths_follow_the_rules(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    char longer[300];
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_row("unknown", library->sgx_qv_set_enclave_load_policy((sgx_ql_request_policy_t)9),
               0xE00C);
    assert_row("first", library->sgx_qv_set_enclave_load_policy(SGX_QL_EPHEMERAL), 0);
    assert_row("second", library->sgx_qv_set_enclave_load_policy(SGX_QL_EPHEMERAL), 0xE00C);
    assert_row("appraisal", library->sgx_qae_set_enclave_load_policy(SGX_QL_PERSISTENT), 0);
    assert_row("again", library->sgx_qae_set_enclave_load_policy(SGX_QL_PERSISTENT), 0);
    assert_row("no path", library->sgx_qv_set_path(SGX_QV_QPL_PATH, NULL), 0xE002);
    assert_row("no file", library->sgx_qv_set_path(SGX_QV_QPL_PATH, "/nonexistent"), 0xE002);
    assert_row("a folder", library->sgx_qv_set_path(SGX_QV_QPL_PATH, "/tmp"), 0xE002);
    assert_row("a long path", library->sgx_qv_set_path(SGX_QV_QPL_PATH, longer), 0xE002);
    assert_row("the enclave's path", library->sgx_qv_set_path(SGX_QV_QVE_PATH, "/proc/self/exe"),
               0);
    assert_row("another kind", library->sgx_qv_set_path((sgx_qv_path_type_t)2, "/proc/self/exe"),
               0xE002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_of_the_attack_list_has_its_code),
        cmocka_unit_test(supplemental_data_is_filled),
        cmocka_unit_test(every_field_is_that_of_the_verdict),
        cmocka_unit_test(advisories_that_do_not_fit_are_left_out_whole),
        cmocka_unit_test(the_older_calls_leave_the_minor_version_away),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(collateral_is_checked),
        cmocka_unit_test(sizes_and_names_are_told),
        cmocka_unit_test(policies_and_paths_follow_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
