/* cli_inspect_test.c: assay inspect shows every kind of file, as text and as JSON. */
#include <string.h>

#include "cli_cases.h"

static const struct {
    const char *file, *kind, *text;
} rows[] = {
    { "quote.bin", "quote", "mrtd" },
    { "tcb_info.json", "tcb_info", "00806f050000" },
    { "qe_identity.json", "qe_identity", "TD_QE" },
    { "pck_crl.der", "crl", "Intel SGX PCK Platform CA" },
    { "pck_crl_issuer_chain.pem", "certificates", "Intel SGX Root CA" },
    { "collateral.json", "collateral", "tcb_info" },
};

static void every_kind_is_shown(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char kind[64];
        const char *path = case_path(GOOD_CASE, rows[i].file);
        command_result json = RUN(NO_INPUT, "inspect", path, "--json");
        command_result text = RUN(NO_INPUT, "inspect", path);
        snprintf(kind, sizeof(kind), "{\"kind\":\"%s\"", rows[i].kind);
        assert_row(rows[i].file, json.exit_code, 0);
        assert_row(rows[i].file, text.exit_code, 0);
        json_t *tree = json_loads(json.out, JSON_REJECT_DUPLICATES, NULL);
        if (strncmp(json.out, kind, strlen(kind)) != 0 || tree == NULL)
            test_fail("%s: %.200s", rows[i].file, json.out);
        json_decref(tree);
        if (strstr(text.out, rows[i].text) == NULL || strchr(text.out, '{') != NULL)
            test_fail("%s: %.2000s", rows[i].file, text.out);
        command_free(&json);
        command_free(&text);
    }
}

static void text_shows_offset_size_name_value(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    command_result text = RUN(NO_INPUT, "inspect", case_path(GOOD_CASE, "quote.bin"));
    assert_non_null(strstr(text.out, "   184    48  body.mrtd   "));
    assert_non_null(
        strstr(text.out, "dae67181d3d65e073ad8f95b7907d5e927bfe9761c9ff3e9b89734a45d89"));
    command_free(&text);
}

static void what_is_not_known_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text;
    } unknown[] = {
        { "prose", "This is no evidence at all." },
        { "nothing", "" },
        { "other JSON", "{\"a\":1}" },
        { "cut JSON", "{\"tcbInfo\":{" },
    };
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        command_result text = RUN(TEXT(unknown[i].text), "inspect", "-");
        command_result json = RUN(TEXT(unknown[i].text), "inspect", "-", "--json");
        assert_row(unknown[i].what, text.exit_code, 3);
        assert_row(unknown[i].what, json.exit_code, 3);
        assert_string_equal(text.out, "");
        assert_memory_equal(text.err, "error: ", 7);
        assert_non_null(strstr(json.out, "\"error\":{"));
        command_free(&text);
        command_free(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_shown),
        cmocka_unit_test(text_shows_offset_size_name_value),
        cmocka_unit_test(what_is_not_known_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
