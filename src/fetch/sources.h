/* sources.h: what each service is asked for each kind of item, and what its reply must look like:
 * two tables. collateral-service.md 1, 3, 4, 6. */
#ifndef ASSAY_FETCH_SOURCES_H
#define ASSAY_FETCH_SOURCES_H

#include "assay/fetch.h"
#include "base/span.h"

enum {
    SOURCE_URL_SIZE = 4096, /* a PCK request with encrypted PPID and custom parameters */
    SOURCE_CHAIN_HEADERS = 3,
    SOURCE_PARAMETERS = 9
};

/* ---- Kinds: what a reply must look like ---- */

typedef enum source_body {
    SOURCE_BODY_ANY,
    SOURCE_BODY_PEM,        /* kept as it came */
    SOURCE_BODY_JSON,       /* kept byte for byte: it is signed */
    SOURCE_BODY_CRL,        /* DER, PEM or hex; becomes DER */
    SOURCE_BODY_CERTIFICATE /* DER or PEM; becomes DER */
} source_body;

typedef enum source_chain {
    SOURCE_CHAIN_NONE,
    SOURCE_CHAIN_OPTIONAL,
    SOURCE_CHAIN_WANTED
} source_chain;

/* How long an item is kept; the values are those of assay_fetch_cache_clear(). */
typedef enum source_cache {
    SOURCE_CACHE_NONE = 0,
    SOURCE_CACHE_PCK = ASSAY_CACHE_PCK,
    SOURCE_CACHE_COLLATERAL = ASSAY_CACHE_COLLATERAL
} source_cache;

typedef struct source_kind {
    const char *name; /* "tcb_info" */
    source_body body;
    source_chain chain;
    const char *chain_headers[SOURCE_CHAIN_HEADERS]; /* any of them; NULL behind */
    source_cache cache;
} source_kind;

/* Never NULL for kinds inside the enum. */
const source_kind *source_kind_of(assay_fetch_kind kind);

/* ---- Offers: which service has which kind, and how it is asked ---- */

typedef enum source_base {
    SOURCE_BASE_SGX,      /* the service's address */
    SOURCE_BASE_TEE,      /* the same, its first "/sgx/" replaced by "/tdx/" for TDX */
    SOURCE_BASE_ORIGIN,   /* scheme, host and port */
    SOURCE_BASE_ROOT_CRL, /* the root's CRL distribution point */
    SOURCE_BASE_URI       /* the address in the request */
} source_base;

typedef enum source_parameter {
    SOURCE_PARAMETER_NONE = 0,
    SOURCE_PARAMETER_QE_ID,
    SOURCE_PARAMETER_PPID,        /* zeros when there is none */
    SOURCE_PARAMETER_PPID_WANTED, /* the service has nothing else to go by */
    SOURCE_PARAMETER_CPU_SVN,
    SOURCE_PARAMETER_PCE_SVN,
    SOURCE_PARAMETER_PCE_ID,
    SOURCE_PARAMETER_CA,
    SOURCE_PARAMETER_DER,           /* encoding=der */
    SOURCE_PARAMETER_DER_SINCE_3_1, /* the same, of a PCCS of API 3.1 */
    SOURCE_PARAMETER_FMSPC,
    SOURCE_PARAMETER_BASELINE,      /* update or tcbEvaluationDataNumber */
    SOURCE_PARAMETER_THIM_BASELINE, /* customParameter, base64 */
    SOURCE_PARAMETER_PLATFORM,
    SOURCE_PARAMETER_URI,          /* unescaped, as Intel's client sends it */
    SOURCE_PARAMETER_ROOT_CRL_URI, /* the same, of the root CRL */
    SOURCE_PARAMETER_CUSTOM,       /* customParameter of the configuration */
    SOURCE_PARAMETER_CUSTOM_PCK,   /* custom_request_options.get_cert.params */
    SOURCE_PARAMETER_AMD_LEVELS    /* blSPL and its like */
} source_parameter;

/* Whether a platform manifest can be sent. */
typedef enum source_manifest { SOURCE_MANIFEST_REFUSED, SOURCE_MANIFEST_POSTED } source_manifest;

typedef struct source_offer {
    assay_service service;
    assay_fetch_kind kind;
    source_base base;
    const char *path;  /* behind the base; of AMD with {product} and the like */
    const char *fixed; /* "api-version=..."; NULL: none */
    source_parameter parameters[SOURCE_PARAMETERS];
    source_manifest manifest;
} source_offer;

/* The row, or NULL when the service has no such item. */
const source_offer *source_offer_of(assay_service service, assay_fetch_kind kind,
                                    unsigned api_minor);

/* ---- Addresses ---- */

/* http or https, a host, no user, query, fragment, space or control character; USAGE with `where`.
 * Addresses of items (SOURCE_BASE_URI) may have a query. */
typedef enum source_query { SOURCE_QUERY_REFUSED, SOURCE_QUERY_ALLOWED } source_query;
assay_status source_url_check(const char *url, source_query query, const char *where,
                              assay_error *err);

/* The host inside an address, without port; empty when there is none. */
assay_span source_url_host(const char *url);

/* True for https, and for http to this machine. */
bool source_url_is_private(const char *url);

/* The address to ask. *offer NULL and `out` "" when the service has no such item. USAGE names what
 * the request lacks. */
assay_status source_url(const assay_fetch_service *service, const assay_fetch_config *config,
                        const assay_fetch_request *request, char *out, size_t size,
                        const source_offer **offer, assay_error *err);

/* The name under which Intel's client files a reply: the address without encrypted_ppid. */
void source_cache_key(const char *url, char out[SOURCE_URL_SIZE]);

#endif
