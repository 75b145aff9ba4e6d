/* access.c: who may do what, and how often. collateral-service.md 7.6, 7.9; decisions.md, "Tokens".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "serve/access_list.h"
#include "serve/subject.h"

enum { ADDRESS_MAX = 16384, FAILURE_MAX = 4096, CREDENTIAL_MAX = 1024 };
static const int64_t FAILURE_STEP_US = 250000, FAILURE_MOST_US = 5000000;

/* ---- Life ---- */

static void rules_of(const serve_config *config, access_rules *out)
{
    *out = (access_rules) { .client_admins = config->access.client_admins,
                            .origins = config->access.origins,
                            .requests_per_second = config->access.requests_per_second,
                            .fills_per_hour = config->access.fills_per_hour,
                            .fills_total_per_hour = config->access.fills_total_per_hour };
    out->has_user = assay_hex_decode(SPAN_TEXT(config->access.user_token_hash), out->user_hash,
                                     SHA512_SIZE, NULL) == ASSAY_OK;
    out->has_admin = assay_hex_decode(SPAN_TEXT(config->access.admin_token_hash), out->admin_hash,
                                      SHA512_SIZE, NULL) == ASSAY_OK;
    for (size_t i = 0; i < config->access.exempt.count; i++)
        out->exempt_count +=
            listen_network_parse(config->access.exempt.at[i], &out->exempt[out->exempt_count]);
}

void access_configure(access_list *a, const serve_config *config)
{
    access_rules rules;
    rules_of(config, &rules);
    pthread_rwlock_wrlock(&a->lock);
    a->rules = rules;
    pthread_rwlock_unlock(&a->lock);
}

assay_status access_new(const serve_config *config, store *s, access_list **out, assay_error *err)
{
    access_list *a = memory_new(sizeof(*a));
    if (a == NULL)
        return fail(err, ASSAY_NO_MEMORY, "access", ASSAY_NO_OFFSET, "no memory");
    pthread_rwlock_init(&a->lock, NULL);
    rules_of(config, &a->rules);
    a->clock_offset = config->clock_offset;
    a->requests = rates_new(ADDRESS_MAX);
    a->fills = rates_new(ADDRESS_MAX);
    a->fills_total = rates_new(1);
    a->failures = rates_new(FAILURE_MAX);
    bool whole =
        a->requests != NULL && a->fills != NULL && a->fills_total != NULL && a->failures != NULL;
    assay_status status = whole
                              ? access_reload(a, s, err)
                              : fail(err, ASSAY_NO_MEMORY, "access", ASSAY_NO_OFFSET, "no memory");
    if (status == ASSAY_OK)
        *out = a;
    else
        access_free(a);
    return status;
}

void access_free(access_list *a)
{
    if (a == NULL)
        return;
    rates_free(a->requests);
    rates_free(a->fills);
    rates_free(a->fills_total);
    rates_free(a->failures);
    memory_free(a->tokens);
    pthread_rwlock_destroy(&a->lock);
    memory_free(a);
}

/* ---- Origins ---- */

static bool is_own_origin(const http_request *request, assay_span origin)
{
    const char *scheme = request->security == HTTP_TLS ? "https://" : "http://";
    const size_t size = strlen(scheme);
    assay_span host = http_header_value(request, "Host", NULL);
    return host.size > 0 && span_is(span_slice(origin, 0, size), scheme) &&
           span_equal(span_slice(origin, size, origin.size - size), host);
}

static bool is_listed_origin(const access_list *a, assay_span origin)
{
    for (size_t i = 0; i < a->rules.origins.count; i++) {
        if (span_is(origin, a->rules.origins.at[i]))
            return true;
    }
    return false;
}

