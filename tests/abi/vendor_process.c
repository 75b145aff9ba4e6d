/* vendor_process.c: starts and ends the simulated vendor. */
#include "vendor_process.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

enum { WORD_MAX = 24, SECONDS_MAX = 60 };

static pid_t process = -1;
static char url[128];

static void child_run(char *const *words)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* it never outlives a test that is killed */
    if (freopen("/dev/null", "w", stdout) != NULL)
        execv(words[0], words);
    _exit(127);
}

static bool url_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    const bool got = fgets(url, sizeof(url), file) != NULL;
    fclose(file);
    url[strcspn(url, "\n")] = '\0';
    return got;
}

static void ready_wait(const char *path)
{
    const struct timespec pause = { 0, 20 * 1000 * 1000 };
    const time_t end = time(NULL) + SECONDS_MAX;
    while (!url_read(path)) {
        if (time(NULL) > end || waitpid(process, NULL, WNOHANG) == process)
            test_fail("assay-sim pcs did not start");
        nanosleep(&pause, NULL);
    }
    for (size_t size = strlen(url); size > 0 && url[size - 1] == '/';)
        url[--size] = '\0';
}

void vendor_start(const char *folder, const char *const *more)
{
    char ready[512], root[512];
    char *words[WORD_MAX] = { getenv("ASSAY_SIM"), "pcs", "--listen",   "127.0.0.1:0",
                              "--ready-file",      ready, "--root-out", root };
    size_t count = 8;
    assert_non_null(words[0]);
    snprintf(ready, sizeof(ready), "%s/ready", folder);
    snprintf(root, sizeof(root), "%s/root.pem", folder);
    for (; *more != NULL && count < WORD_MAX - 1; more++)
        words[count++] = (char *)*more;
    process = fork();
    assert_true(process >= 0);
    if (process == 0)
        child_run(words);
    assert_int_equal(atexit(vendor_stop), 0);
    ready_wait(ready);
}

void vendor_stop(void)
{
    if (process <= 0)
        return;
    kill(process, SIGTERM);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
    }
    process = -1;
}

const char *vendor_url(void)
{
    return url;
}
