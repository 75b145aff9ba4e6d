/* tcb.c: which TCB level a platform, its TDX module and its QE have reached: steps 21 to 23, 30 and
 * 31, and section 5 of verification.md. */
#include "verify/tcb.h"
#include "evidence/fields.h"
#include "verify/steps.h"

enum { NO_LEVEL = -1 };

/* ---- Steps 21 and 22: does this TCB info speak of this platform? ---- */

static assay_status info_mismatch(const char *where, const char *detail, assay_error *err)
{
    return error_as(err, fail(err, ASSAY_MISMATCH, where, ASSAY_NO_OFFSET, "%s", detail),
                    QVL_TCB_INFO_MISMATCH, 0);
}

assay_status tcb_info_match_check(verification *v, assay_error *err)
{
    const tcb_info *info = &v->collateral->tcb;
    if (info->tee != v->quote.tee)
        return info_mismatch("collateral.tcb_info.id", "TCB info of the other TEE", err);
    if (memcmp(info->fmspc, v->pck.extension.fmspc, sizeof(info->fmspc)) != 0)
        return info_mismatch("collateral.tcb_info.fmspc",
                             "fmspc is not that of the PCK certificate", err);
    if (memcmp(info->pce_id, v->pck.extension.pce_id, sizeof(info->pce_id)) != 0)
        return info_mismatch("collateral.tcb_info.pceId",
                             "pceId is not that of the PCK certificate", err);
    return ASSAY_OK;
}

/* ---- Step 23: the TDX module is Intel's and known ---- */

static assay_status module_mismatch(const char *where, const char *detail, assay_error *err)
{
    return error_as(err, fail(err, ASSAY_MISMATCH, where, ASSAY_NO_OFFSET, "%s", detail),
                    QVL_TDX_MODULE_MISMATCH, 0);
}

/* The row for a module's major version: tdxModule itself for 0, an identity for others, or NULL. */
static const tdx_module *module_of(const tcb_info *info, uint8_t major)
{
    if (major == 0)
        return &info->module;
    for (size_t i = 0; i < info->module_count; i++) {
        if (info->modules[i].major == major)
            return &info->modules[i];
    }
    return NULL;
}

static assay_status module_present(const tcb_info *info, const uint8_t *tcb_svn, assay_error *err)
{
    if (module_of(info, tcb_svn[1]) != NULL)
        return ASSAY_OK;
    return error_as(err,
                    fail(err, ASSAY_MISMATCH, "collateral.tcb_info.tdxModuleIdentities",
                         ASSAY_NO_OFFSET, "no identity TDX_%02X for the quote's TDX module",
                         tcb_svn[1]),
                    QVL_TDX_MODULE_MISMATCH, 0);
}

static const uint8_t *current_svn(const verification *v)
{
    if (v->quote.body.size < TD_REPORT_1_5_SIZE)
        return NULL;
    return FIELD_SPAN(v->quote.body, TD_BODY_TEE_TCB_SVN2).data;
}

assay_status tdx_module_check(verification *v, assay_error *err)
{
    if (v->quote.tee != ASSAY_TEE_TDX)
        return ASSAY_OK;
    const tcb_info *info = &v->collateral->tcb;
    const uint8_t *svn = FIELD_SPAN(v->quote.body, TD_BODY_TEE_TCB_SVN).data;
    TRY(module_present(info, svn, err));
    if (current_svn(v) != NULL)
        TRY(module_present(info, current_svn(v), err));
    const tdx_module *module = module_of(info, svn[1]);
    if (!span_equal(FIELD_SPAN(v->quote.body, TD_BODY_MRSIGNERSEAM), SPAN(module->mrsigner)))
        return module_mismatch("quote.body.mrsignerseam",
                               "mrsignerseam is not that of the TDX module's identity", err);
    const assay_span attributes = FIELD_SPAN(v->quote.body, TD_BODY_SEAMATTRIBUTES);
    if (!span_is_zero(attributes))
        return module_mismatch("quote.body.seamattributes", "seamattributes must be zero", err);
    for (size_t i = 0; i < attributes.size; i++) {
        if ((attributes.data[i] & module->attributes_mask[i]) != module->attributes[i])
            return module_mismatch("quote.body.seamattributes",
                                   "seamattributes are not those of the module's identity", err);
    }
    return ASSAY_OK;
}

/* ---- Step 30: levels ---- */

static bool reaches(const uint8_t *have, const uint8_t *want, size_t from)
{
    for (size_t i = from; i < 16; i++) {
        if (have[i] < want[i])
            return false;
    }
    return true;
}

/* Section 5.1. */
int tcb_platform_level(const tcb_info *info, const uint8_t components[16], uint16_t pce_svn,
                       const uint8_t *tdx)
{
    for (int i = 0; i < info->levels.count; i++) {
        const tcb_level *level = &info->levels.at[i];
        if (reaches(components, level->sgx, 0) && pce_svn >= level->pce_svn &&
            (tdx == NULL || reaches(tdx, level->tdx, tdx[1] == 0 ? 0 : 2)))
            return i;
    }
    return NO_LEVEL;
}

