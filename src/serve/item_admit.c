/* item_admit.c: what an item must prove before it is kept, whoever brought it.
 * collateral-service.md 7.1. */
#include <stdio.h>

#include "collateral/issuer_chain.h"
#include "serve/item_rows.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "wire/json.h"

enum { LIST_SECONDS = 86400 };

typedef struct admitting {
    service *service;
    const item_name *name;
    store_item *item;
    int64_t now;
    admission by;
    x509_crl root_crl;
    admitted facts;
    assay_error *err;
} admitting;

static assay_status other(const admitting *a, const char *what)
{
    return fail_named(a->err, ASSAY_MISMATCH, "other_item", NULL, item_rows[a->name->kind].word,
                      "is sound, but of another %s than was asked for", what);
}

/* ---- Revoked signers: the root CRL, when there is one of the same root ---- */

static assay_status stored_item(const admitting *a, const char *key, store_item *out, bool *found)
{
    return store_item_get(a->service->store, key, a->by.memory, out, found, a->err);
}

static bool same_root(const admitting *a, const x509_crl *crl)
{
    issuer_chain chain;
    return issuer_chain_read(SPAN_TEXT(a->item->chain), "chain", 0, a->by.memory, &chain, NULL) ==
               ASSAY_OK &&
           span_equal(chain.root.subject, crl->issuer) &&
           span_equal(chain.root.subject_key_id, crl->authority_key_id);
}

static assay_status root_crl_load(admitting *a)
{
    store_item stored;
    bool found = false;
    admitted facts;
    if (a->item->chain[0] == '\0')
        return ASSAY_OK;
    TRY(stored_item(a, "crl/root", &stored, &found));
    if (!found || admit_root_crl(&a->by, stored.body, SPAN_TEXT(stored.chain), &facts, NULL,
                                 &a->root_crl, NULL) != ASSAY_OK)
        return ASSAY_OK;
    if (same_root(a, &a->root_crl))
        a->by.root_crl = &a->root_crl;
    return ASSAY_OK;
}

/* ---- One function for each kind ---- */

static assay_span chain_of(const admitting *a)
{
    return SPAN_TEXT(a->item->chain);
}

static assay_status number_check(const admitting *a)
{
    if (a->name->number != 0 && a->facts.evaluation_number != a->name->number)
        return other(a, "evaluation number");
    return ASSAY_OK;
}

static assay_status tcb_info_admit(admitting *a)
{
    TRY(admit_tcb_info(&a->by, a->item->body, chain_of(a), &a->facts, a->err));
    if (a->facts.tee != a->name->tee)
        return other(a, "TEE");
    if (memcmp(a->facts.fmspc, a->name->fmspc, sizeof(a->facts.fmspc)) != 0)
        return other(a, "FMSPC");
    return number_check(a);
}

static assay_status identity_admit(admitting *a)
{
    static const identity_id wanted[ITEM_KIND_COUNT] = {
        [ITEM_QVE_IDENTITY] = IDENTITY_QVE, [ITEM_QAE_IDENTITY] = IDENTITY_QAE
    };
    TRY(admit_identity(&a->by, a->item->body, chain_of(a), &a->facts, a->err));
    identity_id id = wanted[a->name->kind];
    if (a->name->kind == ITEM_QE_IDENTITY)
        id = a->name->tee == ASSAY_TEE_TDX ? IDENTITY_TD_QE : IDENTITY_QE;
    if (a->facts.identity != id)
        return other(a, "enclave");
    return number_check(a);
}

static assay_status pck_crl_admit(admitting *a)
{
    TRY(admit_pck_crl(&a->by, a->item->body, chain_of(a), &a->facts, &a->item->body, a->err));
    return a->facts.ca == a->name->ca ? ASSAY_OK : other(a, "CA");
}

static assay_status root_crl_admit(admitting *a)
{
    a->by.root_crl = NULL;
    return admit_root_crl(&a->by, a->item->body, chain_of(a), &a->facts, &a->item->body, NULL,
                          a->err);
}

static assay_status numbers_admit(admitting *a)
{
    evaluation_numbers numbers;
    TRY(admit_evaluation_numbers(&a->by, a->item->body, chain_of(a), &a->facts, &numbers, a->err));
    return a->facts.tee == a->name->tee ? ASSAY_OK : other(a, "TEE");
}

