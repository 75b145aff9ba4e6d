/* cli_bundle_test.c: assay bundle: a verification in one file that replays to the same bytes. */
#include <string.h>
#include <sys/stat.h>

#include "cli_cases.h"

static command_result create(const char *name_of_case, const char *time, const char *output)
{
    return RUN(NO_INPUT, "bundle", "create", case_path(name_of_case, "quote.bin"), "--collateral",
               case_path(name_of_case, ""), "--at", time, "-o", output);
}

static void replays(const char *name_of_case, const char *time, int exit_code)
{
    char *path = command_file("bundle.json", NO_INPUT);
    command_result made = create(name_of_case, time, path);
    command_result direct =
        RUN(NO_INPUT, "verify", case_path(name_of_case, "quote.bin"), "--collateral",
            case_path(name_of_case, ""), "--at", time, "--json");
    command_result again = RUN(NO_INPUT, "bundle", "verify", path, "--json");
    if (made.exit_code != 0)
        test_fail("%s", made.err);
    assert_int_equal(again.exit_code, exit_code);
    assert_string_equal(again.out, direct.out);
    command_free(&made);
    command_free(&direct);
    command_free(&again);
    free(path);
}

static void bundles_replay_to_the_same_bytes(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    replays(GOOD_CASE, GOOD_TIME, 0);
    replays(OLD_CASE, OLD_TIME, 1);
    replays("sgx-v3/neg-sgx-sgx-quotesig", "2026-06-27T22:27:15Z", 3);
}

static void text_and_show(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    char *path = command_file("bundle.json", NO_INPUT);
    command_result made = create(OLD_CASE, OLD_TIME, path);
    command_result text = RUN(NO_INPUT, "bundle", "verify", path, "--explain");
    command_result show = RUN(NO_INPUT, "bundle", "show", path);
    assert_int_equal(made.exit_code, 0);
    assert_int_equal(text.exit_code, 1);
    assert_non_null(strstr(text.out, "NOT ACCEPTED: OutOfDate"));
    assert_non_null(strstr(text.out, "What would make it pass"));
    assert_int_equal(show.exit_code, 0);
    assert_non_null(strstr(show.out, OLD_TIME));
    assert_non_null(strstr(show.out, "proves nothing"));
    command_free(&made);
    command_free(&text);
    command_free(&show);
    free(path);
}

/* Any change is seen: of the result, of the time, of the quote. */
static void an_edited_bundle_is_refused(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    char *path = command_file("bundle.json", NO_INPUT);
    command_result made = create(OLD_CASE, OLD_TIME, path);
    command_result whole =
        RUN(NO_INPUT, "bundle", "create", case_path(OLD_CASE, "quote.bin"), "--collateral",
            case_path(OLD_CASE, ""), "--at", OLD_TIME, "-o", "-");
    char *found = strstr(whole.out, "\"accepted\":false");
    assert_non_null(found);
    memcpy(found, "\"accepted\":true ", strlen("\"accepted\":true "));
    command_result edited = RUN(TEXT(whole.out), "bundle", "verify", "-");
    assert_int_equal(edited.exit_code, 3);
    assert_memory_equal(edited.err, "error: ", 7);
    command_free(&made);
    command_free(&whole);
    command_free(&edited);
    free(path);
}

static void nothing_half_written_is_left(void **state)
{
    (void)state;
    SKIP_WITHOUT_VECTORS();
    struct stat found;
    char path[1024];
    snprintf(path, sizeof(path), "%s/no-folder/bundle.json", command_scratch());
    command_result result = create(GOOD_CASE, GOOD_TIME, path);
    assert_int_equal(result.exit_code, 4);
    assert_int_not_equal(stat(path, &found), 0);
    command_free(&result);
    result = create(GOOD_CASE, "never", path);
    assert_int_equal(result.exit_code, 2);
    command_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundles_replay_to_the_same_bytes),
        cmocka_unit_test(text_and_show),
        cmocka_unit_test(an_edited_bundle_is_refused),
        cmocka_unit_test(nothing_half_written_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
