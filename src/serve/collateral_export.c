/* collateral_export.c: what is cached, as files. collateral-service.md 1, 7.13. */
#include <stdio.h>

#include "serve/export.h"
#include "serve/upper_hex.h"

enum { PAGE_FMSPC_MAX = 256 };

static assay_status no_memory(call *c)
{
    return fail(&c->error, ASSAY_NO_MEMORY, "export", ASSAY_NO_OFFSET, "no memory");
}

typedef struct export_page {
    store_platform *platforms;
    size_t count;
    uint8_t fmspcs[PAGE_FMSPC_MAX][6];
    size_t fmspc_count;
} export_page;

static void fmspc_note(export_page *page, const uint8_t fmspc[6])
{
    for (size_t i = 0; i < page->fmspc_count; i++) {
        if (memcmp(page->fmspcs[i], fmspc, 6) == 0)
            return;
    }
    if (page->fmspc_count < PAGE_FMSPC_MAX && !span_is_zero(span_of(fmspc, 6)))
        memcpy(page->fmspcs[page->fmspc_count++], fmspc, 6);
}

static assay_status page_read(call *c, const export_order *order, export_page *out,
                              const char **next)
{
    const store_platform_filter filter = { .fmspc = order->fmspc,
                                           .cursor = order->cursor,
                                           .limit = order->limit };
    memset(out, 0, sizeof(*out));
    TRY(store_platforms_list(c->service->store, &filter, c->memory, &out->platforms, &out->count,
                             next, &c->error));
    for (size_t i = 0; i < out->count; i++)
        fmspc_note(out, out->platforms[i].fmspc);
    return ASSAY_OK;
}

/* ---- Platforms ---- */

static void put_u16(call *c, json_writer *w, const char *member, uint16_t value)
{
    const uint8_t bytes[2] = { (uint8_t)(value & 0xff), (uint8_t)(value >> 8) };
    json_put_upper_hex(w, member, SPAN(bytes), c->memory);
}

static void identity_put(call *c, json_writer *w, const store_platform *p)
{
    json_put_upper_hex(w, "qe_id", p->qe_id, c->memory);
    put_u16(c, w, "pce_id", p->pce_id);
    json_put_upper_hex(w, "enc_ppid", p->encrypted_ppid, c->memory);
}

static void platform_put(call *c, json_writer *w, const store_platform *p)
{
    identity_put(c, w, p);
    bool told = platform_tcb_known(p) || p->platform_manifest.size == 0;
    json_put_upper_hex(w, "cpu_svn", told ? SPAN(p->cpu_svn) : span_of(NULL, 0), c->memory);
    if (told)
        put_u16(c, w, "pce_svn", p->pce_svn);
    else
        json_put_text(w, "pce_svn", "");
    json_put_upper_hex(w, "platform_manifest", p->platform_manifest, c->memory);
}

static void tcb_put(json_writer *w, const uint8_t tcbm[STORE_TCBM_SIZE])
{
    json_open_object(w, "tcb");
    for (unsigned i = 0; i < 16; i++) {
        char member[24];
        snprintf(member, sizeof(member), "sgxtcbcomp%02usvn", i + 1);
        json_put_number(w, member, tcbm[i]);
    }
    json_put_number(w, "pcesvn", load_u16le(tcbm + 16));
    json_close_object(w);
}

typedef enum certificate_form { CERTIFICATE_PEM, CERTIFICATE_ESCAPED } certificate_form;

static assay_status certificates_put(call *c, json_writer *w, const store_platform *p,
                                     certificate_form form)
{
    store_pck *certificates;
    size_t count;
    TRY(store_certificates(c->service->store, p->qe_id, p->pce_id, c->memory, &certificates, &count,
                           &c->error));
    json_open_array(w, "certs");
    for (size_t i = 0; i < count; i++) {
        assay_span pem = pem_certificate(certificates[i].certificate, c->memory);
        char *escaped = arena_new(c->memory, 3 * pem.size + 1, 1);
        if (pem.data == NULL || escaped == NULL)
            return no_memory(c);
        json_open_object(w, NULL);
        if (form == CERTIFICATE_ESCAPED)
            tcb_put(w, certificates[i].tcbm);
        json_put_upper_hex(w, "tcbm", SPAN(certificates[i].tcbm), c->memory);
        if (form == CERTIFICATE_ESCAPED)
            http_percent_encode(pem, escaped);
        json_put_text(w, "cert", form == CERTIFICATE_ESCAPED ? escaped : (const char *)pem.data);
        json_close_object(w);
    }
    json_close_array(w);
    return ASSAY_OK;
}

