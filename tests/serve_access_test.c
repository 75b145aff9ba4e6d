/* serve_access_test.c: who may do what: tokens, certificates, origins. */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "http/self_signed.h"
#include "run_command.h"
#include "serve/access.h"
#include "serve/subject.h"
#include "support.h"
#include "wire/pem.h"

static const int64_t NOW = 1800000000;

#define ORDER(name_, scopes_, expires_, actor_)                                                    \
    &(token_order)                                                                                 \
    {                                                                                              \
        .name = (name_), .scopes = (scopes_), .now = NOW, .expires = (expires_),                   \
        .actor = (actor_), .request_id = "r1"                                                      \
    }

typedef struct fixture {
    store *store;
    access_list *access;
    serve_config config;
} fixture;

static void hash_text(const char *token, char out[129])
{
    uint8_t hash[SHA512_SIZE];
    sha512(SPAN_TEXT(token), hash);
    assay_hex_encode(SPAN(hash), out);
}

static int begin(void **state)
{
    static unsigned number;
    fixture *f = memory_new(sizeof(*f));
    char url[512];
    assay_error error = { 0 };
    config_default(&f->config);
    hash_text("the admin's", f->config.access.admin_token_hash);
    hash_text("the user's", f->config.access.user_token_hash);
    f->config.access.exempt.count = 0;
    snprintf(url, sizeof(url), "sqlite:%s/access-%u.db", command_scratch(), number++);
    const store_settings settings = { .url = url };
    if (store_open(&settings, NOW, &f->store, &error) != ASSAY_OK ||
        access_new(&f->config, f->store, &f->access, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    fixture *f = *state;
    access_free(f->access);
    store_close(f->store);
    memory_free(f);
    return 0;
}

/* ---- Asking ---- */

enum { HEADERS_MAX = 6 };

typedef struct question {
    const char *headers[HEADERS_MAX][2];
    http_method method;
    unsigned flags;  /* of the row */
    unsigned scopes; /* that the row wants */
    const char *address;
    assay_span certificate;
    http_security security;
} question;

typedef struct told {
    assay_status status;
    unsigned scopes, delay_ms;
    char actor[ACCESS_ACTOR_SIZE];
    assay_error error;
} told;

static told ask(fixture *f, const question *q)
{
    told out = { .status = ASSAY_OK };
    http_header headers[HEADERS_MAX];
    route row = { .name = "test", .flags = q->flags, .scopes = q->scopes };
    http_request request = { .method = q->method != HTTP_OTHER ? q->method : HTTP_POST,
                             .headers = headers,
                             .client_certificate = q->certificate,
                             .security = q->security };
    for (size_t i = 0; i < HEADERS_MAX && q->headers[i][0] != NULL; i++)
        headers[request.header_count++] =
            (http_header) { SPAN_TEXT(q->headers[i][0]), SPAN_TEXT(q->headers[i][1]) };
    snprintf(request.address, sizeof(request.address), "%s",
             q->address != NULL ? q->address : "192.0.2.1");
    out.status = access_identify(f->access, &request, &row, &out.scopes, out.actor, &out.delay_ms,
                                 &out.error);
    return out;
}

typedef struct header_row {
    const char *what;
    question asked;
    assay_status status;
    unsigned scopes;
    const char *actor;
} header_row;

#define PCCS ROUTE_ADMIN_HEADERS

static const header_row header_rows[] = {
    { "nothing at all", { .flags = PCCS }, ASSAY_OK, 0, "anonymous" },
    { "the admin's",
      { .headers = { { "admin-token", "the admin's" } }, .flags = PCCS },
      ASSAY_OK,
      SCOPE_ALL,
      "admin-token" },
    { "in another case",
      { .headers = { { "Admin-Token", "the admin's" } }, .flags = PCCS },
      ASSAY_OK,
      SCOPE_ALL,
      "admin-token" },
    { "the user's",
      { .headers = { { "user-token", "the user's" } }, .flags = PCCS },
      ASSAY_OK,
      SCOPE_REGISTER,
      "user-token" },
    { "the user's as the admin's",
      { .headers = { { "admin-token", "the user's" } }, .flags = PCCS },
      ASSAY_UNTRUSTED,
      0,
      NULL },
    { "the admin's as the user's",
      { .headers = { { "user-token", "the admin's" } }, .flags = PCCS },
      ASSAY_UNTRUSTED,
      0,
      NULL },
    { "the admin's as a bearer's",
      { .headers = { { "Authorization", "Bearer the admin's" } } },
      ASSAY_OK,
      SCOPE_ALL,
      "admin-token" },
    { "the user's as a bearer's",
      { .headers = { { "Authorization", "Bearer the user's" } } },
      ASSAY_UNTRUSTED,
      0,
      NULL },
    { "another scheme",
      { .headers = { { "Authorization", "Basic the admin's" } } },
      ASSAY_UNTRUSTED,
      0,
      NULL },
    { "wrong by one character",
      { .headers = { { "admin-token", "the admin'S" } }, .flags = PCCS },
      ASSAY_UNTRUSTED,
      0,
      NULL },
    { "empty", { .headers = { { "admin-token", "" } }, .flags = PCCS }, ASSAY_UNTRUSTED, 0, NULL },
    { "twice",
      { .headers = { { "admin-token", "the admin's" }, { "admin-token", "the admin's" } },
        .flags = PCCS },
      ASSAY_UNTRUSTED,
      0,
      NULL },
    { "on a row of administration",
      { .headers = { { "admin-token", "the admin's" } }, .flags = ROUTE_ADMIN },
      ASSAY_OK,
      SCOPE_ALL,
      "admin-token" },
    { "on a row that knows nothing of PCCS",
      { .headers = { { "admin-token", "the admin's" } } },
      ASSAY_OK,
      0,
      "anonymous" },
};

static void rule_9_headers_of_pccs_keep_working(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(header_rows); i++) {
        told out = ask(f, &header_rows[i].asked);
        assert_row(header_rows[i].what, out.status, header_rows[i].status);
        if (header_rows[i].status != ASSAY_OK)
            continue;
        assert_row(header_rows[i].what, out.scopes, header_rows[i].scopes);
        assert_string_equal(out.actor, header_rows[i].actor);
    }
}

/* A hash that is not configured must not be that of the empty token, or of anything. */
static void no_token_is_right_when_none_is_configured(void **state)
{
    fixture *f = *state;
    f->config.access.admin_token_hash[0] = f->config.access.user_token_hash[0] = '\0';
    access_configure(f->access, &f->config);
    static const char *const tokens[] = { "", "the admin's", "0" };
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        question q = { .headers = { { "admin-token", tokens[i] } }, .flags = PCCS };
        assert_row(tokens[i], ask(f, &q).status, ASSAY_UNTRUSTED);
    }
}

