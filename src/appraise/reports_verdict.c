/* reports_verdict.c: the reports that a verdict of ours amounts to: which classes, and which facts
 * go where. appraisal.md 1.1, 1.3, 1.4. No text is made here. */
#include "appraise/measurements.h"

enum { FLAG_FALSE = 0, FLAG_TRUE = 1 }; /* of assay_platform; 2 is undefined */

/* What a quote gives a report about: the platform and the tenant. */
typedef struct subject_classes {
    assay_class platform, tenant;
} subject_classes;

/* Bodies of version 5 tell by their size, those of version 4 by byte 1 of TEE_TCB_SVN: the version
 * of the TDX module. */
static bool tdx_classes(const assay_quote *quote, subject_classes *out)
{
    static const subject_classes tdx_10 = { ASSAY_CLASS_TDX_10_PLATFORM, ASSAY_CLASS_TD_10 };
    static const subject_classes tdx_15 = { ASSAY_CLASS_TDX_15_PLATFORM, ASSAY_CLASS_TD_15 };
    const uint8_t module = quote->body.data[1];
    if (quote->version >= 5) {
        *out = quote->body_layout == &assay_layout_td_report_1_0 ? tdx_10 : tdx_15;
        return true;
    }
    *out = module == 0 ? tdx_10 : tdx_15;
    return module == 0 || module == 1 || module == 3;
}

static assay_status classes_find(const assay_quote *quote, subject_classes *out, assay_error *err)
{
    if (quote->tee == ASSAY_TEE_SGX) {
        *out = (subject_classes) { ASSAY_CLASS_SGX_PLATFORM, ASSAY_CLASS_SGX_ENCLAVE };
        return ASSAY_OK;
    }
    if (!tdx_classes(quote, out))
        return fail(err, ASSAY_UNSUPPORTED, "quote.body.tee_tcb_svn",
                    quote->body.data - quote->bytes.data,
                    "TDX module version %u has no class, want 0, 1 or 3", quote->body.data[1]);
    return ASSAY_OK;
}

static void set_if(report *r, bool there, measurement_id id)
{
    if (there)
        r->present |= MEASURED(id);
}

static const report_presence always =
    MEASURED(MEASURED_EARLIEST_ISSUE_DATE) | MEASURED(MEASURED_LATEST_ISSUE_DATE) |
    MEASURED(MEASURED_EARLIEST_EXPIRATION_DATE) | MEASURED(MEASURED_TCB_EVAL_NUM) |
    MEASURED(MEASURED_ROOT_KEY_ID);

/* What platform and QE have in common: a level, and where it stands. */
static void fill_level(report *r, assay_tcb_status status, int64_t tcb_date,
                       const assay_verdict *verdict)
{
    r->platform.statuses = report_statuses_of(status);
    r->platform.tcb_level_date_tag = tcb_date;
    memcpy(r->platform.root_key_id, verdict->root_key_id, sizeof(r->platform.root_key_id));
    r->present |= always;
    set_if(r, r->platform.statuses != 0, MEASURED_TCB_STATUS);
    set_if(r, tcb_date != 0, MEASURED_TCB_LEVEL_DATE_TAG);
}

/* What the PCK certificate says. */
static void fill_certificate(report *r, const assay_platform *from)
{
    report_platform *to = &r->platform;
    to->sgx_type = from->sgx_type;
    to->dynamic_platform = from->dynamic_platform == FLAG_TRUE;
    to->cached_keys = from->cached_keys == FLAG_TRUE;
    to->smt_enabled = from->smt_enabled == FLAG_TRUE;
    memcpy(to->fmspc, from->fmspc, sizeof(to->fmspc));
    memcpy(to->provider_id, from->ppid, sizeof(to->provider_id));
    memcpy(to->platform_instance_id, from->platform_instance_id, sizeof(to->platform_instance_id));
    r->present |= MEASURED(MEASURED_SGX_TYPES) | MEASURED(MEASURED_FMSPC) |
                  MEASURED(MEASURED_PLATFORM_PROVIDER_ID);
    set_if(r, to->dynamic_platform, MEASURED_IS_DYNAMIC_PLATFORM);
    set_if(r, to->cached_keys, MEASURED_IS_CACHED_KEYS_POLICY);
    set_if(r, from->sgx_type != 0 && from->smt_enabled <= FLAG_TRUE, MEASURED_IS_SMT_ENABLED);
    set_if(r, from->has_platform_instance_id, MEASURED_PLATFORM_INSTANCE_ID);
}

