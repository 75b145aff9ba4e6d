/* cli_assayd_rules_test.c: rules 1, 2, 6 and 11 of collateral-service.md 7: assayd against a
 * vendor that misbehaves. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assayd_vendor.h"
#include "support.h"

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

static bool served_soon(const assayd_process *from, const http_called *wanted)
{
    enum { SOON_MS = 5000 }; /* a second on a machine that does nothing else */
    const int64_t until = clock_ms() + SOON_MS;
    for (;;) {
        http_called called = get(from, SGX_TCB, NULL, 200);
        const bool same = same_body(&called, wanted);
        http_called_free(&called);
        if (same || clock_ms() > until)
            return same;
        pause_ms(20);
    }
}

static void rule_11_what_one_replica_renews_the_other_serves(void **state)
{
    (void)state;
    assayd_process one = assayd_with("[upstream]\nallow_rollback = yes\n");
    assayd_process other = assayd_again(&one, NULL);
    vendor_faults("");
    expect_code(&one, SGX_TCB, 200);
    /* More than once: the first time much else is new too. */
    for (int i = 1; i <= 3; i++) {
        char fault[64];
        pause_ms(1500);
        expect_code(&other, SGX_TCB, 200);
        snprintf(fault, sizeof(fault), "rollback=%d,path=*tcb?f*", i);
        vendor_faults(fault);
        http_called refreshed = get(&one, REFRESH, ADMIN_HEADERS, 200);
        http_called newer = get(&one, SGX_TCB, NULL, 200);
        assert_row("served soon", served_soon(&other, &newer), true);
        http_called_free(&refreshed);
        http_called_free(&newer);
    }
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
        cmocka_unit_test(a_broken_store_is_no_reason_to_fail),
        cmocka_unit_test(rule_6_inventions_leave_no_trace),
        cmocka_unit_test(rule_11_what_one_replica_renews_the_other_serves),
    };
    return cmocka_run_group_tests(tests, NULL, vendor_end);
}
