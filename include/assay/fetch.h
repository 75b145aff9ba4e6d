/* assay/fetch.h: how collateral is found: Intel's PCS, a PCCS, Azure's THIM (global, regional, in
 * the guest), AMD's KDS; with a cache on disk. Library libassay-fetch.
 *
 * What comes back is not trusted for having come from the right address: verification
 * (assay/verify.h) checks every signature. This library checks form only as far as it must to know
 * what it holds.
 *
 * A fetcher may be used from any thread; calls on one fetcher share its connections and take turns.
 */
#ifndef ASSAY_FETCH_H
#define ASSAY_FETCH_H

#include <stdbool.h>

#include "assay/collateral.h"
#include "assay/verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Services ---------------------------------------------------------------------------------
 */

typedef enum assay_service {
    ASSAY_SERVICE_NONE = 0,
    ASSAY_SERVICE_PCS,           /* Intel's own */
    ASSAY_SERVICE_PCCS,          /* a PCCS or assayd */
    ASSAY_SERVICE_THIM_GLOBAL,   /* global.acccache.azure.net */
    ASSAY_SERVICE_THIM_REGIONAL, /* {region}.thim.azure.net */
    ASSAY_SERVICE_THIM_IMDS,     /* 169.254.169.254, inside the guest */
    ASSAY_SERVICE_KDS,           /* AMD's */
    ASSAY_SERVICE_COUNT
} assay_service;

/* "pcs", "pccs", "thim-global", ... Static storage. */
ASSAY_API const char *assay_service_name(assay_service service);

/* Which service an address means: by its host, else PCCS. */
ASSAY_API assay_service assay_service_of_url(const char *url);

/* ---- Configuration ----------------------------------------------------------------------------
 */

enum { ASSAY_FETCH_URL_SIZE = 512, ASSAY_FETCH_SERVICE_MAX = 8, ASSAY_FETCH_PAIR_MAX = 16 };

typedef struct assay_fetch_service {
    assay_service service;
    char url[ASSAY_FETCH_URL_SIZE]; /* "https://localhost:8081/sgx/certification/v4/" */
} assay_fetch_service;

typedef enum assay_tcb_channel { ASSAY_TCB_STANDARD = 0, ASSAY_TCB_EARLY } assay_tcb_channel;

typedef struct assay_fetch_pair {
    char name[64];
    char value[256];
} assay_fetch_pair;

/* Plain data; assay_fetch_config_default() fills it. Zero means the default wherever 0 makes no
 * sense. */
typedef struct assay_fetch_config {
    assay_fetch_service pck[ASSAY_FETCH_SERVICE_MAX]; /* asked in order for PCK certificates */
    size_t pck_count;
    assay_fetch_service
        collateral[ASSAY_FETCH_SERVICE_MAX]; /* asked in order for all else of Intel */
    size_t collateral_count;
    char kds_url[ASSAY_FETCH_URL_SIZE]; /* "https://kdsintf.amd.com/" */
    bool use_secure_cert;               /* verify the server's certificate */
    char ca_file[ASSAY_FETCH_URL_SIZE]; /* PEM to verify it with; "": the system's */
    char api_key[128];                  /* Ocp-Apim-Subscription-Key; "": none */
    char custom_parameter[512];         /* base64 of customParameter; "": none */
    unsigned api_minor;                 /* pccs_api_version 3.0 -> 0, 3.1 -> 1 */
    assay_tcb_channel channel;
    uint32_t evaluation_number; /* 0: the channel decides */
    unsigned retry_times;
    unsigned retry_delay_seconds;    /* 0: 1, 2, 4 ... */
    unsigned connect_seconds;        /* 0: 5 */
    unsigned total_seconds;          /* of one transfer; 0: 30 */
    unsigned pck_cache_hours;        /* 0: not cached */
    unsigned collateral_cache_hours; /* 0: not cached */
    bool cache_only;                 /* --offline, local_cache_only: no connection at all */
    /* Holds .assay-fetch (ours), .dcap-qcnl (Intel's) and .az-dcap-client (Azure's: both are read);
     * "": nothing on disk. */
    char cache_folder[ASSAY_FETCH_URL_SIZE];
    assay_fetch_pair pck_headers[ASSAY_FETCH_PAIR_MAX]; /* custom_request_options.get_cert */
    size_t pck_header_count;
    assay_fetch_pair pck_parameters[ASSAY_FETCH_PAIR_MAX];
    size_t pck_parameter_count;
} assay_fetch_config;

