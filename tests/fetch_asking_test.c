/* fetch_asking_test.c: how services are asked: retries, time, order, and what is sent
 * (src/fetch/asking.c, fetch.c). */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "fetch_scene.h"

/* ---- Retries ---- */

static void what_passes_is_asked_again(void **state)
{
    (void)state;
    const scripted_reply replies[] = {
        { .code = 503, .times = 1 },
        { .code = 429, .headers = "Retry-After: 1\r\n", .times = 1 },
        sound_reply,
    };
    scene s = scene_of(replies, 3);
    s.config.retry_times = 2;
    s.config.retry_delay_seconds = 1;
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_int_equal(scripted_server_requests(s.server), 3);
    scene_end(&s);
}

static void a_server_says_how_long_to_wait(void **state)
{
    (void)state;
    const scripted_reply replies[] = {
        { .code = 429, .headers = "Retry-After: 2\r\n", .times = 1 },
        sound_reply,
    };
    scene s = scene_of(replies, 2);
    s.config.retry_times = 1;
    s.config.retry_delay_seconds = 1;
    const int64_t begin = fetch_clock_ms();
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_true(fetch_clock_ms() - begin >= 2000);
    scene_end(&s);
}

static void what_stays_is_not_asked_again(void **state)
{
    (void)state;
    static const unsigned codes[] = { 400, 404, 410, 461, 500, 502 };
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const scripted_reply reply = { .code = codes[i] };
        scene s = scene_of(&reply, 1);
        s.config.retry_times = 3;
        assert_int_equal(fetch_run_tcb(&s), ASSAY_ENVIRONMENT);
        assert_row("requests", scripted_server_requests(s.server), 1);
        scene_end(&s);
    }
}

static void a_long_wait_is_left_to_the_caller(void **state)
{
    (void)state;
    const scripted_reply reply = { .code = 429, .headers = "Retry-After: 3600\r\n" };
    scene s = scene_of(&reply, 1);
    s.config.retry_times = 3;
    const int64_t begin = fetch_clock_ms();
    assert_failed("an hour", &s, fetch_run_tcb(&s), "fetch_unavailable");
    assert_int_equal(s.item.retry_after, 3600);
    assert_non_null(strstr(s.error.detail, "wait 3600 s"));
    assert_true(fetch_clock_ms() - begin < 10000);
    scene_end(&s);
}

static void a_caller_may_forbid_retries(void **state)
{
    (void)state;
    const scripted_reply reply = { .code = 503 };
    const fetch_control once = { .retries = FETCH_RETRIES_NONE };
    const assay_fetch_request request = tcb_request();
    scene s = scene_of(&reply, 1);
    s.config.retry_times = 5;
    assert_failed("once", &s, fetch_run(&s, &request, &once), "fetch_unavailable");
    assert_int_equal(scripted_server_requests(s.server), 1);
    scene_end(&s);
}

/* ---- Time ---- */

static void silence_is_a_timeout(void **state)
{
    (void)state;
    static const scripted_form forms[] = { SCRIPTED_SILENT, SCRIPTED_SLOW };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const scripted_reply reply = { .headers = TCB_CHAIN, .form = forms[i] };
        scene s = scene_of(&reply, 1);
        s.config.total_seconds = 1;
        const int64_t begin = fetch_clock_ms();
        assert_failed("timeout", &s, fetch_run_tcb(&s), "fetch_timeout");
        assert_true(fetch_clock_ms() - begin < 15000);
        assert_int_equal(s.item.http_code, 0);
        scene_end(&s);
    }
}

