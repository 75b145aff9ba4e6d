/* ear_status.c: from an appraisal to the trustworthiness vector and the status of EAR: the mapping
 * of appraisal.md 8.4 as rows. When several rows apply, the worst counts. */
#include "token/ear_status.h"

typedef struct status_row {
    int8_t hardware, configuration; /* 0: leaves the value alone */
} status_row;

static const status_row statuses[ASSAY_TCB_STATUS_COUNT] = {
    [ASSAY_TCB_NOT_JUDGED] = { 97, 0 },
    [ASSAY_TCB_UP_TO_DATE] = { 2, 0 },
    [ASSAY_TCB_SW_HARDENING_NEEDED] = { 32, 0 },
    [ASSAY_TCB_CONFIGURATION_NEEDED] = { 2, 32 },
    [ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = { 32, 32 },
    [ASSAY_TCB_OUT_OF_DATE] = { 32, 0 },
    [ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = { 32, 32 },
    [ASSAY_TCB_TD_RELAUNCH_ADVISED] = { 32, 0 },
    [ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = { 32, 32 },
    [ASSAY_TCB_REVOKED] = { 96, 0 },
    [ASSAY_TCB_NOT_SUPPORTED] = { 97, 0 },
};

/* What a key of a policy does to the vector, by whether its check passed. */
typedef struct key_row {
    const char *key;
    ear_category category;
    int8_t passed, failed;
} key_row;

static const key_row keys[] = {
    { "collateral_grace_period", EAR_HARDWARE, 0, 32 },
    { "platform_grace_period", EAR_HARDWARE, 0, 32 },
    { "min_tcb_level_date", EAR_HARDWARE, 0, 32 },
    { "min_eval_num", EAR_HARDWARE, 0, 32 },
    { "rejected_advisory_ids", EAR_HARDWARE, 0, 32 },
    { "min_tcb_date", EAR_HARDWARE, 0, 32 },
    { "max_collateral_age", EAR_HARDWARE, 0, 32 },
    { "accepted_platform_provider_ids", EAR_INSTANCE_IDENTITY, 2, 97 },
    { "accepted_ppids", EAR_INSTANCE_IDENTITY, 2, 97 },
    { "platform_instance_ids", EAR_INSTANCE_IDENTITY, 2, 97 },
    { "tdx_mrtd", EAR_EXECUTABLES, 3, 96 },
    { "sgx_mrenclave", EAR_EXECUTABLES, 3, 96 },
    { "tdx_attributes", EAR_CONFIGURATION, 0, 32 },
    { "tdx_xfam", EAR_CONFIGURATION, 0, 32 },
    { "sgx_attributes", EAR_CONFIGURATION, 0, 32 },
};

static const char *const category_names[EAR_CATEGORY_COUNT] = {
    [EAR_INSTANCE_IDENTITY] = "instance-identity",
    [EAR_CONFIGURATION] = "configuration",
    [EAR_EXECUTABLES] = "executables",
    [EAR_FILE_SYSTEM] = "file-system",
    [EAR_HARDWARE] = "hardware",
    [EAR_RUNTIME_OPAQUE] = "runtime-opaque",
    [EAR_STORAGE_OPAQUE] = "storage-opaque",
    [EAR_SOURCED_DATA] = "sourced-data",
};

const char *ear_category_name(ear_category category)
{
    return category_names[category];
}

const char *ear_tier_name(ear_tier tier)
{
    switch (tier) {
    case EAR_NONE:
        return "none";
    case EAR_AFFIRMING:
        return "affirming";
    case EAR_WARNING:
        return "warning";
    case EAR_CONTRAINDICATED:
        return "contraindicated";
    }
    return "none";
}

ear_tier ear_tier_of(int value)
{
    static const struct {
        int from, to;
        ear_tier tier;
    } ranges[] = {
        { -1, 1, EAR_NONE },     { 2, 31, EAR_AFFIRMING },  { -32, -2, EAR_AFFIRMING },
        { 32, 95, EAR_WARNING }, { -96, -33, EAR_WARNING },
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (value >= ranges[i].from && value <= ranges[i].to)
            return ranges[i].tier;
    }
    return EAR_CONTRAINDICATED;
}

/* Claims only get worse. All of ours are positive, so the larger number is the worse one, but for
 * 0, which says nothing. */
static void worsen(ear_vector *v, ear_category category, int8_t value)
{
    if (value > v->claims[category])
        v->claims[category] = value;
}

typedef enum fixed { FIXED_NOT, FIXED_FAILED, FIXED_PASSED } fixed;

static fixed fixed_by(const assay_appraised_report *row, const char *key)
{
    for (size_t i = 0; i < row->check_count; i++) {
        if (row->checks[i].key != NULL && strcmp(row->checks[i].key, key) == 0)
            return row->checks[i].passed ? FIXED_PASSED : FIXED_FAILED;
    }
    return FIXED_NOT;
}

static void apply_keys(ear_vector *v, const assay_appraised_report *row)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const fixed found = fixed_by(row, keys[i].key);
        if (found != FIXED_NOT)
            worsen(v, keys[i].category, found == FIXED_PASSED ? keys[i].passed : keys[i].failed);
    }
}

static const assay_appraised_report *tenant_of(const assay_appraisal *appraisal)
{
    for (size_t i = 0; i < appraisal->count; i++) {
        const assay_class class_ = appraisal->rows[i].class_;
        if (class_ == ASSAY_CLASS_SGX_ENCLAVE || class_ == ASSAY_CLASS_TD_10 ||
            class_ == ASSAY_CLASS_TD_15)
            return &appraisal->rows[i];
    }
    return NULL;
}

/* 2 when the policy fixes everything and it matches, 3 when debug is off and no more is known, 36
 * when nobody looked. */
static int8_t configuration_of(const assay_appraised_report *tenant)
{
    if (tenant == NULL || tenant->policy == ASSAY_POLICY_NONE)
        return 36;
    const bool is_enclave = tenant->class_ == ASSAY_CLASS_SGX_ENCLAVE;
    const bool all = is_enclave ? fixed_by(tenant, "sgx_attributes") == FIXED_PASSED
                                : fixed_by(tenant, "tdx_attributes") == FIXED_PASSED &&
                                      fixed_by(tenant, "tdx_xfam") == FIXED_PASSED;
    return all ? 2 : 3;
}

ear_vector ear_vector_of(const assay_appraisal *appraisal, const assay_verdict *verdict)
{
    ear_vector v = { { 0 } };
    const status_row status = statuses[verdict->tcb_status];
    v.claims[EAR_HARDWARE] = status.hardware;
    v.claims[EAR_CONFIGURATION] = configuration_of(tenant_of(appraisal));
    v.claims[EAR_RUNTIME_OPAQUE] = verdict->debug ? 96 : 2;
    worsen(&v, EAR_CONFIGURATION, status.configuration);
    if (verdict->debug)
        worsen(&v, EAR_CONFIGURATION, 96);
    for (size_t i = 0; i < appraisal->count; i++)
        apply_keys(&v, &appraisal->rows[i]);
    if (v.claims[EAR_EXECUTABLES] == 0)
        v.claims[EAR_EXECUTABLES] = 33;
    return v;
}

ear_tier ear_status_of(const ear_vector *vector, assay_result overall)
{
    ear_tier worst = EAR_NONE;
    if (overall == ASSAY_RESULT_FAILED)
        return EAR_CONTRAINDICATED;
    for (size_t i = 0; i < EAR_CATEGORY_COUNT; i++) {
        const ear_tier tier = ear_tier_of(vector->claims[i]);
        worst = tier > worst ? tier : worst;
    }
    return overall == ASSAY_RESULT_INCOMPLETE && worst == EAR_AFFIRMING ? EAR_NONE : worst;
}