/* A browser says where a request comes from; programs say nothing. */
static assay_status check_origin(const access_list *a, const http_request *request,
                                 assay_error *err)
{
    assay_span origin = http_header_value(request, "Origin", NULL);
    assay_span site = http_header_value(request, "Sec-Fetch-Site", NULL);
    const bool listed = origin.data != NULL && is_listed_origin(a, origin);
    const bool own = origin.data == NULL || is_own_origin(request, origin);
    const bool here = site.data == NULL || span_is(site, "same-origin") || span_is(site, "none");
    if (listed || (own && here))
        return ASSAY_OK;
    return fail_named(err, ASSAY_MISMATCH, "foreign_origin", NULL, "request.origin",
                      "a web page of another origin may not use this route; [access] origins "
                      "lists those that may");
}

/* ---- Credentials ---- */

typedef struct identity {
    unsigned scopes;
    char actor[ACCESS_ACTOR_SIZE];
} identity;

typedef enum token_header { HEADER_BEARER, HEADER_ADMIN, HEADER_USER } token_header;

typedef struct credential {
    token_header header;
    assay_span token; /* data NULL: none was given */
    bool repeated;
} credential;

static bool same_hash(const uint8_t a[SHA512_SIZE], const uint8_t b[SHA512_SIZE])
{
    return span_equal_constant_time(span_of(a, SHA512_SIZE), span_of(b, SHA512_SIZE));
}

static void credential_find(const http_request *request, const route *row, credential *out)
{
    static const char bearer[] = "Bearer ";
    const bool pccs = (row->flags & (ROUTE_ADMIN_HEADERS | ROUTE_ADMIN)) != 0;
    assay_span value = http_header_value(request, "Authorization", &out->repeated);
    out->header = HEADER_BEARER;
    out->token = value;
    if (value.size > sizeof(bearer) - 1 &&
        strncasecmp((const char *)value.data, bearer, sizeof(bearer) - 1) == 0)
        out->token = span_slice(value, sizeof(bearer) - 1, value.size - sizeof(bearer) + 1);
    if (value.data == NULL && pccs) {
        out->header = HEADER_ADMIN;
        out->token = http_header_value(request, "admin-token", &out->repeated);
    }
    if (out->token.data == NULL && pccs) {
        out->header = HEADER_USER;
        out->token = http_header_value(request, "user-token", &out->repeated);
    }
}

/* The configured hashes are those of PCCS's headers; the admin's works as a bearer too, for with it
 * the first token of our own is made. All three may carry a token of our own. */
static bool credential_check(const access_list *a, const credential *given, int64_t now,
                             identity *out)
{
    uint8_t hash[SHA512_SIZE];
    access_token token = { .scopes = 0 };
    if (given->token.size == 0 || given->token.size > CREDENTIAL_MAX || given->repeated)
        return false;
    sha512(given->token, hash);
    const bool known = access_token_find(a, hash, now, &token);
    const bool admin =
        a->rules.has_admin && same_hash(hash, a->rules.admin_hash) && given->header != HEADER_USER;
    const bool user =
        a->rules.has_user && same_hash(hash, a->rules.user_hash) && given->header == HEADER_USER;
    if (known)
        snprintf(out->actor, sizeof(out->actor), "token:%s", token.name);
    else if (admin || user)
        snprintf(out->actor, sizeof(out->actor), "%s", admin ? "admin-token" : "user-token");
    out->scopes = known ? token.scopes : admin ? SCOPE_ALL : user ? SCOPE_REGISTER : SCOPE_NONE;
    return known || admin || user;
}

/* By a certificate nothing changes by GET: a page of anybody's can make a browser send one. */
static void certificate_check(const access_list *a, const http_request *request, identity *out)
{
    char subject[ACCESS_ACTOR_SIZE - 8];
    if (request->client_certificate.size == 0 ||
        subject_of_certificate(request->client_certificate, subject, sizeof(subject), NULL) !=
            ASSAY_OK)
        return;
    for (size_t i = 0; i < a->rules.client_admins.count; i++) {
        if (strcmp(subject, a->rules.client_admins.at[i]) != 0)
            continue;
        snprintf(out->actor, sizeof(out->actor), "cert:%s", subject);
        out->scopes = request->method == HTTP_GET || request->method == HTTP_HEAD
                          ? (unsigned)(SCOPE_READ | SCOPE_PLATFORMS)
                          : (unsigned)SCOPE_ALL;
    }
}

