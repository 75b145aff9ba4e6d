/* openapi_replies.c: the table of replies that handlers make: content types, headers, members.
 * collateral-service.md 1, 3, 4, 7.9. */
#include "serve/openapi_responses.h"

#define JSON                                                                                       \
    {                                                                                              \
        "application/json"                                                                         \
    }
#define PEM                                                                                        \
    {                                                                                              \
        "application/x-pem-file"                                                                   \
    }
#define CRL                                                                                        \
    {                                                                                              \
        "application/pkix-crl"                                                                     \
    }
#define TEXT                                                                                       \
    {                                                                                              \
        "text/plain; charset=utf-8"                                                                \
    }

#define IDENTITY_REPLY(name_)                                                                      \
    {                                                                                              \
        name_, HTTP_GET, 200, JSON, { "SGX-Enclave-Identity-Issuer-Chain" },                       \
        {                                                                                          \
            "enclaveIdentity", "signature"                                                         \
        }                                                                                          \
    }

const openapi_reply openapi_replies[] = {
    { "tcb",
      HTTP_GET,
      200,
      JSON,
      { "TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain" },
      { "tcbInfo", "signature" } },
    IDENTITY_REPLY("qe_identity"),
    IDENTITY_REPLY("qve_identity"),
    IDENTITY_REPLY("qae_identity"),
    { "pckcrl",
      HTTP_GET,
      200,
      { "application/x-pem-file", "application/pkix-crl" },
      { "SGX-PCK-CRL-Issuer-Chain" },
      { NULL } },
    { "rootcacrl", HTTP_GET, 200, CRL, { "SGX-PCK-CRL-Issuer-Chain" }, { NULL } },
    { "crl", HTTP_GET, 200, CRL, { "SGX-PCK-CRL-Issuer-Chain" }, { NULL } },
    { "numbers",
      HTTP_GET,
      200,
      JSON,
      { "TCB-Evaluation-Data-Numbers-Issuer-Chain" },
      { "tcbEvaluationDataNumbers", "signature" } },
    { "fmspcs", HTTP_GET, 200, JSON, { NULL }, { NULL } },
    { "pckcert",
      HTTP_GET,
      200,
      PEM,
      { "SGX-TCBm", "SGX-FMSPC", "SGX-PCK-Certificate-CA-Type",
        "SGX-PCK-Certificate-Issuer-Chain" },
      { NULL } },
    { "thim_pckcert",
      HTTP_GET,
      200,
      JSON,
      { NULL },
      { "pckCert", "sgx-Tcbm", "sgx-Pck-Certificate-Issuer-Chain", "cacheMaxAge" } },
    { "platforms", HTTP_POST, 200, TEXT, { NULL }, { NULL } },
    { "platforms", HTTP_POST, 202, TEXT, { NULL }, { NULL } },
    { "platforms", HTTP_POST, 462, TEXT, { NULL }, { NULL } },
    { "platforms", HTTP_GET, 200, JSON, { "platform-count" }, { NULL } },
    { "admin_platforms", HTTP_GET, 200, JSON, { NULL }, { "platforms", "next" } },
    { "admin_platform", HTTP_GET, 200, JSON, { NULL }, { "platform", "certificates" } },
    { "admin_platform", HTTP_DELETE, 200, TEXT, { NULL }, { NULL } },
    { "platformcollateral", HTTP_PUT, 200, TEXT, { NULL }, { NULL } },
    { "import",
      HTTP_POST,
      200,
      JSON,
      { NULL },
      { "form", "platforms", "certificates", "items", "policies", "queued", "older",
        "refused_count", "refused" } },
    /* a report of what was stored before, or an error */
    { "import", HTTP_POST, 400, JSON, { NULL }, { NULL } },
    { "export",
      HTTP_GET,
      200,
      { "application/json", "application/x-ndjson" },
      { NULL },
      { "platforms", "collaterals" } },
    { "appraisalpolicy", HTTP_PUT, 200, TEXT, { NULL }, { NULL } },
    { "appraisalpolicy", HTTP_GET, 200, { "text/plain" }, { "ETag" }, { NULL } },
    { "amd_chain", HTTP_GET, 200, PEM, { NULL }, { NULL } },
    { "amd_crl", HTTP_GET, 200, CRL, { NULL }, { NULL } },
    { "vcek", HTTP_GET, 200, { "application/x-x509-ca-cert" }, { NULL }, { NULL } },
    { "thim_amd",
      HTTP_GET,
      200,
      JSON,
      { NULL },
      { "vcekCert", "tcbm", "certificateChain", "cacheControl" } },
    { "thim_amd_global", HTTP_GET, 200, PEM, { NULL }, { NULL } },
    { "collateral",
      HTTP_GET,
      200,
      JSON,
      { NULL },
      { "tcb_info", "tcb_info_issuer_chain", "qe_identity", "qe_identity_issuer_chain",
        "root_ca_crl", "pck_crl", "pck_crl_issuer_chain" } },
    { "refresh", HTTP_GET, 200, TEXT, { NULL }, { NULL } },
    { "refresh", HTTP_POST, 200, TEXT, { NULL }, { NULL } },
    { "baselines", HTTP_GET, 200, JSON, { NULL }, { "default", "baselines" } },
    { "baseline", HTTP_GET, 200, JSON, { NULL }, { "name", "kind", "baseline" } },
    { "baseline", HTTP_PUT, 200, JSON, { NULL }, { "default", "name", "description", "rules" } },
    /* a plan, or the baseline that was changed */
    { "baseline", HTTP_POST, 200, JSON, { NULL }, { NULL } },
    { "status",
      HTTP_GET,
      200,
      JSON,
      { NULL },
      { "version", "time", "store", "mode", "baseline", "platforms", "queues", "cache",
        "upstream" } },
    { "items", HTTP_GET, 200, JSON, { NULL }, { "items", "next" } },
    { "audit", HTTP_GET, 200, JSON, { NULL }, { "entries", "next" } },
    { "refresh_status", HTTP_GET, 200, JSON, { NULL }, { NULL } },
    { "refresh_start", HTTP_POST, 202, JSON, { NULL }, { NULL } },
    { "tokens", HTTP_GET, 200, JSON, { NULL }, { "tokens", "next" } },
    { "tokens", HTTP_POST, 201, JSON, { NULL }, { "name", "token", "scopes", "expires" } },
    { "tokens", HTTP_DELETE, 200, JSON, { NULL }, { "revoked" } },
    { "healthz", HTTP_GET, 200, JSON, { NULL }, { "status", "version", "time" } },
    { "readyz", HTTP_GET, 200, JSON, { NULL }, { "status", "store", "refresh" } },
    /* the store is away, or the service is too busy to say */
    { "readyz",
      HTTP_GET,
      503,
      { "application/json", "text/plain; charset=utf-8" },
      { NULL },
      { "status" } },
    { "metrics",
      HTTP_GET,
      200,
      { "text/plain; version=0.0.4; charset=utf-8" },
      { NULL },
      { NULL } },
    { "openapi", HTTP_GET, 200, JSON, { NULL }, { "openapi", "info", "paths", "components" } },
};
const size_t openapi_reply_count = sizeof(openapi_replies) / sizeof(openapi_replies[0]);

const openapi_reply *openapi_reply_of(const route *row, unsigned code)
{
    for (size_t i = 0; i < openapi_reply_count; i++) {
        const openapi_reply *reply = &openapi_replies[i];
        if (reply->code == code && reply->method == row->method &&
            strcmp(reply->route, row->name) == 0)
            return reply;
    }
    return NULL;
}
