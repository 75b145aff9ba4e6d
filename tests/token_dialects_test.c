/* token_dialects_test.c: the exact claims of every dialect for one simulated TD and one enclave
 * (appraisal.md 8), their byte order, and what is left out. */
#include <stdio.h>
#include <stdlib.h>

#include "appraised.h"
#include "support.h"
#include "token/jws.h"

static const struct {
    const char *profile;
    assay_dialect dialect;
    const char *path; /* members, with blanks between */
    const char *members;
} objects[] = {
    { "tdx-v5", ASSAY_DIALECT_QAL, "", "iss iat nbf exp jti appraisal_result assay" },
    { "tdx-v5", ASSAY_DIALECT_QAL, "assay",
      "version tee quote_sha384 report_data root verified_at policies warnings "
      "left_out dialect" },
    { "tdx-v5", ASSAY_DIALECT_QAL_GUIDE, "", "iss iat nbf exp jti appraisal_result assay" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "",
      "iss iat nbf exp jti eat_profile ear_verifier_id ear_status submods assay" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "ear_verifier_id", "developer build" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0",
      "ear_status ear_trustworthiness_vector ear_appraisal_policy_ids "
      "ear_attester_claims ear_verifier_claims" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims", "tee claims report_data" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims",
      "quote td_attributes tcb_status tcb_date collateral_expiration_status "
      "earliest_issue_date latest_issue_date earliest_expiration_date tcb_eval_num "
      "pck_crl_num root_ca_crl_num root_key_id fmspc platform_provider_id "
      "platform_instance_id sgx_type is_dynamic_platform is_cached_keys is_smt_enabled" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims quote body",
      "tcb_svn mr_seam mrsigner_seam seam_attributes td_attributes xfam mr_td "
      "mr_config_id mr_owner mr_owner_config rtmr_0 rtmr_1 rtmr_2 rtmr_3 report_data "
      "tee_tcb_svn2 mr_servicetd" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims td_attributes",
      "debug septve_disable protection_keys key_locker perfmon" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_verifier_claims custom assay",
      "overall results" },
    { "tdx-v5", ASSAY_DIALECT_EAR_LEGACY, "",
      "iss iat nbf exp jti eat_profile ear.verifier-id submods assay" },
    { "tdx-v5", ASSAY_DIALECT_EAR_LEGACY, "submods cpu0",
      "ear.status ear.trustworthiness-vector ear.appraisal-policy-id "
      "ear.veraison.annotated-evidence" },
    { "tdx-v5", ASSAY_DIALECT_EAR_LEGACY, "submods cpu0 ear.veraison.annotated-evidence",
      "tdx report_data" },
    { "tdx-v5", ASSAY_DIALECT_ITA, "",
      "iss iat nbf exp jti ver attester_type attester_tcb_status attester_tcb_date "
      "dbgstat intuse policy_ids_matched policy_ids_unmatched tdx_mrtd tdx_rtmr0 "
      "tdx_rtmr1 tdx_rtmr2 tdx_rtmr3 tdx_mrconfigid tdx_mrowner tdx_mrownerconfig "
      "tdx_xfam tdx_td_attributes tdx_report_data tdx_mrseam tdx_mrsignerseam "
      "tdx_seam_attributes tdx_tee_tcb_svn tdx_td_attributes_debug "
      "tdx_td_attributes_septve_disable tdx_td_attributes_protection_keys "
      "tdx_td_attributes_key_locker tdx_td_attributes_perfmon tdx_seamsvn "
      "tdx_is_debuggable tdx_is_migratable tdx_collateral assay" },
    { "tdx-v5", ASSAY_DIALECT_ITA, "tdx_collateral",
      "qeidcerthash qeidcrlhash qeidhash tcbinfocerthash tcbinfocrlhash tcbinfohash" },
    { "tdx-v5", ASSAY_DIALECT_MAA, "",
      "iss iat nbf exp jti x-ms-attestation-type attester_tcb_status dbgstat intuse "
      "tdx_mrtd tdx_rtmr0 tdx_rtmr1 tdx_rtmr2 tdx_rtmr3 tdx_mrconfigid tdx_mrowner "
      "tdx_mrownerconfig tdx_xfam tdx_td_attributes tdx_report_data tdx_mrseam "
      "tdx_mrsignerseam tdx_seam_attributes tdx_tee_tcb_svn tdx_td_attributes_debug "
      "tdx_td_attributes_septve_disable tdx_td_attributes_protection_keys "
      "tdx_td_attributes_key_locker tdx_td_attributes_perfmon tdx_seamsvn "
      "tdx_is_debuggable tdx_is_migratable assay" },
    { "tdx-v5", ASSAY_DIALECT_OIDC, "",
      "iss aud sub iat nbf exp jti tee verdict tcb_status tcb_date debug policy_ids "
      "collateral_expires measurement rtmr report_data assay" },
    { "sgx-v3", ASSAY_DIALECT_QAL, "", "iss iat nbf exp jti appraisal_result assay" },
    { "sgx-v3", ASSAY_DIALECT_QAL, "assay",
      "version tee quote_sha384 report_data root verified_at policies warnings "
      "left_out dialect" },
    { "sgx-v3", ASSAY_DIALECT_QAL_GUIDE, "", "iss iat nbf exp jti appraisal_result assay" },
    { "sgx-v3", ASSAY_DIALECT_EAR, "",
      "iss iat nbf exp jti eat_profile ear_verifier_id ear_status submods assay" },
    { "sgx-v3", ASSAY_DIALECT_EAR, "ear_verifier_id", "developer build" },
    { "sgx-v3", ASSAY_DIALECT_EAR, "submods cpu0",
      "ear_status ear_trustworthiness_vector ear_appraisal_policy_ids "
      "ear_attester_claims ear_verifier_claims" },
    { "sgx-v3", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims", "tee claims report_data" },
    { "sgx-v3", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims",
      "header body tcb_status tcb_date collateral_expiration_status "
      "earliest_issue_date latest_issue_date earliest_expiration_date tcb_eval_num "
      "pck_crl_num root_ca_crl_num root_key_id fmspc platform_provider_id "
      "platform_instance_id sgx_type is_dynamic_platform is_cached_keys is_smt_enabled" },
    { "sgx-v3", ASSAY_DIALECT_EAR, "submods cpu0 ear_verifier_claims custom assay",
      "overall results" },
    { "sgx-v3", ASSAY_DIALECT_EAR_LEGACY, "",
      "iss iat nbf exp jti eat_profile ear.verifier-id submods assay" },
    { "sgx-v3", ASSAY_DIALECT_EAR_LEGACY, "submods cpu0",
      "ear.status ear.trustworthiness-vector ear.appraisal-policy-id "
      "ear.veraison.annotated-evidence" },
    { "sgx-v3", ASSAY_DIALECT_EAR_LEGACY, "submods cpu0 ear.veraison.annotated-evidence",
      "sgx report_data" },
    { "sgx-v3", ASSAY_DIALECT_ITA, "",
      "iss iat nbf exp jti ver attester_type attester_tcb_status attester_tcb_date "
      "dbgstat intuse policy_ids_matched policy_ids_unmatched sgx_mrenclave "
      "sgx_mrsigner sgx_isvprodid sgx_isvsvn sgx_report_data sgx_config_id "
      "sgx_is_debuggable sgx_collateral assay" },
    { "sgx-v3", ASSAY_DIALECT_ITA, "sgx_collateral",
      "qeidcerthash qeidcrlhash qeidhash tcbinfocerthash tcbinfocrlhash tcbinfohash" },
    { "sgx-v3", ASSAY_DIALECT_MAA, "",
      "iss iat nbf exp jti x-ms-attestation-type x-ms-sgx-is-debuggable "
      "x-ms-sgx-mrenclave x-ms-sgx-mrsigner x-ms-sgx-product-id x-ms-sgx-svn "
      "x-ms-sgx-config-id x-ms-sgx-config-svn x-ms-sgx-isv-extended-product-id "
      "x-ms-sgx-isv-family-id x-ms-sgx-collateral is-debuggable sgx-mrenclave "
      "sgx-mrsigner product-id svn tee maa-attestationcollateral assay" },
    { "sgx-v3", ASSAY_DIALECT_MAA, "x-ms-sgx-collateral",
      "qeidcertshash qeidcrlhash qeidhash tcbinfocertshash tcbinfocrlhash tcbinfohash" },
    { "sgx-v3", ASSAY_DIALECT_OIDC, "",
      "iss aud sub iat nbf exp jti tee verdict tcb_status tcb_date debug policy_ids "
      "collateral_expires measurement signer report_data assay" },
};

/* The claims of a token; borrowed text of the token is not kept. */
static json_t *claims_of(const char *profile, assay_dialect dialect)
{
    appraised a;
    jws_parts parts = { 0 };
    json_document claims = { 0 };
    appraised_make(&a, profile, NULL, 0);
    const assay_issue_options options = appraised_options(&a, NULL, dialect);
    char *token = appraised_issue(&a, &options);
    assert_int_equal(jws_read(SPAN_TEXT(token), &parts, NULL), ASSAY_OK);
    assert_int_equal(jws_claims(&parts, &claims, NULL), ASSAY_OK);
    json_t *root = json_incref(claims.root);
    json_document_free(&claims);
    jws_parts_clear(&parts);
    assay_text_free(token);
    appraised_free(&a);
    return root;
}

static json_t *at(json_t *value, const char *path)
{
    char text[160];
    char *rest = NULL;
    snprintf(text, sizeof(text), "%s", path);
    for (char *step = strtok_r(text, " ", &rest); step != NULL; step = strtok_r(NULL, " ", &rest))
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(step))
                                     : json_object_get(value, step);
    return value;
}