/* Intel's and AMD's own services, secure, three retries, cache in the user's folder (AZDCAP_CACHE,
 * XDG_CACHE_HOME, HOME: the first that is set) for 168 hours. Reads the environment. */
ASSAY_API void assay_fetch_config_default(assay_fetch_config *out);

/* sgx_default_qcnl.conf in both forms (JSON with comments; KEY=VALUE). `name` is for messages. In
 * JSON pccs_url, collateral_service and local_pck_url may be lists, asked in order.
 * MALFORMED with where "NAME:LINE:COLUMN" for broken syntax, a wrong type or range, and an unknown
 * key (with a suggestion). Values not in the file keep what `config` had. */
ASSAY_API assay_status assay_fetch_config_parse(assay_span text, const char *name,
                                                assay_fetch_config *config, assay_error *error);

/* $QCNL_CONF_PATH, else /etc/sgx_default_qcnl.conf; *found false when there is no such file (then
 * OK). ENVIRONMENT when it can't be read. */
ASSAY_API assay_status assay_fetch_config_load(assay_fetch_config *config, bool *found,
                                               assay_error *error);

/* ---- One item ---------------------------------------------------------------------------------
 */

typedef enum assay_fetch_kind {
    ASSAY_FETCH_NONE = 0,
    ASSAY_FETCH_PCK_CERTIFICATE,  /* platform */
    ASSAY_FETCH_PCK_CERTIFICATES, /* platform; PCS only: JSON list */
    ASSAY_FETCH_PCK_CRL,          /* ca; body as DER */
    ASSAY_FETCH_ROOT_CA_CRL,      /* body as DER */
    ASSAY_FETCH_TCB_INFO,         /* tee, fmspc, channel or evaluation_number */
    ASSAY_FETCH_QE_IDENTITY,      /* tee, channel or evaluation_number */
    ASSAY_FETCH_QVE_IDENTITY,
    ASSAY_FETCH_QAE_IDENTITY,
    ASSAY_FETCH_EVALUATION_NUMBERS, /* tee; PCS and assayd */
    ASSAY_FETCH_FMSPCS,             /* platform_filter; PCS and assayd */
    ASSAY_FETCH_CRL,                /* uri */
    ASSAY_FETCH_APPRAISAL_POLICY,   /* fmspc; PCCS only */
    ASSAY_FETCH_VCEK,               /* amd; body as DER */
    ASSAY_FETCH_AMD_CHAIN,          /* amd.product, vlek */
    ASSAY_FETCH_AMD_CRL,            /* amd.product, vlek; body as DER */
    ASSAY_FETCH_URL,                /* uri as it is, its server's certificate always checked */
    ASSAY_FETCH_KIND_COUNT
} assay_fetch_kind;

typedef enum assay_ca { ASSAY_CA_NONE = 0, ASSAY_CA_PROCESSOR, ASSAY_CA_PLATFORM } assay_ca;

typedef struct assay_fetch_request {
    assay_fetch_kind kind;
    assay_tee tee;
    unsigned api_version; /* 3 or 4; 0: 4 */
    uint8_t fmspc[6];
    assay_ca ca;
    assay_tcb_channel channel;
    uint32_t evaluation_number; /* 0: the channel decides */
    /* A platform: raw TCB, as the quoting enclave reports it. */
    assay_span qe_id;
    uint8_t cpu_svn[16];
    uint16_t pce_svn;
    uint16_t pce_id;
    assay_span encrypted_ppid;    /* empty: zeros are sent where one must be */
    assay_span platform_manifest; /* not empty: POST */
    const char *platform_filter;  /* "all", "client", "E3", "E5"; NULL: none */
    const char *uri;
    struct {
        const char *product; /* "Milan", "Genoa", "Turin" */
        bool vlek;
        assay_span chip_id; /* 64 bytes */
        uint8_t boot_loader, tee, snp, microcode, fmc;
    } amd;
} assay_fetch_request;

/* What came. Owned texts; assay_fetched_free(), also after a failure: then `http_code`,
 * `retry_after` and `url` are set when a reply came. */
