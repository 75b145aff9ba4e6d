/* vendor_routes.c: what Intel publishes, as PCS, PCCS and THIM serve it: CRLs, TCB info,
 * identities, evaluation numbers, FMSPCs. collateral-service.md 1, 3, 4. */
#include "serve/baseline.h"
#include "serve/item_answer.h"
#include "serve/vendor_tables.h"

/* What a row's variant says of its mount. */
enum { MOUNT_SGX = 0, MOUNT_TDX = 1 << 0, MOUNT_V3 = 1 << 1 };

enum { NUMBER_MAX = 999999, URI_MAX = 2048 };

static assay_tee tee_of(const call *c)
{
    return (c->route->variant & MOUNT_TDX) != 0 ? ASSAY_TEE_TDX : ASSAY_TEE_SGX;
}

static void version_told(const call *c, answer *out)
{
    if ((c->route->variant & MOUNT_V3) != 0)
        out->warning = VERSION_3_WARNING;
}

/* ---- TCB info and identities ---- */

static const char *const updates[] = { "standard", "early", NULL };

enum { TCB_FMSPC };
static const parameter tcb_parameters[] = {
    [TCB_FMSPC] = { "fmspc", PARAMETER_HEX, PARAMETER_REQUIRED, .size = 6 },
    { "update", PARAMETER_WORD, .words = updates },
    { "tcbEvaluationDataNumber", PARAMETER_NUMBER, .max = NUMBER_MAX },
    { .name = NULL },
};
static const parameter identity_parameters[] = {
    { "update", PARAMETER_WORD, .words = updates },
    { "tcbEvaluationDataNumber", PARAMETER_NUMBER, .max = NUMBER_MAX },
    { .name = NULL },
};

static assay_status baseline_answer(call *c, item_name *name, const uint8_t *fmspc,
                                    const char *const *chain_headers, answer *out)
{
    baseline_choice choice;
    name->tee = tee_of(c);
    TRY(baselines_choose(c->service->baselines, c->baseline, name->tee, fmspc, c->now, &choice,
                         &c->error));
    name->early = choice.early;
    name->number = choice.number;
    version_told(c, out);
    return item_answer(c, name, chain_headers, out);
}

static assay_status tcb_info_answer(call *c, answer *out)
{
    /* Clients of version 3 look for the first, of version 4 for the second; Azure's for either. */
    static const char *const headers[] = { "SGX-TCB-Info-Issuer-Chain", "TCB-Info-Issuer-Chain",
                                           NULL };
    item_name name = { .kind = ITEM_TCB_INFO };
    memcpy(name.fmspc, c->parameters[TCB_FMSPC].data, sizeof(name.fmspc));
    return baseline_answer(c, &name, name.fmspc, headers, out);
}

static assay_status identity_answer(call *c, item_kind kind, answer *out)
{
    static const char *const headers[] = { "SGX-Enclave-Identity-Issuer-Chain", NULL };
    item_name name = { .kind = kind };
    return baseline_answer(c, &name, NULL, headers, out);
}

static assay_status qe_identity_answer(call *c, answer *out)
{
    return identity_answer(c, ITEM_QE_IDENTITY, out);
}

static assay_status qve_identity_answer(call *c, answer *out)
{
    return identity_answer(c, ITEM_QVE_IDENTITY, out);
}

static assay_status qae_identity_answer(call *c, answer *out)
{
    return identity_answer(c, ITEM_QAE_IDENTITY, out);
}

/* ---- CRLs ---- */

static const char *const crl_headers[] = { "SGX-PCK-CRL-Issuer-Chain", NULL };
static const char der_type[] = "application/pkix-crl";
static const char pem_type[] = "application/x-pem-file";

/* The addresses that certificates name, and no others: each could be a row of the store. */
static const struct {
    const char *uri;
    item_name item;
} known_uris[] = {
    { "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
      { .kind = ITEM_ROOT_CRL } },
    { "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca=processor&encoding=der",
      { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PROCESSOR } },
    { "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
      { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PLATFORM } },
    { "https://api.trustedservices.intel.com/sgx/certification/v3/pckcrl?ca=processor&encoding=der",
      { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PROCESSOR } },
    { "https://api.trustedservices.intel.com/sgx/certification/v3/pckcrl?ca=platform&encoding=der",
      { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PLATFORM } },
    { "https://certificates.trustedservices.intel.com/intelsgxpckprocessor.crl",
      { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PROCESSOR } },
    { "https://certificates.trustedservices.intel.com/IntelSGXPCKProcessor.crl",
      { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PROCESSOR } },
    { "https://certificates.trustedservices.intel.com/IntelSGXPCKPlatform.crl",
      { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PLATFORM } },
};

