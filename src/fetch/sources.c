/* sources.c: the two tables: what each kind looks like, and what each service is asked for it.
 * collateral-service.md 1, 3, 4, 6. */
#include "fetch/sources.h"

#define TCB_INFO_CHAIN "tcb-info-issuer-chain", "sgx-tcb-info-issuer-chain"
#define IDENTITY_CHAIN "sgx-enclave-identity-issuer-chain"

static const source_kind kinds[ASSAY_FETCH_KIND_COUNT] = {
    [ASSAY_FETCH_NONE] = { "nothing",
                           SOURCE_BODY_ANY,
                           SOURCE_CHAIN_NONE,
                           { NULL },
                           SOURCE_CACHE_NONE },
    [ASSAY_FETCH_PCK_CERTIFICATE] = { "pck_certificate",
                                      SOURCE_BODY_PEM,
                                      SOURCE_CHAIN_WANTED,
                                      { "sgx-pck-certificate-issuer-chain" },
                                      SOURCE_CACHE_PCK },
    [ASSAY_FETCH_PCK_CERTIFICATES] = { "pck_certificates",
                                       SOURCE_BODY_JSON,
                                       SOURCE_CHAIN_WANTED,
                                       { "sgx-pck-certificate-issuer-chain" },
                                       SOURCE_CACHE_PCK },
    [ASSAY_FETCH_PCK_CRL] = { "pck_crl",
                              SOURCE_BODY_CRL,
                              SOURCE_CHAIN_WANTED,
                              { "sgx-pck-crl-issuer-chain" },
                              SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_ROOT_CA_CRL] = { "root_ca_crl",
                                  SOURCE_BODY_CRL,
                                  SOURCE_CHAIN_OPTIONAL,
                                  { "sgx-pck-crl-issuer-chain", IDENTITY_CHAIN },
                                  SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_TCB_INFO] = { "tcb_info",
                               SOURCE_BODY_JSON,
                               SOURCE_CHAIN_WANTED,
                               { TCB_INFO_CHAIN },
                               SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_QE_IDENTITY] = { "qe_identity",
                                  SOURCE_BODY_JSON,
                                  SOURCE_CHAIN_WANTED,
                                  { IDENTITY_CHAIN },
                                  SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_QVE_IDENTITY] = { "qve_identity",
                                   SOURCE_BODY_JSON,
                                   SOURCE_CHAIN_WANTED,
                                   { IDENTITY_CHAIN },
                                   SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_QAE_IDENTITY] = { "qae_identity",
                                   SOURCE_BODY_JSON,
                                   SOURCE_CHAIN_WANTED,
                                   { IDENTITY_CHAIN },
                                   SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_EVALUATION_NUMBERS] = { "evaluation_numbers",
                                         SOURCE_BODY_JSON,
                                         SOURCE_CHAIN_WANTED,
                                         { "tcb-evaluation-data-numbers-issuer-chain" },
                                         SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_FMSPCS] = { "fmspcs",
                             SOURCE_BODY_JSON,
                             SOURCE_CHAIN_NONE,
                             { NULL },
                             SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_CRL] = { "crl",
                          SOURCE_BODY_CRL,
                          SOURCE_CHAIN_NONE,
                          { NULL },
                          SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_APPRAISAL_POLICY] = { "appraisal_policy",
                                       SOURCE_BODY_ANY,
                                       SOURCE_CHAIN_NONE,
                                       { NULL },
                                       SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_VCEK] = { "vcek",
                           SOURCE_BODY_CERTIFICATE,
                           SOURCE_CHAIN_NONE,
                           { NULL },
                           SOURCE_CACHE_PCK },
    [ASSAY_FETCH_AMD_CHAIN] = { "amd_chain",
                                SOURCE_BODY_PEM,
                                SOURCE_CHAIN_NONE,
                                { NULL },
                                SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_AMD_CRL] = { "amd_crl",
                              SOURCE_BODY_CRL,
                              SOURCE_CHAIN_NONE,
                              { NULL },
                              SOURCE_CACHE_COLLATERAL },
    [ASSAY_FETCH_URL] = { "url", SOURCE_BODY_ANY, SOURCE_CHAIN_NONE, { NULL }, SOURCE_CACHE_NONE },
};

