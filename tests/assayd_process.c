/* assayd_process.c: the simulated vendor and assayd as processes of their own. */
#include "assayd_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

/* Long for a slow machine under sanitizers; only failures wait so long. */
enum { READY_MS = 60000, END_MS = 60000, LOG_MS = 20000, LOOK_MS = 10, WORDS_MAX = 48 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const char sandbox[] = "off";
#else
static const char sandbox[] = "on";
#endif

/* ---- Small parts ------------------------------------------------------------------------------
 */

int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_ms(unsigned milliseconds)
{
    struct timespec wait = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };
    nanosleep(&wait, NULL);
}

const char *scratch_path(const char *name)
{
    static char paths[16][PROCESS_PATH_SIZE];
    static unsigned number;
    char *path = paths[number % 16];
    snprintf(path, PROCESS_PATH_SIZE, "%s/%u-%s", command_scratch(), number, name);
    number++;
    return path;
}

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t size = 0, room = 1 << 16;
    char *text = calloc(1, room + 1);
    while (file != NULL && text != NULL) {
        size_t got = fread(text + size, 1, room - size, file);
        size += got;
        text[size] = '\0';
        if (got == 0)
            break;
        if (size == room)
            text = realloc(text, (room *= 2) + 1);
    }
    if (file != NULL)
        fclose(file);
    assert_non_null(text);
    return text;
}

static void become_child(const char *log)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int nothing = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (fd < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
        dup2(fd, STDERR_FILENO) < 0)
        _exit(127);
}

/* Those that a failed test has left; PR_SET_PDEATHSIG is lost where a process becomes another user.
 */
enum { SPAWNED_MAX = 256 };
static pid_t spawned[SPAWNED_MAX];
static size_t spawned_count;

static void end_spawned(void)
{
    for (size_t i = 0; i < spawned_count; i++) {
        if (spawned[i] > 0)
            kill(spawned[i], SIGKILL);
    }
}

static void remember(pid_t pid)
{
    size_t place = 0;
    if (spawned_count == 0)
        atexit(end_spawned);
    while (place < spawned_count && spawned[place] != 0)
        place++;
    if (place == SPAWNED_MAX)
        return;
    spawned[place] = pid;
    spawned_count += place == spawned_count;
}

static void forget(pid_t pid)
{
    for (size_t i = 0; i < spawned_count; i++)
        spawned[i] = spawned[i] == pid ? 0 : spawned[i];
}

pid_t process_spawn(const char *const *words, const char *log)
{
    pid_t pid = fork();
    if (pid == 0) {
        become_child(log);
        execvp(words[0], (char *const *)words);
        _exit(127);
    }
    assert_true(pid > 0);
    remember(pid);
    return pid;
}

/* False: it still runs. */
static bool ended(pid_t pid, int *code)
{
    int status;
    pid_t found = waitpid(pid, &status, WNOHANG);
    if (found == 0)
        return false;
    forget(pid);
    *code = found < 0             ? 127
            : WIFEXITED(status)   ? WEXITSTATUS(status)
            : WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                  : 127;
    return true;
}

int process_wait(pid_t pid)
{
    int code = 0;
    for (int64_t until = clock_ms() + END_MS; clock_ms() < until; pause_ms(LOOK_MS)) {
        if (ended(pid, &code))
            return code;
    }
    kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    forget(pid);
    test_fail("process %d did not end in time", (int)pid);
    return 127;
}

static void fail_with_log(const char *what, const char *log)
{
    char *text = file_text(log);
    size_t size = strlen(text);
    print_error("%s; it said:\n%s\n", what, size > 4000 ? text + size - 4000 : text);
    free(text);
    test_fail("%s", what);
}

/* The ready file of a child that must still run. */
static char *ready_text(pid_t pid, const char *path, const char *log)
{
    int code = 0;
    for (int64_t until = clock_ms() + READY_MS; clock_ms() < until; pause_ms(LOOK_MS)) {
        if (access(path, R_OK) == 0) {
            char *text = file_text(path);
            if (text[0] != '\0' && text[strlen(text) - 1] == '\n')
                return text;
            free(text);
        }
        if (ended(pid, &code))
            fail_with_log("it ended before it was ready", log);
    }
    fail_with_log("it was not ready in time", log);
    return NULL;
}

static uint16_t port_of(const char *url)
{
    const char *colon = strrchr(url, ':');
    return colon != NULL ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
}

static const char *program(const char *variable)
{
    const char *path = getenv(variable);
    if (path == NULL)
        test_fail("%s is not set: where is the program?", variable);
    return path;
}

static void add_words(const char **words, size_t *count, const char *const *more)
{
    for (; more != NULL && *more != NULL; more++) {
        assert_true(*count + 1 < WORDS_MAX);
        words[(*count)++] = *more;
    }
}

/* ---- The vendor -------------------------------------------------------------------------------
 */