/* Azure's client escapes it twice: what is still escaped is read once more. */
static assay_status uri_read(call *c, assay_span given, assay_span *out)
{
    *out = given;
    if (memchr(given.data, '%', given.size) == NULL)
        return ASSAY_OK;
    uint8_t *text = arena_new(c->memory, given.size + 1, 1);
    size_t size = 0;
    if (text == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "query.uri", ASSAY_NO_OFFSET, "no memory");
    TRY(http_percent_decode(given, HTTP_PLUS_LITERAL, text, &size, &c->error));
    *out = span_of(text, size);
    return ASSAY_OK;
}

static assay_status uri_answer(call *c, assay_span given, answer *out)
{
    assay_span uri;
    TRY(uri_read(c, given, &uri));
    for (size_t i = 0; i < sizeof(known_uris) / sizeof(known_uris[0]); i++) {
        if (!span_is(uri, known_uris[i].uri))
            continue;
        out->content_type = der_type;
        version_told(c, out);
        return item_answer(c, &known_uris[i].item, crl_headers, out);
    }
    return call_fail(c, 400, "unknown_uri", "query.uri",
                     "is none of the addresses of Intel's root CRL and PCK CRLs");
}

enum { CRL_URI };
static const parameter crl_parameters[] = {
    [CRL_URI] = { "uri", PARAMETER_REST, PARAMETER_REQUIRED, .max = URI_MAX },
    { .name = NULL },
};

static assay_status crl_answer(call *c, answer *out)
{
    return uri_answer(c, c->parameters[CRL_URI], out);
}

static const char *const cas[] = { "processor", "platform", NULL };
static const char *const encodings[] = { "der", "pem", "hex", NULL };

enum { PCK_CRL_CA, PCK_CRL_ENCODING, PCK_CRL_URI };
static const parameter pck_crl_parameters[] = {
    [PCK_CRL_CA] = { "ca", PARAMETER_WORD, .words = cas },
    [PCK_CRL_ENCODING] = { "encoding", PARAMETER_WORD, .words = encodings },
    [PCK_CRL_URI] = { "uri", PARAMETER_REST, .max = URI_MAX }, /* Azure's client, for SGX */
    { .name = NULL },
};

/* Without `encoding` hex of DER, whatever the type says: that is what PCCS sends and QPL reads. */
static assay_status crl_encode(call *c, size_t encoding, answer *out)
{
    if (call_word_is(c, encoding, "der")) {
        out->content_type = der_type;
        return ASSAY_OK;
    }
    out->content_type = pem_type;
    if (call_word_is(c, encoding, "pem"))
        return answer_pem(c, "X509 CRL", out);
    return answer_hex(c, out);
}

static assay_status pck_crl_answer(call *c, answer *out)
{
    const assay_span uri = c->parameters[PCK_CRL_URI];
    if ((uri.data != NULL) == (c->parameters[PCK_CRL_CA].data != NULL))
        return call_fail(c, 400,
                         uri.data == NULL ? "missing_parameter" : "contradictory_parameters",
                         "query.ca", "want either \"ca\" or \"uri\"");
    if (uri.data != NULL)
        return uri_answer(c, uri, out);
    const item_name name = { .kind = ITEM_PCK_CRL,
                             .ca = call_word_is(c, PCK_CRL_CA, "platform") ? PCK_CA_PLATFORM
                                                                           : PCK_CA_PROCESSOR };
    version_told(c, out);
    TRY(item_answer(c, &name, crl_headers, out));
    return crl_encode(c, PCK_CRL_ENCODING, out);
}

static assay_status root_crl_answer(call *c, answer *out)
{
    version_told(c, out);
    TRY(item_answer(c, &(item_name) { .kind = ITEM_ROOT_CRL }, crl_headers, out));
    out->content_type = der_type;
    return answer_hex(c, out);
}

/* ---- Lists ---- */

static assay_status numbers_answer(call *c, answer *out)
{
    static const char *const headers[] = { "TCB-Evaluation-Data-Numbers-Issuer-Chain", NULL };
    return item_answer(c, &(item_name) { .kind = ITEM_EVALUATION_NUMBERS, .tee = tee_of(c) },
                       headers, out);
}

