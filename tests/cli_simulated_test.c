/* cli_simulated_test.c: the command judges quotes of the simulated vendor: roots that nobody trusts
 * unless told to, debug, bundles, and all it takes on a machine without the real cases. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "run_command.h"
#include "sim/build.h"
#include "support.h"

#define AT "2026-06-01T12:00:00Z" /* SIM_DEFAULT_NOW */

/* What the vendor made, as files. */
typedef struct files {
    char *quote, *collateral, *root;
} files;

static void files_make(const char *profile, const char *situation, files *out)
{
    sim_world world;
    sim_artifacts artifacts = { 0 };
    sim_bytes json = { 0 };
    sim_world_init(&world, sim_profile_find(profile), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    if (situation != NULL)
        sim_world_situate(&world, sim_situation_find(situation));
    assert_int_equal(sim_build(&world, &artifacts, NULL), ASSAY_OK);
    sim_collateral_json_write(&artifacts, &json);
    out->quote = command_file("quote", bytes_span(&artifacts.quote));
    out->collateral = command_file("collateral.json", bytes_span(&json));
    out->root = command_file("root.pem", bytes_span(&artifacts.root));
    bytes_free(&json);
    sim_artifacts_free(&artifacts);
}

static void files_free(files *f)
{
    free(f->quote);
    free(f->collateral);
    free(f->root);
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

#define VERIFY(f, ...)                                                                             \
    RUN(NO_INPUT, "verify", (f).quote, "--collateral", (f).collateral, "--at", AT, __VA_ARGS__)

static void a_custom_root_is_never_silent(void **state)
{
    (void)state;
    static const char *const profiles[] = { "sgx-v3", "tdx-v4" };
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        files f;
        files_make(profiles[i], NULL, &f);
        wants("not trusted", VERIFY(f, NULL), 3, "", "error: ");
        wants("not trusted, JSON", VERIFY(f, "--json"), 3, "\"error\":{\"status\":", "");
        wants("text", VERIFY(f, "--root", f.root), 0, "root: CUSTOM ", "");
        wants("JSON", VERIFY(f, "--root", f.root, "--json"), 0,
              "\"root\":\"custom\",\"root_key_sha256\":\"", "");
        files_free(&f);
    }
}

static void statuses_are_accepted_by_name(void **state)
{
    (void)state;
    files f;
    files_make("tdx-v4", "SWHardeningNeeded", &f);
    wants("by default", VERIFY(f, "--root", f.root), 1, "NOT ACCEPTED: SWHardeningNeeded\n", "");
    wants("another", VERIFY(f, "--root", f.root, "--accept", "OutOfDate"), 1, "NOT ACCEPTED", "");
    wants("by name", VERIFY(f, "--root", f.root, "--accept", "OutOfDate,SWHardeningNeeded"), 0,
          "ACCEPTED: SWHardeningNeeded\n", "");
    wants("explained", VERIFY(f, "--root", f.root, "--explain"), 1, "What would make it pass", "");
    files_free(&f);
}

static void bundles_trust_no_root_of_their_own(void **state)
{
    (void)state;
    files f;
    files_make("tdx-v4", NULL, &f);
    char *bundle = command_file("bundle", NO_INPUT);
    wants("create",
          RUN(NO_INPUT, "bundle", "create", f.quote, "--collateral", f.collateral, "--at", AT,
              "--root", f.root, "-o", bundle),
          0, "", "");
    wants("root named", RUN(NO_INPUT, "bundle", "verify", bundle, "--root", f.root), 0,
          "ACCEPTED: UpToDate\nroot: CUSTOM ", "");
    wants("root not named", RUN(NO_INPUT, "bundle", "verify", bundle), 3, "", "error: ");
    free(bundle);
    files_free(&f);
}

static void batches_of_simulated_quotes(void **state)
{
    (void)state;
    files f;
    files_make("sgx-v3", NULL, &f);
    wants("two",
          RUN(NO_INPUT, "verify", f.quote, f.quote, "--collateral", f.collateral, "--at", AT,
              "--root", f.root, "--jobs", "2"),
          0, "\"accepted\":true", "");
    files_free(&f);
}

static void inspect_needs_no_trust(void **state)
{
    (void)state;
    files f;
    files_make("tdx-v4", NULL, &f);
    wants("quote", RUN(NO_INPUT, "inspect", f.quote), 0, "body.mrtd", "");
    wants("root", RUN(NO_INPUT, "inspect", f.root), 0, "subject.common_name", "");
    files_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_custom_root_is_never_silent),
        cmocka_unit_test(statuses_are_accepted_by_name),
        cmocka_unit_test(bundles_trust_no_root_of_their_own),
        cmocka_unit_test(batches_of_simulated_quotes),
        cmocka_unit_test(inspect_needs_no_trust),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
