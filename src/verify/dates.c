/* dates.c: the eight dated items of a verification, at the time given: steps 15, 18 and 19, and
 * sections 6.1 and 6.2 of verification.md. A second equal to the end is stale. */
#include "verify/steps.h"

static void span_dates(const assay_validity *validity, const assay_item *items, size_t count,
                       int64_t *earliest_begin, int64_t *latest_begin, int64_t *earliest_end)
{
    *earliest_begin = validity[items[0]].begin;
    *latest_begin = validity[items[0]].latest_begin;
    *earliest_end = validity[items[0]].end;
    for (size_t i = 1; i < count; i++) {
        const assay_validity *at = &validity[items[i]];
        *earliest_begin = at->begin < *earliest_begin ? at->begin : *earliest_begin;
        *latest_begin = at->latest_begin > *latest_begin ? at->latest_begin : *latest_begin;
        *earliest_end = at->end < *earliest_end ? at->end : *earliest_end;
    }
}

/* The crlNumber as 32 bits, as the supplemental data has it. */
static uint32_t crl_number(const x509_crl *crl)
{
    uint32_t number = 0;
    for (size_t i = 0; i < crl->number.size; i++)
        number = number << 8 | crl->number.data[i];
    return number;
}

void dates_judge(verification *v)
{
    static const assay_item all[] = {
        ASSAY_ITEM_ROOT_CA_CRL,
        ASSAY_ITEM_PCK_CRL,
        ASSAY_ITEM_PCK_CRL_ISSUER_CHAIN,
        ASSAY_ITEM_PCK_CHAIN,
        ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN,
        ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN,
        ASSAY_ITEM_TCB_INFO,
        ASSAY_ITEM_QE_IDENTITY,
    };
    static const assay_item identity[] = { ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN,
                                           ASSAY_ITEM_QE_IDENTITY };
    const assay_collateral *given = v->collateral;
    assay_verdict *out = v->verdict;
    memcpy(out->validity, given->validity, sizeof(out->validity));
    out->validity[ASSAY_ITEM_PCK_CHAIN] = v->pck.validity;
    span_dates(out->validity, all, ASSAY_ITEM_COUNT, &out->earliest_issue_date,
               &out->latest_issue_date, &out->earliest_expiration_date);
    span_dates(out->validity, identity, 2, &out->qe_identity_earliest_issue_date,
               &out->qe_identity_latest_issue_date, &out->qe_identity_earliest_expiration_date);
    const int64_t now = v->options->now;
    out->collateral_expired = out->earliest_expiration_date <= now || out->latest_issue_date > now;
    out->root_ca_crl_number = crl_number(&given->root_crl);
    out->pck_crl_number = crl_number(&given->pck_crl);
}