static void every_dialect_has_exactly_its_claims(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        char members[4096] = "";
        const char *name;
        json_t *value;
        json_t *claims = claims_of(objects[i].profile, objects[i].dialect);
        json_object_foreach(at(claims, objects[i].path), name, value)
        {
            const size_t used = strlen(members);
            snprintf(members + used, sizeof(members) - used, "%s%s", used == 0 ? "" : " ", name);
        }
        if (strcmp(members, objects[i].members) != 0)
            test_fail("%s %s, %s: got %s, want %s", objects[i].profile,
                      assay_dialect_name(objects[i].dialect), objects[i].path, members,
                      objects[i].members);
        json_decref(claims);
    }
}

/* ---- Byte order: lower case, as in memory ---- */

#define TD_CLAIM(dialect, path, field)                                                             \
    {                                                                                              \
        "tdx-v5", dialect, path, field##_OFFSET, field##_SIZE                                      \
    }
#define SGX_CLAIM(dialect, path, field)                                                            \
    {                                                                                              \
        "sgx-v3", dialect, path, field##_OFFSET, field##_SIZE                                      \
    }

static const struct {
    const char *profile;
    assay_dialect dialect;
    const char *path;
    size_t offset, size;
} digits[] = {
    TD_CLAIM(ASSAY_DIALECT_QAL, "assay report_data", TD_BODY_REPORT_DATA),
    TD_CLAIM(ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims quote body mr_td",
             TD_BODY_MRTD),
    TD_CLAIM(ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims quote body rtmr_2",
             TD_BODY_RTMR2),
    TD_CLAIM(ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims report_data",
             TD_BODY_REPORT_DATA),
    TD_CLAIM(ASSAY_DIALECT_ITA, "tdx_xfam", TD_BODY_XFAM),
    TD_CLAIM(ASSAY_DIALECT_ITA, "tdx_td_attributes", TD_BODY_TDATTRIBUTES),
    TD_CLAIM(ASSAY_DIALECT_MAA, "tdx_rtmr0", TD_BODY_RTMR0),
    TD_CLAIM(ASSAY_DIALECT_OIDC, "measurement", TD_BODY_MRTD),
    TD_CLAIM(ASSAY_DIALECT_OIDC, "rtmr 1", TD_BODY_RTMR1),
    SGX_CLAIM(ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims body attributes",
              SGX_REPORT_ATTRIBUTES),
    SGX_CLAIM(ASSAY_DIALECT_ITA, "sgx_mrsigner", SGX_REPORT_MRSIGNER),
    SGX_CLAIM(ASSAY_DIALECT_MAA, "x-ms-sgx-mrenclave", SGX_REPORT_MRENCLAVE),
    SGX_CLAIM(ASSAY_DIALECT_OIDC, "signer", SGX_REPORT_MRSIGNER),
};

