/* openapi_responses.c: the responses of an operation: the codes that a row may answer with, and for
 * each the headers that always come and the content. collateral-service.md 1 "Codes", 7.5. */
#include <stdio.h>

#include "serve/openapi.h"
#include "serve/openapi_responses.h"

typedef bool (*row_applies)(const route *row);

static bool always(const route *row)
{
    (void)row;
    return true;
}

static bool kept(const route *row)
{
    return (row->flags & ROUTE_KEPT) != 0;
}

static bool guarded(const route *row)
{
    return row->scopes != 0;
}

static bool asks_vendor(const route *row)
{
    return (row->flags & ROUTE_UPSTREAM) != 0;
}

static bool takes_body(const route *row)
{
    return (row->flags & ROUTE_BODY) != 0;
}

static bool writes(const route *row)
{
    return row->method != HTTP_GET;
}

static bool numbered(const route *row)
{
    return (row->flags & ROUTE_BASELINE) != 0;
}

static bool of_platforms(const route *row)
{
    return strncmp(row->name, "pckcert", 7) == 0 || strncmp(row->name, "platform", 8) == 0;
}

static bool never(const route *row)
{
    (void)row;
    return false;
}

/* ---- Codes ---- */

static const struct {
    unsigned code;
    row_applies applies; /* where openapi_replies says nothing of it */
    const char *description;
} codes[] = {
    { 200, never, "done" },
    { 201, never, "made" },
    { 202, never, "under way" },
    { 304, kept, "unchanged" },
    { 400, always, "a parameter is unknown, repeated, missing, malformed or contradictory" },
    { 401, guarded, "a token is missing or wrong" },
    { 403, guarded, "the token may not do that, or a foreign web page asks" },
    { 404, always, "there is no such thing" },
    { 409, writes, "it is not as the caller thought" },
    { 410, numbered, "that TCB evaluation data number is retired" },
    { 413, takes_body, "the body is too large" },
    { 429, always, "this address asks too much; Retry-After says when" },
    { 460, of_platforms, "root certificates differ" },
    { 461, of_platforms, "the platform is unknown" },
    { 462, of_platforms, "certificates are not available" },
    { 500, always, "the service failed" },
    { 502, asks_vendor, "what the vendor sent was refused" },
    { 503, always, "not now; Retry-After says when" },
};
enum { CODE_COUNT = sizeof(codes) / sizeof(codes[0]) };

static bool code_applies(const route *row, size_t index)
{
    return openapi_reply_of(row, codes[index].code) != NULL || codes[index].applies(row);
}

bool openapi_has_code(const route *row, unsigned code)
{
    for (size_t i = 0; i < CODE_COUNT; i++)
        if (codes[i].code == code)
            return code_applies(row, i);
    return false;
}

/* ---- Headers ---- */

typedef enum reply_form {
    FORM_OWN,       /* the handler's: a row of openapi_replies */
    FORM_EITHER,    /* the handler's own refusal, or one of those before it */
    FORM_UNCHANGED, /* 304 */
    FORM_REFUSED
} reply_form;

static reply_form form_of(const route *row, unsigned code)
{
    if (openapi_reply_of(row, code) != NULL)
        return code < 400 ? FORM_OWN : FORM_EITHER;
    return code == 304 ? FORM_UNCHANGED : FORM_REFUSED;
}

enum {
    OWN = 1 << FORM_OWN,
    EITHER = 1 << FORM_EITHER,
    UNCHANGED = 1 << FORM_UNCHANGED,
    REFUSED = 1 << FORM_REFUSED,
    EACH = OWN | EITHER | UNCHANGED | REFUSED
};

static const struct {
    const char *name;
    unsigned forms;
    unsigned code; /* 0: each */
    row_applies applies;
} common_headers[] = {
    { "Request-ID", EACH, 0, always },        { "Cache-Control", EACH, 0, always },
    { "ETag", OWN | UNCHANGED, 0, kept },     { "Assay-Baseline", OWN | UNCHANGED, 0, numbered },
    { "Vary", OWN | UNCHANGED, 0, numbered }, { "X-Content-Type-Options", OWN, 0, guarded },
    { "Error-Code", REFUSED, 0, always },     { "WWW-Authenticate", REFUSED, 401, always },
    { "Retry-After", REFUSED, 429, always },  { "Retry-After", REFUSED, 503, always },
};

static void put_reference(json_writer *w, const char *member, const char *to)
{
    json_open_object(w, member);
    json_put_text(w, "$ref", to);
    json_close_object(w);
}

static void put_header(json_writer *w, const char *name)
{
    put_reference(w, name, "#/components/headers/always");
}