typedef struct assay_fetched {
    uint8_t *body; /* with a NUL behind, not counted */
    size_t size;
    char *issuer_chain;  /* PEM, percent-decoded; NULL when none came */
    char *warning;       /* the Warning header; NULL */
    char *url;           /* that was asked */
    char tcbm[37];       /* PCK: 36 hex digits; "" */
    char fmspc[13];      /* PCK: 12 hex digits; "" */
    assay_ca ca;         /* PCK */
    unsigned http_code;  /* 0: no reply (or from the cache: 200) */
    int64_t retry_after; /* seconds that the server asked to wait; 0: none */
    int64_t max_age;     /* seconds it may be kept, by Cache-Control; -1: not said */
    int64_t age;         /* seconds in the cache, for items from there */
    bool from_cache;
    assay_service service;
} assay_fetched;

ASSAY_API void assay_fetched_free(assay_fetched *item); /* and zeroes it */

typedef struct assay_fetcher assay_fetcher;

/* Configuration is copied. NO_MEMORY, USAGE (no service, URL that is none). */
ASSAY_API assay_status assay_fetcher_new(const assay_fetch_config *config, assay_fetcher **out,
                                         assay_error *error);
ASSAY_API void assay_fetcher_free(assay_fetcher *fetcher);

/* Fetches one item. Failures are ENVIRONMENT with error.name one of
 *   fetch_not_found (404), fetch_retired (410), fetch_platform_unknown (461),
 *   fetch_certificates_unavailable (462), fetch_refused (400, 401, 403), fetch_unavailable (503,
 *   429, open circuit), fetch_server_error (other 5xx), fetch_timeout, fetch_resolve,
 *   fetch_connect, fetch_tls, fetch_bad_reply (no body, no issuer chain, too large, bad encoding),
 *   fetch_not_offered (that service has no such item), fetch_cache_missing, fetch_cache_expired,
 *   fetch_cancelled
 * where error.where is the URL and error.detail says code, service and what to do. */
ASSAY_API assay_status assay_fetch(assay_fetcher *fetcher, const assay_fetch_request *request,
                                   assay_fetched *out, assay_error *error);

/* The JWKS of an OpenID Connect issuer: what ISSUER/.well-known/openid-configuration names, when
 * its `issuer` is exactly this one and its jwks_uri is of the same origin. Only https, or http to
 * this machine (USAGE); the server's certificate is always checked. Failures as assay_fetch(). */
ASSAY_API assay_status assay_fetch_issuer_keys(assay_fetcher *fetcher, const char *issuer,
                                               assay_fetched *out, assay_error *error);

/* The URL that would be asked of `service` ("" when it offers no such item): for tests and
 * messages. USAGE when `size` is too small. */
ASSAY_API assay_status assay_fetch_url(const assay_fetch_service *service,
                                       const assay_fetch_config *config,
                                       const assay_fetch_request *request, char *out, size_t size,
                                       assay_error *error);

/* ---- A whole set ------------------------------------------------------------------------------
 */

typedef struct assay_collateral_order {
    assay_tee tee;
    uint8_t fmspc[6];
    assay_ca ca;
} assay_collateral_order;

/* Which collateral a quote needs, from the PCK certificate inside it (unproved). */
ASSAY_API assay_status assay_collateral_order_of_quote(assay_span quote,
                                                       assay_collateral_order *out,
                                                       assay_error *error);

/* The same from a PCK chain (PEM, leaf first), for quotes that carry none. */
ASSAY_API assay_status assay_collateral_order_of_chain(assay_span chain, assay_tee tee,
                                                       assay_collateral_order *out,
                                                       assay_error *error);

/* Called before each of the four requests, with the address that is asked first; may be NULL. */
typedef void (*assay_fetch_progress)(void *context, const char *what, const char *url);

/* Fetches the seven items (four requests) and makes the object. Errors of assay_fetch(), with the
 * item's name before the URL. */
ASSAY_API assay_status assay_fetch_collateral(assay_fetcher *fetcher,
                                              const assay_collateral_order *order,
                                              const assay_roots *roots,
                                              assay_fetch_progress progress, void *context,
                                              assay_collateral **out, assay_error *error);

/* Forgets what is in memory and on disk. */
enum { ASSAY_CACHE_PCK = 1, ASSAY_CACHE_COLLATERAL = 2 };
ASSAY_API assay_status assay_fetch_cache_clear(assay_fetcher *fetcher, unsigned which,
                                               assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
