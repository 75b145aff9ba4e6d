/* pck_routes.c: GET pckcert, in the form of PCCS and in that of Azure's guests.
 * collateral-service.md 1, 2, 4, 7.6, 7.8.
 *
 * Nobody has to show a token here, so nothing that the question says is kept. A platform that
 * nobody has registered is answered from the vendor without a trace in the store; for one that is
 * registered the vendor may be asked again, and only what the vendor signed is written. */
#include <stdio.h>

#include "serve/access.h"
#include "serve/answers.h"
#include "serve/log.h"
#include "serve/platform_tables.h"
#include "serve/platforms.h"
#include "serve/upper_hex.h"
#include "serve/vendor_tables.h"

enum { VARIANT_V3 = 3, VARIANT_V4 = 4, VARIANT_THIM = 16 };
enum { ASK_AGAIN_SECONDS = 86400, ENCRYPTED_PPID_SIZE = 384 };

enum { QE_ID, CPU_SVN, PCE_SVN, PCE_ID, ENCRYPTED_PPID };
static const parameter pckcert_parameters[] = {
    [QE_ID] = { "qeid", PARAMETER_HEX, PARAMETER_REQUIRED, 0, STORE_QE_ID_MAX, NULL },
    [CPU_SVN] = { "cpusvn", PARAMETER_HEX, PARAMETER_REQUIRED, 16, 0, NULL },
    [PCE_SVN] = { "pcesvn", PARAMETER_HEX, PARAMETER_REQUIRED, 2, 0, NULL },
    [PCE_ID] = { "pceid", PARAMETER_HEX, PARAMETER_REQUIRED, 2, 0, NULL },
    [ENCRYPTED_PPID] = { "encrypted_ppid", PARAMETER_HEX, PARAMETER_OPTIONAL, ENCRYPTED_PPID_SIZE,
                         0, NULL },
    { .name = NULL },
};

/* The question as a platform that might be registered. */
static store_platform asked_platform(const call *c)
{
    store_platform asked = { .qe_id = c->parameters[QE_ID],
                             .pce_id = load_u16le(c->parameters[PCE_ID].data),
                             .pce_svn = load_u16le(c->parameters[PCE_SVN].data) };
    memcpy(asked.cpu_svn, c->parameters[CPU_SVN].data, sizeof(asked.cpu_svn));
    if (!span_is_zero(c->parameters[ENCRYPTED_PPID]))
        asked.encrypted_ppid = c->parameters[ENCRYPTED_PPID];
    return asked;
}

/* ---- Which certificate ---- */

static store_answer answer_of(const pck_set *set, size_t chosen, int64_t fetched)
{
    store_answer found = { .certificate = set->certificates[chosen].certificate,
                           .ca = (uint8_t)set->ca,
                           .fetched = fetched };
    memcpy(found.tcbm, set->certificates[chosen].tcbm, sizeof(found.tcbm));
    memcpy(found.fmspc, set->fmspc, sizeof(found.fmspc));
    return found;
}

static assay_status none_fits(call *c, store_platform_state state)
{
    if (state == STORE_PLATFORM_UNAVAILABLE)
        return call_fail(c, 462, "certificates_unavailable", "pckcert",
                         "the vendor lists no certificate for this TCB of the platform");
    return call_fail(c, 404, "not_found", "pckcert",
                     "every certificate of the platform is for a higher TCB than it reports");
}

static assay_status choose(call *c, const store_platform *asked, const pck_set *set,
                           store_platform_state state, int64_t fetched, store_answer *out)
{
    tcb_info info;
    size_t chosen;
    TRY(platform_tcb_info(c, item_get, set->fmspc, &info, &c->error));
    assay_status status = pck_set_choose(set, &info, asked->cpu_svn, asked->pce_svn, asked->pce_id,
                                         &chosen, &c->error);
    if (status == ASSAY_UNTRUSTED)
        return none_fits(c, state);
    TRY(status);
    *out = answer_of(set, chosen, fetched);
    return ASSAY_OK;
}

/* ---- A platform that nobody registered ---- */