/* ---- Items ---- */

typedef enum item_form { FORM_OBJECT, FORM_TEXT, FORM_HEX } item_form;

static assay_status stored(call *c, const item_name *name, store_item *out, bool *found)
{
    char key[ITEM_KEY_SIZE];
    item_key(name, key);
    return store_item_get(c->service->store, key, c->memory, out, found, &c->error);
}

/* A member when the item is there; its chain into *chain (percent-encoded) unless that is NULL. */
static assay_status item_put(call *c, json_writer *w, const char *member, const item_name *name,
                             item_form form, const char **chain)
{
    store_item item;
    bool found;
    TRY(stored(c, name, &item, &found));
    if (!found)
        return ASSAY_OK;
    if (form == FORM_OBJECT)
        json_put_raw(w, member, item.body);
    else if (form == FORM_TEXT)
        json_put_span(w, member, item.body);
    else
        json_put_upper_hex(w, member, item.body, c->memory);
    if (chain == NULL || *chain != NULL)
        return ASSAY_OK;
    const assay_span text = SPAN_TEXT(item.chain);
    char *escaped = arena_new(c->memory, 3 * text.size + 1, 1);
    if (escaped == NULL)
        return no_memory(c);
    http_percent_encode(text, escaped);
    *chain = escaped;
    return ASSAY_OK;
}

typedef struct export_chains {
    const char *pck[PCK_CA_COUNT];
    const char *tcb, *identity;
} export_chains;

static assay_status tcb_infos_put(call *c, json_writer *w, const export_page *page,
                                  export_chains *chains)
{
    static const struct {
        const char *member;
        assay_tee tee;
        bool early;
    } rows[] = { { "sgx_tcbinfo", ASSAY_TEE_SGX, false },
                 { "tdx_tcbinfo", ASSAY_TEE_TDX, false },
                 { "sgx_tcbinfo_early", ASSAY_TEE_SGX, true },
                 { "tdx_tcbinfo_early", ASSAY_TEE_TDX, true } };
    json_open_array(w, "tcbinfos");
    for (size_t i = 0; i < page->fmspc_count; i++) {
        item_name name = { .kind = ITEM_TCB_INFO };
        memcpy(name.fmspc, page->fmspcs[i], sizeof(name.fmspc));
        json_open_object(w, NULL);
        json_put_upper_hex(w, "fmspc", SPAN(name.fmspc), c->memory);
        for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
            name.tee = rows[r].tee;
            name.early = rows[r].early;
            TRY(item_put(c, w, rows[r].member, &name, FORM_OBJECT, &chains->tcb));
        }
        json_close_object(w);
    }
    json_close_array(w);
    return ASSAY_OK;
}

static assay_status identities_put(call *c, json_writer *w, export_chains *chains)
{
    static const struct {
        const char *member;
        item_name name;
    } rows[] = {
        { "qeidentity", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_SGX } },
        { "tdqeidentity", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_TDX } },
        { "qveidentity", { .kind = ITEM_QVE_IDENTITY, .tee = ASSAY_TEE_SGX } },
        { "qeidentity_early", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_SGX, .early = true } },
        { "tdqeidentity_early", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_TDX, .early = true } },
        { "qveidentity_early", { .kind = ITEM_QVE_IDENTITY, .tee = ASSAY_TEE_SGX, .early = true } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        TRY(item_put(c, w, rows[i].member, &rows[i].name, FORM_TEXT, &chains->identity));
    return ASSAY_OK;
}

static assay_status crls_put(call *c, json_writer *w, export_chains *chains)
{
    const item_name root = { .kind = ITEM_ROOT_CRL };
    const item_name processor = { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PROCESSOR };
    const item_name platform = { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PLATFORM };
    json_open_object(w, "pckcacrl");
    TRY(item_put(c, w, "processorCrl", &processor, FORM_HEX, &chains->pck[PCK_CA_PROCESSOR]));
    TRY(item_put(c, w, "platformCrl", &platform, FORM_HEX, &chains->pck[PCK_CA_PLATFORM]));
    json_close_object(w);
    TRY(item_put(c, w, "rootcacrl", &root, FORM_HEX, NULL));
    json_put_text(w, "rootcacrl_cdp",
                  "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");
    return ASSAY_OK;
}