static int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static assay_status wrong_token(access_list *a, const http_request *request, unsigned *delay_ms,
                                assay_error *err)
{
    uint8_t key[16];
    rates_key(request->address, key);
    *delay_ms =
        (unsigned)(rates_push(a->failures, key, FAILURE_STEP_US, FAILURE_MOST_US, monotonic_us()) /
                   1000);
    return fail_named(err, ASSAY_UNTRUSTED, "token_wrong", NULL, "request.token",
                      "this token is not known, has ended, or is not for this header");
}

static assay_status identify(access_list *a, const http_request *request, const route *row,
                             identity *out, unsigned *delay_ms, assay_error *err)
{
    credential given = { .repeated = false };
    if (row->scopes != 0 || (row->flags & ROUTE_ADMIN) != 0)
        TRY(check_origin(a, request, err));
    credential_find(request, row, &given);
    if (given.token.data == NULL) {
        certificate_check(a, request, out);
        return ASSAY_OK;
    }
    if (!credential_check(a, &given, (int64_t)time(NULL) + a->clock_offset, out))
        return wrong_token(a, request, delay_ms, err);
    return ASSAY_OK;
}

assay_status access_identify(access_list *a, const http_request *request, const route *row,
                             unsigned *scopes, char actor[ACCESS_ACTOR_SIZE], unsigned *delay_ms,
                             assay_error *err)
{
    identity found = { .scopes = SCOPE_NONE, .actor = "anonymous" };
    *delay_ms = 0;
    pthread_rwlock_rdlock(&a->lock);
    assay_status status = identify(a, request, row, &found, delay_ms, err);
    pthread_rwlock_unlock(&a->lock);
    TRY(status);
    *scopes = found.scopes;
    memcpy(actor, found.actor, sizeof(found.actor));
    return ASSAY_OK;
}

/* ---- Rates ---- */

static bool is_exempt(access_list *a, const char *address)
{
    uint8_t bytes[16];
    bool exempt = strncmp(address, "unix", 4) == 0;
    if (exempt || !listen_address_bytes(address, bytes))
        return exempt;
    for (size_t i = 0; i < a->rules.exempt_count; i++)
        exempt |= listen_network_holds(&a->rules.exempt[i], bytes);
    return exempt;
}

typedef struct limits {
    bool exempt;
    unsigned requests, fills, total;
} limits;

static limits limits_of(access_list *a, const char *address)
{
    pthread_rwlock_rdlock(&a->lock);
    limits found = { .exempt = is_exempt(a, address),
                     .requests = a->rules.requests_per_second,
                     .fills = a->rules.fills_per_hour,
                     .total = a->rules.fills_total_per_hour };
    pthread_rwlock_unlock(&a->lock);
    return found;
}

bool access_rate(access_list *a, const char *address, int64_t now_us, unsigned *retry_after)
{
    const limits found = limits_of(a, address);
    const rate limit = { .count = found.requests, .seconds = 1 };
    uint8_t key[16];
    if (found.exempt || found.requests == 0)
        return true;
    rates_key(address, key);
    return rates_take(a->requests, key, &limit, now_us, retry_after);
}

bool access_fill(access_list *a, const char *address, int64_t now, unsigned *retry_after)
{
    static const uint8_t everybody[16] = { 0 };
    const limits found = limits_of(a, address);
    const rate one = { .count = found.fills, .seconds = 3600 };
    const rate all = { .count = found.total, .seconds = 3600 };
    uint8_t key[16];
    rates_key(address, key);
    if (!found.exempt && found.fills != 0 &&
        !rates_take(a->fills, key, &one, now * 1000000, retry_after))
        return false;
    return found.total == 0 ||
           rates_take(a->fills_total, everybody, &all, now * 1000000, retry_after);
}
