/* platforms.c: what the vendor is asked for a platform, and what is kept of it.
 * collateral-service.md 1, 2, 7.8. */
#include "serve/platforms.h"

#include <stdio.h>

#include "serve/answers.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/respond.h"
#include "serve/upper_hex.h"
#include "serve/upstream.h"
#include "wire/json.h"

void platform_tag(assay_span qe_id, uint16_t pce_id, char out[PLATFORM_TAG_SIZE])
{
    static const char prefix[] = "platform/";
    const uint8_t pce[2] = { (uint8_t)(pce_id & 0xff), (uint8_t)(pce_id >> 8) };
    char *at = out + sizeof(prefix) - 1;
    memcpy(out, prefix, sizeof(prefix));
    if (qe_id.size > STORE_QE_ID_MAX)
        qe_id.size = STORE_QE_ID_MAX;
    at += upper_hex(qe_id, at);
    *at++ = '_';
    upper_hex(SPAN(pce), at);
}

bool platform_tcb_known(const store_platform *platform)
{
    return platform->pce_svn != 0 || !span_is_zero(SPAN(platform->cpu_svn));
}

/* ---- What failures of the vendor mean ---- */

/* What says nothing about the platform: the same question may do later. */
static const char *const passing_failures[] = {
    "fetch_unavailable", "fetch_server_error", "fetch_timeout",
    "fetch_resolve",     "fetch_connect",      "fetch_tls",
    "fetch_bad_reply",   "fetch_cancelled",    "upstream_circuit_open",
};

bool platform_upstream_down(const assay_error *error)
{
    for (size_t i = 0;
         error->name != NULL && i < sizeof(passing_failures) / sizeof(passing_failures[0]); i++) {
        if (strcmp(passing_failures[i], error->name) == 0)
            return true;
    }
    return false;
}

unsigned platform_failure_code(const assay_error *error)
{
    bool ours = error->status == ASSAY_ENVIRONMENT || error->status == ASSAY_NO_MEMORY;
    return ours ? failure_code(error) : 502;
}

/* ---- Asking ---- */

#define AUTO_FETCHED  __attribute__((cleanup(assay_fetched_free))) assay_fetched
#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document
#define AUTO_ISSUERS  __attribute__((cleanup(pck_issuers_free))) pck_issuers

static assay_fetch_request request_of(const store_platform *platform, assay_fetch_kind kind)
{
    assay_fetch_request request = { .kind = kind,
                                    .tee = ASSAY_TEE_SGX,
                                    .qe_id = platform->qe_id,
                                    .pce_svn = platform->pce_svn,
                                    .pce_id = platform->pce_id,
                                    .encrypted_ppid = platform->encrypted_ppid,
                                    .platform_manifest = platform->platform_manifest };
    memcpy(request.cpu_svn, platform->cpu_svn, sizeof(request.cpu_svn));
    return request;
}

static assay_span chain_of(const assay_fetched *fetched)
{
    return fetched->issuer_chain == NULL ? (assay_span) { NULL, 0 }
                                         : SPAN_TEXT(fetched->issuer_chain);
}

/* One certificate as the vendor lists it; *out is empty when it is "Not available". */
static assay_status listed_certificate(json_t *entry, arena *memory, assay_span *out,
                                       uint8_t tcbm[STORE_TCBM_SIZE], assay_error *err)
{
    assay_span text;
    if (!json_is_object(entry))
        return fail(err, ASSAY_MALFORMED, "pckcerts", ASSAY_NO_OFFSET, "want objects");
    TRY(json_take_hex(entry, "tcbm", "pckcerts", tcbm, STORE_TCBM_SIZE, err));
    TRY(json_take_text(entry, "cert", "pckcerts", &text, err));
    if (span_is(text, "Not available")) {
        *out = (assay_span) { NULL, 0 };
        return ASSAY_OK;
    }
    uint8_t *decoded = arena_new(memory, text.size + 1, 1);
    size_t size = 0;
    if (decoded == NULL)
        return fail(err, ASSAY_NO_MEMORY, "pckcerts", ASSAY_NO_OFFSET, "no memory");
    TRY(http_percent_decode(text, HTTP_PLUS_LITERAL, decoded, &size, err));
    *out = span_of(decoded, size);
    return ASSAY_OK;
}

/* All that is believed below stands in call memory: what was fetched goes at the end. */
static assay_status certificate_add(call *c, pck_issuers *by, assay_span certificate,
                                    const uint8_t *tcbm, assay_span chain, pck_set *set,
                                    assay_error *err)
{
    pck_ca ca = pck_certificate_ca(certificate, c->memory);
    if (ca == PCK_CA_NONE)
        return fail(err, ASSAY_UNTRUSTED, "pck_certificate", ASSAY_NO_OFFSET,
                    "is not issued by a PCK CA");
    TRY(pck_issuers_load(c, by, ca, chain, err));
    return pck_set_add(by, c->memory, certificate, tcbm, set, err);
}

