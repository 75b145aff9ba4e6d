/* access.h: who may do what, and how often: tokens, client certificates, rates.
 * collateral-service.md 7.6, 7.9. */
#ifndef ASSAY_SERVE_ACCESS_H
#define ASSAY_SERVE_ACCESS_H

#include "serve/route.h"
#include "serve/service.h"
#include "wire/json.h"

enum { ACCESS_TOKEN_SIZE = 64, ACCESS_ACTOR_SIZE = 160 };

assay_status access_new(const serve_config *config, store *s, access_list **out, assay_error *err);
void access_free(access_list *a);
/* Reads the tokens again: after a change, also by another replica. */
assay_status access_reload(access_list *a, store *s, assay_error *err);
/* Takes over section [access] of a configuration that was read again. Any thread. */
void access_configure(access_list *a, const serve_config *config);

/* What the caller may: from "Authorization: Bearer", "admin-token", "user-token" (these two where
 * the row has ROUTE_ADMIN_HEADERS or ROUTE_ADMIN) or the client certificate. A token that is wrong
 * is UNTRUSTED (401 after *delay_ms, by a timer and not a blocked thread); none at all is OK with
 * no scopes and actor "anonymous". Constant time. A web page of a foreign origin on a row that
 * wants scopes, or of administration, is MISMATCH by the name foreign_origin (403). */
assay_status access_identify(access_list *a, const http_request *request, const route *row,
                             unsigned *scopes, char actor[ACCESS_ACTOR_SIZE], unsigned *delay_ms,
                             assay_error *err);

/* False: too many from this address; *retry_after says when. Networks that are exempt never wait.
 */
bool access_rate(access_list *a, const char *address, int64_t now_us, unsigned *retry_after);
/* LAZY fills of unknown platforms, per address and in total. */
bool access_fill(access_list *a, const char *address, int64_t now, unsigned *retry_after);

/* Who wants which token. */
typedef struct token_order {
    const char *name;
    unsigned scopes;
    int64_t now;
    int64_t expires; /* 0: never */
    const char *actor;
    const char *request_id; /* of the audit entry */
} token_order;

/* A new token, shown once; stored as SHA-512. MISMATCH by the name token_exists; MALFORMED for a
 * name that is none. */
assay_status access_token_new(access_list *a, store *s, const token_order *order,
                              char token[ACCESS_TOKEN_SIZE], assay_error *err);

/* A token that is kept nowhere: for `assayd init`. */
assay_status access_token_make(char token[ACCESS_TOKEN_SIZE], uint8_t hash[64], assay_error *err);

/* "read", "register", ...; 0 when it is none. */
unsigned scope_parse(const char *name);
const char *scope_name(unsigned one);
/* ["read","refresh"] */
void scopes_write(json_writer *w, const char *member, unsigned scopes);
assay_status scopes_read(json_t *object, const char *member, const char *where, unsigned *out,
                         assay_error *err);

#endif