static void a_deadline_is_over_all_tries(void **state)
{
    (void)state;
    const scripted_reply reply = { .code = 503 };
    const assay_fetch_request request = tcb_request();
    scene s = scene_of(&reply, 1);
    s.config.retry_times = 100;
    s.config.retry_delay_seconds = 1;
    const fetch_control soon = { .deadline_ms = fetch_clock_ms() + 2500 };
    assert_failed("no time for another", &s, fetch_run(&s, &request, &soon), "fetch_unavailable");
    assert_true(scripted_server_requests(s.server) <= 4);
    const fetch_control past = { .deadline_ms = fetch_clock_ms() - 1 };
    assert_failed("past", &s, fetch_run(&s, &request, &past), "fetch_timeout");
    scene_end(&s);
}

static void *raise_flag(void *context)
{
    struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };
    nanosleep(&pause, NULL);
    atomic_store((atomic_bool *)context, true);
    return NULL;
}

static void a_call_can_be_stopped(void **state)
{
    (void)state;
    const scripted_reply replies[] = { { .form = SCRIPTED_SILENT, .times = 1 }, { .code = 503 } };
    const assay_fetch_request request = tcb_request();
    scene s = scene_of(replies, 2);
    s.config.retry_times = 100;
    s.config.retry_delay_seconds = 50;
    for (int i = 0; i < 2; i++) { /* in the exchange, and in the wait between two */
        atomic_bool flag = false;
        pthread_t other;
        const fetch_control control = { .abort = &flag };
        const int64_t begin = fetch_clock_ms();
        assert_int_equal(pthread_create(&other, NULL, raise_flag, &flag), 0);
        assert_failed("stopped", &s, fetch_run(&s, &request, &control), "fetch_cancelled");
        assert_true(fetch_clock_ms() - begin < 15000);
        pthread_join(other, NULL);
    }
    scene_end(&s);
}

/* ---- Several services ---- */

static void the_next_service_is_asked_when_one_fails(void **state)
{
    (void)state;
    const scripted_reply broken = { .code = 500 };
    scene s = scene_of(&broken, 1);
    s.second = scripted_server_start(&sound_reply, 1);
    service_add(&s, ASSAY_SERVICE_PCS, scripted_server_url(s.second));
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_int_equal(s.item.service, ASSAY_SERVICE_PCS);
    assert_int_equal(scripted_server_requests(s.server), 1);
    assert_int_equal(scripted_server_requests(s.second), 1);
    scene_end(&s);
}

static void a_service_without_the_item_is_passed_over(void **state)
{
    (void)state;
    const scripted_reply list = { .body = "[]" };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_APPRAISAL_POLICY };
    scene s = scene_of(&list, 1);
    s.config.collateral[0].service = ASSAY_SERVICE_PCS;
    assert_failed("Intel alone", &s, fetch_run(&s, &request, NULL), "fetch_not_offered");
    assert_int_equal(scripted_server_requests(s.server), 0);
    scene_end(&s);
}

static void nobody_listens(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    snprintf(s.config.collateral[0].url, sizeof(s.config.collateral[0].url), "http://127.0.0.1:1/");
    assert_failed("no listener", &s, fetch_run_tcb(&s), "fetch_connect");
    scene_end(&s);
    s = scene_of(&sound_reply, 1);
    snprintf(s.config.collateral[0].url, sizeof(s.config.collateral[0].url),
             "http://no.such.host.invalid/");
    assert_failed("no name", &s, fetch_run_tcb(&s), "fetch_resolve");
    scene_end(&s);
    s = scene_of(&sound_reply, 1);
    snprintf(s.config.collateral[0].url, sizeof(s.config.collateral[0].url), "https%s",
             scripted_server_url(s.server) + 4);
    s.config.total_seconds = 5;
    const assay_status status = fetch_run_tcb(&s);
    assert_failed("no TLS", &s, status, "fetch_tls");
    scene_end(&s);
}

/* ---- What is sent ---- */