const source_kind *source_kind_of(assay_fetch_kind kind)
{
    return &kinds[(unsigned)kind < ASSAY_FETCH_KIND_COUNT ? kind : ASSAY_FETCH_NONE];
}

/* ---- Offers ---- */

#define P(name) SOURCE_PARAMETER_##name
#define RAW_TCB P(CPU_SVN), P(PCE_SVN), P(PCE_ID)

#define THIM_TCB "api-version=2018-10-01-preview"
#define THIM_CRL "api-version=2020-02-12-preview"
#define THIM_PCK "api-version=2021-07-22-preview"
#define THIM_AMD "api-version=2020-10-15-preview"

/* What Azure's three surfaces have in common. */
#define THIM_OFFERS(service)                                                                       \
    { service,                                                                                     \
      ASSAY_FETCH_PCK_CERTIFICATE,                                                                 \
      SOURCE_BASE_SGX,                                                                             \
      "pckcert",                                                                                   \
      THIM_PCK,                                                                                    \
      { P(QE_ID), P(PPID), RAW_TCB, P(CUSTOM_PCK), P(CUSTOM) },                                    \
      SOURCE_MANIFEST_REFUSED },                                                                   \
        { service,  ASSAY_FETCH_PCK_CRL, SOURCE_BASE_SGX,        "pckcrl",                         \
          THIM_CRL, { P(CA) },           SOURCE_MANIFEST_REFUSED },                                \
        { service,     ASSAY_FETCH_ROOT_CA_CRL, SOURCE_BASE_SGX, "rootcacrl", THIM_CRL,            \
          { P(NONE) }, SOURCE_MANIFEST_REFUSED },                                                  \
        { service,  ASSAY_FETCH_TCB_INFO,           SOURCE_BASE_TEE,        "tcb",                 \
          THIM_TCB, { P(FMSPC), P(THIM_BASELINE) }, SOURCE_MANIFEST_REFUSED },                     \
        { service,  ASSAY_FETCH_QE_IDENTITY, SOURCE_BASE_TEE,        "qe/identity",                \
          THIM_TCB, { P(THIM_BASELINE) },    SOURCE_MANIFEST_REFUSED },                            \
    {                                                                                              \
        service, ASSAY_FETCH_QVE_IDENTITY, SOURCE_BASE_SGX, "qve/identity", THIM_TCB,              \
            { P(THIM_BASELINE) }, SOURCE_MANIFEST_REFUSED                                          \
    }

#define OFFER(service, kind, base, path, ...)                                                      \
    {                                                                                              \
        ASSAY_SERVICE_##service, ASSAY_FETCH_##kind, SOURCE_BASE_##base, path, NULL,               \
            { __VA_ARGS__ }, SOURCE_MANIFEST_REFUSED                                               \
    }

