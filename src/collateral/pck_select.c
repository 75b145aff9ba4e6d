/* pck_select.c: which of a platform's PCK certificates fits its raw TCB. collateral-service.md 2,
 * "PCK certificate selection". */
#include "collateral/pck_select.h"

tcb_order tcb_compare(const uint8_t a[16], uint16_t a_pce_svn, const uint8_t b[16],
                      uint16_t b_pce_svn)
{
    bool lower = a_pce_svn < b_pce_svn;
    bool higher = a_pce_svn > b_pce_svn;
    for (size_t i = 0; i < 16; i++) {
        lower = lower || a[i] < b[i];
        higher = higher || a[i] > b[i];
    }
    if (lower && higher)
        return TCB_INCOMPARABLE;
    return lower ? TCB_LESS : TCB_AT_LEAST;
}

static bool candidate_at_least(const pck_candidate *a, const pck_candidate *b)
{
    return tcb_compare(a->components, a->pce_svn, b->components, b->pce_svn) == TCB_AT_LEAST;
}

static assay_status inputs_check(const pck_platform *platform, const pck_candidate *candidates,
                                 size_t count, const tcb_info *info, assay_error *err)
{
    const char *fault = NULL;
    if (memcmp(platform->pce_id, info->pce_id, sizeof(info->pce_id)) != 0)
        fault = "the platform and the TCB info have different PCE-IDs";
    for (size_t i = 0; i < count && fault == NULL; i++) {
        const pck_candidate *c = &candidates[i];
        if (memcmp(c->pce_id, info->pce_id, sizeof(c->pce_id)) != 0)
            fault = "a certificate has another PCE-ID than the TCB info";
        else if (memcmp(c->fmspc, info->fmspc, sizeof(c->fmspc)) != 0)
            fault = "a certificate has another FMSPC than the TCB info";
        else if (memcmp(c->ppid, candidates[0].ppid, sizeof(c->ppid)) != 0)
            fault = "the certificates are of several platforms (PPIDs)";
    }
    if (fault == NULL)
        return ASSAY_OK;
    return fail(err, ASSAY_MISMATCH, "pck_certificates", ASSAY_NO_OFFSET, "%s", fault);
}

/* The first level, in the order of the document, that the certificate reaches; `levels->count` is
 * the catch-all. */
static uint16_t bucket_of(const pck_candidate *candidate, const tcb_levels *levels)
{
    uint16_t i = 0;
    while (i < levels->count &&
           tcb_compare(candidate->components, candidate->pce_svn, levels->at[i].sgx,
                       levels->at[i].pce_svn) != TCB_AT_LEAST)
        i++;
    return i;
}

typedef struct ranking {
    uint16_t order[PCK_CANDIDATE_MAX]; /* indices of candidates, best first */
    uint16_t bucket[PCK_CANDIDATE_MAX];
    size_t count;
} ranking;

/* Behind everything of better buckets, and in its own before the first that it is not below. */
static void rank(ranking *r, const pck_candidate *candidates, size_t index, uint16_t bucket)
{
    size_t at = 0;
    while (at < r->count && (r->bucket[at] < bucket ||
                             (r->bucket[at] == bucket &&
                              !candidate_at_least(&candidates[index], &candidates[r->order[at]]))))
        at++;
    memmove(&r->order[at + 1], &r->order[at], (r->count - at) * sizeof(r->order[0]));
    memmove(&r->bucket[at + 1], &r->bucket[at], (r->count - at) * sizeof(r->bucket[0]));
    r->order[at] = (uint16_t)index;
    r->bucket[at] = bucket;
    r->count++;
}

static assay_status first_within(const pck_platform *platform, const pck_candidate *candidates,
                                 const ranking *r, size_t *out, assay_error *err)
{
    for (size_t i = 0; i < r->count; i++) {
        const pck_candidate *c = &candidates[r->order[i]];
        if (tcb_compare(platform->cpu_svn, platform->pce_svn, c->components, c->pce_svn) !=
            TCB_AT_LEAST)
            continue;
        *out = r->order[i];
        return ASSAY_OK;
    }
    return fail_named(err, ASSAY_UNTRUSTED, "pck_none_fits", NULL, "pck_certificates",
                      "all %zu are for a higher TCB than the platform's", r->count);
}

assay_status pck_select(const pck_platform *platform, const pck_candidate *candidates, size_t count,
                        const tcb_info *info, size_t *out, assay_error *err)
{
    if (count == 0 || count > PCK_CANDIDATE_MAX)
        return fail(err, ASSAY_USAGE, "pck_certificates", ASSAY_NO_OFFSET,
                    "%zu certificates, want 1 to %d", count, PCK_CANDIDATE_MAX);
    TRY(inputs_check(platform, candidates, count, info, err));
    ranking r = { .count = 0 };
    for (size_t i = 0; i < count; i++)
        rank(&r, candidates, i, bucket_of(&candidates[i], &info->levels));
    return first_within(platform, candidates, &r, out, err);
}
