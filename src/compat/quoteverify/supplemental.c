/* supplemental.c: supplemental data 3.4 out of a verdict. verification.md 6.2, 7.1. */
#include <stdio.h>
#include <string.h>

#include "glue.h"

/* Advisories that do not fit any more are left out whole: the result stays as it is. */
static void advisories_write(const assay_verdict *verdict, char out[MAX_SA_LIST_SIZE])
{
    size_t used = 0;
    for (size_t i = 0; i < verdict->advisory_count; i++) {
        const char *id = verdict->advisory_ids[i];
        const char *comma = used > 0 ? "," : "";
        const size_t size = strlen(comma) + strlen(id);
        if (size > MAX_SA_LIST_SIZE - 1 - used) {
            trace(SE_TRACE_WARNING, "supplemental data: %zu of %zu advisories fit", i,
                  verdict->advisory_count);
            return;
        }
        snprintf(out + used, MAX_SA_LIST_SIZE - used, "%s%s", comma, id);
        used += size;
    }
}

static void platform_fill(const assay_platform *platform, sgx_ql_qv_supplemental_t *out)
{
    memcpy(out->pck_ppid, platform->ppid, sizeof(out->pck_ppid));
    memcpy(out->tcb_cpusvn, platform->cpu_svn, sizeof(out->tcb_cpusvn));
    memcpy(&out->pce_id, platform->pce_id, sizeof(out->pce_id));
    out->tcb_pce_isvsvn = platform->pce_svn;
    out->sgx_type = platform->sgx_type;
    out->dynamic_platform = PCK_FLAG_UNDEFINED;
    out->cached_keys = PCK_FLAG_UNDEFINED;
    out->smt_enabled = PCK_FLAG_UNDEFINED;
    if (!platform->has_platform_instance_id)
        return;
    memcpy(out->platform_instance_id, platform->platform_instance_id,
           sizeof(out->platform_instance_id));
    out->dynamic_platform = (pck_cert_flag_enum_t)platform->dynamic_platform;
    out->cached_keys = (pck_cert_flag_enum_t)platform->cached_keys;
    out->smt_enabled = (pck_cert_flag_enum_t)platform->smt_enabled;
}

static void qe_identity_fill(const assay_verdict *verdict, sgx_ql_qv_supplemental_t *out)
{
    out->qe_iden_earliest_issue_date = verdict->qe_identity_earliest_issue_date;
    out->qe_iden_latest_issue_date = verdict->qe_identity_latest_issue_date;
    out->qe_iden_earliest_expiration_date = verdict->qe_identity_earliest_expiration_date;
    out->qe_iden_tcb_level_date_tag = verdict->qe_part.tcb_date;
    out->qe_iden_tcb_eval_ref_num = verdict->qe_identity_evaluation_data_number;
    out->qe_iden_status = result_of_status(verdict->qe_part.status);
}

void supplemental_fill(const assay_verdict *verdict, uint16_t minor_version,
                       sgx_ql_qv_supplemental_t *out)
{
    memset(out, 0, sizeof(*out)); /* padding too */
    out->major_version = SUPPLEMENTAL_MAJOR;
    out->minor_version = minor_version;
    out->earliest_issue_date = verdict->earliest_issue_date;
    out->latest_issue_date = verdict->latest_issue_date;
    out->earliest_expiration_date = verdict->earliest_expiration_date;
    out->tcb_level_date_tag = verdict->tcb_date;
    out->platform_tcb_level_date_tag = verdict->platform_part.tcb_date;
    out->pck_crl_num = verdict->pck_crl_number;
    out->root_ca_crl_num = verdict->root_ca_crl_number;
    out->tcb_eval_ref_num = verdict->tcb_evaluation_data_number;
    memcpy(out->root_key_id, verdict->root_key_id, sizeof(out->root_key_id));
    out->tee_type = verdict->tee == ASSAY_TEE_TDX ? TEE_TYPE_TDX : TEE_TYPE_SGX;
    platform_fill(&verdict->platform, out);
    qe_identity_fill(verdict, out);
    advisories_write(verdict, out->sa_list);
}
