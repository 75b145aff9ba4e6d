/* abi_configuration_test.c: the configuration file of the drop-in (docs/compat.md), and what the
 * program's trace callback hears of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulated.h"
#include "support.h"

static quote3_error_t ask(const simulated *s)
{
    uint32_t expired;
    tee_qv_result_t result;
    const assay_span quote = bytes_span(&s->artifacts.quote);
    return drop_in_library()->tee_verify_quote(quote.data, (uint32_t)quote.size,
                                               (const uint8_t *)&s->given.structure, s->world.now,
                                               &expired, &result, NULL, NULL);
}

static char traced[4096];

static void remember_trace(int level, const char *message)
{
    const size_t used = strlen(traced);
    snprintf(traced + used, sizeof(traced) - used, "%d %s\n", level, message);
}

static void a_custom_root_is_trusted_by_name_only_and_never_silent(void **state)
{
    (void)state;
    const drop_in *library = drop_in_library();
    simulated s;
    simulated_make(&s, "tdx-v5");
    simulated_configure("");
    assert_row("no root named", ask(&s), SGX_QL_PCK_CERT_CHAIN_ERROR);
    simulated_trust_root(&s);
    traced[0] = '\0';
    *library->callback = remember_trace;
    assert_row("the root named", ask(&s), SGX_QL_SUCCESS);
    assert_non_null(strstr(traced, "root = "));
    assert_non_null(strstr(traced, "stands on a root of the configuration file"));
    *library->callback = NULL;
    simulated_free(&s);
}

static void a_broken_configuration_fails_every_call(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text;
        unsigned wanted;
    } rows[] = {
        { "an unknown name", "rot = /tmp/x\n", 0xE002 },
        { "no equals sign", "root /tmp/x\n", 0xE002 },
        { "a missing file", "root = /nonexistent\n", 0xE006 },
        { "a file that is no root", "root = /proc/self/exe\n", 0xE006 },
        { "a file without a key", "root = /proc/self/status\n", 0xE002 },
        { "comments alone", "# root = /nonexistent\n\n", 0xE022 },
    };
    simulated s;
    simulated_make(&s, "tdx-v4");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        simulated_configure(rows[i].text);
        assert_row(rows[i].what, ask(&s), rows[i].wanted);
    }
    assert_int_equal(setenv("ASSAY_QUOTEVERIFY_CONF", "/nonexistent", 1), 0);
    assert_row("a configuration that is named and missing", ask(&s), 0xE006);
    simulated_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_custom_root_is_trusted_by_name_only_and_never_silent),
        cmocka_unit_test(a_broken_configuration_fails_every_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
