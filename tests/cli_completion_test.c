/* cli_completion_test.c: assay completion: the script for bash completes what it should; those for
 * zsh and fish name every verb and option. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_command.h"
#include "support.h"

/* The words typed, the last of them to be completed, and one word that must be offered. */
static const struct {
    const char *typed, *offered, *not_offered;
} rows[] = {
    { "assay ver", "verify", "bundle" },
    { "assay bundle ''", "create", "inspect" },
    { "assay admin ''", "baseline", "verify" },
    { "assay admin tokens new ops --sc", "--scope", "--state" },
    { "assay help bu", "bundle", "verify" },
    { "assay completion ''", "fish", "verify" },
    { "assay verify --coll", "--collateral", "--json" },
    { "assay verify q --js", "--json", "--jobs" },
    { "assay bundle create q --out", "--output", "--batch" },
    { "assay verify q --accept SW", "SWHardeningNeeded", "OutOfDate" },
    { "assay verify q --accept OutOfDate,SW", "OutOfDate,SWHardeningNeeded", "UpToDate" },
    { "assay verify q --at ''", "", "--json" },
};

static const char script[] =
    "eval \"$(\"$ASSAY_BIN\" completion bash)\"\n"
    "eval \"COMP_WORDS=($1)\"\n"
    "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
    "_assay assay \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"\n"
    "printf '[%s]\\n' \"${COMPREPLY[@]}\"\n";

static void bash_completes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const words[] = { "bash", "-c", script, "bash", rows[i].typed, NULL };
        char offered[64], not_offered[64];
        command_result result = command_run(words, NO_INPUT);
        snprintf(offered, sizeof(offered), "[%s]", rows[i].offered);
        snprintf(not_offered, sizeof(not_offered), "[%s]", rows[i].not_offered);
        if (strstr(result.out, offered) == NULL || strstr(result.out, not_offered) != NULL ||
            result.err[0] != '\0')
            test_fail("%s: offered %s%s", rows[i].typed, result.out, result.err);
        command_free(&result);
    }
}

static void every_shell_knows_every_word(void **state)
{
    (void)state;
    static const char *const shells[] = { "bash", "zsh", "fish" };
    static const char *const words[] = {
        "verify", "inspect", "bundle",     "create",      "show",   "completion",
        "help",   "version", "collateral", "report-data", "output", "TDRelaunchAdvised"
    };
    for (size_t i = 0; i < COUNT_OF(shells); i++) {
        command_result result = RUN(NO_INPUT, "completion", shells[i]);
        assert_row(shells[i], result.exit_code, 0);
        for (size_t k = 0; k < COUNT_OF(words); k++) {
            if (strstr(result.out, words[k]) == NULL)
                test_fail("%s does not know %s", shells[i], words[k]);
        }
        assert_null(strstr(result.out, "Revoked"));
        command_free(&result);
    }
}

/* The shell's own parser finds no fault; shells that are not here are skipped. */
static void shells_can_read_their_script(void **state)
{
    (void)state;
    static const char check[] = "for shell in bash zsh fish; do\n"
                                "    command -v $shell >/dev/null || continue\n"
                                "    \"$ASSAY_BIN\" completion $shell >\"$1\"\n"
                                "    $shell -n \"$1\" || exit 1\n"
                                "done\n";
    char *file = command_file("completion", NO_INPUT);
    const char *const words[] = { "/bin/sh", "-c", check, "sh", file, NULL };
    command_result result = command_run(words, NO_INPUT);
    assert_string_equal(result.err, "");
    assert_int_equal(result.exit_code, 0);
    command_free(&result);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bash_completes),
        cmocka_unit_test(every_shell_knows_every_word),
        cmocka_unit_test(shells_can_read_their_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
