/* policy_keys.c: THE table: every key of every class, what it reads and what it drives.
 * appraisal.md 2.3 to 2.6; extensions: assay-policy(5). */
#include "appraise/policy_keys.h"
#include "appraise/checks.h"
#include "base/suggest.h"

/* The result of a key that platform classes and QE share. */
#define RESULT(name_) .result = (name_), .qe_result = "td_qe_" name_

static const policy_key keys[POLICY_KEY_COUNT] = {
    [KEY_ACCEPTED_TCB_STATUS] = { .name = "accepted_tcb_status",
                                  RESULT("tcb_status_check"),
                                  .classes = IN_PLATFORM | IN_QE,
                                  .always = IN_PLATFORM | IN_QE,
                                  .type = POLICY_STATUSES,
                                  .presence = POLICY_REQUIRED,
                                  .measured = MEASURED_TCB_STATUS,
                                  .check = check_tcb_status,
                                  .words = "every TCB status is one of" },
    [KEY_COLLATERAL_GRACE_PERIOD] = { .name = "collateral_grace_period",
                                      RESULT("expiration_date_check"),
                                      .classes = IN_PLATFORM | IN_QE,
                                      .always = IN_PLATFORM | IN_QE,
                                      .type = POLICY_U32,
                                      .measured = MEASURED_EARLIEST_EXPIRATION_DATE,
                                      .check = check_expiration,
                                      .words = "collateral may have expired, by seconds:" },
    [KEY_PLATFORM_GRACE_PERIOD] = { .name = "platform_grace_period",
                                    RESULT("earliest_accepted_tcb_level_date_tag_check"),
                                    .classes = IN_PLATFORM | IN_QE,
                                    .always = IN_PLATFORM | IN_QE,
                                    .type = POLICY_U32,
                                    .measured = MEASURED_TCB_LEVEL_DATE_TAG,
                                    .check = check_platform_grace,
                                    .words = "an outdated TCB may be old, by seconds:" },
    [KEY_MIN_TCB_LEVEL_DATE] = { .name = "min_tcb_level_date",
                                 RESULT("accepted_tcb_level_date_tag_check"),
                                 .classes = IN_PLATFORM | IN_QE,
                                 .always = IN_PLATFORM | IN_QE,
                                 .type = POLICY_DATE,
                                 .measured = MEASURED_TCB_LEVEL_DATE_TAG,
                                 .check = check_not_before,
                                 .words = "the date of the TCB level is not before" },
    [KEY_MIN_EVAL_NUM] = { .name = "min_eval_num",
                           RESULT("tcb_eval_num_check"),
                           .classes = IN_PLATFORM | IN_QE,
                           .always = IN_PLATFORM | IN_QE,
                           .type = POLICY_U32,
                           .measured = MEASURED_TCB_EVAL_NUM,
                           .check = check_eval_num,
                           .words = "the TCB evaluation data number is at least" },
    [KEY_ACCEPTED_PLATFORM_PROVIDER_IDS] = { .name = "accepted_platform_provider_ids",
                                             .result = "platform_provider_id_check",
                                             .classes = IN_PLATFORM,
                                             .always = IN_PLATFORM,
                                             .type = POLICY_HEX_LIST,
                                             .size = 16,
                                             .measured = MEASURED_PLATFORM_PROVIDER_ID,
                                             .check = check_one_of_hex,
                                             .words = "the platform provider id (PPID) is one of" },
    [KEY_ACCEPTED_SGX_TYPES] = { .name = "accepted_sgx_types",
                                 .result = "sgx_types_check",
                                 .classes = IN_PLATFORM,
                                 .always = IN_PLATFORM,
                                 .type = POLICY_SGX_TYPES,
                                 .measured = MEASURED_SGX_TYPES,
                                 .check = check_sgx_types,
                                 .words = "the SGX type is one of" },
    [KEY_ALLOW_DYNAMIC_PLATFORM] = { .name = "allow_dynamic_platform",
                                     .result = "dynamic_platform_check",
                                     .classes = IN_PLATFORM,
                                     .always = IN_PLATFORM,
                                     .type = POLICY_BOOL,
                                     .measured = MEASURED_IS_DYNAMIC_PLATFORM,
                                     .check = check_flag_allowed,
                                     .words = "a dynamic platform is allowed:" },
    [KEY_ALLOW_CACHED_KEYS] = { .name = "allow_cached_keys",
                                .result = "cached_keys_check",
                                .classes = IN_PLATFORM,
                                .always = IN_PLATFORM,
                                .type = POLICY_BOOL,
                                .measured = MEASURED_IS_CACHED_KEYS_POLICY,
                                .check = check_flag_allowed,
                                .words = "platform root keys cached by Intel are allowed:" },
    [KEY_ALLOW_SMT_ENABLED] = { .name = "allow_smt_enabled",
                                .result = "smt_enabled_check",
                                .classes = IN_PLATFORM,
                                .always = IN_PLATFORM,
                                .type = POLICY_BOOL,
                                .measured = MEASURED_IS_SMT_ENABLED,
                                .check = check_flag_allowed,
                                .words = "simultaneous multithreading is allowed:" },
    [KEY_REJECTED_ADVISORY_IDS] = { .name = "rejected_advisory_ids",
                                    .result = "advisory_ids_check",
                                    .classes = IN_PLATFORM,
                                    .always = IN_PLATFORM,
                                    .type = POLICY_ADVISORIES,
                                    .measured = MEASURED_ADVISORY_IDS,
                                    .check = check_no_rejected_advisory,
                                    .words = "none of these advisories is open:" },
    [KEY_QE_REJECTED_ADVISORY_IDS] = { .name = "rejected_advisory_ids",
                                       RESULT("advisory_ids_check"),
                                       .classes = IN_QE,
                                       .type = POLICY_ADVISORIES,
                                       .measured = MEASURED_ADVISORY_IDS,
                                       .check = check_no_rejected_advisory,
                                       .words = "none of these advisories is open:" },
    [KEY_MIN_TCB_DATE] = { .name = "min_tcb_date",
                           RESULT("min_tcb_date_check"),
                           .classes = IN_PLATFORM | IN_QE,
                           .type = POLICY_DATE,
                           .origin = POLICY_EXTENSION,
                           .measured = MEASURED_TCB_LEVEL_DATE_TAG,
                           .check = check_not_before,
                           .words = "the date of the TCB level is not before" },
    [KEY_MAX_COLLATERAL_AGE] = { .name = "max_collateral_age",
                                 RESULT("max_collateral_age_check"),
                                 .classes = IN_PLATFORM | IN_QE,
                                 .type = POLICY_U32,
                                 .origin = POLICY_EXTENSION,
                                 .measured = MEASURED_LATEST_ISSUE_DATE,
                                 .check = check_collateral_age,
                                 .words =
                                     "the newest collateral is at most as old, in seconds, as" },
    [KEY_ACCEPTED_ADVISORIES] = { .name = "accepted_advisories",
                                  RESULT("accepted_advisories_check"),
                                  .classes = IN_PLATFORM | IN_QE,
                                  .type = POLICY_ADVISORY_STATUSES,
                                  .origin = POLICY_EXTENSION,
                                  .measured = MEASURED_ADVISORY_IDS,
                                  .check = check_advisories_accepted,
                                  .words = "only these advisories are open, with these statuses:" },
    [KEY_ACCEPTED_PPIDS] = { .name = "accepted_ppids",
                             .result = "ppid_check",
                             .classes = IN_PLATFORM,
                             .type = POLICY_HEX_LIST,
                             .size = 16,
                             .origin = POLICY_EXTENSION,
                             .measured = MEASURED_PLATFORM_PROVIDER_ID,
                             .check = check_one_of_hex,
                             .words = "the PPID is one of" },
    [KEY_ACCEPTED_PLATFORM_INSTANCE_IDS] = { .name = "accepted_platform_instance_ids",
                                             .result = "platform_instance_id_check",
                                             .classes = IN_PLATFORM,
                                             .type = POLICY_HEX_LIST,
                                             .size = 16,
                                             .origin = POLICY_EXTENSION,
                                             .measured = MEASURED_PLATFORM_INSTANCE_ID,
                                             .check = check_one_of_hex,
                                             .words = "the platform instance id is one of" },
    [KEY_ACCEPTED_FMSPCS] = { .name = "accepted_fmspcs",
                              .result = "fmspc_check",
                              .classes = IN_PLATFORM,
                              .type = POLICY_HEX_LIST,
                              .size = 6,
                              .order = ORDER_NATURAL,
                              .origin = POLICY_EXTENSION,
                              .measured = MEASURED_FMSPC,
                              .check = check_one_of_hex,
                              .words = "the FMSPC is one of" },
    [KEY_SGX_MISCSELECT] = { .name = "sgx_miscselect",
                             .result = "sgx_miscselcect_check",
                             .classes = IN_ENCLAVE,
                             .always = IN_ENCLAVE,
                             .type = POLICY_HEX,
                             .size = 4,
                             .measured = MEASURED_SGX_MISCSELECT,
                             .mask = KEY_SGX_MISCSELECT_MASK,
                             .check = check_one_of_hex,
                             .words = "MISCSELECT is" },
    [KEY_SGX_MISCSELECT_MASK] = { .name = "sgx_miscselect_mask",
                                  .classes = IN_ENCLAVE,
                                  .type = POLICY_HEX_ONE,
                                  .size = 4,
                                  .masks = KEY_SGX_MISCSELECT,
                                  .words = "of MISCSELECT only these bits count:" },
    [KEY_SGX_ATTRIBUTES] = { .name = "sgx_attributes",
                             .result = "sgx_attributes_check",
                             .classes = IN_ENCLAVE,
                             .always = IN_ENCLAVE,
                             .type = POLICY_HEX,
                             .size = 16,
                             .presence = POLICY_REQUIRED,
                             .measured = MEASURED_SGX_ATTRIBUTES,
                             .mask = KEY_SGX_ATTRIBUTES_MASK,
                             .check = check_one_of_hex,
                             .words = "the attributes are" },
    [KEY_SGX_ATTRIBUTES_MASK] = { .name = "sgx_attributes_mask",
                                  .classes = IN_ENCLAVE,
                                  .type = POLICY_HEX_ONE,
                                  .size = 16,
                                  .masks = KEY_SGX_ATTRIBUTES,
                                  .words = "of the attributes only these bits count:" },
    [KEY_SGX_CE_ATTRIBUTES] = { .name = "sgx_ce_attributes",
                                .result = "sgx_ce_attributes_check",
                                .classes = IN_ENCLAVE,
                                .always = IN_ENCLAVE,
                                .type = POLICY_HEX,
                                .size = 1,
                                .measured = MEASURED_SGX_CE_ATTRIBUTES,
                                .mask = KEY_SGX_CE_ATTRIBUTES_MASK,
                                .check = check_one_of_hex,
                                .words = "the CET attributes are" },
    [KEY_SGX_CE_ATTRIBUTES_MASK] = { .name = "sgx_ce_attributes_mask",
                                     .classes = IN_ENCLAVE,
                                     .type = POLICY_HEX_ONE,
                                     .size = 1,
                                     .masks = KEY_SGX_CE_ATTRIBUTES,
                                     .words = "of the CET attributes only these bits count:" },
#define ENCLAVE_BYTES(name_, result_, size_, measured_, words_)                                    \
    {                                                                                              \
        .name = (name_), .result = (result_), .classes = IN_ENCLAVE, .always = IN_ENCLAVE,         \
        .type = POLICY_HEX, .size = (size_), .measured = (measured_), .check = check_one_of_hex,   \
        .words = (words_)                                                                          \
    }
    [KEY_SGX_MRENCLAVE] = ENCLAVE_BYTES("sgx_mrenclave", "sgx_mrenclave_check", 32,
                                        MEASURED_SGX_MRENCLAVE, "MRENCLAVE is"),
    [KEY_SGX_MRSIGNER] = ENCLAVE_BYTES("sgx_mrsigner", "sgx_mrsigner_check", 32,
                                       MEASURED_SGX_MRSIGNER, "MRSIGNER is"),
    [KEY_SGX_ISVPRODID] = { .name = "sgx_isvprodid",
                            .result = "sgx_isvprod_id_check",
                            .classes = IN_ENCLAVE,
                            .always = IN_ENCLAVE,
                            .type = POLICY_U16_ONE_OF,
                            .measured = MEASURED_SGX_ISVPRODID,
                            .check = check_one_of_numbers,
                            .words = "the product id is" },
    [KEY_SGX_ISVSVN_MIN] = { .name = "sgx_isvsvn_min",
                             .result = "sgx_isvsvn_check",
                             .classes = IN_ENCLAVE,
                             .always = IN_ENCLAVE,
                             .type = POLICY_U16,
                             .measured = MEASURED_SGX_ISVSVN,
                             .check = check_at_least,
                             .words = "the security version (ISVSVN) is at least" },
    [KEY_SGX_CONFIGID] = ENCLAVE_BYTES("sgx_configid", "sgx_configid_check", 64,
                                       MEASURED_SGX_CONFIGID, "CONFIGID is"),
    [KEY_SGX_CONFIGSVN_MIN] = { .name = "sgx_configsvn_min",
                                .result = "sgx_configsvn_check",
                                .classes = IN_ENCLAVE,
                                .always = IN_ENCLAVE,
                                .type = POLICY_U16,
                                .measured = MEASURED_SGX_CONFIGSVN,
                                .check = check_at_least,
                                .words = "CONFIGSVN is at least" },
    [KEY_SGX_ISVEXTPRODID] = ENCLAVE_BYTES("sgx_isvextprodid", "sgx_isvextprodid_check", 16,
                                           MEASURED_SGX_ISVEXTPRODID, "ISVEXTPRODID is"),
    [KEY_SGX_ISVFAMILYID] = ENCLAVE_BYTES("sgx_isvfamilyid", "sgx_isvfamilyid_check", 16,
                                          MEASURED_SGX_ISVFAMILYID, "ISVFAMILYID is"),
#define TENANT(id_, name_, result_, classes_, type_, size_, measured_, check_, words_)             \
    [id_] = { .name = (name_),                                                                     \
              .result = (result_),                                                                 \
              .classes = (classes_),                                                               \
              .type = (type_),                                                                     \
              .size = (size_),                                                                     \
              .origin = POLICY_EXTENSION,                                                          \
              .measured = (measured_),                                                             \
              .check = (check_),                                                                   \
              .words = (words_) }
    TENANT(KEY_SGX_REQUIRED_ATTRIBUTES, "required_attributes", "required_attributes_check",
           IN_ENCLAVE, POLICY_BITS, 0, MEASURED_SGX_ATTRIBUTES, check_bits_set,
           "these attributes are set:"),
    TENANT(KEY_SGX_FORBIDDEN_ATTRIBUTES, "forbidden_attributes", "forbidden_attributes_check",
           IN_ENCLAVE, POLICY_BITS, 0, MEASURED_SGX_ATTRIBUTES, check_bits_clear,
           "none of these attributes is set:"),
    TENANT(KEY_SGX_REPORT_DATA, "report_data", "report_data_check", IN_ENCLAVE, POLICY_HEX, 64,
           MEASURED_SGX_REPORTDATA, check_one_of_hex, "the report data is"),
    TENANT(KEY_SGX_REPORT_DATA_HASH, "report_data_hash", "report_data_hash_check", IN_ENCLAVE,
           POLICY_HASH, 0, MEASURED_SGX_REPORTDATA, check_report_data_hash,
           "the report data begins with, and is zero behind,"),
    TENANT(KEY_SGX_DEBUG, "debug", "debug_check", IN_ENCLAVE, POLICY_DEBUG, 0,
           MEASURED_SGX_ATTRIBUTES, check_debug, "a debuggable enclave:"),
    [KEY_TDX_ATTRIBUTES] = { .name = "tdx_attributes",
                             .result = "td_attributes_check",
                             .classes = IN_TD,
                             .always = IN_TD,
                             .type = POLICY_HEX,
                             .size = 8,
                             .measured = MEASURED_TDX_ATTRIBUTES,
                             .mask = KEY_TDX_ATTRIBUTES_MASK,
                             .check = check_one_of_hex,
                             .words = "the attributes are" },
    [KEY_TDX_ATTRIBUTES_MASK] = { .name = "tdx_attributes_mask",
                                  .classes = IN_TD,
                                  .type = POLICY_HEX_ONE,
                                  .size = 8,
                                  .masks = KEY_TDX_ATTRIBUTES,
                                  .words = "of the attributes only these bits count:" },
    [KEY_TDX_XFAM] = { .name = "tdx_xfam",
                       .result = "td_xfam_check",
                       .classes = IN_TD,
                       .always = IN_TD,
                       .type = POLICY_HEX,
                       .size = 8,
                       .measured = MEASURED_TDX_XFAM,
                       .mask = KEY_TDX_XFAM_MASK,
                       .check = check_one_of_hex,
                       .words = "XFAM is" },
    [KEY_TDX_XFAM_MASK] = { .name = "tdx_xfam_mask",
                            .classes = IN_TD,
                            .type = POLICY_HEX_ONE,
                            .size = 8,
                            .masks = KEY_TDX_XFAM,
                            .words = "of XFAM only these bits count:" },
#define TD_REGISTER(id_, name_, measured_, classes_, words_)                                       \
    [id_] = { .name = "tdx_" name_,                                                                \
              .result = "td_" name_ "_check",                                                      \
              .classes = (classes_),                                                               \
              .always = IN_TD,                                                                     \
              .type = POLICY_HEX,                                                                  \
              .size = 48,                                                                          \
              .measured = (measured_),                                                             \
              .check = check_one_of_hex,                                                           \
              .words = (words_) }
    TD_REGISTER(KEY_TDX_MRCONFIGID, "mrconfigid", MEASURED_TDX_MRCONFIGID, IN_TD, "MRCONFIGID is"),
    TD_REGISTER(KEY_TDX_MROWNER, "mrowner", MEASURED_TDX_MROWNER, IN_TD, "MROWNER is"),
    TD_REGISTER(KEY_TDX_MROWNERCONFIG, "mrownerconfig", MEASURED_TDX_MROWNERCONFIG, IN_TD,
                "MROWNERCONFIG is"),
    TD_REGISTER(KEY_TDX_MRTD, "mrtd", MEASURED_TDX_MRTD, IN_TD, "the launch measurement (MRTD) is"),
    TD_REGISTER(KEY_TDX_RTMR0, "rtmr0", MEASURED_TDX_RTMR0, IN_TD, "RTMR 0 is"),
    TD_REGISTER(KEY_TDX_RTMR1, "rtmr1", MEASURED_TDX_RTMR1, IN_TD, "RTMR 1 is"),
    TD_REGISTER(KEY_TDX_RTMR2, "rtmr2", MEASURED_TDX_RTMR2, IN_TD, "RTMR 2 is"),
    TD_REGISTER(KEY_TDX_RTMR3, "rtmr3", MEASURED_TDX_RTMR3, IN_TD, "RTMR 3 is"),
    TD_REGISTER(KEY_TDX_MRSERVICETD, "mrservicetd", MEASURED_TDX_MRSERVICETD, IN_TD_15,
                "the service TDs (MRSERVICETD) are"),
    TENANT(KEY_TDX_REQUIRED_ATTRIBUTES, "required_attributes", "required_attributes_check", IN_TD,
           POLICY_BITS, 0, MEASURED_TDX_ATTRIBUTES, check_bits_set, "these attributes are set:"),
    TENANT(KEY_TDX_FORBIDDEN_ATTRIBUTES, "forbidden_attributes", "forbidden_attributes_check",
           IN_TD, POLICY_BITS, 0, MEASURED_TDX_ATTRIBUTES, check_bits_clear,
           "none of these attributes is set:"),
    TENANT(KEY_TDX_REPORT_DATA, "report_data", "report_data_check", IN_TD, POLICY_HEX, 64,
           MEASURED_TDX_REPORTDATA, check_one_of_hex, "the report data is"),
    TENANT(KEY_TDX_REPORT_DATA_HASH, "report_data_hash", "report_data_hash_check", IN_TD,
           POLICY_HASH, 0, MEASURED_TDX_REPORTDATA, check_report_data_hash,
           "the report data begins with, and is zero behind,"),
    TENANT(KEY_TDX_DEBUG, "debug", "debug_check", IN_TD, POLICY_DEBUG, 0, MEASURED_TDX_ATTRIBUTES,
           check_debug, "a debuggable TD:"),
};

