/* assayd_process.h: the simulated vendor and assayd as processes of their own, on ports that the
 * system chooses, in scratch folders that go away with the test. */
#ifndef TESTS_ASSAYD_PROCESS_H
#define TESTS_ASSAYD_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "run_command.h"

enum { PROCESS_URL_SIZE = 160, PROCESS_PATH_SIZE = 256 };

/* ---- The vendor: assay-sim pcs ----------------------------------------------------------------
 */

typedef struct vendor_process {
    pid_t pid;
    char url[PROCESS_URL_SIZE];   /* "http://127.0.0.1:40123" */
    char root[PROCESS_PATH_SIZE]; /* PEM of its SGX root */
    char amd_root[PROCESS_PATH_SIZE];
    char log[PROCESS_PATH_SIZE]; /* what it said */
    uint16_t port;
} vendor_process;

/* With further options of `assay-sim pcs` (NULL ends them; may be NULL): "--fault", "latency=200".
 * /control/ is served. Ends the test when it doesn't serve in time. */
vendor_process vendor_start(const char *const *options);
void vendor_stop(vendor_process *vendor);

/* ---- assayd -----------------------------------------------------------------------------------
 */

typedef struct assayd_order {
    const vendor_process *vendor; /* whose URL and roots go into [upstream]; NULL: nobody answers */
    const char *config; /* more of assayd.conf; NULL. Sections may stand again, keys may not: the
                           harness writes listen, admin, state_directory, pcs_url, kds_url,
                           sgx_root_file and amd_root_file */
    const char *listen, *admin; /* NULL: 127.0.0.1:0 */
    const char *state;          /* state directory of an earlier process; NULL: a new one */
    const char *const *options; /* further words of the command line; NULL */
} assayd_order;

typedef struct assayd_process {
    pid_t pid;
    char url[PROCESS_URL_SIZE], admin_url[PROCESS_URL_SIZE];
    uint16_t port, admin_port; /* 0 for unix sockets */
    char config[PROCESS_PATH_SIZE], state[PROCESS_PATH_SIZE], log[PROCESS_PATH_SIZE];
} assayd_process;

/* Waits until it answers; ends the test, with what assayd said, when it doesn't. Runs as root where
 * the test does, and without the filter of system calls under sanitizers. */
assayd_process assayd_start(const assayd_order *order);

/* Returns as soon as the process runs; 0 in `port` until assayd_wait_ready(). */
assayd_process assayd_spawn(const assayd_order *order);
void assayd_wait_ready(assayd_process *assayd);

/* SIGTERM; ends the test unless it ends with 0 in time. */
void assayd_stop(assayd_process *assayd);
void assayd_kill(assayd_process *assayd);     /* SIGKILL, for tests of what survives */
int assayd_exit_code(assayd_process *assayd); /* waits for the end; 128 + signal */

/* What it has logged so far; free(). */
char *assayd_log(const assayd_process *assayd);
/* Waits until the log holds `text`; false when it doesn't in 20 seconds. */
bool assayd_log_wait(const assayd_process *assayd, const char *text);

/* ---- Small parts ------------------------------------------------------------------------------
 */

/* A path in the scratch folder that nothing else has; static storage of the last 16. */
const char *scratch_path(const char *name);

/* Starts `words` with standard output and error in the file `log`; ended by the kernel when the
 * test dies. */
pid_t process_spawn(const char *const *words, const char *log);
/* The exit code (128 + signal); ends the test when it lasts more than 30 seconds. */
int process_wait(pid_t pid);

void pause_ms(unsigned milliseconds); /* between two looks */
int64_t clock_ms(void);               /* monotonic */

#endif