/* The texts live in the collateral, which the reports hold; the list is copied. */
static bool fill_advisories(report *r, const char *const *ids, size_t count, arena *memory)
{
    if (count == 0)
        return true;
    const char **copy = arena_new(memory, count, sizeof(*copy));
    if (copy == NULL)
        return false;
    memcpy(copy, ids, count * sizeof(*copy));
    r->platform.advisory_ids = copy;
    r->platform.advisory_count = count;
    r->present |= MEASURED(MEASURED_ADVISORY_IDS);
    return true;
}

static bool fill_platform(report *r, const assay_verdict *verdict, arena *memory)
{
    report_platform *to = &r->platform;
    fill_level(r, verdict->tcb_status, verdict->platform_part.tcb_date, verdict);
    to->earliest_issue_date = verdict->earliest_issue_date;
    to->latest_issue_date = verdict->latest_issue_date;
    to->earliest_expiration_date = verdict->earliest_expiration_date;
    to->tcb_eval_num = verdict->tcb_evaluation_data_number;
    to->pck_crl_num = verdict->pck_crl_number;
    to->root_ca_crl_num = verdict->root_ca_crl_number;
    r->present |= MEASURED(MEASURED_PCK_CRL_NUM) | MEASURED(MEASURED_ROOT_CA_CRL_NUM);
    fill_certificate(r, &verdict->platform);
    return fill_advisories(r, verdict->advisory_ids, verdict->advisory_count, memory);
}

static bool fill_qe(report *r, const assay_verdict *verdict, arena *memory)
{
    report_platform *to = &r->platform;
    r->class_ = ASSAY_CLASS_TD_QE;
    fill_level(r, verdict->qe_part.status, verdict->qe_part.tcb_date, verdict);
    to->earliest_issue_date = verdict->qe_identity_earliest_issue_date;
    to->latest_issue_date = verdict->qe_identity_latest_issue_date;
    to->earliest_expiration_date = verdict->qe_identity_earliest_expiration_date;
    to->tcb_eval_num = verdict->qe_identity_evaluation_data_number;
    return fill_advisories(r, verdict->qe_part.advisory_ids, verdict->qe_part.advisory_count,
                           memory);
}

/* All measurements of the class that the body is long enough for. */
static void fill_tenant(report *r, const assay_verdict *verdict)
{
    size_t count;
    const measurement_id *ids = measurements_of(r->class_, &count);
    const size_t size = verdict->report_layout->size;
    r->tenant.layout = verdict->report_layout;
    memcpy(r->tenant.body, verdict->report, size);
    for (size_t i = 0; i < count; i++) {
        const measurement *row = measurement_of(ids[i]);
        set_if(r, row->offset - offsetof(report, tenant.body) + row->size <= size, ids[i]);
    }
}

/* The quote must be the one that the verdict is about. */
static assay_status quote_read(const assay_verdict *verdict, assay_span bytes, assay_quote *quote,
                               assay_error *err)
{
    if (!verdict->authenticated)
        return fail(err, ASSAY_USAGE, "verdict", ASSAY_NO_OFFSET,
                    "the verdict is not authenticated: there is nothing to report");
    TRY(assay_quote_parse(bytes, quote, err));
    if (quote->body_layout != verdict->report_layout || quote->version != verdict->quote_version ||
        !span_equal(quote->body, span_of(verdict->report, quote->body.size)))
        return fail(err, ASSAY_USAGE, "quote", ASSAY_NO_OFFSET,
                    "the verdict was not made of this quote");
    return ASSAY_OK;
}

static bool fill(assay_reports *reports, const assay_verdict *verdict,
                 const subject_classes *classes)
{
    report *platform = &reports->at[reports->count++];
    platform->class_ = classes->platform;
    if (!fill_platform(platform, verdict, &reports->memory))
        return false;
    if (verdict->tee == ASSAY_TEE_TDX &&
        !fill_qe(&reports->at[reports->count++], verdict, &reports->memory))
        return false;
    report *tenant = &reports->at[reports->count++];
    tenant->class_ = classes->tenant;
    fill_tenant(tenant, verdict);
    return true;
}

assay_status assay_reports_from_verdict(const assay_verdict *verdict, assay_span quote,
                                        assay_reports **out, assay_error *error)
{
    assay_quote parsed;
    subject_classes classes;
    TRY(quote_read(verdict, quote, &parsed, error));
    TRY(classes_find(&parsed, &classes, error));
    assay_reports *reports = memory_new(sizeof(*reports));
    if (reports == NULL || !fill(reports, verdict, &classes)) {
        assay_reports_free(reports);
        return fail(error, ASSAY_NO_MEMORY, "reports", ASSAY_NO_OFFSET, "no memory for reports");
    }
    /* As Intel does, over the bytes given: those behind the quote, which are no part of it, too. */
    reports->has_quote_hash = true;
    sha384(quote, reports->quote_sha384);
    reports->collateral = assay_collateral_ref(verdict->collateral);
    *out = reports;
    return ASSAY_OK;
}
