/* url.c: the address of one item at one service, by its row. collateral-service.md 1, 3, 4, 6. */
#include <stdio.h>

#include "fetch/url_text.h"

enum { CHIP_ID_SIZE = 64, TURIN_ID_SIZE = 8 };

/* ---- AMD ---- */

/* Products that answer under another's name. */
static const struct {
    const char *product, *asked;
} products[] = {
    { "Milan", "Milan" },   { "Genoa", "Genoa" }, { "Turin", "Turin" },
    { "Bergamo", "Genoa" }, { "Siena", "Genoa" },
};

static assay_status put_product(url_text *t, const assay_fetch_request *r, assay_error *err)
{
    for (size_t i = 0; r->amd.product != NULL && i < sizeof(products) / sizeof(products[0]); i++) {
        if (strcmp(products[i].product, r->amd.product) == 0) {
            url_put(t, products[i].asked);
            return ASSAY_OK;
        }
    }
    return url_lacks("amd.product", "want Milan, Genoa or Turin", err);
}

static assay_status chip_id_check(const assay_fetch_request *r, assay_error *err)
{
    if (r->amd.vlek)
        return url_lacks("amd.vlek", "a VLEK is had only from the cloud provider, with its secret",
                         err);
    if (r->amd.chip_id.size != CHIP_ID_SIZE)
        return url_lacks("amd.chip_id", "want the chip id of the report, 64 bytes", err);
    if (span_is_zero(r->amd.chip_id))
        return url_lacks("amd.chip_id", "the chip id is masked: nobody can tell which VCEK", err);
    return ASSAY_OK;
}

static assay_status put_chip_id(url_text *t, const assay_fetch_request *r, assay_error *err)
{
    TRY(chip_id_check(r, err));
    url_put_hex(t, r->amd.chip_id, HEX_LOWER);
    return ASSAY_OK;
}

static assay_status put_hardware_id(url_text *t, const assay_fetch_request *r, assay_error *err)
{
    const bool is_short = r->amd.product != NULL && strcmp(r->amd.product, "Turin") == 0;
    TRY(chip_id_check(r, err));
    url_put_hex(t, is_short ? span_slice(r->amd.chip_id, 0, TURIN_ID_SIZE) : r->amd.chip_id,
                HEX_LOWER);
    return ASSAY_OK;
}

static assay_status put_signer(url_text *t, const assay_fetch_request *r, assay_error *err)
{
    (void)err;
    url_put(t, r->amd.vlek ? "vlek" : "vcek");
    return ASSAY_OK;
}

/* TCB_VERSION as a number, its highest byte first. */
static assay_status put_tcb(url_text *t, const assay_fetch_request *r, assay_error *err)
{
    const uint8_t bytes[] = { r->amd.microcode, r->amd.snp,        0, 0, 0, 0,
                              r->amd.tee,       r->amd.boot_loader };
    (void)err;
    url_put_hex(t, SPAN(bytes), HEX_LOWER);
    return ASSAY_OK;
}

static const struct {
    const char *name; /* as it stands in paths */
    assay_status (*put)(url_text *t, const assay_fetch_request *r, assay_error *err);
} placeholders[] = {
    { "{product}", put_product },
    { "{chip_id}", put_chip_id },
    { "{hardware_id}", put_hardware_id },
    { "{signer}", put_signer },
    { "{tcb}", put_tcb },
};

static assay_status put_path(url_text *t, const char *path, const assay_fetch_request *r,
                             assay_error *err)
{
    while (*path != '\0') {
        size_t i = 0;
        const size_t plain = strcspn(path, "{");
        url_put_bytes(t, path, plain);
        path += plain;
        while (*path == '{' && i < sizeof(placeholders) / sizeof(placeholders[0]) &&
               strncmp(path, placeholders[i].name, strlen(placeholders[i].name)) != 0)
            i++;
        if (*path == '{') {
            TRY(placeholders[i].put(t, r, err));
            path += strlen(placeholders[i].name);
        }
    }
    return ASSAY_OK;
}

/* ---- Bases ---- */

static void put_origin(url_text *t, const char *url)
{
    const char *host = strstr(url, "://") + 3;
    url_put_bytes(t, url, (size_t)(host - url) + strcspn(host, "/?"));
}

/* The address of an Intel-shaped service, "/" behind; people may leave the usual path away. */
static void put_service(url_text *t, const url_question *q)
{
    const char *url = q->service->url;
    const bool has_path = q->service->service == ASSAY_SERVICE_KDS ||
                          strstr(url, "/certification") != NULL ||
                          strstr(url, "/certificates") != NULL;
    url_put(t, url);
    if (t->used > 0 && t->at[t->used - 1] != '/')
        url_put(t, "/");
    if (!has_path)
        url_put(t, "sgx/certification/v4/");
}

static void replace(char *text, const char *old, const char *new_)
{
    char *found = strstr(text, old);
    if (found != NULL)
        memcpy(found, new_, strlen(new_));
}