static const char *const filters[] = { "all", "client", "E3", "E5", NULL };
enum { FMSPCS_PLATFORM };
static const parameter fmspcs_parameters[] = {
    [FMSPCS_PLATFORM] = { "platform", PARAMETER_WORD, .words = filters },
    { .name = NULL },
};

static assay_status fmspcs_answer(call *c, answer *out)
{
    item_name name = { .kind = ITEM_FMSPCS, .filter = filters[0] };
    for (size_t i = 0; filters[i] != NULL; i++)
        if (call_word_is(c, FMSPCS_PLATFORM, filters[i]))
            name.filter = filters[i];
    return item_answer(c, &name, NULL, out);
}

/* ---- Rows: the same below every mount ---- */

enum {
    OF_VENDOR = ROUTE_KEPT | ROUTE_UPSTREAM | ROUTE_PUBLIC,
    OF_BASELINE = OF_VENDOR | ROUTE_BASELINE
};

#define ROW(name_, path_, flags_, parameters_, variant_, handler_, summary_)                       \
    {                                                                                              \
        .name = name_, .method = HTTP_GET, .path = path_, .flags = flags_,                         \
        .parameters = parameters_, .variant = variant_, .handler = handler_, .summary = summary_   \
    }

#define TCB_ROWS(mount_, flags_, variant_)                                                         \
    ROW("tcb", mount_ "/tcb", OF_BASELINE | (flags_), tcb_parameters, variant_, tcb_info_answer,   \
        "TCB info of an FMSPC"),                                                                   \
        ROW("qe_identity", mount_ "/qe/identity", OF_BASELINE | (flags_), identity_parameters,     \
            variant_, qe_identity_answer, "Identity of the quoting enclave")

#define SGX_ROWS(mount_, flags_, variant_)                                                         \
    TCB_ROWS(mount_, flags_, variant_),                                                            \
        ROW("qve_identity", mount_ "/qve/identity", OF_BASELINE | (flags_), identity_parameters,   \
            variant_, qve_identity_answer, "Identity of the quote verification enclave"),          \
        ROW("pckcrl", mount_ "/pckcrl", OF_VENDOR | (flags_), pck_crl_parameters, variant_,        \
            pck_crl_answer, "CRL of the CA of PCK certificates"),                                  \
        ROW("rootcacrl", mount_ "/rootcacrl", OF_VENDOR | (flags_), NULL, variant_,                \
            root_crl_answer, "CRL of the root CA, hex of DER"),                                    \
        ROW("crl", mount_ "/crl", OF_VENDOR | (flags_), crl_parameters, variant_, crl_answer,      \
            "A CRL by its distribution point, DER")

#define NUMBERS_ROW(mount_, flags_, variant_)                                                      \
    ROW("numbers", mount_ "/tcbevaluationdatanumbers", OF_VENDOR | (flags_), NULL, variant_,       \
        numbers_answer, "TCB evaluation data numbers that can be asked for")

#define V4_ROWS(mount_, flags_)                                                                    \
    SGX_ROWS(mount_, flags_, MOUNT_SGX), NUMBERS_ROW(mount_, flags_, MOUNT_SGX),                   \
        ROW("qae_identity", mount_ "/qae/identity", OF_BASELINE | (flags_), identity_parameters,   \
            MOUNT_SGX, qae_identity_answer, "Identity of the quote appraisal enclave"),            \
        ROW("fmspcs", mount_ "/fmspcs", OF_VENDOR | (flags_), fmspcs_parameters, MOUNT_SGX,        \
            fmspcs_answer, "FMSPCs that the vendor supports")

#define TDX_ROWS(mount_, flags_)                                                                   \
    TCB_ROWS(mount_, flags_, MOUNT_TDX), NUMBERS_ROW(mount_, flags_, MOUNT_TDX)

#define THIM "/metadata/THIM"

const route vendor_routes[] = {
    SGX_ROWS("/sgx/certification/v3", 0, MOUNT_V3),
    V4_ROWS("/sgx/certification/v4", 0),
    TDX_ROWS("/tdx/certification/v4", 0),
    SGX_ROWS(THIM "/sgx/certification/v3", ROUTE_METADATA, MOUNT_V3),
    V4_ROWS(THIM "/sgx/certification/v4", ROUTE_METADATA),
    TDX_ROWS(THIM "/tdx/certification/v4", ROUTE_METADATA),
};
const size_t vendor_route_count = sizeof(vendor_routes) / sizeof(vendor_routes[0]);
