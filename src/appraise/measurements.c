/* measurements.c: one row per measurement, one list per class. appraisal.md 1.3. */
#include <assert.h>

#include "appraise/classes.h"
#include "appraise/measurements.h"
#include "evidence/fields.h"

// clang-format off
#define AT_PLATFORM(member) offsetof(report, platform.member)
#define AT_BODY(field)      (offsetof(report, tenant.body) + field##_OFFSET)
#define FACT(id, key, old_key, type, member) \
    [MEASURED_##id] = { key, old_key, MEASUREMENT_##type, 0, AT_PLATFORM(member) }
#define FACT_HEX(id, key, type, member) \
    [MEASURED_##id] = { key, NULL, MEASUREMENT_##type, sizeof(((report *)NULL)->platform.member), \
                        AT_PLATFORM(member) }
#define BODY_HEX(id, key, field) \
    [MEASURED_##id] = { key, NULL, MEASUREMENT_HEX, field##_SIZE, AT_BODY(field) }
#define BODY_U16(id, key, field) \
    [MEASURED_##id] = { key, NULL, MEASUREMENT_U16, field##_SIZE, AT_BODY(field) }

static const measurement measurements[MEASUREMENT_COUNT] = {
    FACT(TCB_STATUS, "tcb_status", NULL, STATUSES, statuses),
    FACT(EARLIEST_ISSUE_DATE, "earliest_issue_date", NULL, DATE, earliest_issue_date),
    FACT(LATEST_ISSUE_DATE, "latest_issue_date", NULL, DATE, latest_issue_date),
    FACT(EARLIEST_EXPIRATION_DATE, "earliest_expiration_date", NULL, DATE,
         earliest_expiration_date),
    FACT(TCB_LEVEL_DATE_TAG, "tcb_level_date_tag", NULL, DATE, tcb_level_date_tag),
    FACT(PCK_CRL_NUM, "pck_crl_num", NULL, U32, pck_crl_num),
    FACT(ROOT_CA_CRL_NUM, "root_ca_crl_num", NULL, U32, root_ca_crl_num),
    FACT(TCB_EVAL_NUM, "tcb_eval_num", NULL, U32, tcb_eval_num),
    FACT(SGX_TYPES, "sgx_types", "sgx_type", U32, sgx_type),
    FACT(IS_DYNAMIC_PLATFORM, "is_dynamic_platform", NULL, BOOL, dynamic_platform),
    FACT(IS_CACHED_KEYS_POLICY, "is_cached_keys_policy", "cached_keys", BOOL, cached_keys),
    FACT(IS_SMT_ENABLED, "is_smt_enabled", "smt_enabled", BOOL, smt_enabled),
    FACT(ADVISORY_IDS, "advisory_ids", NULL, TEXTS, advisory_ids),
    FACT_HEX(ROOT_KEY_ID, "root_key_id", HEX, root_key_id),
    FACT_HEX(FMSPC, "fmspc", HEX_NATURAL, fmspc),
    FACT_HEX(PLATFORM_PROVIDER_ID, "platform_provider_id", HEX, provider_id),
    FACT_HEX(PLATFORM_INSTANCE_ID, "platform_instance_id", HEX, platform_instance_id),

    BODY_HEX(SGX_MISCSELECT, "sgx_miscselect", SGX_REPORT_MISCSELECT),
    BODY_HEX(SGX_ATTRIBUTES, "sgx_attributes", SGX_REPORT_ATTRIBUTES),
    BODY_HEX(SGX_MRENCLAVE, "sgx_mrenclave", SGX_REPORT_MRENCLAVE),
    BODY_HEX(SGX_MRSIGNER, "sgx_mrsigner", SGX_REPORT_MRSIGNER),
    BODY_U16(SGX_ISVPRODID, "sgx_isvprodid", SGX_REPORT_ISVPRODID),
    BODY_U16(SGX_ISVSVN, "sgx_isvsvn", SGX_REPORT_ISVSVN),
    BODY_HEX(SGX_CONFIGID, "sgx_configid", SGX_REPORT_CONFIGID),
    BODY_U16(SGX_CONFIGSVN, "sgx_configsvn", SGX_REPORT_CONFIGSVN),
    BODY_HEX(SGX_ISVEXTPRODID, "sgx_isvextprodid", SGX_REPORT_ISVEXTPRODID),
    BODY_HEX(SGX_ISVFAMILYID, "sgx_isvfamilyid", SGX_REPORT_ISVFAMILYID),
    BODY_HEX(SGX_REPORTDATA, "sgx_reportdata", SGX_REPORT_REPORT_DATA),
    /* The first byte of what the report body reserves behind MISCSELECT. */
    [MEASURED_SGX_CE_ATTRIBUTES] = { "sgx_ce_attributes", NULL, MEASUREMENT_HEX, 1,
                                     AT_BODY(SGX_REPORT_RESERVED1) },

    BODY_HEX(TDX_ATTRIBUTES, "tdx_attributes", TD_BODY_TDATTRIBUTES),
    BODY_HEX(TDX_XFAM, "tdx_xfam", TD_BODY_XFAM),
    BODY_HEX(TDX_MRCONFIGID, "tdx_mrconfigid", TD_BODY_MRCONFIGID),
    BODY_HEX(TDX_MROWNER, "tdx_mrowner", TD_BODY_MROWNER),
    BODY_HEX(TDX_MROWNERCONFIG, "tdx_mrownerconfig", TD_BODY_MROWNERCONFIG),
    BODY_HEX(TDX_MRTD, "tdx_mrtd", TD_BODY_MRTD),
    BODY_HEX(TDX_RTMR0, "tdx_rtmr0", TD_BODY_RTMR0),
    BODY_HEX(TDX_RTMR1, "tdx_rtmr1", TD_BODY_RTMR1),
    BODY_HEX(TDX_RTMR2, "tdx_rtmr2", TD_BODY_RTMR2),
    BODY_HEX(TDX_RTMR3, "tdx_rtmr3", TD_BODY_RTMR3),
    BODY_HEX(TDX_REPORTDATA, "tdx_reportdata", TD_BODY_REPORT_DATA),
    BODY_HEX(TDX_MRSERVICETD, "tdx_mrservicetd", TD_BODY_MRSERVICETD),
    BODY_HEX(TDX_VMID, "tdx_vmid", TD_BODY_VMID),
    BODY_HEX(TDX_TD_ID, "tdx_td_id", TD_BODY_TD_ID),
    BODY_HEX(TDX_DEVINFO, "tdx_devinfo", TD_BODY_DEVINFO),
    BODY_HEX(TDX_INIT_SERVER_TD_HASH, "tdx_init_server_td_hash", TD_BODY_INIT_SERVTD_HASH),
    BODY_HEX(TDX_INIT_SERVER_TD_ATTR, "tdx_init_server_td_attr", TD_BODY_INIT_SERVTD_ATTR),
    BODY_HEX(TDX_INIT_CPU_SVN, "tdx_init_cpu_svn", TD_BODY_INIT_CPUSVN),
    BODY_HEX(TDX_INIT_TEE_TCB_SVN, "tdx_init_tee_tcb_svn", TD_BODY_INIT_TEE_TCB_SVN),
    BODY_HEX(TDX_INIT_TEE_FMSPC, "tdx_init_tee_fmspc", TD_BODY_INIT_TEE_FMSPC),
    BODY_HEX(TDX_CURR_SERVER_TD_HASH, "tdx_curr_server_td_hash", TD_BODY_CUR_SERVTD_HASH),
    BODY_HEX(TDX_CURR_SERVER_TD_ATTR, "tdx_curr_server_td_attr", TD_BODY_CUR_SERVTD_ATTR),
};
// clang-format on

static_assert(MEASUREMENT_COUNT <= 64, "one bit of report.present for each");

static const measurement_id of_platform[] = {
    MEASURED_TCB_STATUS,
    MEASURED_EARLIEST_ISSUE_DATE,
    MEASURED_LATEST_ISSUE_DATE,
    MEASURED_EARLIEST_EXPIRATION_DATE,
    MEASURED_TCB_LEVEL_DATE_TAG,
    MEASURED_PCK_CRL_NUM,
    MEASURED_ROOT_CA_CRL_NUM,
    MEASURED_TCB_EVAL_NUM,
    MEASURED_SGX_TYPES,
    MEASURED_IS_DYNAMIC_PLATFORM,
    MEASURED_IS_CACHED_KEYS_POLICY,
    MEASURED_IS_SMT_ENABLED,
    MEASURED_ADVISORY_IDS,
    MEASURED_ROOT_KEY_ID,
    MEASURED_FMSPC,
    MEASURED_PLATFORM_PROVIDER_ID,
    MEASURED_PLATFORM_INSTANCE_ID,
};

static const measurement_id of_qe[] = {
    MEASURED_TCB_STATUS,
    MEASURED_TCB_LEVEL_DATE_TAG,
    MEASURED_EARLIEST_ISSUE_DATE,
    MEASURED_LATEST_ISSUE_DATE,
    MEASURED_EARLIEST_EXPIRATION_DATE,
    MEASURED_TCB_EVAL_NUM,
    MEASURED_ADVISORY_IDS,
    MEASURED_ROOT_KEY_ID,
};

static const measurement_id of_enclave[] = {
    MEASURED_SGX_MISCSELECT,  MEASURED_SGX_ATTRIBUTES, MEASURED_SGX_MRENCLAVE,
    MEASURED_SGX_MRSIGNER,    MEASURED_SGX_ISVPRODID,  MEASURED_SGX_ISVSVN,
    MEASURED_SGX_CONFIGID,    MEASURED_SGX_CONFIGSVN,  MEASURED_SGX_ISVEXTPRODID,
    MEASURED_SGX_ISVFAMILYID, MEASURED_SGX_REPORTDATA, MEASURED_SGX_CE_ATTRIBUTES,
};

static const measurement_id of_td[] = {
    MEASURED_TDX_ATTRIBUTES,
    MEASURED_TDX_XFAM,
    MEASURED_TDX_MRCONFIGID,
    MEASURED_TDX_MROWNER,
    MEASURED_TDX_MROWNERCONFIG,
    MEASURED_TDX_MRTD,
    MEASURED_TDX_RTMR0,
    MEASURED_TDX_RTMR1,
    MEASURED_TDX_RTMR2,
    MEASURED_TDX_RTMR3,
    MEASURED_TDX_REPORTDATA,
    MEASURED_TDX_MRSERVICETD,
    MEASURED_TDX_VMID,
    MEASURED_TDX_TD_ID,
    MEASURED_TDX_DEVINFO,
    MEASURED_TDX_INIT_SERVER_TD_HASH,
    MEASURED_TDX_INIT_SERVER_TD_ATTR,
    MEASURED_TDX_INIT_CPU_SVN,
    MEASURED_TDX_INIT_TEE_TCB_SVN,
    MEASURED_TDX_INIT_TEE_FMSPC,
    MEASURED_TDX_CURR_SERVER_TD_HASH,
    MEASURED_TDX_CURR_SERVER_TD_ATTR,
};

const measurement *measurement_of(measurement_id id)
{
    return &measurements[id];
}

#define LIST(array) array, sizeof(array) / sizeof((array)[0])

static const struct {
    const measurement_id *ids;
    size_t count;
    report_presence extra;
} lists[] = {
    [SUBJECT_PLATFORM] = { LIST(of_platform), MEASURED(MEASURED_PLATFORM_PROVIDER_ID) |
                                                  MEASURED(MEASURED_PLATFORM_INSTANCE_ID) },
    [SUBJECT_QE] = { LIST(of_qe), MEASURED(MEASURED_ADVISORY_IDS) },
    [SUBJECT_ENCLAVE] = { LIST(of_enclave), MEASURED(MEASURED_SGX_CE_ATTRIBUTES) },
    [SUBJECT_TD] = { LIST(of_td), 0 },
};

const measurement_id *measurements_of(assay_class class_, size_t *count)
{
    const class_subject subject = class_subject_of(class_);
    *count = lists[subject].count;
    return lists[subject].ids;
}

report_presence measurements_beyond_intel(assay_class class_)
{
    return lists[class_subject_of(class_)].extra;
}

static const uint8_t *value_at(const report *r, const measurement *row)
{
    return (const uint8_t *)r + row->offset;
}

assay_span report_bytes(const report *r, measurement_id id)
{
    const measurement *row = &measurements[id];
    if (!report_has(r, id) || row->size == 0)
        return (assay_span) { NULL, 0 };
    return span_of(value_at(r, row), row->size);
}

static uint64_t load_u32(const uint8_t *p)
{
    uint32_t value;
    memcpy(&value, p, sizeof(value));
    return value;
}

static uint64_t load_time(const uint8_t *p)
{
    int64_t value;
    memcpy(&value, p, sizeof(value));
    return (uint64_t)value;
}

uint64_t report_number(const report *r, measurement_id id)
{
    const measurement *row = &measurements[id];
    const uint8_t *p = value_at(r, row);
    if (!report_has(r, id))
        return 0;
    switch (row->type) {
    case MEASUREMENT_U16:
        return load_u16le(p);
    case MEASUREMENT_U32:
    case MEASUREMENT_STATUSES:
        return load_u32(p);
    case MEASUREMENT_BOOL:
        return *p;
    case MEASUREMENT_DATE:
        return load_time(p);
    case MEASUREMENT_HEX:
    case MEASUREMENT_HEX_NATURAL:
    case MEASUREMENT_TEXTS:
        break;
    }
    return 0;
}
