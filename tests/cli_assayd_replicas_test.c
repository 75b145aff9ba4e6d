/* cli_assayd_replicas_test.c: rule 11 of collateral-service.md 7: two assayd on one PostgreSQL.
 * Needs tests/with-postgres. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assayd_vendor.h"
#include "support.h"

enum {
    TOLD_MS = 1000,  /* how soon the other one serves what is new */
    SLOW_MS = 10000, /* what a busy machine may need */
    AWAY_MS = 60000
};

static const char *config_with(const char *more)
{
    static char text[4][2048];
    static unsigned next;
    char *config = text[next++ % 4];
    snprintf(config, sizeof(text[0]), "[store]\nurl = %s\n%s", getenv("ASSAY_STORE_URL"), more);
    return config;
}

static bool same_body(const http_called *a, const http_called *b)
{
    return a->body_size == b->body_size && memcmp(a->body, b->body, a->body_size) == 0;
}

/* Milliseconds until `from` serves what `wanted` holds. */
static int64_t served_after(const assayd_process *from, const char *target,
                            const http_called *wanted)
{
    const int64_t begun = clock_ms();
    for (;;) {
        http_called called = get(from, target, NULL, 200);
        const bool same = same_body(&called, wanted);
        const int64_t took = clock_ms() - begun;
        http_called_free(&called);
        if (same || took > SLOW_MS)
            return took;
        pause_ms(5);
    }
}

static void rule_11_the_other_replica_serves_what_one_has_renewed(void **state)
{
    (void)state;
    assayd_process one = assayd_with(config_with("[upstream]\nallow_rollback = yes\n"));
    assayd_process other = assayd_with(config_with(""));
    int64_t best = SLOW_MS;
    vendor_faults("");
    expect_code(&one, SGX_TCB, 200);
    for (int i = 1; i <= 5; i++) {
        char fault[64];
        snprintf(fault, sizeof(fault), "rollback=%d,path=*tcb?f*", i);
        expect_code(&other, SGX_TCB, 200);
        vendor_faults(fault);
        http_called refreshed = get(&one, REFRESH, ADMIN_HEADERS, 200);
        http_called newer = get(&one, SGX_TCB, NULL, 200);
        const int64_t took = served_after(&other, SGX_TCB, &newer);
        best = took < best ? took : best;
        http_called_free(&refreshed);
        http_called_free(&newer);
    }
    print_message("the other replica served it after %lld ms\n", (long long)best);
    assert_true(best < TOLD_MS);
    assayd_stop(&other);
    assayd_stop(&one);
}

static void rule_11_one_of_them_refreshes(void **state)
{
    (void)state;
    assayd_process one = assayd_with(config_with(""));
    vendor_faults("");
    expect_code(&one, TCB OTHER_FMSPC, 200);
    assayd_stop(&one);
    vendor_faults("");
    /* Half a day before the end of it; both look as soon as they run. */
    const char *late = config_with("[server]\nclock_offset = 2548800\n");
    one = assayd_with(late);
    assayd_process other = assayd_with(late);
    const int64_t until = clock_ms() + SLOW_MS;
    while (vendor_count("*tcb?fmspc=" OTHER_FMSPC "*") == 0 && clock_ms() < until)
        pause_ms(20);
    pause_ms(3000); /* three looks of the one that must not */
    assert_int_equal(vendor_count("*tcb?fmspc=" OTHER_FMSPC "*"), 1);
    assayd_stop(&other);
    assayd_stop(&one);
}

static bool control(const char *what)
{
    char command[1024];
    snprintf(command, sizeof(command), "%s %s", getenv("ASSAY_POSTGRES_CONTROL"), what);
    return system(command) == 0;
}

static void a_restart_of_the_database_is_survived(void **state)
{
    (void)state;
    assayd_process assayd = assayd_with(config_with(""));
    vendor_faults("");
    expect_code(&assayd, TDX_TCB, 200);
    pause_ms(1000); /* what was dropped for being new is made again */
    expect_code(&assayd, TDX_TCB, 200);
    assert_true(control("restart"));
    /* From memory, all the time. */
    expect_code(&assayd, TDX_TCB, 200);
    const int64_t until = clock_ms() + AWAY_MS;
    unsigned code = 0;
    while (code != 200 && clock_ms() < until) {
        http_called called =
            http_call(assayd.port, "GET", "/tdx/certification/v4/qe/identity", NULL, NULL);
        code = called.code;
        if (code == 503)
            assert_string_not_equal(http_called_header(&called, "Retry-After"), "");
        else
            assert_int_equal(code, 200);
        http_called_free(&called);
        pause_ms(50);
    }
    assert_int_equal(code, 200);
    assayd_stop(&assayd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_11_the_other_replica_serves_what_one_has_renewed),
        cmocka_unit_test(rule_11_one_of_them_refreshes),
        cmocka_unit_test(a_restart_of_the_database_is_survived),
    };
    if (getenv("ASSAY_STORE_URL") == NULL) {
        print_message("skipped: run by tests/with-postgres\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, vendor_end);
}