static assay_status list_read(call *c, const assay_fetched *fetched, pck_issuers *by,
                              platform_offer *out, assay_error *err)
{
    AUTO_DOCUMENT document = { 0 };
    platform_offer offer = { .unavailable = 0 };
    TRY(json_document_parse(span_of(fetched->body, fetched->size), NULL, &document, "pckcerts",
                            err));
    if (!json_is_array(document.root))
        return fail(err, ASSAY_MALFORMED, "pckcerts", ASSAY_NO_OFFSET, "want an array");
    TRY(pck_set_new(c->memory, json_array_size(document.root), &offer.set, err));
    for (size_t i = 0; i < json_array_size(document.root); i++) {
        uint8_t tcbm[STORE_TCBM_SIZE];
        assay_span certificate;
        TRY(listed_certificate(json_array_get(document.root, i), c->memory, &certificate, tcbm,
                               err));
        if (certificate.size == 0)
            offer.unavailable++;
        else
            TRY(certificate_add(c, by, certificate, tcbm, chain_of(fetched), &offer.set, err));
    }
    *out = offer;
    return ASSAY_OK;
}

static assay_status one_read(call *c, const assay_fetched *fetched, pck_issuers *by,
                             platform_offer *out, assay_error *err)
{
    platform_offer offer = { .unavailable = 0 };
    assay_span body = arena_copy(c->memory, span_of(fetched->body, fetched->size));
    TRY(pck_set_new(c->memory, 1, &offer.set, err));
    TRY(certificate_add(c, by, body, NULL, chain_of(fetched), &offer.set, err));
    *out = offer;
    return ASSAY_OK;
}

static void refused_tell(call *c, const store_platform *platform, const assay_error *err)
{
    char tag[PLATFORM_TAG_SIZE];
    platform_tag(platform->qe_id, platform->pce_id, tag);
    metrics_refused_ingest(c->service->metrics, "pck_certificates", assay_error_name(err));
    log_failure(LEVEL_WARNING, "ingest.refused", err, "item", tag, NULL);
}

static assay_status fetch(call *c, const store_platform *platform, assay_fetch_kind kind,
                          assay_fetched *fetched, unsigned *retry_after, assay_error *err)
{
    const assay_fetch_request request = request_of(platform, kind);
    return upstream_fetch(c->service->upstream, "", &request, c->now, fetched, retry_after, err);
}

static bool not_offered(const assay_error *err)
{
    return err->name != NULL && strcmp(err->name, "fetch_not_offered") == 0;
}

assay_status platform_ask(call *c, const store_platform *platform, platform_offer *out,
                          unsigned *retry_after, assay_error *err)
{
    AUTO_FETCHED list = { .body = NULL };
    AUTO_FETCHED one = { .body = NULL };
    AUTO_ISSUERS by = { .roots = &c->service->roots, .now = c->now };
    assay_error failure = { .status = ASSAY_OK };
    assay_status status =
        fetch(c, platform, ASSAY_FETCH_PCK_CERTIFICATES, &list, retry_after, &failure);
    bool lists = status == ASSAY_OK || !not_offered(&failure);
    if (!lists)
        status = fetch(c, platform, ASSAY_FETCH_PCK_CERTIFICATE, &one, retry_after, &failure);
    if (status == ASSAY_OK) {
        status =
            lists ? list_read(c, &list, &by, out, &failure) : one_read(c, &one, &by, out, &failure);
        if (status != ASSAY_OK)
            refused_tell(c, platform, &failure);
    }
    if (status != ASSAY_OK && err != NULL)
        *err = failure;
    return status;
}

/* ---- TCB infos for selections ---- */

static item_name tcb_info_name(const uint8_t fmspc[6], assay_tcb_channel channel)
{
    item_name name = { .kind = ITEM_TCB_INFO,
                       .tee = ASSAY_TEE_SGX,
                       .early = channel == ASSAY_TCB_EARLY };
    memcpy(name.fmspc, fmspc, sizeof(name.fmspc));
    return name;
}

assay_status platform_tcb_info(call *c, item_getter get, const uint8_t fmspc[6], tcb_info *out,
                               assay_error *err)
{
    static const assay_tcb_channel channels[] = { ASSAY_TCB_STANDARD, ASSAY_TCB_EARLY };
    unsigned code = c->code;
    for (size_t i = 0; i < 2; i++) {
        const item_name name = tcb_info_name(fmspc, channels[i]);
        store_item item;
        bool stale;
        if (get(c, &name, &item, &stale) != ASSAY_OK)
            continue;
        c->code = code;
        return tcb_info_parse(item.body, c->memory, out, err);
    }
    const assay_error why = c->error;
    if (err != NULL)
        *err = why;
    return why.status;
}

/* ---- Keeping ---- */