/* Misspellings of published policies and of Intel's generator. */
static const struct {
    const char *typo;
    policy_key_id key;
} known_typos[] = {
    { "allow_dynamic_plaform", KEY_ALLOW_DYNAMIC_PLATFORM },
    { "tdx _mrservicetd", KEY_TDX_MRSERVICETD },
};

const policy_key *policy_key_at(policy_key_id id)
{
    return &keys[id];
}

static bool stands_in(policy_key_id id, assay_class class_)
{
    return keys[id].name != NULL && (keys[id].classes & 1u << class_) != 0;
}

policy_key_id policy_key_find(assay_class class_, const char *name, bool *typo)
{
    *typo = false;
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++) {
        if (stands_in(id, class_) && strcmp(keys[id].name, name) == 0)
            return id;
    }
    for (size_t i = 0; i < sizeof(known_typos) / sizeof(known_typos[0]); i++) {
        *typo = strcmp(known_typos[i].typo, name) == 0 && stands_in(known_typos[i].key, class_);
        if (*typo)
            return known_typos[i].key;
    }
    return KEY_NONE;
}

void fold_case(const char *text, char *out, size_t size)
{
    size_t i = 0;
    for (; text[i] != '\0' && i + 1 < size; i++)
        out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    out[i] = '\0';
}

const char *policy_key_suggest(assay_class class_, const char *name, policy_origin widest)
{
    enum { FURTHEST = 3, LONGEST = 64 };
    const char *names[POLICY_KEY_COUNT + 1];
    char folded[LONGEST];
    size_t count = 0;
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++) {
        if (stands_in(id, class_) && keys[id].origin <= widest)
            names[count++] = keys[id].name;
    }
    names[count] = NULL;
    fold_case(name, folded, sizeof(folded));
    return suggest_within(folded, names, FURTHEST);
}

const assay_flag *policy_key_flags(policy_key_id id)
{
    bool is_enclave = keys[id].measured == MEASURED_SGX_ATTRIBUTES;
    const assay_field *field =
        assay_layout_find(is_enclave ? &assay_layout_sgx_report : &assay_layout_td_report_1_5,
                          is_enclave ? "attributes" : "tdattributes");
    return field->flags;
}
