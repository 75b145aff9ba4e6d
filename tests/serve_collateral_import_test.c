/* serve_collateral_import_test.c: platformcollateral in and out (src/serve/collateral_import.c,
 * collateral_export.c, import.c). collateral-service.md 1, 7.13. */
#include <stdio.h>

#include "served.h"
#include "support.h"

static const char ndjson[] = "/assay/v1/import?form=ndjson";
static const char by_json[] = "/assay/v1/import?form=platformcollateral";
static const char put[] = "/sgx/certification/v4/platformcollateral";

static uint64_t platform_count(served *s)
{
    uint64_t registered, unavailable;
    assert_int_equal(
        store_platform_count(s->service->store, STORE_PLATFORM_REGISTERED, &registered, NULL),
        ASSAY_OK);
    assert_int_equal(
        store_platform_count(s->service->store, STORE_PLATFORM_UNAVAILABLE, &unavailable, NULL),
        ASSAY_OK);
    return registered + unavailable;
}

static void assert_has(const served_reply *reply, const char *text)
{
    if (strstr(reply->body, text) == NULL)
        test_fail("no %s in %u %s %s: %s", text, reply->code, reply->name, reply->detail,
                  reply->body);
}

/* Puts `to` in the place of the first `from`. */
static void replace(char *text, const char *from, const char *to)
{
    assert_int_equal(strlen(from), strlen(to));
    char *at = strstr(text, from);
    assert_non_null(at);
    memcpy(at, to, strlen(to));
}

static void rule_13_platformcollateral_fills_an_offline_service(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/sgx/certification/v4/tcb?fmspc=90C06F000000",
        "/tdx/certification/v4/tcb?fmspc=90C06F000000",
        "/sgx/certification/v4/tcb?fmspc=90C06F000000&update=early",
        "/sgx/certification/v4/qe/identity",
        "/tdx/certification/v4/qe/identity",
        "/sgx/certification/v4/qve/identity",
        "/sgx/certification/v4/rootcacrl",
        "/sgx/certification/v4/pckcrl?ca=platform",
        "/sgx/certification/v4/pckcrl?ca=processor",
    };
    served s;
    served_start(&s, FILL_OFFLINE);
    char *file = served_platformcollateral(&s, 0, 6);
    served_expect(&s, HTTP_PUT, put, file, 200);
    assert_int_equal(platform_count(&s), 6);
    for (uint64_t i = 0; i < 6; i++) {
        char *question = served_pckcert(&s, i, false);
        served_expect(&s, HTTP_GET, question, "", 200);
        memory_free(question);
    }
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        served_expect(&s, HTTP_GET, targets[i], "", 200);
    assert_int_equal(served_vendor_calls(&s), 0);
    served_expect(&s, HTTP_PUT, put, file, 200);
    memory_free(file);
    served_stop(&s);
}

static void what_is_newer_here_stays(void **state)
{
    (void)state;
    static const char key[] = "tcb/sgx/90C06F000000/standard";
    served s;
    arena memory = { NULL };
    store_item before, after;
    bool found;
    served_start(&s, FILL_LAZY);
    char *file = served_platformcollateral(&s, 0, 1);
    pthread_mutex_lock(&s.vendor->lock);
    s.vendor->clock_offset += 84600; /* the vendor's next day */
    pthread_mutex_unlock(&s.vendor->lock);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/tcb?fmspc=90C06F000000", "", 200);
    assert_int_equal(store_item_get(s.service->store, key, &memory, &before, &found, NULL),
                     ASSAY_OK);
    served_expect(&s, HTTP_PUT, put, file, 200);
    assert_int_equal(platform_count(&s), 1);
    assert_int_equal(store_item_get(s.service->store, key, &memory, &after, &found, NULL),
                     ASSAY_OK);
    assert_int_equal(after.issue_date, before.issue_date);
    arena_free(&memory);
    memory_free(file);
    served_stop(&s);
}

/* A platform that stands in the file with two raw TCBs. */
static void every_raw_tcb_keeps_its_answer(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    char *file = served_platformcollateral(&s, 0, 1), *body = served_registration(&s, 0);
    char *svn = strstr(body, "\"cpu_svn\":\"") + 11;
    svn[31] = 'F';
    size_t size = strlen(file) + strlen(body) + 2;
    char *twice = memory_new(size);
    assert_non_null(twice);
    char *rest = strstr(file, "],\"collaterals\"");
    snprintf(twice, size, "%.*s,%s%s", (int)(rest - file), file, body, rest);
    served_expect(&s, HTTP_PUT, put, twice, 200);
    served_reply reply = served_get(&s, "/sgx/certification/v4/platforms?source=[]");
    assert_null(strstr(reply.body, "0F\",\"pce_svn\""));
    served_reply_free(&reply);
    /* Known, so nothing is queued; the inventory follows what the platform says of itself. */
    served_expect(&s, HTTP_POST, "/sgx/certification/v4/platforms", body, 200);
    reply = served_get(&s, "/sgx/certification/v4/platforms?source=[]");
    assert_has(&reply, "0F\",\"pce_svn\"");
    served_reply_free(&reply);
    reply = served_get(&s, "/sgx/certification/v4/platforms");
    assert_string_equal(reply.body, "[]");
    served_reply_free(&reply);
    memory_free(twice);
    memory_free(body);
    memory_free(file);
    served_stop(&s);
}

