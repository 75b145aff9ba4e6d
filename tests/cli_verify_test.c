/* cli_verify_test.c: assay verify: how quotes and collateral come in, what comes out. */
#include <string.h>

#include "cli_cases.h"

enum { PEAK_KIB = 12 * 1024 };

static command_result verify_good(const char *quote, assay_span input, const char *option,
                                  const char *argument)
{
    return RUN(input, "verify", quote, "--collateral", case_path(GOOD_CASE, ""), "--at", GOOD_TIME,
               option, argument);
}

static void wants(const char *what, command_result result, int exit_code, const char *out,
                  const char *err)
{
    if (result.exit_code != exit_code || strstr(result.out, out) == NULL ||
        strstr(result.err, err) == NULL || (err[0] == '\0' && result.err[0] != '\0'))
        test_fail("%s: exit code %d, want %d; says:\n%s%s", what, result.exit_code, exit_code,
                  result.out, result.err);
    command_free(&result);
}

static void quotes_come_in_any_form(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    static const char *const forms[] = { "cat", "xxd -p", "base64", "base64 -w0" };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        char command[4096];
        snprintf(command, sizeof(command), "%s <%s", forms[i], case_path(GOOD_CASE, "quote.bin"));
        const char *const words[] = { "/bin/bash", "-o", "pipefail", "-c", command, NULL };
        command_result text = command_run(words, NO_INPUT);
        if (text.exit_code != 0) {
            command_free(&text); /* xxd is not everywhere */
            continue;
        }
        snprintf(command, sizeof(command),
                 "%s <%s | \"$ASSAY_BIN\" verify - --collateral %s --at " GOOD_TIME, forms[i],
                 case_path(GOOD_CASE, "quote.bin"), case_path(GOOD_CASE, ""));
        wants(forms[i], command_run(words, NO_INPUT), 0, "ACCEPTED: UpToDate\n", "");
        command_free(&text);
    }
}

static void a_fifo_is_read_to_its_end(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    char command[4096];
    snprintf(command, sizeof(command),
             "\"$ASSAY_BIN\" verify <(head -c 100 %s; sleep 0.1; tail -c +101 %s) --collateral %s "
             "--at " GOOD_TIME,
             case_path(GOOD_CASE, "quote.bin"), case_path(GOOD_CASE, "quote.bin"),
             case_path(GOOD_CASE, ""));
    const char *const words[] = { "/bin/bash", "-c", command, NULL };
    wants("FIFO", command_run(words, NO_INPUT), 0, "ACCEPTED: UpToDate\n", "");
}

static void collateral_comes_in_three_ways(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    const char *quote = case_path(GOOD_CASE, "quote.bin");
    command_result folder = verify_good(quote, NO_INPUT, "--json", NULL);
    command_result file = RUN(NO_INPUT, "verify", quote, "--json", "--at", GOOD_TIME,
                              "--collateral", case_path(GOOD_CASE, "collateral.json"));
    command_result items = RUN(
        NO_INPUT, "verify", quote, "--json", "--at", GOOD_TIME, "--tcb-info",
        case_path(GOOD_CASE, "tcb_info.json"), "--tcb-info-issuer-chain",
        case_path(GOOD_CASE, "tcb_info_issuer_chain.pem"), "--qe-identity",
        case_path(GOOD_CASE, "qe_identity.json"), "--qe-identity-issuer-chain",
        case_path(GOOD_CASE, "qe_identity_issuer_chain.pem"), "--root-ca-crl",
        case_path(GOOD_CASE, "root_ca_crl.der"), "--pck-crl", case_path(GOOD_CASE, "pck_crl.der"),
        "--pck-crl-issuer-chain", case_path(GOOD_CASE, "pck_crl_issuer_chain.pem"));
    assert_int_equal(folder.exit_code, 0);
    assert_string_equal(folder.out, file.out);
    assert_string_equal(folder.out, items.out);
    command_free(&folder);
    command_free(&file);
    command_free(&items);
}

static void an_option_replaces_one_item(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    const char *quote = case_path(GOOD_CASE, "quote.bin");
    const char *other = case_path("sgx-v3/asm-1cc403-00606a000000-2024-02", "tcb_info.json");
    wants("of a folder", verify_good(quote, NO_INPUT, "--tcb-info", other), 3, "", "error: ");
    wants("of a file",
          RUN(NO_INPUT, "verify", quote, "--at", GOOD_TIME, "--collateral",
              case_path(GOOD_CASE, "collateral.json"), "--tcb-info", other),
          3, "", "error: ");
}