/* ---- Tokens of our own ---- */

static told ask_bearer(fixture *f, const char *token)
{
    char value[128];
    snprintf(value, sizeof(value), "Bearer %s", token);
    const question q = { .headers = { { "Authorization", value } } };
    return ask(f, &q);
}

static void rule_9_tokens_have_scopes_and_ends(void **state)
{
    fixture *f = *state;
    char token[ACCESS_TOKEN_SIZE], old[ACCESS_TOKEN_SIZE];
    assay_error error = { 0 };
    assert_int_equal(access_token_new(f->access, f->store,
                                      ORDER("ops", SCOPE_READ | SCOPE_REFRESH, 0, "test"), token,
                                      &error),
                     ASSAY_OK);
    assert_int_equal(
        access_token_new(f->access, f->store, ORDER("old", SCOPE_ALL, 1, "test"), old, &error),
        ASSAY_OK);
    told out = ask_bearer(f, token);
    assert_int_equal(out.status, ASSAY_OK);
    assert_int_equal(out.scopes, SCOPE_READ | SCOPE_REFRESH);
    assert_string_equal(out.actor, "token:ops");
    assert_int_equal(ask_bearer(f, old).status, ASSAY_UNTRUSTED);
    token[strlen(token) - 1] ^= 1;
    assert_int_equal(ask_bearer(f, token).status, ASSAY_UNTRUSTED);
}