static void rule_13_what_does_not_hold_is_refused_whole(void **state)
{
    (void)state;
    static const struct {
        const char *what, *from, *to;
        unsigned code;
    } rows[] = {
        { "a TCB info with another status", "\"tcbStatus\":\"UpToDate\"",
          "\"tcbStatus\":\"OutOfDat\"", 400 },
        { "an identity with another number", "\\\"isvsvn\\\":", "\\\"isvsvm\\\":", 400 },
        { "a root CRL with another byte", "\"rootcacrl\":\"30", "\"rootcacrl\":\"31", 400 },
        { "an unknown member", "\"pckcacrl\"", "\"pckcacrx\"", 400 },
        { "another version", "\"version\":4,\"pck", "\"version\":2,\"pck", 400 },
        { "no certificates", "\"certificates\":{\"SGX", "\"certificatex\":{\"SGX", 400 },
        { "a TCB info of another date", "\"tcbDate\":\"202", "\"tcbDate\":\"201", 460 },
        { "a PCK certificate with another byte", "-----%0AMII", "-----%0AMIJ", 460 },
    };
    served s;
    served_start(&s, FILL_OFFLINE);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *file = served_platformcollateral(&s, 0, 2);
        replace(file, rows[i].from, rows[i].to);
        served_reply reply = served_ask(&s, HTTP_PUT, put, file, SCOPE_IMPORT);
        assert_row(rows[i].what, reply.code, rows[i].code);
        assert_row(rows[i].what, platform_count(&s), 0);
        served_reply_free(&reply);
        memory_free(file);
    }
    served_stop(&s);
}

static void exports_come_back(void **state)
{
    (void)state;
    static const struct {
        const char *get, *post;
    } rows[] = {
        { "/assay/v1/export?form=ndjson", ndjson },
        { "/assay/v1/export?form=platformcollateral", by_json },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        served from, to;
        served_start(&from, FILL_LAZY);
        served_start(&to, i == 0 ? FILL_LAZY : FILL_OFFLINE);
        served_import(&from, 8);
        served_reply exported = served_get(&from, rows[i].get);
        assert_row(rows[i].get, exported.code, 200);
        served_reply reply = served_ask(&to, HTTP_POST, rows[i].post, exported.body, SCOPE_IMPORT);
        if (reply.code != 200)
            test_fail("%s: %u %s", rows[i].get, reply.code, reply.body);
        assert_row(rows[i].get, platform_count(&to), 8);
        for (uint64_t n = 0; n < 8; n++) {
            char *question = served_pckcert(&to, n, false);
            served_reply a = served_get(&from, question), b = served_get(&to, question);
            assert_int_equal(a.code, b.code);
            assert_string_equal(a.body, b.body);
            served_reply_free(&a);
            served_reply_free(&b);
            memory_free(question);
        }
        served_reply_free(&reply);
        served_reply_free(&exported);
        served_stop(&from);
        served_stop(&to);
    }
}

static void exports_come_by_pages(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    served_import(&s, 5);
    char target[256] = "/assay/v1/export?form=ndjson&limit=2";
    size_t lines = 0, pages = 0;
    while (target[0] != '\0') {
        served_reply reply = served_get(&s, target);
        for (const char *at = reply.body; (at = strchr(at, '\n')) != NULL; at++)
            lines++;
        const char *next = strstr(reply.headers, "Assay-Next-Cursor: ");
        target[0] = '\0';
        if (next != NULL)
            snprintf(target, sizeof(target), "/assay/v1/export?form=ndjson&limit=2&cursor=%.*s",
                     (int)strcspn(next + 19, "\r"), next + 19);
        served_reply_free(&reply);
        assert_true(++pages < 9);
    }
    assert_int_equal(lines, 5);
    assert_int_equal(pages, 3);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_13_platformcollateral_fills_an_offline_service),
        cmocka_unit_test(what_is_newer_here_stays),
        cmocka_unit_test(every_raw_tcb_keeps_its_answer),
        cmocka_unit_test(rule_13_what_does_not_hold_is_refused_whole),
        cmocka_unit_test(exports_come_back),
        cmocka_unit_test(exports_come_by_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
