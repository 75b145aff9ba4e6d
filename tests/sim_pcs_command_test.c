/* sim_pcs_command_test.c: the command line of `assay-sim pcs` (src/sim/pcs_command.c): exit codes,
 * and that it serves until it is told to end. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "narrow_client.h"
#include "sim/pcs_command.h"
#include "sim/world.h"

#define TARGET "/sgx/certification/v4/qe/identity"

static const struct {
    const char *what;
    const char *words[4];
    int code;
} rows[] = {
    { "help", { "--help" }, 0 },
    { "the faults", { "--list-faults" }, 0 },
    { "an unknown option", { "--lisen", "127.0.0.1:0" }, 2 },
    { "an operand", { "x" }, 2 },
    { "an unknown fault", { "--fault", "fire" }, 2 },
    { "a certificate without its key", { "--tls-cert", "cert.pem" }, 2 },
    { "a certificate that is not there", { "--tls-cert=/nowhere", "--tls-key=/nowhere" }, 4 },
    { "a recovery without a time", { "--recovery", "20" }, 2 },
    { "a recovery that is none", { "--recovery", "99=2026-06-01T00:00:00Z" }, 2 },
    { "an address that is none", { "--listen", "8100" }, 2 },
    { "a root that can't be written", { "--root-out", "/nowhere/root.pem" }, 4 },
    { "a ready file that can't be written", { "--ready-file", "/nowhere/ready" }, 4 },
};

/* Its words go elsewhere: standard output belongs to the test's own report. */
static int run_quietly(char **words, size_t count)
{
    fflush(stdout);
    int report = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(report >= 0 && nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0);
    int code = sim_pcs_command(words, count, SIM_DEFAULT_NOW);
    fflush(stdout);
    assert_true(dup2(report, STDOUT_FILENO) >= 0);
    close(report);
    close(nowhere);
    return code;
}

static void ends_with_its_exit_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *words[4];
        size_t count = 0;
        for (; count < 4 && rows[i].words[count] != NULL; count++)
            words[count] = strdup(rows[i].words[count]);
        assert_row(rows[i].what, run_quietly(words, count), rows[i].code);
        for (size_t j = 0; j < count; j++)
            free(words[j]);
    }
}

/* The first line that the child writes. */
static void read_line(int fd, char *out, size_t capacity)
{
    size_t size = 0;
    int64_t deadline = now_ms() + DEADLINE_MS;
    do {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        if (poll(&wait, 1, (int)(deadline - now_ms())) <= 0 || size + 1 == capacity ||
            read(fd, out + size, 1) != 1)
            test_fail("the command said nothing");
    } while (out[size++] != '\n');
    out[size - 1] = '\0';
}

static void serves_until_it_is_told_to_end(void **state)
{
    (void)state;
    static const int ends[] = { SIGTERM, SIGINT };
    char folder[] = "/tmp/assay-sim-pcs-XXXXXX", root[64], ready[64], line[128];
    assert_non_null(mkdtemp(folder));
    snprintf(root, sizeof(root), "%s/root.pem", folder);
    snprintf(ready, sizeof(ready), "%s/ready", folder);
    char *words[] = { "--root-out", root, "--ready-file", ready, "--fault", "status=500,times=1" };
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        int out[2], code = -1;
        assert_int_equal(pipe(out), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            dup2(out[1], STDOUT_FILENO);
            _exit(sim_pcs_command(words, COUNT_OF(words), SIM_DEFAULT_NOW));
        }
        close(out[1]);
        read_line(out[0], line, sizeof(line));
        assert_memory_equal(line, "assay-sim pcs: listening on http://127.0.0.1:", 45);
        answer bad = exchange(line, "GET", TARGET, ""), good = exchange(line, "GET", TARGET, "");
        assert_int_equal(status_of(&bad), 500);
        assert_int_equal(status_of(&good), 200);
        free(bad.text);
        free(good.text);
        assert_int_equal(kill(child, ends[i]), 0);
        assert_int_equal(waitpid(child, &code, 0), child);
        assert_true(WIFEXITED(code));
        assert_int_equal(WEXITSTATUS(code), 0);
        close(out[0]);
        assert_int_equal(unlink(root), 0);
        assert_int_equal(unlink(ready), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_with_its_exit_code),
        cmocka_unit_test(serves_until_it_is_told_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