static assay_status pck_chain_admit(admitting *a)
{
    pck_issuer issuer = { .end = 0 };
    const assay_status status = admit_pck_issuer(&a->by, a->item->body, &issuer, a->err);
    const pck_ca ca = status == ASSAY_OK ? pck_ca_of_name(issuer.ca.subject) : PCK_CA_NONE;
    a->facts.issue_date = status == ASSAY_OK ? issuer.ca.not_before : 0;
    a->facts.next_update = a->facts.chain_end = issuer.end;
    pck_issuer_free(&issuer);
    TRY(status);
    return ca == a->name->ca ? ASSAY_OK : other(a, "CA");
}

/* Not signed: nothing but its form can be asked. */
static assay_status fmspcs_admit(admitting *a)
{
    json_document document;
    TRY(json_document_parse(a->item->body, NULL, &document, "fmspcs", a->err));
    assay_status status =
        json_is_array(document.root) ? ASSAY_OK : json_fail(a->err, "fmspcs", "[]", "want a list");
    for (size_t i = 0; status == ASSAY_OK && i < json_array_size(document.root); i++) {
        json_t *each = json_array_get(document.root, i);
        uint8_t fmspc[6];
        assay_span platform;
        status = json_take_hex(each, "fmspc", "fmspcs[]", fmspc, sizeof(fmspc), a->err);
        if (status == ASSAY_OK)
            status = json_take_text(each, "platform", "fmspcs[]", &platform, a->err);
    }
    json_document_free(&document);
    a->facts.next_update = a->facts.chain_end = a->now + LIST_SECONDS;
    return status;
}

static assay_status amd_chain_admit(admitting *a)
{
    amd_chain chain;
    TRY(amd_chain_check(a->item->body, &a->service->amd_roots, &chain, a->err));
    a->facts.issue_date = chain.not_before;
    a->facts.next_update = a->facts.chain_end = chain.not_after;
    if (chain.product != a->name->product)
        return other(a, "product");
    return chain.is_vlek == a->name->vlek ? ASSAY_OK : other(a, "signer");
}

static assay_status amd_crl_admit(admitting *a)
{
    amd_crl crl;
    TRY(amd_crl_check(a->item->body, chain_of(a), &a->service->amd_roots, &crl, a->err));
    a->facts.issue_date = crl.this_update;
    a->facts.next_update = a->facts.chain_end = crl.next_update;
    return ASSAY_OK;
}

static assay_status vcek_admit(admitting *a)
{
    const item_name *name = a->name;
    amd_vcek vcek, wanted = { .product = name->product };
    TRY(amd_vcek_check(a->item->body, chain_of(a), &a->service->amd_roots, &vcek, a->err));
    amd_tcb_read(name->product, name->tcb, &wanted);
    a->facts.issue_date = vcek.not_before;
    if (vcek.product != name->product)
        return other(a, "product");
    if (memcmp(vcek.chip_id, name->chip_id, item_chip_size(name->product)) != 0)
        return other(a, "chip");
    const bool same = vcek.boot_loader == wanted.boot_loader && vcek.tee == wanted.tee &&
                      vcek.snp == wanted.snp && vcek.microcode == wanted.microcode &&
                      vcek.fmc == wanted.fmc;
    return same ? ASSAY_OK : other(a, "TCB");
}

static assay_status (*const admissions[ITEM_KIND_COUNT])(admitting *a) = {
    [ITEM_TCB_INFO] = tcb_info_admit,
    [ITEM_QE_IDENTITY] = identity_admit,
    [ITEM_QVE_IDENTITY] = identity_admit,
    [ITEM_QAE_IDENTITY] = identity_admit,
    [ITEM_PCK_CRL] = pck_crl_admit,
    [ITEM_ROOT_CRL] = root_crl_admit,
    [ITEM_EVALUATION_NUMBERS] = numbers_admit,
    [ITEM_FMSPCS] = fmspcs_admit,
    [ITEM_AMD_CHAIN] = amd_chain_admit,
    [ITEM_AMD_CRL] = amd_crl_admit,
    [ITEM_VCEK] = vcek_admit,
    [ITEM_PCK_CHAIN] = pck_chain_admit,
};

/* ---- Dates and rollback ---- */

/* Azure's baseline lags on purpose: what THIM sends may be stale, and is served as such. */
static bool may_be_stale(const service *s)
{
    const assay_service from = s->config.upstream.pcs.service;
    return from == ASSAY_SERVICE_THIM_GLOBAL || from == ASSAY_SERVICE_THIM_REGIONAL ||
           from == ASSAY_SERVICE_THIM_IMDS;
}