static void a_manifest_is_posted(void **state)
{
    (void)state;
    static const uint8_t manifest[] = { 0xab, 0xcd };
    const scripted_reply reply = { .headers = "SGX-PCK-Certificate-Issuer-Chain: " CHAIN "\r\n",
                                   .body = "[]" };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_PCK_CERTIFICATES,
                                          .pce_id = 0x0102,
                                          .platform_manifest = SPAN(manifest) };
    scene s = scene_of(&reply, 1);
    s.config.pck[0].service = ASSAY_SERVICE_PCS;
    snprintf(s.config.api_key, sizeof(s.config.api_key), "secret");
    assert_int_equal(fetch_run(&s, &request, NULL), ASSAY_OK);
    const char *sent = scripted_server_request(s.server, 0);
    assert_int_equal(strncmp(sent, "POST /sgx/certification/v4/pckcerts HTTP/1.1\r\n", 46), 0);
    assert_non_null(strstr(sent, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(sent, "\r\nOcp-Apim-Subscription-Key: secret\r\n"));
    assert_non_null(strstr(sent, "\r\n\r\n{\"platformManifest\":\"abcd\",\"pceid\":\"0201\"}"));
    s.config.pck[0].service = ASSAY_SERVICE_PCCS;
    assay_fetcher_free(s.fetcher);
    s.fetcher = NULL;
    assert_failed("a PCCS takes none", &s, fetch_run(&s, &request, NULL), "fetch_not_offered");
    scene_end(&s);
}

static void the_key_goes_to_intel_alone(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    snprintf(s.config.api_key, sizeof(s.config.api_key), "secret");
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_null(strstr(scripted_server_request(s.server, 0), "secret"));
    scene_end(&s);
}

/* Through a proxy, so that the address need not be this machine's. */
static void the_key_does_not_travel_in_the_open(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    s.config.collateral[0] =
        (assay_fetch_service) { ASSAY_SERVICE_PCS, "http://vendor.test/sgx/certification/v4/" };
    snprintf(s.config.api_key, sizeof(s.config.api_key), "secret");
    setenv("http_proxy", scripted_server_url(s.server), 1);
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    unsetenv("http_proxy");
    const char *sent = scripted_server_request(s.server, 0);
    assert_non_null(strstr(sent, "http://vendor.test/tdx/certification/v4/tcb?"));
    assert_null(strstr(sent, "secret"));
    scene_end(&s);
}

static void configurations_that_are_none(void **state)
{
    (void)state;
    assay_fetcher *fetcher = NULL;
    assay_fetch_config config = { .use_secure_cert = true };
    assert_int_equal(assay_fetcher_new(&config, &fetcher, NULL), ASSAY_USAGE);
    config.pck_count = 1;
    config.pck[0] = (assay_fetch_service) { ASSAY_SERVICE_PCCS, "ftp://host/" };
    assert_int_equal(assay_fetcher_new(&config, &fetcher, NULL), ASSAY_USAGE);
    config.pck[0] = (assay_fetch_service) { ASSAY_SERVICE_NONE, "https://host/" };
    assert_int_equal(assay_fetcher_new(&config, &fetcher, NULL), ASSAY_USAGE);
    config.pck_count = ASSAY_FETCH_SERVICE_MAX + 1;
    assert_int_equal(assay_fetcher_new(&config, &fetcher, NULL), ASSAY_USAGE);
    assert_null(fetcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_passes_is_asked_again),
        cmocka_unit_test(a_server_says_how_long_to_wait),
        cmocka_unit_test(what_stays_is_not_asked_again),
        cmocka_unit_test(a_long_wait_is_left_to_the_caller),
        cmocka_unit_test(a_caller_may_forbid_retries),
        cmocka_unit_test(silence_is_a_timeout),
        cmocka_unit_test(a_deadline_is_over_all_tries),
        cmocka_unit_test(a_call_can_be_stopped),
        cmocka_unit_test(the_next_service_is_asked_when_one_fails),
        cmocka_unit_test(a_service_without_the_item_is_passed_over),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(a_manifest_is_posted),
        cmocka_unit_test(the_key_goes_to_intel_alone),
        cmocka_unit_test(the_key_does_not_travel_in_the_open),
        cmocka_unit_test(configurations_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