static int platform_level(const tcb_info *info, const pck_extension *pck, const uint8_t *tdx)
{
    return tcb_platform_level(info, pck->components, pck->pce_svn, tdx);
}

/* Section 5.2. */
static int svn_level(tcb_levels levels, unsigned isv_svn)
{
    for (int i = 0; i < levels.count; i++) {
        if (isv_svn >= levels.at[i].isv_svn)
            return i;
    }
    return NO_LEVEL;
}

static assay_tcb_part part_at(tcb_levels levels, int index)
{
    if (index == NO_LEVEL)
        return (assay_tcb_part) { .status = ASSAY_TCB_NOT_SUPPORTED, .level = NO_LEVEL };
    const tcb_level *level = &levels.at[index];
    return (assay_tcb_part) { .status = level->status,
                              .tcb_date = level->date,
                              .level = index,
                              .advisory_ids = level->advisories,
                              .advisory_count = level->advisory_count };
}

/* ---- Step 31: convergence ---- */

typedef struct tcb_parts {
    assay_tcb_part platform, module, qe;
} tcb_parts;

/* Section 5.3: the worst part against the platform's status. */
static assay_tcb_status converge(const tcb_parts *parts)
{
    const assay_tcb_status statuses[] = { parts->platform.status, parts->module.status,
                                          parts->qe.status };
    bool out_of_date = false;
    for (size_t i = 0; i < 3; i++) {
        if (statuses[i] == ASSAY_TCB_NOT_SUPPORTED)
            return ASSAY_TCB_NOT_SUPPORTED;
    }
    for (size_t i = 0; i < 3; i++) {
        if (statuses[i] == ASSAY_TCB_REVOKED)
            return ASSAY_TCB_REVOKED;
        out_of_date = out_of_date || (i > 0 && statuses[i] == ASSAY_TCB_OUT_OF_DATE);
    }
    static const assay_tcb_status with_old_part[ASSAY_TCB_STATUS_COUNT] = {
        [ASSAY_TCB_UP_TO_DATE] = ASSAY_TCB_OUT_OF_DATE,
        [ASSAY_TCB_SW_HARDENING_NEEDED] = ASSAY_TCB_OUT_OF_DATE,
        [ASSAY_TCB_CONFIGURATION_NEEDED] = ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
        [ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] =
            ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
        [ASSAY_TCB_OUT_OF_DATE] = ASSAY_TCB_OUT_OF_DATE,
        [ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
    };
    return out_of_date ? with_old_part[parts->platform.status] : parts->platform.status;
}

static unsigned qe_isv_svn(const verification *v)
{
    return load_u16le(FIELD_SPAN(v->quote.qe_report, SGX_REPORT_ISVSVN).data);
}

/* All parts by one TEE TCB SVN; NULL for SGX. */
static tcb_parts parts_by(const verification *v, const uint8_t *tdx)
{
    const tcb_info *info = &v->collateral->tcb;
    tcb_parts parts = { .module = { .level = NO_LEVEL } };
    parts.platform = part_at(info->levels, platform_level(info, &v->pck.extension, tdx));
    if (tdx != NULL && tdx[1] > 0) {
        const tdx_module *module = module_of(info, tdx[1]);
        parts.module = part_at(module->levels, svn_level(module->levels, tdx[0]));
    }
    tcb_levels levels = v->collateral->identity.levels;
    parts.qe = part_at(levels, svn_level(levels, qe_isv_svn(v)));
    return parts;
}

static int64_t parts_date(const tcb_parts *parts)
{
    const assay_tcb_part *all[] = { &parts->platform, &parts->module, &parts->qe };
    int64_t earliest = 0;
    for (size_t i = 0; i < 3; i++) {
        if (all[i]->level != NO_LEVEL && (earliest == 0 || all[i]->tcb_date < earliest))
            earliest = all[i]->tcb_date;
    }
    return earliest;
}

/* ---- Section 5.4: relaunch ---- */

static bool is_configuration(assay_tcb_status status)
{
    return status == ASSAY_TCB_CONFIGURATION_NEEDED ||
           status == ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED;
}

static bool is_old(assay_tcb_status status)
{
    return status == ASSAY_TCB_OUT_OF_DATE || status == ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
}

static assay_tcb_status relaunch(assay_tcb_status launch, assay_tcb_status current)
{
    if (current == ASSAY_TCB_NOT_SUPPORTED)
        return current;
    bool good = current == ASSAY_TCB_UP_TO_DATE || current == ASSAY_TCB_SW_HARDENING_NEEDED;
    if (!is_old(launch) || !(good || is_configuration(current)))
        return launch;
    return launch == ASSAY_TCB_OUT_OF_DATE && good
               ? ASSAY_TCB_TD_RELAUNCH_ADVISED
               : ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
}

/* What the rule of Intel's older library gives: advised only when the current SVN is the newest. */
static assay_tcb_status relaunch_older(const verification *v, const tcb_parts *launch,
                                       assay_tcb_status converged, const uint8_t *svn2)
{
    const tcb_info *info = &v->collateral->tcb;
    const tcb_level *newest = &info->levels.at[0];
    const tdx_module *module = module_of(info, svn2[1]);
    int by_sgx = platform_level(info, &v->pck.extension, NULL);
    if (launch->qe.status != ASSAY_TCB_UP_TO_DATE || by_sgx == NO_LEVEL ||
        !(is_old(converged) || is_old(launch->module.status)))
        return converged;
    assay_tcb_status sgx = info->levels.at[by_sgx].status;
    unsigned newest_svn = svn2[1] == 0 ? newest->tdx[0] : module->levels.at[0].isv_svn;
    if (is_old(sgx) || sgx == ASSAY_TCB_REVOKED || svn2[0] < newest_svn || svn2[2] < newest->tdx[2])
        return converged;
    return is_configuration(sgx) ? ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
                                 : ASSAY_TCB_TD_RELAUNCH_ADVISED;
}

static assay_tcb_status with_current(verification *v, const tcb_parts *launch,
                                     assay_tcb_status converged)
{
    const uint8_t *svn2 = current_svn(v);
    if (svn2 == NULL)
        return converged;
    tcb_parts current = parts_by(v, svn2);
    assay_tcb_status status = relaunch(converged, converge(&current));
    v->verdict->current_tcb_status = converge(&current);
    v->verdict->current_tcb_date = parts_date(&current);
    assay_tcb_status older = relaunch_older(v, launch, converged, svn2);
    if (older != status)
        note_add(v->verdict, ASSAY_NOTE_RELAUNCH_RULE, 0, assay_tcb_status_name(older));
    return status;
}

/* ---- The verdict's TCB ---- */

/* Inserts into the sorted list, once. */
static void advisory_insert(assay_verdict *out, const char *id)
{
    size_t at = out->advisory_count;
    while (at > 0 && strcmp(out->advisory_ids[at - 1], id) > 0)
        at--;
    if (out->advisory_count == ASSAY_ADVISORY_MAX ||
        (at > 0 && strcmp(out->advisory_ids[at - 1], id) == 0))
        return;
    memmove(&out->advisory_ids[at + 1], &out->advisory_ids[at],
            (out->advisory_count - at) * sizeof(out->advisory_ids[0]));
    out->advisory_ids[at] = id;
    out->advisory_count++;
}

/* The sorted union of the parts' advisories. */
static void advisories_join(assay_verdict *out, const tcb_parts *parts)
{
    const assay_tcb_part *all[] = { &parts->platform, &parts->module, &parts->qe };
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < all[i]->advisory_count; j++)
            advisory_insert(out, all[i]->advisory_ids[j]);
    }
}

