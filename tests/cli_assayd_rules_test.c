/* cli_assayd_rules_test.c: rules 1 to 3, 6 and 11 of collateral-service.md 7: assayd against a
 * vendor that misbehaves. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assayd_vendor.h"
#include "support.h"

#define LATER    "[server]\nclock_offset = 4000000\n" /* 46 days: everything is stale */
#define RESTLESS "[cache]\nnegative_seconds = 0\n"

static bool same_body(const http_called *a, const http_called *b)
{
    return a->body_size == b->body_size && memcmp(a->body, b->body, a->body_size) == 0;
}

/* ---- Rule 1: verified on ingest ---------------------------------------------------------------
 */

typedef struct fault_row {
    const char *rule; /* of the vendor */
    unsigned code;    /* that the one who asks gets */
} fault_row;

static const fault_row faults[] = {
    { "garbage", 502 },         { "html", 502 },
    { "empty", 502 },           { "flip=100", 502 },
    { "wrong-signature", 502 }, { "wrong-chain", 502 },
    { "no-chain", 502 },        { "other-vendor", 502 },
    { "expired=1", 502 },       { "not-yet=7", 502 },
    { "other-item", 502 },
};

static const char *const items[] = {
    SGX_TCB,
    TDX_TCB,
    "/sgx/certification/v4/qe/identity",
    "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
    "/sgx/certification/v4/tcbevaluationdatanumbers",
};

static void rule_1_keeps_nothing_that_is_unsound(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(RESTLESS);
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        for (size_t j = 0; j < COUNT_OF(items); j++) {
            /* There is one list of numbers for each TEE, and CRLs have their issuer inside. */
            vendor_faults(faults[i].rule);
            http_called called = http_call(assayd.port, "GET", items[j], NULL, NULL);
            if (called.code != faults[i].code)
                test_fail("%s of a vendor with %s: %u %.200s", items[j], faults[i].rule,
                          called.code, called.body);
            http_called_free(&called);
        }
        assert_row(faults[i].rule, item_count(&assayd), 0);
    }
    vendor_faults("");
    for (size_t j = 0; j < COUNT_OF(items); j++)
        expect_code(&assayd, items[j], 200);
    assayd_stop(&assayd);
}

static const char *const changed_for_the_worse[] = {
    "garbage,path=*tcb?f*",        "wrong-signature,path=*tcb?f*", "rollback=7,path=*tcb?f*",
    "lower-number=1,path=*tcb?f*", "status=500,path=*tcb?f*",      "other-item,path=*tcb?f*",
    "expired=1,path=*tcb?f*",      "truncate,path=*tcb?f*",
};

static void rule_1_keeps_the_old_item_when_the_new_one_is_refused(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(RESTLESS);
    vendor_faults("");
    http_called before = get(&assayd, SGX_TCB, NULL, 200);
    for (size_t i = 0; i < COUNT_OF(changed_for_the_worse); i++) {
        vendor_faults(changed_for_the_worse[i]);
        http_called refreshed = get(&assayd, REFRESH, ADMIN_HEADERS, 503);
        http_called after = get(&assayd, SGX_TCB, NULL, 200);
        if (!same_body(&before, &after))
            test_fail("%s: another TCB info is served", changed_for_the_worse[i]);
        assert_string_equal(http_called_header(&after, "Warning"), "");
        http_called_free(&refreshed);
        http_called_free(&after);
    }
    assert_true(assayd_log_wait(&assayd, "ingest.refused"));
    assert_true(
        metric(&assayd, "assayd_refused_ingests_total{kind=\"tcb_info\",reason=\"rollback\"} ") >=
        1);
    http_called_free(&before);
    assayd_stop(&assayd);
}

static void rule_1_takes_an_older_item_when_an_operator_says_so(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with("[upstream]\nallow_rollback = yes\n");
    vendor_faults("");
    http_called before = get(&assayd, SGX_TCB, NULL, 200);
    vendor_faults("rollback=7,path=*tcb?f*");
    http_called refreshed = get(&assayd, REFRESH, ADMIN_HEADERS, 200);
    http_called after = get(&assayd, SGX_TCB, NULL, 200);
    assert_false(same_body(&before, &after));
    http_called_free(&before);
    http_called_free(&refreshed);
    http_called_free(&after);
    assayd_stop(&assayd);
}

/* ---- Rule 2: one item, one transaction --------------------------------------------------------
 */

static void rule_2_a_refresh_that_fails_for_one_item_renews_the_others(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(NULL);
    vendor_faults("");
    expect_code(&assayd, SGX_TCB, 200);
    expect_code(&assayd, TCB OTHER_FMSPC, 200);
    expect_code(&assayd, ROOT_CRL, 200);
    vendor_faults("status=500,path=*tcb?fmspc=" SGX_FMSPC "*");
    http_called refreshed = get(&assayd, REFRESH, ADMIN_HEADERS, 503);
    assert_non_null(strstr(refreshed.body, "1 of 4 failed"));
    assert_int_equal(vendor_count("*tcb?fmspc=" OTHER_FMSPC "*"), 1);
    assert_int_equal(vendor_count("*IntelSGXRootCA.der*"), 1);
    expect_code(&assayd, SGX_TCB, 200);
    expect_code(&assayd, TCB OTHER_FMSPC, 200);
    http_called_free(&refreshed);
    assayd_stop(&assayd);
}

