/* sim.c: assay-sim: a TEE and its vendor without hardware. The table of its parts. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "assay/base.h"
#include "exit_code.h"
#include "sim/fleet_command.h"
#include "sim/pcs_command.h"
#include "sim/vendor.h"

typedef struct part {
    const char *name;
    const char *summary;
    int (*run)(char **words, size_t count, int64_t now);
} part;

static const part parts[] = {
    { "vendor", "certificates, CRLs, TCB info, identities and quotes, with faults",
      sim_vendor_command },
    { "fleet", "platforms by the million, to register and to import", sim_fleet_command },
    { "pcs", "the vendor online: Intel's PCS and AMD's KDS, with faults", sim_pcs_command },
};
enum { PART_COUNT = sizeof(parts) / sizeof(parts[0]) };

static int usage(const char *word)
{
    const char *names[PART_COUNT + 3] = { NULL };
    for (size_t i = 0; i < PART_COUNT; i++)
        names[i] = parts[i].name;
    names[PART_COUNT] = "--help";
    names[PART_COUNT + 1] = "--version";
    const char *meant = word != NULL ? assay_suggest(word, names) : NULL;
    if (meant != NULL)
        fprintf(stderr, "assay-sim: unknown verb %s; did you mean %s?\n", word, meant);
    else if (word != NULL)
        fprintf(stderr, "assay-sim: unknown verb %s\n", word);
    fprintf(stderr, "usage: assay-sim vendor|fleet|pcs [OPTION]...; see assay-sim --help\n");
    return EXIT_CODE_USAGE;
}

static int help(void)
{
    printf("usage: assay-sim PART [OPTION]...\n\n"
           "A simulated TEE and its vendor, for tests and demonstrations. Nothing that comes from\n"
           "it may be trusted: its keys follow from the seed.\n\n");
    for (size_t i = 0; i < PART_COUNT; i++)
        printf("  %-11s %s\n", parts[i].name, parts[i].summary);
    printf("\nSee assay-sim PART --help and assay-sim(1).\n");
    return 0;
}

static int run(char **words, size_t count)
{
    if (count == 0)
        return usage(NULL);
    if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "help") == 0)
        return help();
    if (strcmp(words[0], "--version") == 0) {
        printf("assay-sim %s\n", assay_version());
        return 0;
    }
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (strcmp(words[0], parts[i].name) == 0)
            return parts[i].run(words + 1, count - 1, (int64_t)time(NULL));
    }
    return usage(words[0]);
}

int main(int count, char **words)
{
    int code = run(words + 1, count > 0 ? (size_t)(count - 1) : 0);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "assay-sim: standard output can't be written\n");
        return EXIT_CODE_ENVIRONMENT;
    }
    return code;
}
