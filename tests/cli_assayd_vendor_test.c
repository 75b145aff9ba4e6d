/* cli_assayd_vendor_test.c: rule 3 of collateral-service.md 7: how a vendor is asked, left alone,
 * and done without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "assayd_vendor.h"
#include "support.h"

#define LATER "[server]\nclock_offset = 4000000\n" /* 46 days: everything is stale */

/* ---- Rule 3: single flight, memory of what is not there, back-off, staleness --------------------
 */

enum { CLIENTS = 1000 };

/* Sends without waiting for replies. */
static void ask_at_once(const assayd_process *assayd, const char *target, int *clients,
                        size_t count)
{
    char request[512];
    const int size = snprintf(request, sizeof(request),
                              "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target);
    for (size_t i = 0; i < count; i++) {
        clients[i] = http_connect(assayd->port);
        assert_true(clients[i] >= 0);
        assert_int_equal(send(clients[i], request, (size_t)size, MSG_NOSIGNAL), size);
    }
}

static bool answered_well(int client)
{
    char reply[16384];
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < sizeof(reply) - 1;) {
        got = recv(client, reply + size, sizeof(reply) - 1 - size, 0);
        size += got > 0 ? (size_t)got : 0;
    }
    close(client);
    reply[size] = '\0';
    return strncmp(reply, "HTTP/1.1 200", 12) == 0 && strstr(reply, "\"signature\"") != NULL;
}