vendor_process vendor_start(const char *const *options)
{
    vendor_process vendor = { .pid = 0 };
    const char *ready = scratch_path("vendor.ready");
    const char *words[WORDS_MAX] = { NULL };
    size_t count = 0;
    snprintf(vendor.root, sizeof(vendor.root), "%s", scratch_path("root.pem"));
    snprintf(vendor.amd_root, sizeof(vendor.amd_root), "%s", scratch_path("amd-root.pem"));
    snprintf(vendor.log, sizeof(vendor.log), "%s", scratch_path("vendor.log"));
    add_words(words, &count,
              (const char *const[]) { program("ASSAY_SIM"), "pcs", "--listen", "127.0.0.1:0",
                                      "--control", "--root-out", vendor.root, "--amd-root-out",
                                      vendor.amd_root, "--ready-file", ready, NULL });
    add_words(words, &count, options);
    vendor.pid = process_spawn(words, vendor.log);
    char *url = ready_text(vendor.pid, ready, vendor.log);
    snprintf(vendor.url, sizeof(vendor.url), "%.*s", (int)strcspn(url, "\n"), url);
    while (vendor.url[0] != '\0' && vendor.url[strlen(vendor.url) - 1] == '/')
        vendor.url[strlen(vendor.url) - 1] = '\0';
    free(url);
    vendor.port = port_of(vendor.url);
    return vendor;
}

void vendor_stop(vendor_process *vendor)
{
    if (vendor->pid > 0) {
        kill(vendor->pid, SIGTERM);
        (void)process_wait(vendor->pid);
    }
    vendor->pid = 0;
}

/* ---- assayd -----------------------------------------------------------------------------------
 */

static void write_upstream(FILE *file, const vendor_process *vendor)
{
    fprintf(file, "[upstream]\n");
    if (vendor != NULL)
        fprintf(file,
                "pcs_url = pcs %s/sgx/certification/v4/\nkds_url = %s/\nsgx_root_file = %s\n"
                "amd_root_file = %s\n",
                vendor->url, vendor->url, vendor->root, vendor->amd_root);
    else /* nobody listens on port 1 */
        fprintf(file, "pcs_url = pcs http://127.0.0.1:1/sgx/certification/v4/\n"
                      "kds_url = http://127.0.0.1:1/\n");
}

static void write_config(const assayd_order *order, const assayd_process *assayd)
{
    FILE *file = fopen(assayd->config, "w");
    assert_non_null(file);
    fprintf(file, "[server]\nlisten = %s\nadmin = %s\n",
            order->listen != NULL ? order->listen : "127.0.0.1:0",
            order->admin != NULL ? order->admin : "127.0.0.1:0");
    fprintf(file, "[store]\nstate_directory = %s\n", assayd->state);
    write_upstream(file, order->vendor);
    if (order->config != NULL)
        fprintf(file, "%s\n", order->config);
    assert_int_equal(fclose(file), 0);
}

static const char *ready_path(const assayd_process *assayd)
{
    static char path[PROCESS_PATH_SIZE + 8];
    snprintf(path, sizeof(path), "%s.ready", assayd->config);
    return path;
}

assayd_process assayd_spawn(const assayd_order *order)
{
    assayd_process assayd = { .pid = 0 };
    const char *words[WORDS_MAX] = { NULL };
    size_t count = 0;
    snprintf(assayd.config, sizeof(assayd.config), "%s", scratch_path("assayd.conf"));
    snprintf(assayd.log, sizeof(assayd.log), "%s", scratch_path("assayd.log"));
    snprintf(assayd.state, sizeof(assayd.state), "%s",
             order->state != NULL ? order->state : scratch_path("state"));
    write_config(order, &assayd);
    add_words(words, &count,
              (const char *const[]) { program("ASSAYD"), "--config", assayd.config, "--sandbox",
                                      sandbox, "--ready-file", ready_path(&assayd), NULL });
    if (geteuid() == 0)
        add_words(words, &count, (const char *const[]) { "--allow-root", NULL });
    add_words(words, &count, order->options);
    assayd.pid = process_spawn(words, assayd.log);
    return assayd;
}

static void take_url(const char *text, const char *name, char url[PROCESS_URL_SIZE])
{
    const char *line = strstr(text, name);
    if (line == NULL)
        test_fail("the ready file has no %s: %s", name, text);
    line += strlen(name);
    snprintf(url, PROCESS_URL_SIZE, "%.*s", (int)strcspn(line, "\n"), line);
}

void assayd_wait_ready(assayd_process *assayd)
{
    char *text = ready_text(assayd->pid, ready_path(assayd), assayd->log);
    take_url(text, "main ", assayd->url);
    take_url(text, "admin ", assayd->admin_url);
    free(text);
    assayd->port = port_of(assayd->url);
    assayd->admin_port = port_of(assayd->admin_url);
}

assayd_process assayd_start(const assayd_order *order)
{
    assayd_process assayd = assayd_spawn(order);
    assayd_wait_ready(&assayd);
    return assayd;
}

int assayd_exit_code(assayd_process *assayd)
{
    int code = process_wait(assayd->pid);
    assayd->pid = 0;
    return code;
}

void assayd_stop(assayd_process *assayd)
{
    kill(assayd->pid, SIGTERM);
    if (assayd_exit_code(assayd) != 0)
        fail_with_log("assayd did not end in order", assayd->log);
}

void assayd_kill(assayd_process *assayd)
{
    kill(assayd->pid, SIGKILL);
    (void)assayd_exit_code(assayd);
}

char *assayd_log(const assayd_process *assayd)
{
    return file_text(assayd->log);
}

bool assayd_log_wait(const assayd_process *assayd, const char *text)
{
    for (int64_t until = clock_ms() + LOG_MS; clock_ms() < until; pause_ms(LOOK_MS)) {
        char *log = assayd_log(assayd);
        bool found = strstr(log, text) != NULL;
        free(log);
        if (found)
            return true;
    }
    return false;
}
