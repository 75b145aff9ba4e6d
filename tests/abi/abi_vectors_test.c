/* abi_vectors_test.c: every real DCAP case through the C interface: return code, result, expiration
 * status and supplemental data as case.json has them, with `expected_assay` before `expected`. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drop_in.h"
#include "support.h"
#include "vectors.h"

static const char *const families[] = { "sgx-v3", "tdx-v4", "tdx-v5", NULL };

typedef struct answer {
    quote3_error_t code;
    uint32_t expired;
    tee_qv_result_t result;
    sgx_ql_qv_supplemental_t data;
} answer;

static uint32_t tee_type_of(assay_span quote)
{
    return quote.size > 4 && quote.data[4] == 0x81 ? 0x81 : 0;
}

static void ask(const char *folder, json_t *description, answer *a)
{
    assay_collateral_items items = vectors_items(folder);
    assay_span quote = vectors_read(folder, "quote.bin");
    given_collateral given;
    given_collateral_make(&given, &items, tee_type_of(quote));
    memset(a, 0xAA, sizeof(*a));
    tee_supp_data_descriptor_t descriptor = { .major_version = 0,
                                              .data_size = sizeof(a->data),
                                              .p_data = (uint8_t *)&a->data };
    a->code = drop_in_library()->tee_verify_quote(
        quote.data, (uint32_t)quote.size, (const uint8_t *)&given.structure,
        json_integer_value(json_object_get(description, "check_time_unix")), &a->expired,
        &a->result, NULL, &descriptor);
    given_collateral_free(&given);
    vectors_items_free(&items);
    free((void *)quote.data);
}

static const struct {
    const char *status;
    tee_qv_result_t result;
} results[] = {
    { "UpToDate", TEE_QV_RESULT_OK },
    { "SWHardeningNeeded", TEE_QV_RESULT_SW_HARDENING_NEEDED },
    { "ConfigurationNeeded", TEE_QV_RESULT_CONFIG_NEEDED },
    { "ConfigurationAndSWHardeningNeeded", TEE_QV_RESULT_CONFIG_AND_SW_HARDENING_NEEDED },
    { "OutOfDate", TEE_QV_RESULT_OUT_OF_DATE },
    { "OutOfDateConfigurationNeeded", TEE_QV_RESULT_OUT_OF_DATE_CONFIG_NEEDED },
    { "TDRelaunchAdvised", TEE_QV_RESULT_TD_RELAUNCH_ADVISED },
    { "TDRelaunchAdvisedConfigurationNeeded", TEE_QV_RESULT_TD_RELAUNCH_ADVISED_CONFIG_NEEDED },
};

static bool result_is(tee_qv_result_t result, const char *status)
{
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        if (strcmp(results[i].status, status) == 0)
            return results[i].result == result;
    }
    return false;
}

static bool advisories_are(const char *list, const json_t *wanted)
{
    char text[4096] = "";
    size_t used = 0, i;
    json_t *id;
    json_array_foreach(wanted, i, id) used += (size_t)snprintf(
        text + used, sizeof(text) - used, "%s%s", i > 0 ? "," : "", json_string_value(id));
    return strcmp(list, text) == 0;
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

/* The earliest of platform and QE is what the reference reports; ours may be earlier by a module.
 */
static bool date_fits(const answer *a, const char *wanted)
{
    int64_t date;
    int64_t reference = a->data.platform_tcb_level_date_tag;
    if (a->data.qe_iden_tcb_level_date_tag < reference)
        reference = a->data.qe_iden_tcb_level_date_tag;
    if (a->data.tcb_level_date_tag > reference)
        return false;
    return wanted == NULL ||
           (assay_time_parse(wanted, &date, NULL) == ASSAY_OK && date == reference);
}

/* The hex text in `member` stands for these bytes; true when there is none. */
static bool bytes_are(const json_t *pck, const char *member, const void *bytes, size_t size)
{
    char hex[128];
    const char *wanted = json_string_value(json_object_get(pck, member));
    assay_hex_encode((assay_span) { bytes, size }, hex);
    return wanted == NULL || strcmp(wanted, hex) == 0;
}

static bool flag_is(const json_t *configuration, const char *member, pck_cert_flag_enum_t got)
{
    const json_t *wanted = json_object_get(configuration, member);
    if (wanted == NULL)
        return got == PCK_FLAG_UNDEFINED;
    return got == (json_is_true(wanted) ? PCK_FLAG_TRUE : PCK_FLAG_FALSE);
}