static void rule_3_a_thousand_at_once_make_one_call(void **state)
{
    (void)state;
    static int clients[CLIENTS];
    assayd_process assayd = assayd_with(NULL);
    unsigned good = 0;
    vendor_faults("latency=2000,path=*tcb?f*");
    ask_at_once(&assayd, SGX_TCB "&update=standard", clients, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        good += answered_well(clients[i]);
    assert_int_equal(good, CLIENTS);
    assert_int_equal(vendor_count("*tcb?f*"), 1);
    /* And they waited for one run of the handler. */
    assert_true(metric(&assayd, "assayd_coalesced_total ") > CLIENTS / 2);
    assayd_stop(&assayd);
}

static void rule_3_one_item_is_asked_for_once_by_any_path(void **state)
{
    (void)state;
    enum { PATHS = 4 };
    static const char *const paths[PATHS] = { SGX_TCB, "/sgx/certification/v3/tcb?fmspc=" SGX_FMSPC,
                                              "/b/standard" SGX_TCB,
                                              "/assay/v1/collateral?tee=sgx&fmspc=" SGX_FMSPC };
    int clients[PATHS];
    assayd_process assayd = assayd_with(NULL);
    vendor_faults("latency=1000,path=*tcb?f*");
    for (size_t i = 0; i < PATHS; i++)
        ask_at_once(&assayd, paths[i], &clients[i], 1);
    for (size_t i = 0; i < PATHS; i++)
        assert_row(paths[i], answered_well(clients[i]) || i == PATHS - 1, true);
    assert_int_equal(vendor_count("*tcb?f*"), 1);
    assayd_stop(&assayd);
}

static void rule_3_a_slow_vendor_holds_up_nothing_that_is_known(void **state)
{
    (void)state;
    enum { SLOW = 200, SLOW_MS = 8000 };
    static int clients[SLOW];
    assayd_process assayd = assayd_with(NULL);
    vendor_faults("");
    expect_code(&assayd, SGX_TCB, 200);
    expect_code(&assayd, ROOT_CRL, 200);
    assayd_stop(&assayd);
    assayd = assayd_again(&assayd, "[server]\ndrain_seconds = 0\n"); /* nothing in memory */
    vendor_faults("latency=8000,path=*tcb?fmspc=AA*");
    for (unsigned i = 0; i < SLOW; i++) {
        char target[128];
        snprintf(target, sizeof(target), TCB "AA%010X", i);
        ask_at_once(&assayd, target, &clients[i], 1);
    }
    const int64_t begun = clock_ms();
    expect_code(&assayd, SGX_TCB, 200);
    expect_code(&assayd, ROOT_CRL, 200);
    assert_true(clock_ms() - begun < SLOW_MS / 2);
    for (int i = 0; i < SLOW; i++)
        close(clients[i]);
    assayd_stop(&assayd);
}

static void rule_3_remembers_what_is_not_there(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with("[cache]\nnegative_seconds = 600\n");
    vendor_faults("");
    for (int i = 0; i < 20; i++)
        expect_code(&assayd, TCB "112233445566", 404);
    assert_int_equal(vendor_count("*tcb?f*"), 1);
    assert_int_equal(metric(&assayd, "assayd_events_total{event=\"negative_hits\"} "), 19);
    assayd_stop(&assayd);
}

static void rule_3_does_not_ask_before_retry_after(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(NULL);
    vendor_faults("rate-limit=120,path=*tcb?f*");
    for (int i = 0; i < 5; i++) {
        http_called called = get(&assayd, SGX_TCB, NULL, 503);
        const long wait = strtol(http_called_header(&called, "Retry-After"), NULL, 10);
        if (wait < 100 || wait > 120)
            test_fail("Retry-After: %ld, want 100 to 120", wait);
        http_called_free(&called);
    }
    assert_int_equal(vendor_count("*tcb?f*"), 1);
    assayd_stop(&assayd);
}

static void rule_3_opens_a_circuit_and_closes_it_again(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with("[upstream]\ncircuit_failures = 3\ncircuit_seconds = 2\n");
    vendor_faults("status=500,path=*tcb?f*");
    for (int i = 0; i < 3; i++)
        expect_code(&assayd, SGX_TCB, 502);
    for (int i = 0; i < 3; i++)
        expect_code(&assayd, SGX_TCB, 503);
    assert_int_equal(vendor_count("*tcb?f*"), 3);
    vendor_faults("");
    const int64_t until = clock_ms() + 20000;
    while (http_code(assayd.port, SGX_TCB) != 200 && clock_ms() < until)
        pause_ms(100);
    expect_code(&assayd, SGX_TCB, 200);
    assert_int_equal(vendor_count("*tcb?f*"), 1);
    assayd_stop(&assayd);
}

static const char *const served_stale[] = {
    SGX_TCB,
    "/sgx/certification/v4/qe/identity",
    "/sgx/certification/v4/pckcrl?ca=platform",
};

static void rule_3_serves_what_is_stale_and_says_so(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(NULL);
    vendor_faults("");
    for (size_t i = 0; i < COUNT_OF(served_stale); i++)
        expect_code(&assayd, served_stale[i], 200);
    assayd_stop(&assayd);
    vendor_faults("status=503");
    assayd = assayd_again(&assayd, LATER);
    for (size_t i = 0; i < COUNT_OF(served_stale); i++) {
        http_called called = get(&assayd, served_stale[i], NULL, 200);
        if (strncmp(http_called_header(&called, "Warning"), "110 ", 4) != 0)
            test_fail("%s: Warning \"%s\"", served_stale[i],
                      http_called_header(&called, "Warning"));
        assert_true(strtol(http_called_header(&called, "Age"), NULL, 10) >= 4000000);
        assert_string_equal(http_called_header(&called, "Cache-Control"), "max-age=0");
        http_called_free(&called);
    }
    assert_true(metric(&assayd, "assayd_events_total{event=\"stale_served\"} ") >= 3);
    assayd_stop(&assayd);
}

static void rule_3_hands_on_what_the_vendor_warns_of(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with("[upstream]\nallow_rollback = yes\n");
    vendor_faults("warning,path=*tcb?f*");
    http_called called = get(&assayd, SGX_TCB, NULL, 200);
    assert_string_not_equal(http_called_header(&called, "Warning"), "");
    http_called_free(&called);
    vendor_faults("");
    called = get(&assayd, REFRESH, ADMIN_HEADERS, 200);
    http_called_free(&called);
    called = get(&assayd, SGX_TCB, NULL, 200);
    assert_string_equal(http_called_header(&called, "Warning"), "");
    http_called_free(&called);
    assayd_stop(&assayd);
}

static void nobody_is_asked_in_other_fill_modes(void **state)
{
    (void)state;
    static const char *const modes[] = { "[upstream]\nmode = offline\n",
                                         "[upstream]\nmode = req\n" };
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        assayd_process assayd = assayd_with(modes[i]);
        vendor_faults("");
        expect_code(&assayd, SGX_TCB, 404);
        expect_code(&assayd, ROOT_CRL, 404);
        assert_int_equal(vendor_count("*"), 0);
        assayd_stop(&assayd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_3_a_thousand_at_once_make_one_call),
        cmocka_unit_test(rule_3_one_item_is_asked_for_once_by_any_path),
        cmocka_unit_test(rule_3_a_slow_vendor_holds_up_nothing_that_is_known),
        cmocka_unit_test(rule_3_remembers_what_is_not_there),
        cmocka_unit_test(rule_3_does_not_ask_before_retry_after),
        cmocka_unit_test(rule_3_opens_a_circuit_and_closes_it_again),
        cmocka_unit_test(rule_3_serves_what_is_stale_and_says_so),
        cmocka_unit_test(rule_3_hands_on_what_the_vendor_warns_of),
        cmocka_unit_test(nobody_is_asked_in_other_fill_modes),
    };
    return cmocka_run_group_tests(tests, NULL, vendor_end);
}
