/* token_routes.c: tokens: listed, made, taken away. collateral-service.md 7.9. */
#include <stdio.h>
#include <stdlib.h>

#include "serve/access.h"
#include "serve/admin_tables.h"
#include "wire/json.h"

static const parameter no_parameters[] = { { .name = NULL } };

/* ---- List ---- */

static void write_token(call *c, json_writer *w, const store_record *record)
{
    json_document doc = { .root = NULL };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    unsigned scopes = 0;
    uint64_t expires = 0, created = 0;
    assay_span by = { NULL, 0 };
    bool sound =
        json_document_parse(record->body, NULL, &doc, "token", &error) == ASSAY_OK &&
        scopes_read(doc.root, "scopes", "token", &scopes, &error) == ASSAY_OK &&
        json_take_unsigned(doc.root, "expires", "token", INT64_MAX, &expires, &error) == ASSAY_OK &&
        json_take_unsigned(doc.root, "created", "token", INT64_MAX, &created, &error) == ASSAY_OK &&
        json_take_text(doc.root, "created_by", "token", &by, &error) == ASSAY_OK;
    json_open_object(w, NULL);
    json_put_text(w, "name", record->name);
    scopes_write(w, "scopes", scopes);
    json_put_time(w, "created", (int64_t)created);
    json_put_span(w, "created_by", by);
    json_put_time(w, "expires", (int64_t)expires);
    json_put_text(w, "state",
                  !sound                                       ? "unreadable"
                  : expires != 0 && (int64_t)expires <= c->now ? "expired"
                                                               : "valid");
    json_close_object(w);
    json_document_free(&doc);
}

static assay_status tokens_get(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    store_record *records = NULL;
    size_t count = 0;
    TRY(store_records_list(c->service->store, "token", c->memory, &records, &count, &c->error));
    json_open_object(&w, NULL);
    json_open_array(&w, "tokens");
    for (size_t i = 0; i < count; i++)
        write_token(c, &w, &records[i]);
    json_close_array(&w);
    json_put_null(&w, "next");
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

/* ---- Create ---- */

typedef struct token_wish {
    const char *name;
    unsigned scopes;
    int64_t expires;
} token_wish;

static void refuse_member(void *context, const char *member)
{
    call *c = context;
    (void)json_fail(&c->error, "token", member, "is no member of a token: want name, scopes, days");
}

static assay_status read_wish(call *c, json_t *root, token_wish *out)
{
    static const char *const known[] = { "name", "scopes", "days", NULL };
    assay_span name;
    uint64_t days = 0;
    c->error.status = ASSAY_OK;
    json_each_unknown(root, known, refuse_member, c);
    TRY(c->error.status);
    TRY(json_take_text(root, "name", "token", &name, &c->error));
    TRY(scopes_read(root, "scopes", "token", &out->scopes, &c->error));
    if (json_object_get(root, "days") != NULL)
        TRY(json_take_unsigned(root, "days", "token", 36500, &days, &c->error));
    out->name = arena_text(c->memory, name);
    out->expires = days != 0 ? c->now + (int64_t)days * 86400 : 0;
    return out->name != NULL
               ? ASSAY_OK
               : fail(&c->error, ASSAY_NO_MEMORY, "token", ASSAY_NO_OFFSET, "no memory");
}

/* Nobody gives more than they have. */
static assay_status check_scopes(call *c, unsigned scopes)
{
    if ((scopes & ~c->scopes) == 0)
        return ASSAY_OK;
    return call_fail(c, 403, "scope_beyond_own", "token.scopes",
                     "a token can't give scopes that it does not have itself");
}

static assay_status tokens_post(call *c, answer *out)
{
    char token[ACCESS_TOKEN_SIZE];
    json_writer w = { .text = NULL };
    json_document doc = { .root = NULL };
    token_wish wish = { .name = NULL };
    TRY(json_document_parse(c->request->body, NULL, &doc, "token", &c->error));
    assay_status status = read_wish(c, doc.root, &wish);
    json_document_free(&doc);
    TRY(status);
    TRY(check_scopes(c, wish.scopes));
    const token_order order = { .name = wish.name,
                                .scopes = wish.scopes,
                                .now = c->now,
                                .expires = wish.expires,
                                .actor = c->actor,
                                .request_id = c->request_id };
    status = access_token_new(c->service->access, c->service->store, &order, token, &c->error);
    if (status == ASSAY_MISMATCH)
        c->code = 409;
    TRY(status);
    json_open_object(&w, NULL);
    json_put_text(&w, "name", wish.name);
    json_put_text(&w, "token", token);
    scopes_write(&w, "scopes", wish.scopes);
    json_put_time(&w, "expires", wish.expires);
    json_close_object(&w);
    explicit_bzero(token, sizeof(token));
    out->private_reply = true;
    out->code = 201;
    return answer_json(c, out, &w);
}

/* ---- Revoke ---- */

static assay_status find_token(call *c, const char *name)
{
    store_record record;
    bool found = false;
    TRY(store_record_get(c->service->store, "token", name, c->memory, &record, &found, &c->error));
    if (found)
        return ASSAY_OK;
    return call_fail(c, 404, "token_unknown", "token.name", "there is no token %.60s", name);
}

static assay_status tokens_delete(call *c, answer *out)
{
    const char *name = arena_text(c->memory, c->rest);
    json_writer w = { .text = NULL };
    if (name == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "token", ASSAY_NO_OFFSET, "no memory");
    TRY(find_token(c, name));
    const store_audit_entry entry = { .time = c->now,
                                      .actor = c->actor,
                                      .action = "token.revoke",
                                      .subject = name,
                                      .detail = "{}",
                                      .request_id = c->request_id };
    TRY(store_record_delete(c->service->store, "token", name, &entry, &c->error));
    TRY(access_reload(c->service->access, c->service->store, &c->error));
    json_open_object(&w, NULL);
    json_put_text(&w, "revoked", name);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

const route token_routes[] = {
    { "tokens", HTTP_GET, "/assay/v1/tokens", ROUTE_ADMIN, SCOPE_TOKENS, no_parameters, 0,
      tokens_get, "tokens without their secrets" },
    { "tokens", HTTP_POST, "/assay/v1/tokens", ROUTE_ADMIN | ROUTE_BODY, SCOPE_TOKENS,
      no_parameters, 0, tokens_post, "make a token; it is shown once" },
    { "tokens", HTTP_DELETE, "/assay/v1/tokens/*", ROUTE_ADMIN, SCOPE_TOKENS, no_parameters, 0,
      tokens_delete, "revoke a token" },
};
const size_t token_route_count = sizeof(token_routes) / sizeof(token_routes[0]);
