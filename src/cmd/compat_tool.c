/* compat_tool.c: tee_appraisal_tool gen_payload, sign_policy and verify_policy. appraisal.md 6.3 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "compat.h"
#include "failure.h"
#include "policy_make.h"

enum tool_exit { TOOL_DONE = 0, TOOL_FAILED = 1, TOOL_USAGE = 2 };

typedef struct tool_files {
    const char *in, *key, *out;
    bool verbose;
} tool_files;

static int usage(int code)
{
    fprintf(stderr, "usage: tee_appraisal_tool COMMAND [-v]\n"
                    "  gen_payload -in FILE -out FILE            policy of a TD report or enclave\n"
                    "  sign_policy -in FILE -key PEM -out FILE   sign a policy (P-384)\n"
                    "  verify_policy -in FILE                    check a signed policy\n"
                    "  -help, -version                           See assay-compat(1).\n");
    return code;
}

static assay_status generate(const tool_files *files, assay_error *error)
{
    return policy_new(files->in, files->out, error);
}

static assay_status sign(const tool_files *files, assay_error *error)
{
    return policy_sign(files->in, files->key, files->out, NULL, error);
}

static assay_status verify(const tool_files *files, assay_error *error)
{
    const policy_signers any = { .any = true };
    const policy_rules rules = { .now = (int64_t)time(NULL), .signers = &any };
    assay_policy *policy = NULL;
    TRY(policy_file_read(files->in, &rules, &policy, error));
    for (const char *const *w = assay_policy_warnings(policy); *w != NULL; w++)
        fprintf(stderr, "warning: %s\n", *w);
    fprintf(stderr, "The policy format is correct and could be used for Appraisal.\n");
    assay_policy_unref(policy);
    return ASSAY_OK;
}

static const struct command {
    const char *name;
    assay_status (*run)(const tool_files *files, assay_error *error);
    bool wants_key, wants_out;
} commands[] = {
    { "gen_payload", generate, false, true },
    { "sign_policy", sign, true, true },
    { "verify_policy", verify, false, false },
};

static const char **file_of(tool_files *files, const char *word)
{
    if (strcmp(word, "-in") == 0)
        return &files->in;
    if (strcmp(word, "-out") == 0)
        return &files->out;
    return strcmp(word, "-key") == 0 ? &files->key : NULL;
}

static bool files_read(tool_files *files, char **words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char **file = file_of(files, words[i]);
        if (strcmp(words[i], "-v") == 0) {
            files->verbose = true;
            continue;
        }
        if (file == NULL || *file != NULL || i + 1 == count)
            return false;
        *file = words[++i];
    }
    return true;
}

static int run(const struct command *c, char **words, size_t count)
{
    tool_files files = { 0 };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (!files_read(&files, words, count) || files.in == NULL ||
        (files.key != NULL) != c->wants_key || (files.out != NULL) != c->wants_out)
        return usage(TOOL_USAGE);
    assay_status status = c->run(&files, &error);
    if (status != ASSAY_OK)
        failure_print(status, &error);
    else if (files.verbose)
        fprintf(stderr, "%s: done\n", c->name);
    return status == ASSAY_OK ? TOOL_DONE : TOOL_FAILED;
}

int compat_tool(char **words, size_t count)
{
    if (count == 1 && (strcmp(words[0], "-help") == 0 || strcmp(words[0], "-h") == 0))
        return usage(TOOL_DONE);
    if (count == 1 && strcmp(words[0], "-version") == 0) {
        fprintf(stderr, "tee_appraisal_tool of assay %s\n", assay_version());
        return TOOL_DONE;
    }
    for (size_t i = 0; count > 0 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, words[0]) == 0)
            return run(&commands[i], words + 1, count - 1);
    }
    return usage(TOOL_USAGE);
}
