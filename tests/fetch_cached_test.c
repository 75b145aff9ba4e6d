/* fetch_cached_test.c: when a fetcher asks, and when its cache answers (src/fetch/fetch.c). */
#include <stdlib.h>

#include "fetch/cache.h"
#include "fetch_scene.h"

static char base[64];

static int folder_begin(void **state)
{
    (void)state;
    snprintf(base, sizeof(base), "/tmp/assay-cached-XXXXXX");
    return mkdtemp(base) == NULL ? -1 : 0;
}

static int folder_end(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", base);
    return system(command);
}

static void a_fetcher_asks_once(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    s.config.collateral_cache_hours = 1;
    snprintf(s.config.cache_folder, sizeof(s.config.cache_folder), "%s", base);
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_false(s.item.from_cache);
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_true(s.item.from_cache);
    assert_int_equal(s.item.http_code, 200);
    assert_string_equal((const char *)s.item.body, TCB_BODY);
    assert_non_null(s.item.issuer_chain);
    assert_int_equal(scripted_server_requests(s.server), 1);
    const fetch_control refresh = { .cache = FETCH_CACHE_REFRESHED };
    const assay_fetch_request request = tcb_request();
    assert_int_equal(fetch_run(&s, &request, &refresh), ASSAY_OK);
    assert_int_equal(scripted_server_requests(s.server), 2);
    assert_int_equal(assay_fetch_cache_clear(s.fetcher, ASSAY_CACHE_COLLATERAL, NULL), ASSAY_OK);
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_int_equal(scripted_server_requests(s.server), 3);
    scene_end(&s);
}

static void offline_asks_nobody(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    s.config.cache_only = true;
    snprintf(s.config.cache_folder, sizeof(s.config.cache_folder), "%s", base);
    assert_failed("nothing there", &s, fetch_run_tcb(&s), "fetch_cache_missing");
    cache_entry old = (cache_entry) { .class_ = SOURCE_CACHE_COLLATERAL,
                                      .headers = SPAN_TEXT(TCB_CHAIN),
                                      .body = SPAN_TEXT(TCB_BODY) };
    char url[SOURCE_URL_SIZE];
    const assay_fetch_request request = tcb_request();
    assert_int_equal(
        assay_fetch_url(&s.config.collateral[0], &s.config, &request, url, sizeof(url), NULL),
        ASSAY_OK);
    old.url = SPAN_TEXT(url);
    old.stored = 1000;
    old.expires = 2000;
    assert_true(cache_keep(base, &old));
    assert_failed("stale", &s, fetch_run_tcb(&s), "fetch_cache_expired");
    old.expires = 4000000000;
    assert_true(cache_keep(base, &old));
    assert_failed("older than any may be", &s, fetch_run_tcb(&s), "fetch_cache_expired");
    assert_int_equal(scripted_server_requests(s.server), 0);
    scene_end(&s);
}

static void servers_say_how_long(void **state)
{
    (void)state;
    static const struct {
        const char *what, *headers;
        size_t requests; /* of two calls */
    } rows[] = {
        { "not said", TCB_CHAIN, 1 },
        { "a day", TCB_CHAIN "Cache-Control: max-age=86400\r\n", 1 },
        { "never", TCB_CHAIN "Cache-Control: no-store\r\n", 2 },
        { "no time at all", TCB_CHAIN "Cache-Control: public, max-age=0\r\n", 2 },
        { "a day that is over", TCB_CHAIN "Cache-Control: max-age=86400\r\nAge: 86400\r\n", 2 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const scripted_reply reply = { .headers = rows[i].headers, .body = TCB_BODY };
        scene s = scene_of(&reply, 1);
        s.config.collateral_cache_hours = 1;
        snprintf(s.config.cache_folder, sizeof(s.config.cache_folder), "%s", base);
        assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
        assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
        assert_row(rows[i].what, scripted_server_requests(s.server), rows[i].requests);
        scene_end(&s);
    }
}

static void a_vcek_is_kept_for_ever(void **state)
{
    (void)state;
    static const uint8_t chip_id[64] = { 1 };
    const scripted_reply reply = { .headers = "Cache-Control: max-age=0\r\n",
                                   .body = "\x30\x03\x02\x01\x05" };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_VCEK,
                                          .amd.product = "Genoa",
                                          .amd.chip_id = SPAN(chip_id) };
    scene s = scene_of(&reply, 1);
    s.config.pck_cache_hours = 1;
    s.config.collateral_count = 0;
    snprintf(s.config.kds_url, sizeof(s.config.kds_url), "%s/", scripted_server_url(s.server));
    snprintf(s.config.cache_folder, sizeof(s.config.cache_folder), "%s", base);
    assert_int_equal(fetch_run(&s, &request, NULL), ASSAY_OK);
    assert_int_equal(fetch_run(&s, &request, NULL), ASSAY_OK);
    assert_true(s.item.from_cache);
    assert_int_equal(scripted_server_requests(s.server), 1);
    scene_end(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fetcher_asks_once),
        TEST(offline_asks_nobody),
        TEST(servers_say_how_long),
        TEST(a_vcek_is_kept_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
