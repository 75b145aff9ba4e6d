/* assay.c: the command: the table of verbs, and the end of every run. */
#include <stdio.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "verbs.h"

/* Options before any verb. */
static const option_row top_options[] = {
    OPTION_ROW_HELP,
    { .id = OPTION_VERSION, .name = "version", .letter = 'V', .help = "show the version" },
    OPTIONS_END,
};

static int run_top_option(char **words, size_t count)
{
    arguments given;
    if (!options_parse("", top_options, words, count, &given))
        return EXIT_CODE_USAGE;
    if (option_given(&given, OPTION_VERSION))
        return verb_version.run(&given);
    help_all();
    return 0;
}

static int run(char **words, size_t count)
{
    if (count == 0)
        return usage_error("", "what shall be done? For example: assay verify QUOTE "
                               "--collateral DIR");
    if (words[0][0] == '-')
        return run_top_option(words, count);
    return verb_dispatch(verbs, "", words, count);
}

int main(int count, char **words)
{
    int code = run(words + 1, count > 0 ? (size_t)(count - 1) : 0);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "assay: standard output can't be written\n");
        return EXIT_CODE_ENVIRONMENT;
    }
    return code;
}