static void digits_stand_in_the_order_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(digits); i++) {
        appraised a;
        char wanted[160];
        appraised_make(&a, digits[i].profile, NULL, 0);
        json_t *claims = claims_of(digits[i].profile, digits[i].dialect);
        const char *got = json_string_value(at(claims, digits[i].path));
        assay_hex_encode(span_of(a.verdict.report + digits[i].offset, digits[i].size), wanted);
        if (got == NULL || strcmp(got, wanted) != 0)
            test_fail("%s: got %s, want %s", digits[i].path, got, wanted);
        json_decref(claims);
        appraised_free(&a);
    }
}

static void qal_documents_are_reversed_upper_case(void **state)
{
    (void)state;
    appraised a;
    char reversed[97];
    appraised_make(&a, "tdx-v5", NULL, 0);
    for (size_t i = 0; i < TD_BODY_MRTD_SIZE; i++)
        snprintf(reversed + 2 * i, 3, "%02X",
                 a.verdict.report[TD_BODY_MRTD_OFFSET + TD_BODY_MRTD_SIZE - 1 - i]);
    json_t *claims = claims_of("tdx-v5", ASSAY_DIALECT_QAL);
    json_t *document =
        json_loads(json_string_value(json_object_get(claims, "appraisal_result")), 0, NULL);
    json_t *mrtd = at(document, "0 result 0 appraised_reports 2 report measurement tdx_mrtd");
    assert_string_equal(json_string_value(mrtd), reversed);
    json_decref(document);
    json_decref(claims);
    appraised_free(&a);
}

