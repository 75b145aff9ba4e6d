/* explain.c: what would make a TCB pass: for each part that is not up to date, the level that would
 * be, the components that are short of it and by how much, and the advisories that stay open. */
#include "evidence/fields.h"
#include "verify/steps.h"

/* "name[0].svn" to "name[15].svn". */
#define COMPONENT_NAMES(name)                                                                      \
    {                                                                                              \
        name "[0].svn", name "[1].svn", name "[2].svn", name "[3].svn", name "[4].svn",            \
            name "[5].svn", name "[6].svn", name "[7].svn", name "[8].svn", name "[9].svn",        \
            name "[10].svn", name "[11].svn", name "[12].svn", name "[13].svn", name "[14].svn",   \
            name "[15].svn"                                                                        \
    }
static const char *const sgx_names[16] = COMPONENT_NAMES("sgxtcbcomponents");
static const char *const tdx_names[16] = COMPONENT_NAMES("tdxtcbcomponents");

/* What one part has, beside the table that it is measured against. */
typedef struct measured {
    assay_part part;
    const assay_tcb_part *reached;
    tcb_levels levels;
    const uint8_t *sgx; /* platform only */
    const uint8_t *tdx; /* platform of a TD only */
    unsigned svn;       /* pcesvn of a platform, isvsvn of the others */
} measured;

/* 1 when `component` is short; told when `out` is given. */
static unsigned is_short(assay_verdict *out, const measured *m, int level, const char *component,
                         unsigned have, unsigned want)
{
    if (have >= want)
        return 0;
    if (out != NULL)
        reason_add(out, (assay_reason) { .kind = ASSAY_REASON_COMPONENT_SHORT,
                                         .part = m->part,
                                         .level = level,
                                         .component = component,
                                         .have = have,
                                         .want = want });
    return 1;
}

/* How many components are short of a level. */
static unsigned short_of(assay_verdict *out, const measured *m, int index)
{
    const tcb_level *level = &m->levels.at[index];
    const bool platform = m->part == ASSAY_PART_PLATFORM;
    unsigned count = 0;
    for (size_t i = 0; m->sgx != NULL && i < 16; i++)
        count += is_short(out, m, index, sgx_names[i], m->sgx[i], level->sgx[i]);
    for (size_t i = m->tdx != NULL && m->tdx[1] > 0 ? 2 : 0; m->tdx != NULL && i < 16; i++)
        count += is_short(out, m, index, tdx_names[i], m->tdx[i], level->tdx[i]);
    return count + is_short(out, m, index, platform ? "pcesvn" : "isvsvn", m->svn,
                            platform ? level->pce_svn : level->isv_svn);
}

/* The UpToDate level with the fewest components short; of equals the least demanding. -1: none. */
static int nearest_up_to_date(const measured *m)
{
    int nearest = -1;
    unsigned fewest = 0;
    for (int i = 0; i < m->levels.count; i++) {
        if (m->levels.at[i].status != ASSAY_TCB_UP_TO_DATE)
            continue;
        unsigned count = short_of(NULL, m, i);
        if (nearest < 0 || count <= fewest) {
            nearest = i;
            fewest = count;
        }
    }
    return nearest;
}

static void explain_part(assay_verdict *out, const measured *m)
{
    assay_reason reason = { .part = m->part, .level = m->reached->level };
    if (m->levels.count == 0 || m->reached->status == ASSAY_TCB_UP_TO_DATE)
        return;
    if (m->reached->status == ASSAY_TCB_NOT_SUPPORTED) {
        reason.kind = ASSAY_REASON_NO_LEVEL;
        reason_add(out, reason);
    }
    int target = nearest_up_to_date(m);
    if (target >= 0) {
        reason_add(out, (assay_reason) { .kind = ASSAY_REASON_UP_TO_DATE_LEVEL,
                                         .part = m->part,
                                         .level = target,
                                         .time = m->levels.at[target].date });
        short_of(out, m, target);
    }
    reason.kind = ASSAY_REASON_ADVISORY;
    for (size_t i = 0; i < m->reached->advisory_count; i++) {
        reason.text = m->reached->advisory_ids[i];
        reason_add(out, reason);
    }
}

static void explain_relaunch(assay_verdict *out)
{
    if (out->tcb_status == ASSAY_TCB_TD_RELAUNCH_ADVISED ||
        out->tcb_status == ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED)
        reason_add(out, (assay_reason) { .kind = ASSAY_REASON_RELAUNCH,
                                         .level = -1,
                                         .time = out->current_tcb_date,
                                         .text = assay_tcb_status_name(out->current_tcb_status) });
}

static tcb_levels module_levels(const tcb_info *info, uint8_t major)
{
    for (size_t i = 0; i < info->module_count; i++) {
        if (info->modules[i].major == major)
            return info->modules[i].levels;
    }
    return (tcb_levels) { NULL, 0 };
}

void tcb_explain(const verification *v)
{
    const assay_collateral *given = v->collateral;
    const pck_extension *pck = &v->pck.extension;
    const uint8_t *tdx =
        v->quote.tee == ASSAY_TEE_TDX ? FIELD_SPAN(v->quote.body, TD_BODY_TEE_TCB_SVN).data : NULL;
    const unsigned qe_svn = load_u16le(FIELD_SPAN(v->quote.qe_report, SGX_REPORT_ISVSVN).data);
    const measured platform = {
        ASSAY_PART_PLATFORM, &v->verdict->platform_part, given->tcb.levels, pck->components, tdx,
        pck->pce_svn
    };
    const measured qe = { ASSAY_PART_QE, &v->verdict->qe_part, given->identity.levels, NULL, NULL,
                          qe_svn };
    explain_relaunch(v->verdict);
    explain_part(v->verdict, &platform);
    if (tdx != NULL && tdx[1] > 0) {
        const measured module = { ASSAY_PART_MODULE,
                                  &v->verdict->module_part,
                                  module_levels(&given->tcb, tdx[1]),
                                  NULL,
                                  NULL,
                                  tdx[0] };
        explain_part(v->verdict, &module);
    }
    explain_part(v->verdict, &qe);
}
