/* Replies out of answers and failures: freshness, tags, codes. */
#include <stdio.h>

#include "serve/respond.h"
#include "support.h"

enum { NOW = 1800000000, HOUR = 3600, DAY = 24 * HOUR };

static service the_service = { .config = { .cache = { .max_age_seconds = DAY } } };
static const route plain = { .name = "plain", .path = "/plain", .flags = ROUTE_KEPT };
static const route based = { .name = "based",
                             .path = "/based",
                             .flags = ROUTE_KEPT | ROUTE_BASELINE };

static bool has_line(const kept_answer *kept, const char *line)
{
    char text[4096];
    const assay_span headers = http_reply_headers(kept->reply);
    snprintf(text, sizeof(text), "\r\n%.*s", (int)headers.size, (const char *)headers.data);
    char wanted[256];
    snprintf(wanted, sizeof(wanted), "\r\n%s\r\n", line);
    return strstr(text, wanted) != NULL;
}

typedef struct fresh_row {
    const char *what;
    const route *row;
    answer from;
    const char *control; /* the line it must have */
    int64_t kept;        /* seconds in memory; 0: not */
} fresh_row;

static const fresh_row fresh[] = {
    { "ends in a month",
      &plain,
      { .next_update = NOW + 30 * DAY },
      "Cache-Control: max-age=86400",
      DAY },
    { "ends in an hour",
      &plain,
      { .next_update = NOW + HOUR },
      "Cache-Control: max-age=3600",
      HOUR },
    { "has ended", &plain, { .next_update = NOW, .stale = true }, "Cache-Control: max-age=0", 10 },
    { "never ends", &plain, { .next_update = 0 }, "Cache-Control: max-age=86400", DAY },
    { "by a baseline, whose rules have dates",
      &based,
      { .next_update = NOW + 30 * DAY },
      "Cache-Control: max-age=86400",
      300 },
    { "by a baseline, ends in a minute",
      &based,
      { .next_update = NOW + 60 },
      "Cache-Control: max-age=60",
      60 },
    { "for one client only", &plain, { .private_reply = true }, "Cache-Control: no-store", 0 },
    { "kept as the handler says",
      &plain,
      { .keep_until = NOW + 5 },
      "Cache-Control: max-age=86400",
      5 },
    { "another code", &plain, { .code = 202 }, "Cache-Control: max-age=86400", 0 },
};

static void freshness_is_bounded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(fresh); i++) {
        arena memory = { NULL };
        call c = { .service = &the_service,
                   .route = fresh[i].row,
                   .now = NOW,
                   .memory = &memory,
                   .baseline = "standard" };
        kept_answer kept;
        assert_row(fresh[i].what, answer_prepare(&c, &fresh[i].from, &kept), ASSAY_OK);
        assert_row(fresh[i].what, has_line(&kept, fresh[i].control), true);
        assert_row(fresh[i].what, kept.expires - NOW, fresh[i].kept);
        assert_row(fresh[i].what, has_line(&kept, "Warning: 110 - \"Response is Stale\""),
                   fresh[i].from.stale);
        assert_row(fresh[i].what, has_line(&kept, "Assay-Baseline: standard"),
                   fresh[i].row == &based);
        http_reply_unref(kept.reply);
        arena_free(&memory);
    }
}

static void etag_of(const char *headers, const char *body, char out[24])
{
    arena memory = { NULL };
    call c = { .service = &the_service, .route = &plain, .now = NOW, .memory = &memory };
    const answer from = { .headers = headers, .body = SPAN_TEXT(body) };
    kept_answer kept;
    assert_int_equal(answer_prepare(&c, &from, &kept), ASSAY_OK);
    memcpy(out, kept.etag, 24);
    http_reply_unref(kept.reply);
    arena_free(&memory);
}

static void tags_differ_when_anything_does(void **state)
{
    (void)state;
    char one[24], same[24], body[24], headers[24];
    etag_of("SGX-TCBm: 00\r\n", "a", one);
    etag_of("SGX-TCBm: 00\r\n", "a", same);
    etag_of("SGX-TCBm: 00\r\n", "b", body);
    etag_of("SGX-TCBm: 01\r\n", "a", headers);
    assert_string_equal(one, same);
    assert_string_not_equal(one, body);
    assert_string_not_equal(one, headers);
    assert_int_equal(one[0], '"');
    assert_int_equal(one[strlen(one) - 1], '"');
}

typedef struct code_row {
    const char *name;
    assay_status status;
    unsigned code;
} code_row;

