/* pck_set.c: the PCK certificates of one platform. collateral-service.md 2, 7.1. */
#include "serve/pck_set.h"

#include "wire/pem.h"

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "pck_certificates", ASSAY_NO_OFFSET, "no memory");
}

/* ---- What certificates are checked with ---- */

assay_status item_obtain(call *c, const item_name *name, store_item *out, bool *stale)
{
    char key[ITEM_KEY_SIZE];
    bool found = false, changed;
    item_key(name, key);
    if (c->service->config.upstream.mode != FILL_REQ)
        return item_get(c, name, out, stale);
    TRY(store_item_get(c->service->store, key, c->memory, out, &found, &c->error));
    if (!found)
        TRY(item_refresh(c->service, name, c->memory, c->now, &changed, &c->retry_after,
                         &c->error));
    return item_get(c, name, out, stale);
}

static assay_status crl_load(call *c, const item_name *name, const char *where, bool *has,
                             x509_crl *out, assay_error *err)
{
    store_item item;
    bool stale;
    unsigned code = c->code;
    /* Without the list nobody is looked up: whoever verifies a quote looks there again. */
    *has = item_obtain(c, name, &item, &stale) == ASSAY_OK;
    c->code = code;
    return *has ? x509_crl_parse(item.body, where, out, err) : ASSAY_OK;
}

/* What proves the certificates is what is served beside them. */
static assay_status chain_keep(call *c, pck_ca ca, assay_span chain, assay_error *err)
{
    const item_name name = { .kind = ITEM_PCK_CHAIN, .ca = ca };
    store_item item = { .body = chain,
                        .chain = arena_text(c->memory, chain),
                        .source = "with certificates",
                        .fetched = c->now };
    if (item.chain == NULL)
        return no_memory(err);
    TRY(item_admit(c->service, &name, &item, c->memory, c->now, err));
    return items_store(c->service, &item, 1, err);
}

static assay_status chain_load(call *c, pck_ca ca, assay_span came, assay_span *out,
                               assay_error *err)
{
    unsigned code = c->code;
    if (item_pck_chain(c, ca, out) == ASSAY_OK)
        return ASSAY_OK;
    if (came.size == 0) {
        const assay_error why = c->error;
        if (err != NULL)
            *err = why;
        return why.status;
    }
    c->code = code;
    *out = came;
    return chain_keep(c, ca, came, err);
}

assay_status pck_issuers_load(call *c, pck_issuers *by, pck_ca ca, assay_span came,
                              assay_error *err)
{
    const item_name root_crl = { .kind = ITEM_ROOT_CRL };
    const item_name pck_crl = { .kind = ITEM_PCK_CRL, .ca = ca };
    assay_span chain;
    if (by->of[ca].chain.size > 0)
        return ASSAY_OK;
    if (!by->has_root_crl)
        TRY(crl_load(c, &root_crl, "root_ca_crl", &by->has_root_crl, &by->root_crl, err));
    TRY(crl_load(c, &pck_crl, "pck_crl", &by->of[ca].has_crl, &by->of[ca].crl, err));
    TRY(chain_load(c, ca, came, &chain, err));
    const admission admit = { by->roots, by->has_root_crl ? &by->root_crl : NULL, c->memory };
    TRY(admit_pck_issuer(&admit, chain, &by->of[ca].proved, err));
    by->of[ca].chain = chain;
    return ASSAY_OK;
}

void pck_issuers_free(pck_issuers *by)
{
    for (size_t i = 0; i < PCK_CA_COUNT; i++)
        pck_issuer_free(&by->of[i].proved);
}

/* ---- Certificates ---- */

static assay_status der_of(assay_span certificate, arena *memory, assay_span *out, assay_error *err)
{
    pem_blocks blocks;
    if (!pem_looks_like(certificate)) {
        *out = certificate;
        return ASSAY_OK;
    }
    size_t capacity = certificate.size / 4 * 3 + 6;
    uint8_t *buffer = arena_new(memory, capacity, 1);
    if (buffer == NULL)
        return no_memory(err);
    TRY(pem_decode(certificate, "CERTIFICATE", buffer, capacity, &blocks, err));
    if (blocks.count != 1)
        return fail(err, ASSAY_MALFORMED, "pck_certificate", ASSAY_NO_OFFSET,
                    "%zu certificates, want one", blocks.count);
    *out = blocks.der[0];
    return ASSAY_OK;
}

