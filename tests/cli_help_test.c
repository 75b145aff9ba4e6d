/* cli_help_test.c: assay help, version, and what a mistaken command line is told. */
#include <stdlib.h>
#include <string.h>

#include "run_command.h"
#include "support.h"

/* `out` and `err` are pieces that must be there; NULL: that stream must be empty. */
static const struct {
    const char *what;
    const char *words[6];
    int exit_code;
    const char *out, *err;
} rows[] = {
    { "help", { "help" }, 0, "verify       judge quotes", NULL },
    { "--help", { "--help" }, 0, "verify       judge quotes", NULL },
    { "-h", { "-h" }, 0, "verify       judge quotes", NULL },
    { "help of a verb", { "help", "verify" }, 0, "--collateral DIR|FILE", NULL },
    { "--help behind a verb", { "verify", "--help" }, 0, "--collateral DIR|FILE", NULL },
    { "--help beside operands", { "verify", "x", "--help" }, 0, "Usage: assay verify", NULL },
    { "help of a verb of two words", { "help", "bundle", "create" }, 0, "-o, --output FILE", NULL },
    { "--help of a verb of two words", { "bundle", "create", "--help" }, 0, "-o, --output", NULL },
    { "help of a verb with verbs", { "help", "bundle" }, 0, "create", NULL },
    { "version", { "version" }, 0, "assay 0.", NULL },
    { "--version", { "--version" }, 0, "assay 0.", NULL },
    { "nothing", { NULL }, 2, NULL, "what shall be done?" },
    { "a misspelt verb", { "verfy", "x" }, 2, NULL, "did you mean verify?" },
    { "a verb in capitals", { "VERIFY" }, 2, NULL, "did you mean verify?" },
    { "no verb at all like it", { "frobnicate" }, 2, NULL, "unknown verb frobnicate\n" },
    { "a misspelt verb behind a verb", { "bundle", "creat" }, 2, NULL, "did you mean create?" },
    { "a verb without its second word", { "bundle" }, 2, NULL, "create|verify|show" },
    { "help of a misspelt verb", { "help", "verfy" }, 2, NULL, "did you mean verify?" },
    { "a misspelt option",
      { "verify", "--colateral", "x" },
      2,
      NULL,
      "did you mean --collateral?" },
    { "a misspelt option before verbs", { "--versoin" }, 2, NULL, "did you mean --version?" },
    { "a misspelt status", { "verify", "x", "--accept", "OutOfDat" }, 2, NULL, "OutOfDate?" },
    { "a revoked TCB can't be accepted",
      { "verify", "x", "--accept=Revoked" },
      2,
      NULL,
      "can't be" },
    { "no time", { "verify", "x", "--at", "yesterday" }, 2, NULL, "--at wants RFC 3339" },
    { "no quote", { "verify" }, 2, NULL, "which quote?" },
    { "no such quote", { "verify", "x", "--offline" }, 4, NULL, "x: No such file" },
    { "single items, not all",
      { "verify", "x", "--pck-crl", "/dev/null" },
      2,
      NULL,
      "also needed: --tcb-info, --tcb-info-issuer-chain" },
    { "--report-data of 65 bytes",
      { "verify", "x", "--report-data",
        "000000000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000000" },
      2,
      NULL,
      "at most 128" },
    { "bundle create without a place", { "bundle", "create", "x" }, 2, NULL, "-o FILE" },
    { "no shell", { "completion", "fihs" }, 2, NULL, "did you mean fish?" },
    { "collateral that is not there",
      { "verify", "x", "--collateral", "/nonexistent" },
      4,
      NULL,
      "error: collateral: /nonexistent: No such file or directory (environment)" },
    { "the same as JSON",
      { "verify", "x", "--json", "--collateral", "/nonexistent" },
      4,
      "\"error\":{\"status\":\"environment\"",
      NULL },
};

static void says(const char *what, const char *stream, const char *wanted)
{
    if (wanted == NULL ? stream[0] != '\0' : strstr(stream, wanted) == NULL)
        test_fail("%s: says \"%s\", want \"%s\"", what, stream, wanted != NULL ? wanted : "");
}

static void every_line_is_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *words[8] = { NULL };
        memcpy(words + 1, rows[i].words, sizeof(rows[i].words));
        command_result result = command_run(words, NO_INPUT);
        assert_row(rows[i].what, result.exit_code, rows[i].exit_code);
        says(rows[i].what, result.out, rows[i].out);
        says(rows[i].what, result.err, rows[i].err);
        command_free(&result);
    }
}

static void a_full_device_is_told(void **state)
{
    (void)state;
    const char *const words[] = { "/bin/sh", "-c", "\"$ASSAY_BIN\" help >/dev/full", NULL };
    command_result result = command_run(words, NO_INPUT);
    assert_int_equal(result.exit_code, 4);
    assert_non_null(strstr(result.err, "standard output"));
    command_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_answered),
        cmocka_unit_test(a_full_device_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