static void put_present(json_writer *w, const char *member, const char *text)
{
    if (text != NULL)
        json_put_text(w, member, text);
}

static void chains_put(json_writer *w, const export_chains *chains)
{
    json_open_object(w, "certificates");
    json_open_object(w, "SGX-PCK-Certificate-Issuer-Chain");
    put_present(w, "PROCESSOR", chains->pck[PCK_CA_PROCESSOR]);
    put_present(w, "PLATFORM", chains->pck[PCK_CA_PLATFORM]);
    json_close_object(w);
    put_present(w, "TCB-Info-Issuer-Chain", chains->tcb);
    put_present(w, "SGX-Enclave-Identity-Issuer-Chain", chains->identity);
    json_close_object(w);
}

/* ---- The file ---- */

static bool is_exported(const store_platform *p)
{
    return !span_is_zero(SPAN(p->fmspc));
}

static assay_status lists_put(call *c, json_writer *w, const export_page *page)
{
    json_open_array(w, "pck_certs");
    for (size_t i = 0; i < page->count; i++) {
        if (!is_exported(&page->platforms[i]))
            continue;
        json_open_object(w, NULL);
        identity_put(c, w, &page->platforms[i]);
        if (page->platforms[i].platform_manifest.size > 0)
            json_put_upper_hex(w, "platform_manifest", page->platforms[i].platform_manifest,
                               c->memory);
        TRY(certificates_put(c, w, &page->platforms[i], CERTIFICATE_ESCAPED));
        json_close_object(w);
    }
    json_close_array(w);
    return ASSAY_OK;
}

assay_status export_collateral(call *c, const export_order *order, json_writer *w,
                               const char **next)
{
    export_page *page = arena_new(c->memory, 1, sizeof(*page));
    export_chains chains = { .tcb = NULL };
    if (page == NULL)
        return no_memory(c);
    TRY(page_read(c, order, page, next));
    json_open_object(w, NULL);
    json_open_array(w, "platforms");
    for (size_t i = 0; i < page->count; i++) {
        json_open_object(w, NULL);
        platform_put(c, w, &page->platforms[i]);
        json_close_object(w);
    }
    json_close_array(w);
    json_open_object(w, "collaterals");
    json_put_number(w, "version", 4);
    TRY(lists_put(c, w, page));
    TRY(tcb_infos_put(c, w, page, &chains));
    TRY(identities_put(c, w, &chains));
    TRY(crls_put(c, w, &chains));
    chains_put(w, &chains);
    json_close_object(w);
    json_close_object(w);
    return ASSAY_OK;
}

/* ---- Lines ---- */

static assay_status line_put(call *c, json_writer *w, const store_platform *p)
{
    json_open_object(w, NULL);
    platform_put(c, w, p);
    json_put_upper_hex(w, "fmspc", SPAN(p->fmspc), c->memory);
    json_put_text(w, "ca", p->ca == PCK_CA_PLATFORM ? "platform" : "processor");
    TRY(certificates_put(c, w, p, CERTIFICATE_PEM));
    json_close_object(w);
    return ASSAY_OK;
}

static void line_end(json_writer *w)
{
    w->comma = false;
    json_put_raw(w, NULL, SPAN_TEXT("\n"));
    w->comma = false;
}

assay_status export_ndjson(call *c, const export_order *order, assay_span *out, const char **next)
{
    export_page *page = arena_new(c->memory, 1, sizeof(*page));
    json_writer w = { .text = NULL };
    assay_status status = ASSAY_OK;
    if (page == NULL)
        return no_memory(c);
    TRY(page_read(c, order, page, next));
    for (size_t i = 0; i < page->count && status == ASSAY_OK; i++) {
        if (!is_exported(&page->platforms[i]))
            continue;
        status = line_put(c, &w, &page->platforms[i]);
        line_end(&w);
    }
    assay_span text = { NULL, 0 };
    if (status == ASSAY_OK)
        text = arena_copy(c->memory, span_of(w.text, w.size));
    bool failed = w.failed || (status == ASSAY_OK && text.data == NULL && w.size > 0);
    memory_free(w.text);
    if (failed)
        return no_memory(c);
    *out = text;
    return status;
}