static void a_token_is_kept_as_its_hash_alone(void **state)
{
    fixture *f = *state;
    char token[ACCESS_TOKEN_SIZE], hash[129];
    arena memory = { 0 };
    store_record record;
    bool found = false;
    assert_int_equal(
        access_token_new(f->access, f->store, ORDER("ops", SCOPE_READ, 0, "test"), token, NULL),
        ASSAY_OK);
    assert_int_equal(store_record_get(f->store, "token", "ops", &memory, &record, &found, NULL),
                     ASSAY_OK);
    assert_true(found);
    char *body = arena_text(&memory, record.body);
    hash_text(token, hash);
    assert_non_null(strstr(body, hash));
    assert_null(strstr(body, token));
    arena_free(&memory);
}

static void rule_9_a_new_token_is_audited(void **state)
{
    fixture *f = *state;
    char token[ACCESS_TOKEN_SIZE];
    arena memory = { 0 };
    store_audit_entry *entries = NULL;
    size_t count = 0;
    assert_int_equal(access_token_new(f->access, f->store,
                                      ORDER("ops", SCOPE_READ, 0, "admin-token"), token, NULL),
                     ASSAY_OK);
    assert_int_equal(store_audit_list(f->store, 0, 10, &memory, &entries, &count, NULL), ASSAY_OK);
    assert_int_equal(count, 1);
    assert_string_equal(entries[0].actor, "admin-token");
    assert_string_equal(entries[0].action, "token.create");
    assert_string_equal(entries[0].subject, "ops");
    assert_string_equal(entries[0].request_id, "r1");
    assert_null(strstr(entries[0].detail, token));
    arena_free(&memory);
}

static void names_of_tokens(void **state)
{
    static const struct {
        const char *name;
        assay_status status;
    } rows[] = { { "a", ASSAY_OK },          { "a", ASSAY_MISMATCH },    { "ops.eu-1_b", ASSAY_OK },
                 { "", ASSAY_MALFORMED },    { "a b", ASSAY_MALFORMED }, { "a/b", ASSAY_MALFORMED },
                 { "a\nb", ASSAY_MALFORMED } };
    fixture *f = *state;
    char token[ACCESS_TOKEN_SIZE];
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(rows[i].name,
                   access_token_new(f->access, f->store, ORDER(rows[i].name, SCOPE_READ, 0, "test"),
                                    token, NULL),
                   rows[i].status);
}

static void a_token_ends_when_its_record_does(void **state)
{
    fixture *f = *state;
    char token[ACCESS_TOKEN_SIZE];
    assert_int_equal(
        access_token_new(f->access, f->store, ORDER("ops", SCOPE_READ, 0, "test"), token, NULL),
        ASSAY_OK);
    assert_int_equal(store_record_delete(f->store, "token", "ops", NULL, NULL), ASSAY_OK);
    assert_int_equal(ask_bearer(f, token).status, ASSAY_OK);
    assert_int_equal(access_reload(f->access, f->store, NULL), ASSAY_OK);
    assert_int_equal(ask_bearer(f, token).status, ASSAY_UNTRUSTED);
}

static void a_record_that_is_no_token_gives_nothing(void **state)
{
    static const char *const bodies[] = { "{}", "[]", "{\"sha512\":\"00\",\"scopes\":[\"all\"]}",
                                          "{\"sha512\":\"\",\"scopes\":[\"everything\"]}" };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        const store_record record = { .kind = "token",
                                      .name = "odd",
                                      .body = SPAN_TEXT(bodies[i]) };
        assert_int_equal(store_record_put(f->store, &record, STORE_ANY_VERSION, NULL, NULL),
                         ASSAY_OK);
        assert_int_equal(access_reload(f->access, f->store, NULL), ASSAY_OK);
        assert_int_equal(ask_bearer(f, "").status, ASSAY_UNTRUSTED);
    }
}