static void a_folder_names_all_that_it_lacks(void **state)
{
    (void)state;
    char *empty = command_file("quote", TEXT("no quote"));
    wants("empty folder",
          RUN(NO_INPUT, "verify", empty, "--collateral", "/proc/self/fdinfo", "--at", "1"), 3, "",
          "tcb_info.json, tcb_info_issuer_chain.pem, qe_identity.json, "
          "qe_identity_issuer_chain.pem, root_ca_crl.der, pck_crl.der, pck_crl_issuer_chain.pem");
    free(empty);
}

static void verdicts_by_option(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    static const struct {
        const char *what, *option, *argument;
        int exit_code;
        const char *out;
    } rows[] = {
        { "report data of zeros", "--report-data", "00", 0, "ACCEPTED" },
        { "other report data", "--report-data", "01", 1, "NOT ACCEPTED: UpToDate\n  - " },
        { "a number that is reached", "--min-tcb-evaluation-data-number", "17", 0, "ACCEPTED" },
        { "a number too high", "--min-tcb-evaluation-data-number", "18", 1, "NOT ACCEPTED" },
        { "more statuses", "--accept", "OutOfDate,SWHardeningNeeded", 0, "ACCEPTED" },
        { "strict", "--strict", NULL, 0, "ACCEPTED" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        wants(rows[i].what,
              verify_good(case_path(GOOD_CASE, "quote.bin"), NO_INPUT, rows[i].option,
                          rows[i].argument),
              rows[i].exit_code, rows[i].out, "");
}

static command_result verify_old(const char *option, const char *argument)
{
    return RUN(NO_INPUT, "verify", case_path(OLD_CASE, "quote.bin"), "--collateral",
               case_path(OLD_CASE, ""), "--at", OLD_TIME, option, argument);
}

static void an_old_platform_is_explained(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    static const char *const told[] = {
        "NOT ACCEPTED: OutOfDate\n",
        "What is short",
        "platform: sgxtcbcomponents[0].svn is 6, level 0 wants 9",
        "module: isvsvn is 2, level 0 wants 13",
        "Advisories that are open",
        "INTEL-SA-01312",
        "What would make it pass",
        "--accept OutOfDate",
        "When each item ends",
    };
    command_result result = verify_old("--explain", NULL);
    assert_int_equal(result.exit_code, 1);
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        if (strstr(result.out, told[i]) == NULL)
            test_fail("not told: %s", told[i]);
    }
    command_free(&result);
    wants("accepted by name", verify_old("--accept", "OutOfDate"), 0, "ACCEPTED: OutOfDate", "");
    wants("another status", verify_old("--accept", "SWHardeningNeeded"), 1, "NOT ACCEPTED", "");
}

static void now_is_the_default_time(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    wants("now",
          RUN(NO_INPUT, "verify", case_path(GOOD_CASE, "quote.bin"), "--collateral",
              case_path(GOOD_CASE, "")),
          1, "NOT ACCEPTED: UpToDate", "");
}

static void bad_input_is_told_where(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    char *text = command_file("text", TEXT("This is no quote at all, is it?"));
    wants("text", verify_good(text, NO_INPUT, NULL, NULL), 3, "", "error: quote");
    wants("JSON", verify_good(text, NO_INPUT, "--json", NULL), 3, "{\"accepted\":false,", "");
    wants("empty", verify_good("/dev/null", NO_INPUT, "--json", NULL), 3, "\"error\":", "");
    wants("a folder", verify_good("/", NO_INPUT, "--json", NULL), 4, "\"environment\"", "");
    wants("endless", verify_good("/dev/zero", NO_INPUT, NULL, NULL), 3, "", "larger than");
    wants("a root that is none",
          verify_good(case_path(GOOD_CASE, "quote.bin"), NO_INPUT, "--root", text), 3, "", "root");
    free(text);
}

static void memory_stays_small(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();
#endif
    command_result result = verify_good(case_path(GOOD_CASE, "quote.bin"), NO_INPUT, NULL, NULL);
    printf("# peak memory %ld KiB\n", result.peak_kib);
    assert_true(result.peak_kib < PEAK_KIB);
    command_free(&result);
}

static void no_colour_outside_a_terminal(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    command_result result = verify_good(case_path(GOOD_CASE, "quote.bin"), NO_INPUT, NULL, NULL);
    assert_null(strchr(result.out, '\033'));
    command_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_come_in_any_form),
        cmocka_unit_test(a_fifo_is_read_to_its_end),
        cmocka_unit_test(collateral_comes_in_three_ways),
        cmocka_unit_test(an_option_replaces_one_item),
        cmocka_unit_test(a_folder_names_all_that_it_lacks),
        cmocka_unit_test(verdicts_by_option),
        cmocka_unit_test(an_old_platform_is_explained),
        cmocka_unit_test(now_is_the_default_time),
        cmocka_unit_test(bad_input_is_told_where),
        cmocka_unit_test(memory_stays_small),
        cmocka_unit_test(no_colour_outside_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
