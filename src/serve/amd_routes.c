/* amd_routes.c: AMD's certificates and CRLs, as the KDS serves them and as Azure's guests ask for
 * them. collateral-service.md 3 "AMD KDS", 4. */
#include <stdio.h>

#include "serve/amd_question.h"
#include "serve/item_answer.h"
#include "serve/vendor_tables.h"

/* What a row's variant says: the product, and which signer. */
enum { VARIANT_PRODUCT = 0xff, VARIANT_VLEK = 1 << 8 };

static const char der_type[] = "application/x-x509-ca-cert";
static const char crl_type[] = "application/pkix-crl";
static const char pem_type[] = "application/x-pem-file";

static item_name row_item(const call *c, item_kind kind)
{
    return (item_name) { .kind = kind,
                         .product = (amd_product)(c->route->variant & VARIANT_PRODUCT),
                         .vlek = (c->route->variant & VARIANT_VLEK) != 0 };
}

/* ---- As the KDS ---- */

static assay_status kds_chain_answer(call *c, answer *out)
{
    const item_name name = row_item(c, ITEM_AMD_CHAIN);
    out->content_type = pem_type;
    return item_answer(c, &name, NULL, out);
}

static assay_status kds_crl_answer(call *c, answer *out)
{
    const item_name name = row_item(c, ITEM_AMD_CRL);
    out->content_type = crl_type;
    return item_answer(c, &name, NULL, out);
}