static long number_in(const char *text, const char *after)
{
    const char *at = strstr(text, after);
    assert_non_null(at);
    return strtol(at + strlen(after), NULL, 10);
}

static void rule_2_a_set_of_evidence_is_coherent(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(NULL);
    /* The identity is of the channel, the TCB info one number behind. */
    vendor_faults("lower-number=1,path=*tcb?f*");
    expect_code(&assayd, TDX_TCB, 200);
    vendor_faults("");
    expect_code(&assayd, "/tdx/certification/v4/qe/identity", 200);
    http_called set =
        get(&assayd, "/assay/v1/collateral?fmspc=" TDX_FMSPC "&tee=tdx&ca=platform", NULL, 200);
    static const char number[] = "\\\"tcbEvaluationDataNumber\\\":";
    const char *info = strstr(set.body, "\"tcb_info\"");
    const char *identity = strstr(set.body, "\"qe_identity\"");
    assert_non_null(info);
    assert_non_null(identity);
    assert_int_equal(number_in(info, number), number_in(identity, number));
    http_called_free(&set);
    assayd_stop(&assayd);
}

static void rule_2_items_are_renewed_before_they_end(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(NULL);
    vendor_faults("");
    expect_code(&assayd, SGX_TCB, 200);
    expect_code(&assayd, "/sgx/certification/v4/qe/identity", 200);
    assayd_stop(&assayd);
    vendor_faults("");
    /* Half a day before their end; the vendor issues them anew each day. */
    assayd = assayd_again(&assayd, "[server]\nclock_offset = 2548800\n");
    const int64_t until = clock_ms() + 30000;
    while (vendor_count("*tcbevaluationdatanumbers*") < 1 && clock_ms() < until)
        pause_ms(50);
    assert_int_equal(vendor_count("*tcb?f*"), 1);
    assert_int_equal(vendor_count("*qe/identity*"), 1);
    /* Nobody has asked for these, but everybody needs them. */
    assert_int_equal(vendor_count("*IntelSGXRootCA.der*"), 1);
    assert_int_equal(vendor_count("/sgx/*tcbevaluationdatanumbers*"), 1);
    assayd_stop(&assayd);
}

/* ---- Rule 3: single flight, memory of what is not there, back-off, staleness --------------------
 */

enum { CLIENTS = 1000 };