pck_ca pck_certificate_ca(assay_span certificate, arena *memory)
{
    assay_span der;
    x509_cert parsed;
    if (der_of(certificate, memory, &der, NULL) != ASSAY_OK ||
        x509_cert_parse(der, "pck_certificate", &parsed, NULL) != ASSAY_OK)
        return PCK_CA_NONE;
    return pck_ca_of_name(parsed.issuer);
}

assay_status pck_set_new(arena *memory, size_t capacity, pck_set *out, assay_error *err)
{
    pck_set set = { .capacity = capacity };
    if (capacity > PCK_CANDIDATE_MAX)
        return fail(err, ASSAY_MALFORMED, "pck_certificates", ASSAY_NO_OFFSET,
                    "%zu certificates, want at most %d", capacity, PCK_CANDIDATE_MAX);
    set.certificates = arena_new(memory, capacity + 1, sizeof(*set.certificates));
    set.candidates = arena_new(memory, capacity + 1, sizeof(*set.candidates));
    if (set.certificates == NULL || set.candidates == NULL)
        return no_memory(err);
    *out = set;
    return ASSAY_OK;
}

static pck_candidate candidate_of(const pck_extension *extension)
{
    pck_candidate candidate = { .pce_svn = extension->pce_svn };
    memcpy(candidate.components, extension->components, sizeof(candidate.components));
    memcpy(candidate.pce_id, extension->pce_id, sizeof(candidate.pce_id));
    memcpy(candidate.fmspc, extension->fmspc, sizeof(candidate.fmspc));
    memcpy(candidate.ppid, extension->ppid, sizeof(candidate.ppid));
    return candidate;
}

static void tcbm_of(const pck_extension *extension, uint8_t out[STORE_TCBM_SIZE])
{
    memcpy(out, extension->cpu_svn, sizeof(extension->cpu_svn));
    out[16] = (uint8_t)(extension->pce_svn & 0xff);
    out[17] = (uint8_t)(extension->pce_svn >> 8);
}

static assay_status same_platform(const pck_set *set, const pck_extension *e, pck_ca ca,
                                  assay_error *err)
{
    const char *fault = NULL;
    if (ca != set->ca)
        fault = "another CA";
    else if (memcmp(e->ppid, set->ppid, sizeof(e->ppid)) != 0)
        fault = "another platform (PPID)";
    else if (memcmp(e->fmspc, set->fmspc, sizeof(e->fmspc)) != 0)
        fault = "another FMSPC";
    else if (memcmp(e->pce_id, set->pce_id, sizeof(e->pce_id)) != 0)
        fault = "another PCE-ID";
    if (fault == NULL)
        return ASSAY_OK;
    return fail(err, ASSAY_MISMATCH, "pck_certificates", ASSAY_NO_OFFSET,
                "a certificate is of %s than the first one", fault);
}

/* The place of a certificate with this TCB: its own, or the next free one. */
static size_t place_of(const pck_set *set, const uint8_t tcbm[STORE_TCBM_SIZE])
{
    size_t i = 0;
    while (i < set->count && memcmp(set->certificates[i].tcbm, tcbm, STORE_TCBM_SIZE) != 0)
        i++;
    return i;
}

static assay_status keep(pck_set *set, assay_span der, const pck_extension *extension, pck_ca ca,
                         assay_error *err)
{
    uint8_t tcbm[STORE_TCBM_SIZE];
    tcbm_of(extension, tcbm);
    size_t at = place_of(set, tcbm);
    if (set->count == 0) {
        memcpy(set->fmspc, extension->fmspc, sizeof(set->fmspc));
        memcpy(set->pce_id, extension->pce_id, sizeof(set->pce_id));
        memcpy(set->ppid, extension->ppid, sizeof(set->ppid));
        set->ca = ca;
    }
    TRY(same_platform(set, extension, ca, err));
    if (at == set->capacity)
        return fail(err, ASSAY_USAGE, "pck_certificates", ASSAY_NO_OFFSET, "room for %zu",
                    set->capacity);
    set->certificates[at].certificate = der;
    memcpy(set->certificates[at].tcbm, tcbm, sizeof(tcbm));
    set->candidates[at] = candidate_of(extension);
    set->count += at == set->count ? 1 : 0;
    return ASSAY_OK;
}

