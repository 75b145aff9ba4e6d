/* sim_command_test.c: the command line of `assay-sim vendor` (src/sim/command.c): exit codes, and
 * the files it writes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/vendor.h"
#include "support.h"

enum { WORDS_MAX = 12 };

static const struct {
    const char *what;
    const char *words[WORDS_MAX];
    int code;
} rows[] = {
    { "no verb", { NULL }, 2 },
    { "an unknown verb", { "mew" }, 2 },
    { "a verb without its folder", { "new" }, 2 },
    { "an unknown option", { "new", "--out", "OUT", "--sed", "1" }, 2 },
    { "an option without its value", { "new", "--out" }, 2 },
    { "a switch with a value", { "list-faults", "--json=1" }, 2 },
    { "an operand", { "new", "--out", "OUT", "x" }, 2 },
    { "an unknown profile", { "new", "--out", "OUT", "--profile", "tdx-v6" }, 2 },
    { "an unknown fault", { "new", "--out", "OUT", "--fault", "1a" }, 2 },
    { "a fault without files", { "new", "--out", "OUT", "--fault", "90-collateral-version" }, 2 },
    { "an unknown key", { "new", "--out", "OUT", "--set", "mrtdd=00" }, 2 },
    { "a time that is none", { "new", "--out", "OUT", "--at", "noon" }, 2 },
    { "a seed that is no number", { "new", "--out", "OUT", "--seed", "-1" }, 2 },
    { "too many days", { "new", "--out", "OUT", "--days", "100000" }, 2 },
    { "a folder that can't be made", { "new", "--out", "/dev/null/x" }, 4 },
    { "a quote", { "new", "--out", "OUT/a" }, 0 },
    { "a quote of a platform of the fleet", { "new", "--out", "OUT/f", "--platform", "7" }, 0 },
    { "a platform that can't be of this profile",
      { "new", "--out", "OUT/f", "--platform", "5", "--profile", "tdx-v4" },
      2 },
    { "options with equals signs", { "new", "--out=OUT/b", "--profile=sgx-v3", "--seed=7" }, 0 },
    { "two faults and a setting",
      { "new", "--out", "OUT/c", "--fault", "8a-trailing-byte", "--fault", "23a-high-s", "--set",
        "debug=1" },
      0 },
};

/* Replaces OUT by the test's folder in copies that the caller frees. */
static size_t words_of(const char *const *row, const char *folder, char *out[WORDS_MAX])
{
    size_t count = 0;
    for (; count < WORDS_MAX && row[count] != NULL; count++) {
        const char *found = strstr(row[count], "OUT");
        size_t size = strlen(row[count]) + strlen(folder) + 1;
        out[count] = malloc(size);
        assert_non_null(out[count]);
        if (found == NULL)
            snprintf(out[count], size, "%s", row[count]);
        else
            snprintf(out[count], size, "%.*s%s%s", (int)(found - row[count]), row[count], folder,
                     found + 3);
    }
    return count;
}

static int folder_setup(void **state)
{
    static char folder[] = "/tmp/assay-sim-test-XXXXXX";
    *state = mkdtemp(folder);
    return *state == NULL;
}

static int folder_teardown(void **state)
{
    char command[256];
    snprintf(command, sizeof(command), "rm -rf '%s'", (const char *)*state);
    return system(command);
}

static void ends_with_its_exit_code(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *words[WORDS_MAX];
        size_t count = words_of(rows[i].words, *state, words);
        assert_row(rows[i].what, sim_vendor_command(words, count, SIM_DEFAULT_NOW), rows[i].code);
        for (size_t j = 0; j < count; j++)
            free(words[j]);
    }
}

static void writes_every_file(void **state)
{
    static const char *const names[] = {
        "README.txt",       "quote.bin",       "tcb_info.json",
        "qe_identity.json", "root_ca_crl.der", "tcb_info_issuer_chain.pem",
        "pck_crl.der",      "root.pem",        "qe_identity_issuer_chain.pem",
        "collateral.json",  "td_report.bin",   "pck_crl_issuer_chain.pem",
    };
    sim_order order = { .seed = 1, .now = SIM_DEFAULT_NOW, .days = SIM_DEFAULT_DAYS };
    char folder[128], path[256];
    snprintf(folder, sizeof(folder), "%s/deep/folder", (const char *)*state);
    order.folder = folder;
    assert_int_equal(sim_vendor_new(&order, NULL), ASSAY_OK);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct stat file;
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        assert_row(names[i], stat(path, &file), 0);
        assert_row(names[i], file.st_size > 0, true);
    }
}

static void readme_says_simulated(void **state)
{
    char path[128], begin[10] = { 0 };
    snprintf(path, sizeof(path), "%s/a/README.txt", (const char *)*state);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(begin, 1, 9, file), 9);
    fclose(file);
    assert_string_equal(begin, "SIMULATED");
}

static void writes_seeds(void **state)
{
    char folder[128], path[256];
    snprintf(folder, sizeof(folder), "%s/seeds", (const char *)*state);
    assert_int_equal(sim_vendor_seeds(folder, NULL), ASSAY_OK);
    snprintf(path, sizeof(path), "%s/quote/sim_v4_tdx", folder);
    assert_int_equal(access(path, R_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_with_its_exit_code),
        cmocka_unit_test(writes_every_file),
        cmocka_unit_test(readme_says_simulated),
        cmocka_unit_test(writes_seeds),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