/* QVL status of each verdict; its return is that of Intel's C interface. */
static uint16_t qvl_of(assay_tcb_status status)
{
    static const uint16_t numbers[ASSAY_TCB_STATUS_COUNT] = {
        [ASSAY_TCB_SW_HARDENING_NEEDED] = QVL_TCB_SW_HARDENING_NEEDED,
        [ASSAY_TCB_CONFIGURATION_NEEDED] = QVL_TCB_CONFIGURATION_NEEDED,
        [ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] =
            QVL_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
        [ASSAY_TCB_OUT_OF_DATE] = QVL_TCB_OUT_OF_DATE,
        [ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = QVL_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
        [ASSAY_TCB_TD_RELAUNCH_ADVISED] = QVL_TD_RELAUNCH_ADVISED,
        [ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] =
            QVL_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
        [ASSAY_TCB_REVOKED] = QVL_TCB_REVOKED,
        [ASSAY_TCB_NOT_SUPPORTED] = QVL_TCB_NOT_SUPPORTED,
    };
    return numbers[status];
}

assay_status tcb_evaluate(verification *v, assay_error *err)
{
    (void)err;
    const uint8_t *svn =
        v->quote.tee == ASSAY_TEE_TDX ? FIELD_SPAN(v->quote.body, TD_BODY_TEE_TCB_SVN).data : NULL;
    tcb_parts parts = parts_by(v, svn);
    assay_verdict *out = v->verdict;
    out->tcb_status = with_current(v, &parts, converge(&parts));
    out->platform_part = parts.platform;
    out->module_part = parts.module;
    out->qe_part = parts.qe;
    out->tcb_date = parts_date(&parts);
    advisories_join(out, &parts);
    out->qvl = qvl_of(out->tcb_status);
    if (out->tcb_status == ASSAY_TCB_REVOKED || out->tcb_status == ASSAY_TCB_NOT_SUPPORTED)
        out->code = (uint16_t)qvl_return(out->qvl);
    return ASSAY_OK;
}