assay_status pck_set_add(const pck_issuers *by, arena *memory, assay_span certificate,
                         const uint8_t *tcbm, pck_set *set, assay_error *err)
{
    const admission admit = { by->roots, by->has_root_crl ? &by->root_crl : NULL, memory };
    uint8_t own[STORE_TCBM_SIZE];
    assay_span der;
    admitted facts;
    pck_extension extension;
    TRY(der_of(certificate, memory, &der, err));
    pck_ca ca = pck_certificate_ca(der, memory);
    if (ca == PCK_CA_NONE || by->of[ca].chain.size == 0)
        return fail(err, ASSAY_UNTRUSTED, "pck_certificate", ASSAY_NO_OFFSET,
                    "is not issued by a PCK CA whose chain is known here");
    assay_status status = admit_pck_certificate_of(&admit, &by->of[ca].proved, der,
                                                   by->of[ca].has_crl ? &by->of[ca].crl : NULL,
                                                   &facts, &extension, err);
    if (status == ASSAY_REVOKED) {
        set->revoked++;
        return ASSAY_OK;
    }
    TRY(status);
    TRY(admission_dates_check(&facts, by->now, "pck_certificate", err));
    tcbm_of(&extension, own);
    if (tcbm != NULL && memcmp(own, tcbm, sizeof(own)) != 0)
        return fail(err, ASSAY_MISMATCH, "pck_certificate.tcbm", ASSAY_NO_OFFSET,
                    "the certificate is for another TCB than it is listed for");
    return keep(set, der, &extension, ca, err);
}

assay_status pck_set_of_store(arena *memory, const store_pck *certificates, size_t count,
                              pck_set *out, assay_error *err)
{
    pck_set set;
    TRY(pck_set_new(memory, count, &set, err));
    for (size_t i = 0; i < count; i++) {
        x509_cert leaf;
        pck_extension extension;
        TRY(x509_cert_parse(certificates[i].certificate, "pck_certificate", &leaf, err));
        pck_ca ca = pck_ca_of_name(leaf.issuer);
        TRY(pck_extension_parse(&leaf, ca, "pck_certificate", &extension, err));
        TRY(keep(&set, certificates[i].certificate, &extension, ca, err));
    }
    *out = set;
    return ASSAY_OK;
}

assay_status pck_set_choose(const pck_set *set, const tcb_info *info, const uint8_t cpu_svn[16],
                            uint16_t pce_svn, uint16_t pce_id, size_t *out, assay_error *err)
{
    pck_platform platform = { .pce_svn = pce_svn,
                              .pce_id = { (uint8_t)(pce_id & 0xff), (uint8_t)(pce_id >> 8) } };
    memcpy(platform.cpu_svn, cpu_svn, sizeof(platform.cpu_svn));
    return pck_select(&platform, set->candidates, set->count, info, out, err);
}

/* ---- When choices hold ---- */

static bool same_levels(const tcb_levels *a, const tcb_levels *b)
{
    for (size_t i = 0; a->count == b->count && i < a->count; i++) {
        if (a->at[i].pce_svn != b->at[i].pce_svn ||
            memcmp(a->at[i].sgx, b->at[i].sgx, sizeof(a->at[i].sgx)) != 0)
            return false;
    }
    return a->count == b->count;
}

bool pck_chosen_otherwise(service *s, const store_item *item)
{
    item_name name;
    arena memory = { NULL };
    store_item before;
    bool found = false;
    tcb_info old, new;
    if (item_parse_key(item->key, &name, NULL) != ASSAY_OK || name.kind != ITEM_TCB_INFO ||
        name.tee != ASSAY_TEE_SGX || name.early || name.number != 0)
        return false;
    bool same = store_item_get(s->store, item->key, &memory, &before, &found, NULL) == ASSAY_OK &&
                found && tcb_info_parse(before.body, &memory, &old, NULL) == ASSAY_OK &&
                tcb_info_parse(item->body, &memory, &new, NULL) == ASSAY_OK &&
                same_levels(&old.levels, &new.levels);
    arena_free(&memory);
    return !same;
}
