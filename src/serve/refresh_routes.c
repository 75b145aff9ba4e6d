/* refresh_routes.c: PCCS's refresh: everything that is cached, or the certificates of an FMSPC,
 * asked for again while the caller waits. collateral-service.md 1, 7.2. */
#include <stdio.h>

#include "serve/log.h"
#include "serve/refresh.h"
#include "serve/upper_hex.h"
#include "serve/vendor_tables.h"

enum { REFRESH_TYPE, REFRESH_FMSPC };
static const char *const types[] = { "certs", NULL };
static const parameter refresh_parameters[] = {
    [REFRESH_TYPE] = { "type", PARAMETER_WORD, .words = types },
    [REFRESH_FMSPC] = { "fmspc", PARAMETER_HEX, .size = 6 },
    { .name = NULL },
};

static assay_status audit(call *c)
{
    const assay_span fmspc = c->parameters[REFRESH_FMSPC];
    char subject[16] = "items";
    if (c->parameters[REFRESH_TYPE].data != NULL)
        snprintf(subject, sizeof(subject), "all");
    if (fmspc.data != NULL)
        upper_hex(fmspc, subject);
    const store_audit_entry entry = { .time = c->now,
                                      .actor = c->actor,
                                      .action = "refresh",
                                      .subject = subject,
                                      .detail = "{}",
                                      .request_id = c->request_id };
    return store_audit_append(c->service->store, &entry, &c->error);
}

static assay_status refresh_answer(call *c, answer *out)
{
    const bool certificates = c->parameters[REFRESH_TYPE].data != NULL;
    const uint8_t *fmspc = c->parameters[REFRESH_FMSPC].data;
    refresh_progress progress = { .total = 0 };
    if (fmspc != NULL && !certificates)
        return call_fail(c, 400, "contradictory_parameters", "query.fmspc", "wants type=certs too");
    TRY(call_may_ask(c));
    TRY(audit(c));
    out->private_reply = true;
    const assay_status status =
        certificates ? refresh_certificates(c->service, fmspc, c->now, &progress, &c->error)
                     : refresh_items(c->service, c->now, &progress, &c->error);
    if (status != ASSAY_OK) {
        c->code = 503;
        return status;
    }
    return answer_text(c, out, 200, "%llu refreshed, %llu changed.\n",
                       (unsigned long long)progress.done, (unsigned long long)progress.changed);
}

#define ROWS(path_)                                                                                \
    { .name = "refresh",                                                                           \
      .method = HTTP_GET,                                                                          \
      .path = path_,                                                                               \
      .flags = ROUTE_UPSTREAM | ROUTE_ADMIN_HEADERS,                                               \
      .scopes = SCOPE_REFRESH,                                                                     \
      .parameters = refresh_parameters,                                                            \
      .handler = refresh_answer,                                                                   \
      .summary = "Ask the vendor for everything again" },                                          \
    {                                                                                              \
        .name = "refresh", .method = HTTP_POST, .path = path_,                                     \
        .flags = ROUTE_UPSTREAM | ROUTE_ADMIN_HEADERS | ROUTE_BODY, .scopes = SCOPE_REFRESH,       \
        .parameters = refresh_parameters, .handler = refresh_answer,                               \
        .summary = "Ask the vendor for everything again"                                           \
    }

const route refresh_routes[] = { ROWS("/sgx/certification/v3/refresh"),
                                 ROWS("/sgx/certification/v4/refresh") };
const size_t refresh_route_count = sizeof(refresh_routes) / sizeof(refresh_routes[0]);
