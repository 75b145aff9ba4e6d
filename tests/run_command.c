/* run_command.c: runs the built command as a user does, and keeps what it said. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run_command.h"
#include "support.h"

enum { WORD_MAX = 32 };

extern char **environ;

/* A file without a name that holds `bytes`, at its beginning. */
static FILE *file_of(assay_span bytes)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    if (bytes.size > 0)
        assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    rewind(file);
    return file;
}

static char *text_of(FILE *file)
{
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    char *text = calloc(1, (size_t)size + 1);
    rewind(file);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    fclose(file);
    return text;
}

static pid_t start(char *const *words, FILE *in, FILE *out, FILE *err)
{
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(err), STDERR_FILENO);
    int failure = posix_spawnp(&child, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        test_fail("%s can't be run: %s", words[0], strerror(failure));
    return child;
}

command_result command_run(const char *const *words, assay_span input)
{
    char *copy[WORD_MAX] = { words[0] != NULL ? (char *)words[0] : getenv("ASSAY_BIN") };
    command_result result = { 0 };
    struct rusage usage;
    int status;
    if (copy[0] == NULL)
        test_fail("ASSAY_BIN is not set");
    for (size_t i = 1; words[i] != NULL; i++)
        copy[i] = (char *)words[i];
    FILE *in = file_of(input), *out = file_of(NO_INPUT), *err = file_of(NO_INPUT);
    pid_t child = start(copy, in, out, err);
    while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR)
        continue;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.peak_kib = usage.ru_maxrss;
    result.out = text_of(out);
    result.err = text_of(err);
    fclose(in);
    return result;
}

void command_free(command_result *result)
{
    free(result->out);
    free(result->err);
    *result = (command_result) { 0 };
}

static char scratch[] = "/tmp/assay-test-XXXXXX";

static void scratch_remove(void)
{
    const char *const words[] = { "rm", "-rf", scratch, NULL };
    pid_t child;
    if (posix_spawnp(&child, words[0], NULL, NULL, (char *const *)words, environ) == 0)
        waitpid(child, NULL, 0);
}

const char *command_scratch(void)
{
    if (strstr(scratch, "XXXXXX") == NULL)
        return scratch;
    assert_non_null(mkdtemp(scratch));
    atexit(scratch_remove);
    return scratch;
}

char *command_file(const char *name, assay_span bytes)
{
    size_t size = strlen(command_scratch()) + strlen(name) + 2;
    char *path = malloc(size);
    snprintf(path, size, "%s/%s", command_scratch(), name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    if (bytes.size > 0)
        assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    fclose(file);
    return path;
}