static const source_offer offers[] = {
    { ASSAY_SERVICE_PCS,
      ASSAY_FETCH_PCK_CERTIFICATE,
      SOURCE_BASE_SGX,
      "pckcert",
      NULL,
      { P(PPID_WANTED), RAW_TCB, P(CUSTOM_PCK) },
      SOURCE_MANIFEST_POSTED },
    { ASSAY_SERVICE_PCS,
      ASSAY_FETCH_PCK_CERTIFICATES,
      SOURCE_BASE_SGX,
      "pckcerts",
      NULL,
      { P(PPID_WANTED), P(PCE_ID), P(CUSTOM_PCK) },
      SOURCE_MANIFEST_POSTED },
    OFFER(PCS, PCK_CRL, SGX, "pckcrl", P(CA), P(DER)),
    OFFER(PCS, ROOT_CA_CRL, ROOT_CRL, "", P(NONE)),
    OFFER(PCS, TCB_INFO, TEE, "tcb", P(FMSPC), P(BASELINE)),
    OFFER(PCS, QE_IDENTITY, TEE, "qe/identity", P(BASELINE)),
    OFFER(PCS, QVE_IDENTITY, SGX, "qve/identity", P(BASELINE)),
    OFFER(PCS, QAE_IDENTITY, SGX, "qae/identity", P(BASELINE)),
    OFFER(PCS, EVALUATION_NUMBERS, TEE, "tcbevaluationdatanumbers", P(NONE)),
    OFFER(PCS, FMSPCS, SGX, "fmspcs", P(PLATFORM)),
    OFFER(PCS, CRL, URI, "", P(NONE)),

    OFFER(PCCS, PCK_CERTIFICATE, SGX, "pckcert", P(QE_ID), P(PPID), RAW_TCB, P(CUSTOM_PCK),
          P(CUSTOM)),
    OFFER(PCCS, PCK_CRL, SGX, "pckcrl", P(CA), P(DER_SINCE_3_1), P(CUSTOM)),
    OFFER(PCCS, ROOT_CA_CRL, SGX, "rootcacrl", P(CUSTOM)),
    OFFER(PCCS, TCB_INFO, TEE, "tcb", P(FMSPC), P(BASELINE), P(CUSTOM)),
    OFFER(PCCS, QE_IDENTITY, TEE, "qe/identity", P(BASELINE), P(CUSTOM)),
    OFFER(PCCS, QVE_IDENTITY, SGX, "qve/identity", P(BASELINE), P(CUSTOM)),
    OFFER(PCCS, QAE_IDENTITY, SGX, "qae/identity", P(BASELINE), P(CUSTOM)),
    OFFER(PCCS, EVALUATION_NUMBERS, TEE, "tcbevaluationdatanumbers", P(NONE)),
    OFFER(PCCS, FMSPCS, SGX, "fmspcs", P(PLATFORM)),
    OFFER(PCCS, CRL, SGX, "crl", P(URI)),
    OFFER(PCCS, APPRAISAL_POLICY, SGX, "appraisalpolicy", P(FMSPC), P(CUSTOM)),

    THIM_OFFERS(ASSAY_SERVICE_THIM_GLOBAL),
    THIM_OFFERS(ASSAY_SERVICE_THIM_REGIONAL),
    THIM_OFFERS(ASSAY_SERVICE_THIM_IMDS),
    { ASSAY_SERVICE_THIM_GLOBAL,
      ASSAY_FETCH_VCEK,
      SOURCE_BASE_ORIGIN,
      "SevSnpVM/certificates/{chip_id}/{tcb}",
      THIM_AMD,
      { P(NONE) },
      SOURCE_MANIFEST_REFUSED },
    OFFER(THIM_IMDS, VCEK, ORIGIN, "metadata/THIM/amd/certification", P(NONE)),
    OFFER(THIM_IMDS, AMD_CHAIN, ORIGIN, "metadata/THIM/amd/certification", P(NONE)),

    OFFER(KDS, VCEK, SGX, "vcek/v1/{product}/{hardware_id}", P(AMD_LEVELS)),
    OFFER(KDS, AMD_CHAIN, SGX, "{signer}/v1/{product}/cert_chain", P(NONE)),
    OFFER(KDS, AMD_CRL, SGX, "{signer}/v1/{product}/crl", P(NONE)),
    OFFER(NONE, URL, URI, "", P(NONE)),
};

/* API 3.1 of a PCCS has no rootcacrl of its own form: the CRL is asked for by its address. */
static const source_offer root_crl_since_3_1 =
    OFFER(PCCS, ROOT_CA_CRL, SGX, "crl", P(ROOT_CRL_URI));

const source_offer *source_offer_of(assay_service service, assay_fetch_kind kind,
                                    unsigned api_minor)
{
    if (service == ASSAY_SERVICE_PCCS && kind == ASSAY_FETCH_ROOT_CA_CRL && api_minor >= 1)
        return &root_crl_since_3_1;
    for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
        if (offers[i].service == service && offers[i].kind == kind)
            return &offers[i];
    }
    return NULL;
}