static assay_status fill(call *c, const store_platform *asked, store_answer *out)
{
    platform_offer offer;
    if (c->service->config.upstream.mode != FILL_LAZY || asked->encrypted_ppid.size == 0)
        return call_fail(c, 461, "platform_unknown", "qeid",
                         "the platform is not registered; POST .../platforms registers it");
    TRY(call_may_ask(c));
    if (!access_fill(c->service->access, c->request->address, c->now, &c->retry_after))
        return call_fail(c, 503, "fills_exhausted", "qeid",
                         "too many platforms that are not registered were asked for");
    if (platform_ask(c, asked, &offer, &c->retry_after, &c->error) != ASSAY_OK) {
        c->code = platform_failure_code(&c->error);
        return c->error.status;
    }
    if (offer.set.count == 0)
        return call_fail(c, 462, "certificates_unavailable", "pckcert",
                         "the vendor has no certificate for this platform");
    return choose(c, asked, &offer.set,
                  offer.unavailable > 0 ? STORE_PLATFORM_UNAVAILABLE : STORE_PLATFORM_REGISTERED,
                  c->now, out);
}

/* ---- A platform that is registered ---- */

static bool tcb_is_new(const store_platform *asked, const store_platform *platform)
{
    return asked->pce_svn != platform->pce_svn ||
           memcmp(asked->cpu_svn, platform->cpu_svn, sizeof(asked->cpu_svn)) != 0;
}

/* A new raw TCB may come with new certificates; so may time for those that had none. */
static bool worth_asking(const call *c, const store_platform *asked, const store_platform *platform,
                         size_t certificate_count)
{
    if (c->service->config.upstream.mode != FILL_LAZY)
        return false;
    return certificate_count == 0 ||
           (tcb_is_new(asked, platform) && c->now - platform->updated >= ASK_AGAIN_SECONDS);
}

static void ask_again(call *c, store_platform *platform)
{
    char tag[PLATFORM_TAG_SIZE];
    assay_error failure = { .status = ASSAY_OK };
    bool changed = false;
    unsigned wait;
    if (!access_fill(c->service->access, c->request->address, c->now, &wait))
        return;
    platform_tag(platform->qe_id, platform->pce_id, tag);
    if (platform_refresh(c->service, platform, c->memory, c->now, &changed, &wait, &failure) !=
        ASSAY_OK)
        log_failure(LEVEL_WARNING, "platform.refresh_failed", &failure, "platform", tag, NULL);
    else if (changed)
        log_event(LEVEL_NOTICE, "platform.refreshed", "platform", tag, NULL);
}

static assay_status known(call *c, const store_platform *asked, store_platform *platform,
                          store_answer *out)
{
    store *s = c->service->store;
    store_pck *certificates;
    size_t count;
    pck_set set;
    bool found;
    TRY(store_certificates(s, asked->qe_id, asked->pce_id, c->memory, &certificates, &count,
                           &c->error));
    bool again = worth_asking(c, asked, platform, count);
    if (again && call_may_ask(c) != ASSAY_OK) {
        if (c->wants_vendor)
            return c->error.status;
        again = false; /* too busy: what is there has to do */
        c->code = 0;
    }
    if (again) {
        ask_again(c, platform);
        TRY(store_platform_get(s, asked->qe_id, asked->pce_id, c->memory, platform, &found,
                               &c->error));
        TRY(store_certificates(s, asked->qe_id, asked->pce_id, c->memory, &certificates, &count,
                               &c->error));
    }
    if (count == 0)
        return call_fail(c, 462, "certificates_unavailable", "pckcert",
                         "the platform is registered, its certificates have not come yet");
    TRY(pck_set_of_store(c->memory, certificates, count, &set, &c->error));
    return choose(c, asked, &set, platform->state, platform->updated, out);
}

static assay_status certificate_find(call *c, const store_platform *asked, store_answer *out)
{
    store *s = c->service->store;
    store_platform platform;
    bool found;
    TRY(store_selected(s, asked->qe_id, asked->pce_id, asked->cpu_svn, asked->pce_svn, c->memory,
                       out, &found, &c->error));
    if (found)
        return ASSAY_OK;
    TRY(store_platform_get(s, asked->qe_id, asked->pce_id, c->memory, &platform, &found,
                           &c->error));
    return found ? known(c, asked, &platform, out) : fill(c, asked, out);
}

/* ---- Replies ---- */

static assay_status no_memory(call *c)
{
    return fail(&c->error, ASSAY_NO_MEMORY, "pckcert", ASSAY_NO_OFFSET, "no memory");
}

typedef struct pck_texts {
    assay_span pem;
    const char *chain; /* percent-encoded */
    char tcbm[2 * STORE_TCBM_SIZE + 1];
    char fmspc[13];
} pck_texts;