static assay_status selection_of(const store_platform *platform, const pck_set *set,
                                 const tcb_info *info, store_selection *out, assay_error *err)
{
    size_t chosen;
    TRY(pck_set_choose(set, info, platform->cpu_svn, platform->pce_svn, platform->pce_id, &chosen,
                       err));
    memcpy(out->cpu_svn, platform->cpu_svn, sizeof(out->cpu_svn));
    out->pce_svn = platform->pce_svn;
    memcpy(out->tcbm, set->certificates[chosen].tcbm, sizeof(out->tcbm));
    return ASSAY_OK;
}

assay_status platform_record(const store_platform *platform, const platform_offer *offer,
                             const tcb_info *info, arena *memory, store_platform_record *out,
                             assay_error *err)
{
    store_platform_record record = { .platform = *platform,
                                     .certificates = offer->set.certificates,
                                     .certificate_count = offer->set.count };
    store_selection *selection = arena_new(memory, 1, sizeof(*selection));
    assay_error failure = { .status = ASSAY_OK };
    assay_status status = ASSAY_OK;
    bool fits = true;
    if (selection == NULL)
        return fail(err, ASSAY_NO_MEMORY, "platform", ASSAY_NO_OFFSET, "no memory");
    record.platform.ca = (uint8_t)offer->set.ca;
    memcpy(record.platform.fmspc, offer->set.fmspc, sizeof(record.platform.fmspc));
    if (platform_tcb_known(platform) && offer->set.count > 0) {
        status = selection_of(platform, &offer->set, info, selection, &failure);
        fits = status == ASSAY_OK;
        record.selection_count = fits ? 1 : 0;
    }
    if (status != ASSAY_OK && status != ASSAY_UNTRUSTED) {
        if (err != NULL)
            *err = failure;
        return status;
    }
    record.selections = selection;
    record.platform.state = fits && offer->unavailable == 0 && offer->set.count > 0
                                ? STORE_PLATFORM_REGISTERED
                                : STORE_PLATFORM_UNAVAILABLE;
    *out = record;
    return ASSAY_OK;
}

static bool same_certificates(const store_pck *before, size_t count, const pck_set *set)
{
    size_t equal = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < set->count; j++)
            equal += span_equal(before[i].certificate, set->certificates[j].certificate) ? 1 : 0;
    }
    return count == set->count && equal == count;
}

static assay_status same_ppid(const store_pck *before, size_t count, const pck_set *set,
                              arena *memory, assay_error *err)
{
    pck_set old;
    if (count == 0 || set->count == 0)
        return ASSAY_OK;
    TRY(pck_set_of_store(memory, before, 1, &old, err));
    if (memcmp(old.ppid, set->ppid, sizeof(old.ppid)) == 0)
        return ASSAY_OK;
    return fail_named(err, ASSAY_MISMATCH, "platform_ppid", NULL, "platform",
                      "the certificates are of another machine (PPID) than those it has; delete "
                      "the platform first if that is right");
}

assay_status platform_same(service *s, const store_platform *platform, const pck_set *set,
                           arena *memory, assay_error *err)
{
    store_pck *before;
    size_t count;
    TRY(store_certificates(s->store, platform->qe_id, platform->pce_id, memory, &before, &count,
                           err));
    return same_ppid(before, count, set, memory, err);
}

assay_status platform_keep(call *c, const store_platform_record *record,
                           const store_audit_entry *audit, assay_error *err)
{
    char tag[PLATFORM_TAG_SIZE];
    const store_platform *platform = &record->platform;
    TRY(store_platform_put(c->service->store, platform, STORE_REPLACE, record->certificates,
                           record->certificate_count, record->selections, record->selection_count,
                           audit, err));
    platform_tag(platform->qe_id, platform->pce_id, tag);
    answers_drop(c->service->answers, answers_tag(tag));
    return ASSAY_OK;
}

assay_status platform_refresh(service *s, const store_platform *platform, arena *memory,
                              int64_t now, bool *changed, unsigned *retry_after, assay_error *err)
{
    call c = { .service = s, .now = now, .memory = memory, .patience = CALL_MAY_WAIT };
    platform_offer offer;
    store_platform_record record;
    tcb_info info = { .version = 0 };
    store_pck *before;
    size_t count;
    TRY(platform_ask(&c, platform, &offer, retry_after, err));
    TRY(store_certificates(s->store, platform->qe_id, platform->pce_id, memory, &before, &count,
                           err));
    TRY(same_ppid(before, count, &offer.set, memory, err));
    if (offer.set.count == 0 && count > 0)
        return fail_named(err, ASSAY_ENVIRONMENT, "fetch_certificates_unavailable", NULL,
                          "pckcerts", "the vendor has no certificate left: the old ones stay");
    if (offer.set.count > 0)
        TRY(platform_tcb_info(&c, item_obtain, offer.set.fmspc, &info, err));
    TRY(platform_record(platform, &offer, &info, memory, &record, err));
    record.platform.updated = now;
    TRY(platform_keep(&c, &record, NULL, err));
    *changed = !same_certificates(before, count, &offer.set);
    return ASSAY_OK;
}
