/* assayd_vendor.c: assayd against a simulated vendor whose faults the test chooses. */
#include "assayd_vendor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "support.h"

enum { CONFIG_ROOM = 4096 };

static vendor_process vendor;

vendor_process *the_vendor(void)
{
    if (vendor.pid == 0) {
        struct rlimit files;
        if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
            files.rlim_cur = files.rlim_max;
            setrlimit(RLIMIT_NOFILE, &files);
        }
        vendor = vendor_start((const char *const[]) { "--control", NULL });
    }
    return &vendor;
}

int vendor_end(void **state)
{
    (void)state;
    if (vendor.pid != 0)
        vendor_stop(&vendor);
    return 0;
}

static void control(const char *method, const char *target, const char *body)
{
    http_called called = http_call(the_vendor()->port, method, target, NULL, body);
    if (called.code != 200)
        test_fail("vendor: %s %s: %u %s", method, target, called.code, called.body);
    http_called_free(&called);
}

void vendor_faults(const char *rule)
{
    control("POST", "/control/reset", "");
    if (rule[0] != '\0')
        control("POST", "/control/faults", rule);
}

unsigned vendor_count(const char *pattern)
{
    char target[256];
    snprintf(target, sizeof(target), "/control/count?path=%s", pattern);
    http_called called = http_call(the_vendor()->port, "GET", target, NULL, NULL);
    assert_int_equal(called.code, 200);
    const unsigned count = (unsigned)strtoul(called.body, NULL, 10);
    http_called_free(&called);
    return count;
}

static assayd_process started(const char *state, const char *config)
{
    char text[CONFIG_ROOM];
    const bool circuit = config != NULL && strstr(config, "circuit_failures") != NULL;
    snprintf(text, sizeof(text), "%s[upstream]\nretry_times = 0\n%s" ADMIN_CONFIG,
             config != NULL ? config : "", circuit ? "" : "circuit_failures = 1000\n");
    const assayd_order order = { .vendor = the_vendor(), .config = text, .state = state };
    return assayd_start(&order);
}

assayd_process assayd_with(const char *config)
{
    return started(NULL, config);
}

assayd_process assayd_again(const assayd_process *before, const char *config)
{
    return started(before->state, config);
}

http_called get(const assayd_process *assayd, const char *target, const char *headers,
                unsigned code)
{
    http_called called = http_call(assayd->port, "GET", target, headers, NULL);
    if (called.code != code)
        test_fail("GET %s: %u, want %u: %.300s", target, called.code, code,
                  called.body != NULL ? called.body : "");
    return called;
}

void expect_code(const assayd_process *assayd, const char *target, unsigned code)
{
    http_called called = get(assayd, target, NULL, code);
    http_called_free(&called);
}

long metric(const assayd_process *assayd, const char *line)
{
    http_called called = http_call(assayd->admin_port, "GET", "/metrics", NULL, NULL);
    assert_int_equal(called.code, 200);
    char wanted[256];
    snprintf(wanted, sizeof(wanted), "\n%s", line);
    const char *at = strstr(called.body, wanted);
    const long value = at != NULL ? strtol(at + strlen(wanted), NULL, 10) : -1;
    http_called_free(&called);
    return value;
}

unsigned item_count(const assayd_process *assayd)
{
    unsigned count = 0;
    http_called called = http_call(assayd->admin_port, "GET", "/metrics", NULL, NULL);
    assert_int_equal(called.code, 200);
    static const char line[] = "\nassayd_item_fetched_timestamp_seconds{";
    for (const char *at = called.body; (at = strstr(at, line)) != NULL; at++)
        count++;
    http_called_free(&called);
    return count;
}
