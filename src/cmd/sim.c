/* sim.c: assay-sim: a TEE and its vendor without hardware. The table of its parts; `vendor` is the
 * first.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "assay/base.h"
#include "exit_code.h"
#include "sim/vendor.h"

static int usage(const char *word)
{
    static const char *const names[] = { "vendor", "--help", "--version", NULL };
    const char *meant = word != NULL ? assay_suggest(word, names) : NULL;
    if (meant != NULL)
        fprintf(stderr, "assay-sim: unknown verb %s; did you mean %s?\n", word, meant);
    else if (word != NULL)
        fprintf(stderr, "assay-sim: unknown verb %s\n", word);
    fprintf(stderr, "usage: assay-sim vendor VERB [OPTION]...; see assay-sim --help\n");
    return EXIT_CODE_USAGE;
}

static int help(void)
{
    printf("usage: assay-sim vendor VERB [OPTION]...\n\n"
           "A simulated TEE and its vendor, for tests and demonstrations. Nothing that comes from\n"
           "it may be trusted: its keys follow from the seed.\n\n"
           "  vendor      certificates, CRLs, TCB info, identities and quotes, with faults\n\n"
           "See assay-sim vendor --help and assay-sim(1).\n");
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
    if (strcmp(words[0], "vendor") == 0)
        return sim_vendor_command(words + 1, count - 1, (int64_t)time(NULL));
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
