/* compat.c: one program that is called verifier, relying_party or tee_appraisal_tool.
 * appraisal.md 6.1 to 6.3 */
#include "compat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void compat_add(arguments *given, option_id id, const char *value)
{
    if (value == NULL || value[0] == '\0' || given->option_count == ARGUMENTS_OPTION_MAX)
        return;
    given->options[given->option_count].id = id;
    given->options[given->option_count].value = value;
    given->option_count++;
}

void compat_add_environment(arguments *given)
{
    compat_add(given, OPTION_COLLATERAL, getenv("ASSAY_COLLATERAL"));
    compat_add(given, OPTION_AT, getenv("ASSAY_AT"));
    compat_add(given, OPTION_ROOT, getenv("ASSAY_ROOT"));
}

static const struct {
    const char *name;
    int (*run)(char **words, size_t count);
} names[] = {
    { "verifier", compat_verifier },
    { "relying_party", compat_relying_party },
    { "tee_appraisal_tool", compat_tool },
};

static int run(const char *called, char **words, size_t count)
{
    const char *slash = strrchr(called, '/');
    const char *name = slash != NULL ? slash + 1 : called;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].run(words, count);
    }
    fprintf(stderr, "assay-compat: call it by one of its names: verifier, relying_party, "
                    "tee_appraisal_tool\n");
    return 2;
}

int main(int count, char **words)
{
    int code = run(count > 0 ? words[0] : "", words + 1, count > 0 ? (size_t)(count - 1) : 0);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "%s: standard output can't be written\n", words[0]);
        return 5;
    }
    return code;
}