static const code_row codes[] = {
    { "fetch_not_found", ASSAY_ENVIRONMENT, 404 },
    { "fetch_retired", ASSAY_ENVIRONMENT, 410 },
    { "fetch_platform_unknown", ASSAY_ENVIRONMENT, 461 },
    { "fetch_certificates_unavailable", ASSAY_ENVIRONMENT, 462 },
    { "fetch_timeout", ASSAY_ENVIRONMENT, 503 },
    { "fetch_bad_reply", ASSAY_ENVIRONMENT, 502 },
    { "upstream_circuit_open", ASSAY_ENVIRONMENT, 503 },
    { "upstream_offline", ASSAY_ENVIRONMENT, 404 },
    { "store_unavailable", ASSAY_ENVIRONMENT, 503 },
    { "store_corrupt", ASSAY_ENVIRONMENT, 500 },
    { "unknown_baseline", ASSAY_MISMATCH, 404 },
    { "something_else", ASSAY_ENVIRONMENT, 500 },
    { NULL, ASSAY_MALFORMED, 400 },
    { NULL, ASSAY_UNTRUSTED, 403 },
    { NULL, ASSAY_NO_MEMORY, 503 },
};

static void failures_have_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const assay_error error = { .status = codes[i].status, .name = codes[i].name };
        assert_row(codes[i].name != NULL ? codes[i].name : assay_status_name(codes[i].status),
                   failure_code(&error), codes[i].code);
    }
}

static http_reply *denied(const char *path, const char *allow)
{
    const http_request request = { .path = SPAN_TEXT(path) };
    const asked a = { .request = &request };
    denial why = { .code = 404, .retry_after = 7, .allow = allow };
    fail_named(&why.error, ASSAY_MALFORMED, "not_found", "tcb", "path", "no \"quotes\" here");
    return denial_reply(&a, &why);
}

static void failures_speak_the_language_of_the_path(void **state)
{
    (void)state;
    http_reply *text = denied("/sgx/certification/v4/tbc", NULL);
    http_reply *json = denied("/assay/v1/tbc", NULL);
    http_reply *behind = denied("/b/early/assay/v1/tbc", "GET");
    assert_true(
        span_is(http_reply_body(text), "path: no \"quotes\" here; did you mean \"tcb\"?\n"));
    assert_true(span_is(http_reply_body(json),
                        "{\"error\":{\"code\":404,\"name\":\"not_found\",\"where\":\"path\","
                        "\"detail\":\"no \\\"quotes\\\" here\",\"suggestion\":\"tcb\"}}"));
    assert_true(span_equal(http_reply_body(json), http_reply_body(behind)));
    const kept_answer kept = { .reply = behind };
    assert_true(has_line(&kept, "Retry-After: 7"));
    assert_true(has_line(&kept, "Allow: GET"));
    assert_true(has_line(&kept, "Error-Code: not_found"));
    assert_true(has_line(&kept, "Cache-Control: no-store"));
    http_reply_unref(text);
    http_reply_unref(json);
    http_reply_unref(behind);
}

static void an_answer_of_too_many_items_is_not_kept(void **state)
{
    (void)state;
    answer made = { .code = 0 };
    for (int i = 0; i < ANSWER_TAG_MAX; i++)
        answer_tag(&made, "item");
    assert_false(made.private_reply);
    answer_tag(&made, "one more");
    assert_true(made.private_reply);
}

static void handlers_ask_vendors_only_where_they_may_wait(void **state)
{
    (void)state;
    call c = { .patience = CALL_STORE_ONLY };
    assert_int_not_equal(call_may_ask(&c), ASSAY_OK);
    assert_true(c.wants_vendor);
    c = (call) { .patience = CALL_MAY_WAIT };
    assert_int_equal(call_may_ask(&c), ASSAY_OK);
    c = (call) { .patience = CALL_VENDOR_BUSY };
    assert_int_not_equal(call_may_ask(&c), ASSAY_OK);
    assert_false(c.wants_vendor);
    assert_int_equal(failure_code(&c.error), 503);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freshness_is_bounded),
        cmocka_unit_test(tags_differ_when_anything_does),
        cmocka_unit_test(failures_have_codes),
        cmocka_unit_test(failures_speak_the_language_of_the_path),
        cmocka_unit_test(an_answer_of_too_many_items_is_not_kept),
        cmocka_unit_test(handlers_ask_vendors_only_where_they_may_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
