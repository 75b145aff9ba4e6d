/* serve_rates_test.c: how often: rates of addresses and fills, in a table that can't grow. */
#include <stdio.h>
#include <stdlib.h>

#include "run_command.h"
#include "serve/access.h"
#include "serve/rates.h"
#include "support.h"

static const int64_t NOW = 1800000000;

typedef struct fixture {
    store *store;
    access_list *access;
    serve_config config;
} fixture;

static int begin(void **state)
{
    static unsigned number;
    fixture *f = memory_new(sizeof(*f));
    char url[512];
    assay_error error = { 0 };
    config_default(&f->config);
    f->config.access.exempt.count = 0;
    snprintf(url, sizeof(url), "sqlite:%s/rates-%u.db", command_scratch(), number++);
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

/* ---- Rates ---- */

static const int64_t SECOND = 1000000;

static void rule_6_each_address_has_its_rate(void **state)
{
    fixture *f = *state;
    unsigned retry = 0, passed = 0;
    f->config.access.requests_per_second = 10;
    access_configure(f->access, &f->config);
    for (int i = 0; i < 100; i++)
        passed += access_rate(f->access, "192.0.2.1", SECOND, &retry);
    assert_int_equal(passed, 10);
    assert_int_equal(retry, 1);
    assert_true(access_rate(f->access, "192.0.2.2", SECOND, &retry));
    assert_true(access_rate(f->access, "192.0.2.1", SECOND + SECOND / 10, &retry));
    assert_false(access_rate(f->access, "192.0.2.1", SECOND + SECOND / 10, &retry));
    for (int i = 0; i < 10; i++)
        assert_true(access_rate(f->access, "192.0.2.1", 10 * SECOND, &retry));
}

static void one_network_of_ipv6_is_one_address(void **state)
{
    fixture *f = *state;
    unsigned retry = 0;
    f->config.access.requests_per_second = 1;
    access_configure(f->access, &f->config);
    assert_true(access_rate(f->access, "2001:db8::1", SECOND, &retry));
    assert_false(access_rate(f->access, "2001:db8::ffff:2", SECOND, &retry));
    assert_true(access_rate(f->access, "2001:db8:0:1::1", SECOND, &retry));
}

static void exempt_networks_never_wait(void **state)
{
    fixture *f = *state;
    unsigned retry = 0;
    f->config.access.requests_per_second = 1;
    f->config.access.fills_per_hour = 1;
    f->config.access.exempt.count = 2;
    snprintf(f->config.access.exempt.at[0], CONFIG_TEXT_SIZE, "10.0.0.0/8");
    snprintf(f->config.access.exempt.at[1], CONFIG_TEXT_SIZE, "fd00::/9");
    access_configure(f->access, &f->config);
    for (int i = 0; i < 5; i++) {
        assert_true(access_rate(f->access, "10.255.0.1", SECOND, &retry));
        assert_true(access_rate(f->access, "fd7f::1", SECOND, &retry));
        assert_true(access_rate(f->access, "unix", SECOND, &retry));
        assert_true(access_fill(f->access, "10.255.0.1", NOW, &retry));
    }
    assert_true(access_rate(f->access, "11.0.0.1", SECOND, &retry));
    assert_false(access_rate(f->access, "11.0.0.1", SECOND, &retry));
    assert_true(access_rate(f->access, "fd80::1", SECOND, &retry));
    assert_false(access_rate(f->access, "fd80::1", SECOND, &retry));
}

static void rule_6_fills_are_bounded_for_each_and_for_all(void **state)
{
    fixture *f = *state;
    unsigned retry = 0, passed = 0;
    f->config.access.fills_per_hour = 3;
    f->config.access.fills_total_per_hour = 50;
    access_configure(f->access, &f->config);
    for (int i = 0; i < 10; i++)
        passed += access_fill(f->access, "192.0.2.1", NOW, &retry);
    assert_int_equal(passed, 3);
    assert_in_range(retry, 1, 3600);
    for (int i = 0; i < 200; i++) {
        char address[32];
        snprintf(address, sizeof(address), "198.51.%d.%d", i / 100, i % 100);
        passed += access_fill(f->access, address, NOW, &retry);
    }
    assert_int_equal(passed, 50);
    assert_true(access_fill(f->access, "192.0.2.1", NOW + 3600, &retry));
}

/* However many come, those that are known keep their place while they are busy. */
static void rule_6_the_table_of_addresses_does_not_grow(void **state)
{
    (void)state;
    static const rate limit = { .count = 1, .seconds = 3600 };
    rates *r = rates_new(64);
    uint8_t busy[16] = { 1 }, other[16] = { 2 };
    unsigned retry = 0, refused = 0;
    assert_non_null(r);
    assert_true(rates_take(r, busy, &limit, 0, &retry));
    for (unsigned i = 0; i < 100000; i++) {
        memcpy(other + 4, &i, sizeof(i));
        (void)rates_push(r, other, 1, 1, (int64_t)i);
        refused += !rates_take(r, busy, &limit, (int64_t)i, &retry);
    }
    assert_int_equal(refused, 100000);
    rates_free(r);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(rule_6_each_address_has_its_rate),
        WITH(one_network_of_ipv6_is_one_address),
        WITH(exempt_networks_never_wait),
        WITH(rule_6_fills_are_bounded_for_each_and_for_all),
        cmocka_unit_test(rule_6_the_table_of_addresses_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