enum { SPL_BOOT_LOADER, SPL_TEE, SPL_SNP, SPL_MICROCODE, SPL_FMC };
static const parameter milan_parameters[] = {
    [SPL_BOOT_LOADER] = { "blSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    [SPL_TEE] = { "teeSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    [SPL_SNP] = { "snpSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    [SPL_MICROCODE] = { "ucodeSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    { .name = NULL },
};
static const parameter turin_parameters[] = {
    [SPL_BOOT_LOADER] = { "blSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    [SPL_TEE] = { "teeSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    [SPL_SNP] = { "snpSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    [SPL_MICROCODE] = { "ucodeSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    [SPL_FMC] = { "fmcSPL", PARAMETER_NUMBER, PARAMETER_REQUIRED, .max = 255 },
    { .name = NULL },
};

static assay_status kds_vcek_answer(call *c, answer *out)
{
    item_name name = row_item(c, ITEM_VCEK);
    const amd_vcek tcb = { .product = name.product,
                           .boot_loader = (uint8_t)call_number(c, SPL_BOOT_LOADER, 0),
                           .tee = (uint8_t)call_number(c, SPL_TEE, 0),
                           .snp = (uint8_t)call_number(c, SPL_SNP, 0),
                           .microcode = (uint8_t)call_number(c, SPL_MICROCODE, 0),
                           .fmc = (uint8_t)call_number(c, SPL_FMC, 0) };
    amd_tcb_of(&tcb, name.tcb);
    TRY(amd_chip_read(c, c->rest, "path", &name));
    out->content_type = der_type;
    return item_answer(c, &name, NULL, out);
}

/* ---- In the guest: /metadata/THIM/amd/certification ---- */

enum { THIM_PLATFORM_ID, THIM_TCB_VERSION, THIM_PRODUCT };
static const parameter thim_parameters[] = {
    [THIM_PLATFORM_ID] = { "platformId", PARAMETER_TEXT, .max = 2 * AMD_CHIP_SIZE },
    [THIM_TCB_VERSION] = { "tcbVersion", PARAMETER_TEXT, .max = 2 * AMD_TCB_SIZE },
    [THIM_PRODUCT] = { "productName", PARAMETER_TEXT, .max = 16 },
    { .name = NULL },
};

static void thim_json(const amd_certificates *of, int64_t max_age, json_writer *w)
{
    char tcbm[2 * AMD_TCB_SIZE + 1], seconds[24];
    amd_tcb_text(of->name.tcb, tcbm);
    snprintf(seconds, sizeof(seconds), "%lld", (long long)max_age);
    json_open_object(w, NULL);
    json_put_span(w, "vcekCert", of->vcek_pem);
    json_put_text(w, "tcbm", tcbm);
    json_put_span(w, "certificateChain", of->chain_pem);
    json_put_text(w, "cacheControl", seconds);
    json_close_object(w);
}

static assay_status thim_answer(call *c, answer *out)
{
    const amd_question question = { .chip = c->parameters[THIM_PLATFORM_ID],
                                    .tcb = c->parameters[THIM_TCB_VERSION],
                                    .product = c->parameters[THIM_PRODUCT] };
    amd_certificates found;
    json_writer w = { .text = NULL };
    TRY(amd_certificates_get(c, &question, out, &found));
    thim_json(&found, c->service->config.cache.max_age_seconds, &w);
    return answer_json(c, out, &w);
}

/* ---- Azure's global service: /SevSnpVM/certificates/{chip}/{tcb} ---- */

static assay_status global_answer(call *c, answer *out)
{
    const uint8_t *slash = memchr(c->rest.data, '/', c->rest.size);
    if (slash == NULL)
        return call_fail(c, 404, "not_found", "path", "want .../{chip id}/{tcb}");
    const size_t at = (size_t)(slash - c->rest.data);
    const amd_question question = { .chip = span_of(c->rest.data, at),
                                    .tcb = span_of(slash + 1, c->rest.size - at - 1) };
    amd_certificates found;
    TRY(amd_certificates_get(c, &question, out, &found));
    char *text = arena_new(c->memory, found.vcek_pem.size + found.chain_pem.size + 1, 1);
    if (text == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "reply", ASSAY_NO_OFFSET, "no memory");
    memcpy(text, found.vcek_pem.data, found.vcek_pem.size);
    memcpy(text + found.vcek_pem.size, found.chain_pem.data, found.chain_pem.size);
    out->content_type = pem_type;
    out->body = span_of(text, found.vcek_pem.size + found.chain_pem.size);
    return ASSAY_OK;
}

/* ---- Rows ---- */

enum { OF_VENDOR = ROUTE_KEPT | ROUTE_UPSTREAM | ROUTE_PUBLIC };

#define ROW(name_, path_, flags_, parameters_, variant_, handler_, summary_)                       \
    {                                                                                              \
        .name = name_, .method = HTTP_GET, .path = path_, .flags = flags_,                         \
        .parameters = parameters_, .variant = variant_, .handler = handler_, .summary = summary_   \
    }

#define SIGNER_ROWS(signer_, product_, variant_)                                                   \
    ROW("amd_chain", "/" signer_ "/v1/" product_ "/cert_chain", OF_VENDOR, NULL, variant_,         \
        kds_chain_answer, "AMD's intermediate and root certificate, PEM"),                         \
        ROW("amd_crl", "/" signer_ "/v1/" product_ "/crl", OF_VENDOR, NULL, variant_,              \
            kds_crl_answer, "CRL of AMD's root, DER")

#define PRODUCT_ROWS(product_, variant_, parameters_)                                              \
    SIGNER_ROWS("vcek", product_, variant_),                                                       \
        SIGNER_ROWS("vlek", product_, (variant_) | VARIANT_VLEK),                                  \
        ROW("vcek", "/vcek/v1/" product_ "/*", OF_VENDOR, parameters_, variant_, kds_vcek_answer,  \
            "VCEK of a chip and TCB, DER")

const route amd_routes[] = {
    PRODUCT_ROWS("Milan", AMD_MILAN, milan_parameters),
    PRODUCT_ROWS("Genoa", AMD_GENOA, milan_parameters),
    PRODUCT_ROWS("Turin", AMD_TURIN, turin_parameters),
    ROW("thim_amd", "/metadata/THIM/amd/certification", OF_VENDOR | ROUTE_METADATA, thim_parameters,
        0, thim_answer, "VCEK and its chain, for a guest"),
    ROW("thim_amd_global", "/SevSnpVM/certificates/*", OF_VENDOR, NULL, 0, global_answer,
        "VCEK and its chain, PEM"),
};
const size_t amd_route_count = sizeof(amd_routes) / sizeof(amd_routes[0]);