static assay_status dates_check(const admitting *a)
{
    /* A VCEK is for ever. */
    if (a->name->kind == ITEM_VCEK)
        return ASSAY_OK;
    assay_error why = { .status = ASSAY_OK };
    const assay_status status =
        admission_dates_check(&a->facts, a->now, item_rows[a->name->kind].word, &why);
    const bool expired =
        status != ASSAY_OK && why.name != NULL && strcmp(why.name, "collateral_expired") == 0;
    if (status == ASSAY_OK || (expired && may_be_stale(a->service)))
        return ASSAY_OK;
    if (a->err != NULL)
        *a->err = why;
    return status;
}

static int number_compare(assay_span a, assay_span b)
{
    if (a.size != b.size)
        return a.size < b.size ? -1 : 1;
    return a.size > 0 ? memcmp(a.data, b.data, a.size) : 0;
}

static bool crl_number_lower(const store_item *old, const store_item *new)
{
    arena memory = { NULL };
    x509_crl before, after;
    const bool lower = crl_read(old->body, "crl", &memory, &before, NULL) == ASSAY_OK &&
                       crl_read(new->body, "crl", &memory, &after, NULL) == ASSAY_OK &&
                       number_compare(after.number, before.number) < 0;
    arena_free(&memory);
    return lower;
}

assay_status item_rollback_check(const item_name *name, const store_item *old,
                                 const store_item *new, assay_error *err)
{
    const char *word = item_rows[name->kind].word;
    if (new->issue_date < old->issue_date)
        return fail_named(err, ASSAY_MISMATCH, "rollback", NULL, word,
                          "was issued before the one that is here: %lld, have %lld",
                          (long long)new->issue_date, (long long)old->issue_date);
    if (new->evaluation_number < old->evaluation_number)
        return fail_named(err, ASSAY_MISMATCH, "rollback", NULL, word,
                          "evaluation number %u, have %u", new->evaluation_number,
                          old->evaluation_number);
    if ((name->kind == ITEM_PCK_CRL || name->kind == ITEM_ROOT_CRL) && crl_number_lower(old, new))
        return fail_named(err, ASSAY_MISMATCH, "rollback", NULL, word,
                          "its CRL number is lower than that of the one that is here");
    return ASSAY_OK;
}

static assay_status rollback_check(const admitting *a)
{
    store_item old;
    bool found = false;
    if (a->service->config.upstream.allow_rollback || a->name->kind == ITEM_VCEK)
        return ASSAY_OK;
    TRY(stored_item(a, a->item->key, &old, &found));
    return found ? item_rollback_check(a->name, &old, a->item, a->err) : ASSAY_OK;
}

/* ---- The whole ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static assay_status admit(admitting *a)
{
    char key[ITEM_KEY_SIZE];
    item_key(a->name, key);
    a->item->key = arena_text(a->by.memory, SPAN_TEXT(key));
    if (a->item->key == NULL)
        return fail(a->err, ASSAY_NO_MEMORY, key, ASSAY_NO_OFFSET, "no memory");
    if (a->name->product == AMD_NONE)
        TRY(root_crl_load(a));
    TRY(admissions[a->name->kind](a));
    TRY(dates_check(a));
    a->item->issue_date = a->facts.issue_date;
    a->item->next_update = earlier(a->facts.next_update, a->facts.chain_end);
    a->item->evaluation_number = a->facts.evaluation_number;
    return rollback_check(a);
}

void item_refused(service *s, const char *key, const item_name *name, const char *source,
                  const assay_error *why)
{
    metrics_refused_ingest(s->metrics, item_rows[name->kind].word, assay_error_name(why));
    log_failure(LEVEL_WARNING, "ingest.refused", why, "item", key, "source",
                source != NULL ? source : "", NULL);
}

/* Troubles of our own are no fault of the item. */
static bool about_item(assay_status status)
{
    return status != ASSAY_OK && status != ASSAY_ENVIRONMENT && status != ASSAY_NO_MEMORY;
}

assay_status item_admit(service *s, const item_name *name, store_item *item, arena *memory,
                        int64_t now, assay_error *err)
{
    assay_error why = { .status = ASSAY_OK };
    store_item admitted_item = *item;
    if (admitted_item.chain == NULL)
        admitted_item.chain = "";
    admitting a = { .service = s,
                    .name = name,
                    .item = &admitted_item,
                    .now = now,
                    .by = { .roots = &s->roots, .memory = memory },
                    .err = &why };
    const assay_status status = admit(&a);
    if (about_item(status)) {
        char key[ITEM_KEY_SIZE];
        item_key(name, key);
        item_refused(s, key, name, item->source, &why);
    }
    if (status == ASSAY_OK)
        *item = admitted_item;
    else if (err != NULL)
        *err = why;
    return status;
}
