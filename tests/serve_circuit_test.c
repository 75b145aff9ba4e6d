/* Hosts that fail are left alone for a while; keys that are not there are remembered for a while.
 */
#include <stdio.h>

#include "serve/circuit.h"
#include "serve/negative.h"
#include "support.h"

enum { NOW = 1000000, FAILURES = 3, SECONDS = 100 };

static bool allows(circuits *c, const char *host, int64_t now)
{
    unsigned wait = 0;
    const bool allowed = circuit_allows(c, host, now, &wait);
    assert_true(allowed || wait > 0);
    return allowed;
}

static void fails(circuits *c, const char *host, int64_t now)
{
    circuit_told(c, host, CIRCUIT_FAILED, 0, "it failed", now);
}

static void opens_after_failures_in_a_row(void **state)
{
    (void)state;
    circuits *c = circuits_new(FAILURES, SECONDS);
    for (int i = 0; i < FAILURES; i++) {
        assert_true(allows(c, "a", NOW));
        fails(c, "a", NOW);
    }
    assert_false(allows(c, "a", NOW));
    assert_true(allows(c, "b", NOW));
    circuits_free(c);
}

static void a_success_between_begins_anew(void **state)
{
    (void)state;
    circuits *c = circuits_new(FAILURES, SECONDS);
    for (int i = 0; i < 3 * FAILURES; i++) {
        fails(c, "a", NOW);
        if (i % FAILURES == FAILURES - 2)
            circuit_told(c, "a", CIRCUIT_ANSWERED, 0, "", NOW);
        if (i % FAILURES == FAILURES - 2)
            assert_true(allows(c, "a", NOW));
    }
    circuits_free(c);
}

static void one_tries_when_the_time_has_come(void **state)
{
    (void)state;
    circuits *c = circuits_new(1, SECONDS);
    fails(c, "a", NOW);
    assert_false(allows(c, "a", NOW + SECONDS / 2));
    const int64_t then = NOW + 2 * SECONDS;
    assert_true(allows(c, "a", then));
    assert_false(allows(c, "a", then));
    circuit_told(c, "a", CIRCUIT_ANSWERED, 0, "", then);
    assert_true(allows(c, "a", then));
    assert_true(allows(c, "a", then));
    circuits_free(c);
}

static int64_t open_for(circuits *c, int64_t now)
{
    upstream_host host;
    assert_int_equal(circuits_list(c, &host, 1), 1);
    assert_true(host.open);
    return host.open_until - now;
}

static void each_further_failure_doubles_the_time_with_jitter(void **state)
{
    (void)state;
    circuits *c = circuits_new(1, SECONDS);
    int64_t now = NOW;
    for (int64_t seconds = SECONDS; seconds < 1600; seconds *= 2) {
        assert_true(allows(c, "a", now));
        fails(c, "a", now);
        const int64_t open = open_for(c, now);
        if (open < seconds * 3 / 4 - 1 || open > seconds * 5 / 4 + 1)
            test_fail("open for %lld s, want about %lld", (long long)open, (long long)seconds);
        now += open;
    }
    for (int i = 0; i < 20; i++) {
        fails(c, "a", now);
        assert_true(open_for(c, now) <= 3600 * 5 / 4);
    }
    circuits_free(c);
}

static void retry_after_counts_at_once_and_exactly(void **state)
{
    (void)state;
    unsigned wait = 0;
    circuits *c = circuits_new(FAILURES, SECONDS);
    circuit_told(c, "a", CIRCUIT_FAILED, 77, "too many", NOW);
    assert_false(circuit_allows(c, "a", NOW + 7, &wait));
    assert_int_equal(wait, 70);
    assert_true(allows(c, "a", NOW + 77));
    /* A vendor can't silence us for a year. */
    circuit_told(c, "a", CIRCUIT_FAILED, 31536000, "too many", NOW + 77);
    assert_true(allows(c, "a", NOW + 77 + 3600));
    circuits_free(c);
}

static void what_was_cancelled_says_nothing(void **state)
{
    (void)state;
    circuits *c = circuits_new(1, SECONDS);
    circuit_told(c, "a", CIRCUIT_CANCELLED, 0, "stopping", NOW);
    assert_true(allows(c, "a", NOW));
    circuits_free(c);
}

/* ---- What is not there ---- */

static void remembers_until_then(void **state)
{
    (void)state;
    negative *n = negative_new(100);
    assert_int_equal(negative_find(n, "a", NOW), 0);
    negative_add(n, "a", 404, NOW + 10);
    negative_add(n, "b", 410, NOW + 10);
    assert_int_equal(negative_find(n, "a", NOW + 9), 404);
    assert_int_equal(negative_find(n, "b", NOW), 410);
    assert_int_equal(negative_find(n, "a", NOW + 10), 0);
    negative_forget(n, "b");
    assert_int_equal(negative_find(n, "b", NOW), 0);
    negative_add(n, "c", 404, NOW + 10);
    negative_forget(n, NULL);
    assert_int_equal(negative_find(n, "c", NOW), 0);
    negative_free(n);
}

static void never_holds_more_than_it_may(void **state)
{
    (void)state;
    enum { MAX = 64, MANY = 10000 };
    char key[32];
    unsigned remembered = 0;
    negative *n = negative_new(MAX);
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        negative_add(n, key, 404, NOW + 10);
        assert_int_equal(negative_find(n, key, NOW), 404);
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        remembered += negative_find(n, key, NOW) != 0;
    }
    assert_true(remembered <= MAX && remembered > 0);
    negative_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_after_failures_in_a_row),
        cmocka_unit_test(a_success_between_begins_anew),
        cmocka_unit_test(one_tries_when_the_time_has_come),
        cmocka_unit_test(each_further_failure_doubles_the_time_with_jitter),
        cmocka_unit_test(retry_after_counts_at_once_and_exactly),
        cmocka_unit_test(what_was_cancelled_says_nothing),
        cmocka_unit_test(remembers_until_then),
        cmocka_unit_test(never_holds_more_than_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
