/* policy_routes.c: PUT and GET appraisalpolicy. collateral-service.md 1. */
#include "collateral/members.h"
#include "serve/platform_tables.h"
#include "serve/policies.h"

#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document

static const parameter no_parameters[] = { { .name = NULL } };
static const parameter get_parameters[] = {
    { "fmspc", PARAMETER_HEX, PARAMETER_REQUIRED, 6, 0, NULL },
    { .name = NULL },
};

/* {"is_default": true or 1, "fmspc": "...", "policy": "JWT"} */
static assay_status order_take(call *c, json_t *body, policy_order *out)
{
    static const char *const known[] = { "is_default", "fmspc", "policy", NULL };
    assay_error *err = &c->error;
    if (!json_is_object(body))
        return fail(err, ASSAY_MALFORMED, "policy", ASSAY_NO_OFFSET, "want an object");
    TRY(members_refuse_unknown(body, known, "policy", "no member", err));
    TRY(json_take_hex(body, "fmspc", "policy", out->fmspc, sizeof(out->fmspc), err));
    TRY(json_take_text(body, "policy", "policy", &out->token, err));
    json_t *is_default = json_object_get(body, "is_default");
    out->is_default = json_is_true(is_default) || json_integer_value(is_default) == 1;
    if (!out->is_default && !json_is_false(is_default) &&
        !(json_is_integer(is_default) && json_integer_value(is_default) == 0))
        return json_fail(err, "policy", "is_default", "want true or false");
    return ASSAY_OK;
}

static assay_status policy_put(call *c, answer *out)
{
    AUTO_DOCUMENT document = { 0 };
    policy_order order = { .is_default = false };
    char id[POLICY_ID_SIZE];
    TRY(json_document_parse(c->request->body, NULL, &document, "policy", &c->error));
    TRY(order_take(c, document.root, &order));
    assay_status status = policy_keep(c, &order, id);
    if (status == ASSAY_UNTRUSTED)
        c->code = 400;
    TRY(status);
    out->private_reply = true;
    return answer_text(c, out, 200, "%s", id);
}

static assay_status policy_get(call *c, answer *out)
{
    assay_span joined;
    TRY(policies_default(c, c->parameters[0].data, &joined));
    if (joined.size == 0)
        return call_fail(c, 404, "not_found", "query.fmspc",
                         "there is no default policy for this FMSPC");
    out->content_type = "text/plain";
    out->body = joined;
    return ASSAY_OK;
}

enum { PUT_FLAGS = ROUTE_PUBLIC | ROUTE_BODY | ROUTE_ADMIN_HEADERS };

const route policy_routes[POLICY_ROUTE_COUNT] = {
    { "appraisalpolicy", HTTP_PUT, "/sgx/certification/v4/appraisalpolicy", PUT_FLAGS, SCOPE_POLICY,
      no_parameters, 4, policy_put, "Stores an appraisal policy" },
    { "appraisalpolicy", HTTP_PUT, "/sgx/certification/v3/appraisalpolicy", PUT_FLAGS, SCOPE_POLICY,
      no_parameters, 3, policy_put, "Stores an appraisal policy" },
    { "appraisalpolicy", HTTP_GET, "/sgx/certification/v4/appraisalpolicy", ROUTE_PUBLIC,
      SCOPE_NONE, get_parameters, 4, policy_get, "The default policies of an FMSPC" },
    { "appraisalpolicy", HTTP_GET, "/sgx/certification/v3/appraisalpolicy", ROUTE_PUBLIC,
      SCOPE_NONE, get_parameters, 3, policy_get, "The default policies of an FMSPC" },
};