/* What the PCK certificate says, by another reader of it. */
static const char *platform_differs(const sgx_ql_qv_supplemental_t *data, json_t *description)
{
    const json_t *fields = json_object_get(description, "fields");
    const json_t *pck = json_object_get(fields, "pck");
    const json_t *configuration = json_object_get(pck, "config");
    if (pck == NULL)
        return NULL;
    if (!bytes_are(pck, "ppid", data->pck_ppid, 16))
        return "pck_ppid";
    if (!bytes_are(pck, "cpusvn", data->tcb_cpusvn, 16))
        return "tcb_cpusvn";
    if (!bytes_are(pck, "pceid", &data->pce_id, 2))
        return "pce_id";
    if (!bytes_are(pck, "piid", data->platform_instance_id, 16))
        return "platform_instance_id";
    if (data->tcb_pce_isvsvn != json_integer_value(json_object_get(pck, "pcesvn")))
        return "tcb_pce_isvsvn";
    if (data->sgx_type != json_integer_value(json_object_get(pck, "sgxtype")))
        return "sgx_type";
    if (data->tee_type != json_integer_value(json_object_get(fields, "tee")))
        return "tee_type";
    return flag_is(configuration, "dynamicPlatform", data->dynamic_platform) &&
                   flag_is(configuration, "cachedKeys", data->cached_keys) &&
                   flag_is(configuration, "smtEnabled", data->smt_enabled)
               ? NULL
               : "flags of the platform";
}

/* The window in which everything is valid, by another reader of the collateral. */
static const char *dates_differ(const sgx_ql_qv_supplemental_t *data, json_t *description)
{
    const json_t *window = json_object_get(description, "valid_window");
    int64_t begin, end;
    if (!json_is_array(window))
        return NULL;
    const char *texts[] = { json_string_value(json_array_get(window, 0)),
                            json_string_value(json_array_get(window, 1)) };
    if (assay_time_parse(texts[0], &begin, NULL) != ASSAY_OK ||
        assay_time_parse(texts[1], &end, NULL) != ASSAY_OK)
        return "valid_window of the case";
    if (data->latest_issue_date != begin)
        return "latest_issue_date";
    return data->earliest_expiration_date == end ? NULL : "earliest_expiration_date";
}

static const char *judged_differs(const answer *a, json_t *description)
{
    const char *status = json_string_value(vectors_expected(description, "tcb_status"));
    const char *verdict = json_string_value(vectors_expected(description, "verdict"));
    if (a->code != SGX_QL_SUCCESS)
        return "code";
    if (!result_is(a->result, status))
        return "result";
    if (a->expired != (strcmp(verdict, "verified") != 0))
        return "expiration status";
    if (a->data.version != 0x00040003)
        return "version";
    const json_t *number = vectors_expected(description, "tcb_eval");
    if (number != NULL && a->data.tcb_eval_ref_num != json_integer_value(number))
        return "tcb_eval_ref_num";
    const json_t *advisories = vectors_expected(description, "advisories");
    if (advisories != NULL && !advisories_are(a->data.sa_list, advisories))
        return "sa_list";
    const char *differs = platform_differs(&a->data, description);
    if (differs == NULL)
        differs = dates_differ(&a->data, description);
    if (differs != NULL)
        return differs;
    const json_t *date = vectors_expected(description, "tcb_level_date");
    return date_fits(a, json_string_value(date)) ? NULL : "tcb_level_date_tag";
}

static const char *refused_differs(const answer *a, unsigned long code)
{
    if (a->code == SGX_QL_SUCCESS || (code != 0 && a->code != code))
        return "code";
    if (a->result != TEE_QV_RESULT_UNSPECIFIED || a->expired != 1)
        return "result or expiration status after a failure";
    return is_zero(&a->data, sizeof(a->data)) ? NULL : "supplemental data after a failure";
}

static const char *case_differs(const answer *a, json_t *description)
{
    const char *status = json_string_value(vectors_expected(description, "tcb_status"));
    const char *verdict = json_string_value(vectors_expected(description, "verdict"));
    const char *code = json_string_value(vectors_expected(description, "code"));
    if (status != NULL && strcmp(status, "NotSupported") == 0)
        return refused_differs(a, SGX_QL_TCB_NOT_SUPPORTED);
    if (strcmp(verdict, "rejected") == 0)
        return refused_differs(a, code != NULL ? strtoul(code, NULL, 16) : 0);
    return judged_differs(a, description);
}

static void judge_case(const char *folder, json_t *description, void *context)
{
    size_t *wrong = context;
    answer a;
    if (vectors_expected(description, "verdict") == NULL)
        return;
    ask(folder, description, &a);
    const char *differs = case_differs(&a, description);
    if (differs == NULL)
        return;
    (*wrong)++;
    print_error("%s: %s differs: %04X, result %04X, expired %u, advisories %s\n", folder, differs,
                a.code, a.result, a.expired, a.data.sa_list);
}

static void every_case_is_answered_as_it_must_be(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    size_t wrong = 0;
    const size_t count = vectors_each(families, judge_case, &wrong);
    printf("# %zu cases\n", count);
    assert_true(count > 0);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_answered_as_it_must_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