static void rule_3_a_thousand_at_once_make_one_call(void **state)
{
    (void)state;
    static int clients[CLIENTS];
    static const char request[] =
        "GET " SGX_TCB "&update=standard HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assayd_process assayd = assayd_with(NULL);
    unsigned good = 0;
    vendor_faults("latency=1000,path=*tcb?f*");
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = http_connect(assayd.port);
        assert_true(clients[i] >= 0);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        assert_int_equal(send(clients[i], request, sizeof(request) - 1, MSG_NOSIGNAL),
                         sizeof(request) - 1);
    for (size_t i = 0; i < CLIENTS; i++) {
        char reply[16384];
        size_t size = 0;
        for (ssize_t got = 1; got > 0 && size < sizeof(reply) - 1; size += (size_t)got) {
            got = recv(clients[i], reply + size, sizeof(reply) - 1 - size, 0);
            if (got <= 0)
                break;
        }
        reply[size] = '\0';
        good += strncmp(reply, "HTTP/1.1 200", 12) == 0 && strstr(reply, "\"signature\"") != NULL;
        close(clients[i]);
    }
    assert_int_equal(good, CLIENTS);
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
    for (int i = 0; i < SLOW; i++) {
        char request[256];
        const int size = snprintf(request, sizeof(request),
                                  "GET " TCB "AA%010X HTTP/1.1\r\nHost: x\r\n\r\n", (unsigned)i);
        clients[i] = http_connect(assayd.port);
        assert_int_equal(send(clients[i], request, (size_t)size, MSG_NOSIGNAL), size);
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

/* ---- Rule 6: unauthenticated requests never write ----------------------------------------------
 */

static void rule_6_inventions_leave_no_trace(void **state)
{
    (void)state;
    char target[512];
    assayd_process assayd = assayd_with(NULL);
    vendor_faults("");
    expect_code(&assayd, SGX_TCB, 200);
    expect_code(&assayd, ROOT_CRL, 200);
    const unsigned before = item_count(&assayd);
    for (int i = 0; i < 50; i++) {
        snprintf(target, sizeof(target), TCB "AA%010X", i);
        expect_code(&assayd, target, 404);
        snprintf(target, sizeof(target),
                 "/sgx/certification/v4/crl?uri=https://certificates.trustedservices.intel.com/"
                 "IntelSGXRootCA.der%%3f%d",
                 i);
        expect_code(&assayd, target, 400);
        snprintf(target, sizeof(target), TCB SGX_FMSPC "&tcbEvaluationDataNumber=%d", 1000 + i);
        expect_code(&assayd, target, 404);
    }
    assert_int_equal(item_count(&assayd), before);
    assayd_stop(&assayd);
}

/* ---- Rule 11: replicas
 * ---------------------------------------------------------------------------
 */

static void rule_11_what_one_replica_renews_the_other_serves(void **state)
{
    (void)state;
    enum { SOON_MS = 5000 }; /* a second on a machine that does nothing else */
    assayd_process one = assayd_with("[upstream]\nallow_rollback = yes\n");
    assayd_process other = assayd_again(&one, NULL);
    vendor_faults("");
    http_called first = get(&one, SGX_TCB, NULL, 200), second = get(&other, SGX_TCB, NULL, 200);
    assert_true(same_body(&first, &second));
    vendor_faults("rollback=3,path=*tcb?f*");
    http_called refreshed = get(&one, REFRESH, ADMIN_HEADERS, 200);
    http_called newer = get(&one, SGX_TCB, NULL, 200);
    assert_false(same_body(&first, &newer));
    const int64_t until = clock_ms() + SOON_MS;
    for (;;) {
        http_called_free(&second);
        second = get(&other, SGX_TCB, NULL, 200);
        if (same_body(&second, &newer) || clock_ms() > until)
            break;
        pause_ms(20);
    }
    assert_true(same_body(&second, &newer));
    http_called_free(&first);
    http_called_free(&second);
    http_called_free(&refreshed);
    http_called_free(&newer);
    assayd_stop(&other);
    assayd_stop(&one);
}

/* ---- A store that does not answer
 * ------------------------------------------------------------------
 */

/* Every byte of the file becomes another. */
static void spoil(const assayd_process *assayd, const char *name)
{
    char path[PROCESS_PATH_SIZE * 2], bytes[4096];
    struct stat found;
    snprintf(path, sizeof(path), "%s/%s", assayd->state, name);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &found) == 0);
    memset(bytes, 0xA5, sizeof(bytes));
    for (off_t at = 0; at < found.st_size; at += (off_t)sizeof(bytes))
        assert_true(pwrite(fd, bytes, sizeof(bytes), at) > 0);
    close(fd);
}

static void a_broken_store_is_no_reason_to_fail(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with("[cache]\nmax_age_seconds = 1\n");
    vendor_faults("");
    expect_code(&assayd, SGX_TCB, 200);
    pause_ms(1100); /* the watch has heard of the new item, and dropped what was made before */
    http_called before = get(&assayd, SGX_TCB, NULL, 200);
    spoil(&assayd, "assayd.db");
    spoil(&assayd, "assayd.db-wal");
    spoil(&assayd, "assayd.db-shm");
    pause_ms(2100);
    http_called after = get(&assayd, SGX_TCB, NULL, 200);
    assert_true(same_body(&before, &after));
    assert_int_equal(strncmp(http_called_header(&after, "Warning"), "111 ", 4), 0);
    /* What is not in memory is refused, not invented. */
    http_called other = http_call(assayd.port, "GET", ROOT_CRL, NULL, NULL);
    assert_true(other.code >= 500);
    http_called_free(&before);
    http_called_free(&after);
    http_called_free(&other);
    assayd_kill(&assayd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_1_keeps_nothing_that_is_unsound),
        cmocka_unit_test(rule_1_keeps_the_old_item_when_the_new_one_is_refused),
        cmocka_unit_test(rule_1_takes_an_older_item_when_an_operator_says_so),
        cmocka_unit_test(rule_2_a_refresh_that_fails_for_one_item_renews_the_others),
        cmocka_unit_test(rule_2_a_set_of_evidence_is_coherent),
        cmocka_unit_test(rule_2_items_are_renewed_before_they_end),
        cmocka_unit_test(rule_3_a_thousand_at_once_make_one_call),
        cmocka_unit_test(rule_3_a_slow_vendor_holds_up_nothing_that_is_known),
        cmocka_unit_test(rule_3_remembers_what_is_not_there),
        cmocka_unit_test(rule_3_does_not_ask_before_retry_after),
        cmocka_unit_test(rule_3_opens_a_circuit_and_closes_it_again),
        cmocka_unit_test(rule_3_serves_what_is_stale_and_says_so),
        cmocka_unit_test(rule_3_hands_on_what_the_vendor_warns_of),
        cmocka_unit_test(nobody_is_asked_in_other_fill_modes),
        cmocka_unit_test(a_broken_store_is_no_reason_to_fail),
        cmocka_unit_test(rule_6_inventions_leave_no_trace),
        cmocka_unit_test(rule_11_what_one_replica_renews_the_other_serves),
    };
    return cmocka_run_group_tests(tests, NULL, vendor_end);
}