/* ---- Single values ---- */

static const struct {
    const char *profile;
    assay_dialect dialect;
    const char *path, *json;
} values[] = {
    { "tdx-v5", ASSAY_DIALECT_EAR, "ear_status", "\"affirming\"" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "eat_profile", "\"tag:ietf.org,2026:rats/ear#04\"" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims quote header version",
      "\"0500\"" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_attester_claims claims quote header tee_type",
      "\"81000000\"" },
    { "tdx-v5", ASSAY_DIALECT_EAR, "submods cpu0 ear_trustworthiness_vector executables", "3" },
    { "tdx-v5", ASSAY_DIALECT_ITA, "tdx_td_attributes_septve_disable", "true" },
    { "tdx-v5", ASSAY_DIALECT_ITA, "tdx_td_attributes_debug", "false" },
    { "tdx-v5", ASSAY_DIALECT_ITA, "tdx_seamsvn", "261" },
    { "tdx-v5", ASSAY_DIALECT_ITA, "policy_ids_unmatched", "[]" },
    { "tdx-v5", ASSAY_DIALECT_MAA, "x-ms-attestation-type", "\"tdxvm\"" },
    { "sgx-v3", ASSAY_DIALECT_MAA, "x-ms-attestation-type", "\"sgx\"" },
    { "sgx-v3", ASSAY_DIALECT_MAA, "x-ms-sgx-product-id", "1" },
    { "sgx-v3", ASSAY_DIALECT_MAA, "svn", "3" },
    { "sgx-v3", ASSAY_DIALECT_ITA, "sgx_isvsvn", "3" },
    { "sgx-v3", ASSAY_DIALECT_OIDC, "verdict", "\"affirming\"" },
    { "sgx-v3", ASSAY_DIALECT_OIDC, "debug", "false" },
    { "sgx-v3", ASSAY_DIALECT_QAL, "assay version", "1" },
    { "sgx-v3", ASSAY_DIALECT_QAL, "assay tee", "\"sgx\"" },
    { "sgx-v3", ASSAY_DIALECT_QAL, "assay verified_at", "\"2026-06-01T12:00:00Z\"" },
    { "sgx-v3", ASSAY_DIALECT_QAL, "assay policies 0 id", "\"default\"" },
    { "sgx-v3", ASSAY_DIALECT_QAL, "assay policies 1 signer", "null" },
};

static void values_come_from_their_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        json_t *claims = claims_of(values[i].profile, values[i].dialect);
        json_t *wanted = json_loads(values[i].json, JSON_DECODE_ANY, NULL);
        if (!json_equal(at(claims, values[i].path), wanted))
            test_fail("%s is not %s", values[i].path, values[i].json);
        json_decref(wanted);
        json_decref(claims);
    }
}

/* ---- Names, not identity ---- */

static void nothing_claims_to_be_another_service(void **state)
{
    (void)state;
    static const char *const never[] = { "x-ms-ver", "x-ms-compliance-status", "x-ms-policy-hash",
                                         "verifier_nonce", "attester_held_data" };
    static const assay_dialect foreign[] = { ASSAY_DIALECT_ITA, ASSAY_DIALECT_MAA };
    for (size_t d = 0; d < COUNT_OF(foreign); d++) {
        json_t *claims = claims_of("sgx-v3", foreign[d]);
        for (size_t i = 0; i < COUNT_OF(never); i++)
            assert_null(json_object_get(claims, never[i]));
        assert_null(json_object_get(claims, "eat_profile"));
        assert_string_equal(json_string_value(json_object_get(claims, "iss")),
                            "quote appraisal entity");
        json_decref(claims);
    }
}

static void names_of_dialects_are_read_back(void **state)
{
    (void)state;
    assay_dialect found;
    for (unsigned i = 0; i < ASSAY_DIALECT_COUNT; i++) {
        assert_true(assay_dialect_parse(assay_dialect_name((assay_dialect)i), &found));
        assert_int_equal(found, i);
    }
    assert_false(assay_dialect_parse("QAL", &found));
    assert_false(assay_dialect_parse("", &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dialect_has_exactly_its_claims),
        cmocka_unit_test(digits_stand_in_the_order_of_memory),
        cmocka_unit_test(qal_documents_are_reversed_upper_case),
        cmocka_unit_test(values_come_from_their_sources),
        cmocka_unit_test(nothing_claims_to_be_another_service),
        cmocka_unit_test(names_of_dialects_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