static void scopes_have_names(void **state)
{
    (void)state;
    for (unsigned one = 1; one < SCOPE_ALL; one <<= 1)
        assert_int_equal(scope_parse(scope_name(one)), one);
    assert_int_equal(scope_parse("all"), SCOPE_ALL);
    assert_int_equal(scope_parse("none"), 0);
    assert_int_equal(scope_parse(""), 0);
}

/* ---- Wrong tokens ---- */

static void rule_9_wrong_tokens_wait_longer_each_time(void **state)
{
    fixture *f = *state;
    question q = { .headers = { { "admin-token", "guess" } }, .flags = PCCS };
    unsigned first = ask(f, &q).delay_ms, last = first;
    assert_in_range(first, 1, 250);
    for (int i = 0; i < 3; i++) {
        unsigned next = ask(f, &q).delay_ms;
        assert_true(next > last);
        last = next;
    }
    for (int i = 0; i < 100; i++)
        last = ask(f, &q).delay_ms;
    assert_in_range(last, 4000, 5000);
    q.address = "192.0.2.2"; /* another address does not pay for it */
    assert_in_range(ask(f, &q).delay_ms, 1, 250);
    q = (question) { .headers = { { "admin-token", "the admin's" } }, .flags = PCCS };
    assert_int_equal(ask(f, &q).delay_ms, 0); /* nor does the right token */
}

/* ---- Origins ---- */

static void foreign_pages_are_refused(void **state)
{
    static const struct {
        const char *what;
        question asked;
        assay_status status;
    } rows[] = {
        { "a program", { .scopes = SCOPE_READ }, ASSAY_OK },
        { "our own page",
          { .headers = { { "Host", "a:1" }, { "Origin", "http://a:1" } }, .scopes = SCOPE_READ },
          ASSAY_OK },
        { "our own page over TLS",
          { .headers = { { "Host", "a:1" }, { "Origin", "https://a:1" } },
            .scopes = SCOPE_READ,
            .security = HTTP_TLS },
          ASSAY_OK },
        { "another scheme",
          { .headers = { { "Host", "a:1" }, { "Origin", "https://a:1" } }, .scopes = SCOPE_READ },
          ASSAY_MISMATCH },
        { "another port",
          { .headers = { { "Host", "a:1" }, { "Origin", "http://a:2" } }, .scopes = SCOPE_READ },
          ASSAY_MISMATCH },
        { "another host",
          { .headers = { { "Host", "a:1" }, { "Origin", "http://b:1" } }, .scopes = SCOPE_READ },
          ASSAY_MISMATCH },
        { "a page without origin",
          { .headers = { { "Host", "a:1" }, { "Origin", "null" } }, .scopes = SCOPE_READ },
          ASSAY_MISMATCH },
        { "a link on a foreign page",
          { .headers = { { "Sec-Fetch-Site", "cross-site" } }, .scopes = SCOPE_READ },
          ASSAY_MISMATCH },
        { "a page of a sister host",
          { .headers = { { "Sec-Fetch-Site", "same-site" } }, .scopes = SCOPE_READ },
          ASSAY_MISMATCH },
        { "the address bar",
          { .headers = { { "Sec-Fetch-Site", "none" } }, .scopes = SCOPE_READ },
          ASSAY_OK },
        { "a listed origin",
          { .headers = { { "Host", "a:1" },
                         { "Origin", "https://console.example" },
                         { "Sec-Fetch-Site", "cross-site" } },
            .scopes = SCOPE_READ },
          ASSAY_OK },
        { "administration without a scope",
          { .headers = { { "Origin", "http://b" } }, .flags = ROUTE_ADMIN },
          ASSAY_MISMATCH },
        { "what anybody may ask", { .headers = { { "Origin", "http://b" } } }, ASSAY_OK },
    };
    fixture *f = *state;
    snprintf(f->config.access.origins.at[0], CONFIG_TEXT_SIZE, "https://console.example");
    f->config.access.origins.count = 1;
    access_configure(f->access, &f->config);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        told out = ask(f, &rows[i].asked);
        assert_row(rows[i].what, out.status, rows[i].status);
        if (out.status == ASSAY_MISMATCH)
            assert_string_equal(out.error.name, "foreign_origin");
    }
}