/* v3 and v4 differ in one character, as do sgx and tdx in two. */
static void put_certification(url_text *t, const url_question *q, source_base base)
{
    put_service(t, q);
    if (t->overflowed || q->service->service == ASSAY_SERVICE_KDS)
        return;
    if (base == SOURCE_BASE_TEE && q->request->tee == ASSAY_TEE_TDX)
        replace(t->at, "/sgx/", "/tdx/");
    if (q->request->api_version == 3)
        replace(t->at, "/v4/", "/v3/");
    if (q->request->api_version == 4)
        replace(t->at, "/v3/", "/v4/");
}

/* Intel's CRL has an address of its own; a stand-in for Intel's service has it at its own host. */
static void put_root_crl(url_text *t, const url_question *q)
{
    if (q->request->uri != NULL) {
        url_put(t, q->request->uri);
    } else if (assay_service_of_url(q->service->url) == ASSAY_SERVICE_PCS) {
        url_put(t, url_root_crl);
    } else {
        put_origin(t, q->service->url);
        url_put(t, "/IntelSGXRootCA.der");
    }
}

static assay_status put_base(url_text *t, source_base base, const url_question *q, assay_error *err)
{
    switch (base) {
    case SOURCE_BASE_SGX:
    case SOURCE_BASE_TEE:
        put_certification(t, q, base);
        return ASSAY_OK;
    case SOURCE_BASE_ORIGIN:
        put_origin(t, q->service->url);
        url_put(t, "/");
        return ASSAY_OK;
    case SOURCE_BASE_ROOT_CRL:
        put_root_crl(t, q);
        return ASSAY_OK;
    case SOURCE_BASE_URI:
        if (q->request->uri == NULL)
            return url_lacks("uri", "want an address", err);
        TRY(source_url_check(q->request->uri, SOURCE_QUERY_ALLOWED, "request.uri", err));
        url_put(t, q->request->uri);
        return ASSAY_OK;
    }
    return ASSAY_OK;
}

/* ---- All together ---- */

static assay_status put_all(url_text *t, const source_offer *offer, const url_question *q,
                            assay_error *err)
{
    const bool posted =
        q->request->platform_manifest.size > 0 && offer->manifest == SOURCE_MANIFEST_POSTED;
    TRY(put_base(t, offer->base, q, err));
    TRY(put_path(t, offer->path, q->request, err));
    for (size_t i = 0; !posted && i < SOURCE_PARAMETERS; i++)
        TRY(url_put_parameter(t, offer->parameters[i], q, err));
    if (offer->fixed != NULL) {
        url_put(t, t->queried ? "&" : "?");
        url_put(t, offer->fixed);
    }
    return ASSAY_OK;
}

static assay_status request_check(const assay_fetch_request *request, assay_error *err)
{
    if (request->kind <= ASSAY_FETCH_NONE || request->kind >= ASSAY_FETCH_KIND_COUNT)
        return url_lacks("kind", "want one of the kinds", err);
    if (request->api_version != 0 && request->api_version != 3 && request->api_version != 4)
        return url_lacks("api_version", "want 3, 4 or 0", err);
    return ASSAY_OK;
}

static bool wants_tee(const source_offer *offer)
{
    return offer->base == SOURCE_BASE_TEE;
}

assay_status source_url(const assay_fetch_service *service, const assay_fetch_config *config,
                        const assay_fetch_request *request, char *out, size_t size,
                        const source_offer **offer, assay_error *err)
{
    const url_question q = { .service = service, .config = config, .request = request };
    url_text t = { .at = out, .size = size };
    TRY(request_check(request, err));
    if (size == 0)
        return fail(err, ASSAY_USAGE, "url", ASSAY_NO_OFFSET, "no room for the address");
    out[0] = '\0';
    *offer = source_offer_of(service->service, request->kind, config->api_minor);
    if (*offer != NULL && request->platform_manifest.size > 0 &&
        (*offer)->manifest == SOURCE_MANIFEST_REFUSED &&
        source_kind_of(request->kind)->cache == SOURCE_CACHE_PCK)
        *offer = NULL;
    if (*offer == NULL)
        return ASSAY_OK;
    if (wants_tee(*offer) && request->tee != ASSAY_TEE_SGX && request->tee != ASSAY_TEE_TDX)
        return url_lacks("tee", "want SGX or TDX", err);
    TRY(put_all(&t, *offer, &q, err));
    if (t.overflowed)
        return fail(err, ASSAY_USAGE, "url", ASSAY_NO_OFFSET,
                    "the address is longer than %zu characters", size - 1);
    return ASSAY_OK;
}

assay_status assay_fetch_url(const assay_fetch_service *service, const assay_fetch_config *config,
                             const assay_fetch_request *request, char *out, size_t size,
                             assay_error *error)
{
    const source_offer *offer = NULL;
    if (service->service != ASSAY_SERVICE_NONE)
        TRY(source_url_check(service->url, SOURCE_QUERY_REFUSED, "service.url", error));
    return source_url(service, config, request, out, size, &offer, error);
}

void source_cache_key(const char *url, char out[SOURCE_URL_SIZE])
{
    const char *ppid = strstr(url, "encrypted_ppid=");
    if (ppid == NULL) {
        snprintf(out, SOURCE_URL_SIZE, "%s", url);
        return;
    }
    const char *behind = ppid + strcspn(ppid, "&");
    snprintf(out, SOURCE_URL_SIZE, "%.*s%s", (int)(ppid - url), url,
             *behind == '&' ? behind + 1 : behind);
}