static void put_common_headers(json_writer *w, const route *row, reply_form form, unsigned code)
{
    for (size_t i = 0; i < sizeof(common_headers) / sizeof(common_headers[0]); i++)
        if ((common_headers[i].forms & 1u << form) != 0 && common_headers[i].applies(row) &&
            (common_headers[i].code == 0 || common_headers[i].code == code))
            put_header(w, common_headers[i].name);
}

static void put_headers(json_writer *w, const route *row, unsigned code)
{
    const openapi_reply *own = openapi_reply_of(row, code == 304 ? 200 : code);
    json_open_object(w, "headers");
    put_common_headers(w, row, form_of(row, code), code);
    for (size_t i = 0; own != NULL && i < OPENAPI_HEADER_MAX && own->headers[i] != NULL; i++)
        put_header(w, own->headers[i]);
    json_close_object(w);
}

/* ---- Content ---- */

static void put_object_schema(json_writer *w, const char *const *members, size_t room)
{
    json_open_object(w, "schema");
    json_put_text(w, "type", "object");
    json_open_array(w, "required");
    for (size_t i = 0; i < room && members[i] != NULL; i++)
        json_put_text(w, NULL, members[i]);
    json_close_array(w);
    json_close_object(w);
}

static void put_content(json_writer *w, const openapi_reply *reply)
{
    json_open_object(w, "content");
    for (size_t i = 0; i < OPENAPI_TYPE_MAX && reply->types[i] != NULL; i++) {
        json_open_object(w, reply->types[i]);
        if (strcmp(reply->types[i], "application/json") == 0 && reply->members[0] != NULL)
            put_object_schema(w, reply->members, OPENAPI_MEMBER_MAX);
        json_close_object(w);
    }
    json_close_object(w);
}

/* ---- Responses ---- */

static void put_own(json_writer *w, const route *row, size_t index)
{
    const openapi_reply *own = openapi_reply_of(row, codes[index].code);
    char code[8];
    snprintf(code, sizeof(code), "%u", codes[index].code);
    json_open_object(w, code);
    json_put_text(w, "description", codes[index].description);
    put_headers(w, row, codes[index].code);
    if (own != NULL)
        put_content(w, own);
    json_close_object(w);
}

/* JSON below /assay/, text for the paths of PCCS, THIM and KDS. */
static bool refuses_in_json(const route *row)
{
    return strncmp(row->path, "/assay/", 7) == 0;
}

static void put_refusal_reference(json_writer *w, const route *row, size_t index)
{
    char code[8], name[64];
    snprintf(code, sizeof(code), "%u", codes[index].code);
    snprintf(name, sizeof(name), "#/components/responses/%s-%s", code,
             refuses_in_json(row) ? "json" : "text");
    put_reference(w, code, name);
}

void openapi_put_responses(json_writer *w, const route *row)
{
    json_open_object(w, "responses");
    for (size_t i = 0; i < CODE_COUNT; i++) {
        if (!code_applies(row, i))
            continue;
        if (form_of(row, codes[i].code) == FORM_REFUSED)
            put_refusal_reference(w, row, i);
        else
            put_own(w, row, i);
    }
    json_close_object(w);
}

/* ---- Refusals, the same for every route ---- */

static void put_refusal(json_writer *w, const route *row, size_t index)
{
    static const char *const members[] = { "error" };
    const bool json = refuses_in_json(row);
    char name[16];
    snprintf(name, sizeof(name), "%u-%s", codes[index].code, json ? "json" : "text");
    json_open_object(w, name);
    json_put_text(w, "description", codes[index].description);
    json_open_object(w, "headers");
    put_common_headers(w, row, FORM_REFUSED, codes[index].code);
    json_close_object(w);
    json_open_object(w, "content");
    json_open_object(w, json ? "application/json" : "text/plain; charset=utf-8");
    if (json)
        put_object_schema(w, members, 1);
    json_close_object(w);
    json_close_object(w);
    json_close_object(w);
}

void openapi_put_shared_responses(json_writer *w)
{
    static const route below_assay = { .path = "/assay/" }, elsewhere = { .path = "/" };
    json_open_object(w, "headers");
    json_open_object(w, "always");
    json_put_flag(w, "required", true);
    json_open_object(w, "schema");
    json_put_text(w, "type", "string");
    json_close_object(w);
    json_close_object(w);
    json_close_object(w);
    json_open_object(w, "responses");
    for (size_t i = 0; i < CODE_COUNT; i++) {
        if (codes[i].code < 400)
            continue;
        put_refusal(w, &elsewhere, i);
        put_refusal(w, &below_assay, i);
    }
    json_close_object(w);
}