/* ---- Client certificates ---- */

static assay_span certificate_of(const char *common_name, arena *memory)
{
    self_signed_pair pair;
    static uint8_t der[4096];
    pem_blocks blocks;
    const self_signed_order order = { .common_name = common_name,
                                      .names = { "localhost" },
                                      .name_count = 1,
                                      .from = NOW,
                                      .until = NOW + 86400 };
    assert_int_equal(self_signed_make(&order, &pair, NULL), ASSAY_OK);
    assert_int_equal(
        pem_decode(SPAN_TEXT(pair.certificate), "CERTIFICATE", der, sizeof(der), &blocks, NULL),
        ASSAY_OK);
    assay_span copy = arena_copy(memory, blocks.der[0]);
    self_signed_clear(&pair);
    return copy;
}

static void rule_9_client_certificates_change_nothing_by_get(void **state)
{
    fixture *f = *state;
    arena memory = { 0 };
    snprintf(f->config.access.client_admins.at[0], CONFIG_TEXT_SIZE, "CN=ops\\, second shift");
    f->config.access.client_admins.count = 1;
    access_configure(f->access, &f->config);
    question q = { .certificate = certificate_of("ops, second shift", &memory) };
    told out = ask(f, &q);
    assert_int_equal(out.scopes, SCOPE_ALL);
    assert_string_equal(out.actor, "cert:CN=ops\\, second shift");
    q.method = HTTP_GET;
    assert_int_equal(ask(f, &q).scopes, SCOPE_READ | SCOPE_PLATFORMS);
    q.certificate = certificate_of("ops", &memory);
    out = ask(f, &q);
    assert_int_equal(out.scopes, 0);
    assert_string_equal(out.actor, "anonymous");
    arena_free(&memory);
}

static void subjects_as_openssl_prints_them(void **state)
{
    static const char *const names[] = { "ops",   "a, b", "#1",  " x ",  "a+b",
                                         "\"q\"", "a\\b", "a=b", "<a>;b" };
    (void)state;
    arena memory = { 0 };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char subject[128], expected[160];
        assay_span der = certificate_of(names[i], &memory);
        assert_int_equal(subject_of_certificate(der, subject, sizeof(subject), NULL), ASSAY_OK);
        const char *const words[] = { "openssl",  "x509",     "-inform", "DER", "-noout",
                                      "-subject", "-nameopt", "RFC2253", NULL };
        command_result result = command_run(words, der);
        snprintf(expected, sizeof(expected), "subject=%s\n", subject);
        assert_string_equal(result.out, expected);
        command_free(&result);
        assert_int_equal(subject_of_certificate(der, subject, 4, NULL), ASSAY_UNSUPPORTED);
        assert_int_not_equal(
            subject_of_certificate(span_slice(der, 0, der.size - 1), subject, 128, NULL), ASSAY_OK);
    }
    arena_free(&memory);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(rule_9_headers_of_pccs_keep_working),
        WITH(no_token_is_right_when_none_is_configured),
        WITH(rule_9_tokens_have_scopes_and_ends),
        WITH(a_token_is_kept_as_its_hash_alone),
        WITH(rule_9_a_new_token_is_audited),
        WITH(names_of_tokens),
        WITH(a_token_ends_when_its_record_does),
        WITH(a_record_that_is_no_token_gives_nothing),
        cmocka_unit_test(scopes_have_names),
        WITH(rule_9_wrong_tokens_wait_longer_each_time),
        WITH(foreign_pages_are_refused),
        WITH(rule_9_client_certificates_change_nothing_by_get),
        cmocka_unit_test(subjects_as_openssl_prints_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