static assay_status texts_of(call *c, const store_answer *found, pck_texts *out)
{
    assay_span chain;
    TRY(item_pck_chain(c, found->ca, &chain));
    char *encoded = arena_new(c->memory, 3 * chain.size + 1, 1);
    out->pem = pem_certificate(found->certificate, c->memory);
    if (encoded == NULL || out->pem.data == NULL)
        return no_memory(c);
    http_percent_encode(chain, encoded);
    out->chain = encoded;
    upper_hex(SPAN(found->tcbm), out->tcbm);
    upper_hex(SPAN(found->fmspc), out->fmspc);
    return ASSAY_OK;
}

static assay_status pem_reply(call *c, const store_answer *found, const pck_texts *texts,
                              answer *out)
{
    static const char form[] = "SGX-TCBm: %s\r\n"
                               "SGX-FMSPC: %s\r\n"
                               "SGX-PCK-Certificate-CA-Type: %s\r\n"
                               "SGX-PCK-Certificate-Issuer-Chain: %s\r\n";
    size_t size = sizeof(form) + sizeof(texts->tcbm) + sizeof(texts->fmspc) + sizeof("PROCESSOR") +
                  strlen(texts->chain);
    char *headers = arena_new(c->memory, size, 1);
    if (headers == NULL)
        return no_memory(c);
    snprintf(headers, size, form, texts->tcbm, texts->fmspc,
             found->ca == PCK_CA_PROCESSOR ? "PROCESSOR" : "PLATFORM", texts->chain);
    out->headers = headers;
    out->content_type = "application/x-pem-file";
    out->body = texts->pem;
    return ASSAY_OK;
}

static assay_status thim_reply(call *c, const pck_texts *texts, answer *out)
{
    char max_age[16];
    json_writer w = { .text = NULL };
    snprintf(max_age, sizeof(max_age), "%u", c->service->config.cache.max_age_seconds);
    json_open_object(&w, NULL);
    json_put_span(&w, "pckCert", texts->pem);
    json_put_text(&w, "sgx-Tcbm", texts->tcbm);
    json_put_text(&w, "sgx-Pck-Certificate-Issuer-Chain", texts->chain);
    json_put_text(&w, "cacheMaxAge", max_age);
    json_close_object(&w);
    return answer_json(c, out, &w);
}

static assay_status pckcert(call *c, answer *out)
{
    const store_platform asked = asked_platform(c);
    char tag[PLATFORM_TAG_SIZE];
    store_answer found;
    pck_texts texts;
    x509_cert leaf;
    TRY(certificate_find(c, &asked, &found));
    TRY(x509_cert_parse(found.certificate, "pck_certificate", &leaf, &c->error));
    TRY(texts_of(c, &found, &texts));
    platform_tag(asked.qe_id, asked.pce_id, tag);
    answer_tag(out, tag);
    out->issued = leaf.not_before;
    out->fetched = found.fetched;
    out->next_update = leaf.not_after;
    out->stale = leaf.not_after <= c->now;
    if (c->route->variant == VARIANT_V3)
        out->warning = VERSION_3_WARNING;
    return c->route->variant == VARIANT_THIM ? thim_reply(c, &texts, out)
                                             : pem_reply(c, &found, &texts, out);
}

enum { PCK_FLAGS = ROUTE_KEPT | ROUTE_BASELINE | ROUTE_PUBLIC | ROUTE_UPSTREAM };
static const char summary[] = "The PCK certificate for a platform's raw TCB";

const route pck_routes[PCK_ROUTE_COUNT] = {
    { "pckcert", HTTP_GET, "/sgx/certification/v4/pckcert", PCK_FLAGS, SCOPE_NONE,
      pckcert_parameters, VARIANT_V4, pckcert, summary },
    { "pckcert", HTTP_GET, "/sgx/certification/v3/pckcert", PCK_FLAGS, SCOPE_NONE,
      pckcert_parameters, VARIANT_V3, pckcert, summary },
    { "thim_pckcert", HTTP_GET, "/metadata/THIM/sgx/certification/v4/pckcert",
      PCK_FLAGS | ROUTE_METADATA, SCOPE_NONE, pckcert_parameters, VARIANT_THIM, pckcert, summary },
    { "thim_pckcert", HTTP_GET, "/metadata/THIM/sgx/certification/v3/pckcert",
      PCK_FLAGS | ROUTE_METADATA, SCOPE_NONE, pckcert_parameters, VARIANT_THIM, pckcert, summary },
};
