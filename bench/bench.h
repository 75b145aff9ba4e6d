/* bench.h: measures an operation against OpenSSL's P-256 verification with a prepared context.
 *
 * Both are timed alternately in one run, so that the machine's speed and its neighbours cancel out:
 * the figure is the median of the ratios of many such pairs. Rows go to standard output as
 *     NAME <tab> VALUE <tab> UNIT <tab> <= or >= <tab> LIMIT
 * and tools/bench makes the table and bench.json of them. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stddef.h>

enum { BENCH_THREADS = 2 };

/* What is timed. `run` does one operation; `index` counts from 0 inside a batch, over all threads.
 * `prepare` (may be NULL) runs before each batch, untimed. */
typedef struct bench_operation {
    void (*run)(void *context, size_t index, unsigned thread);
    void (*prepare)(void *context);
    void *context;
    size_t batch; /* operations of one thread in one timed batch: about a millisecond */
} bench_operation;

typedef enum bench_bound { BENCH_AT_MOST, BENCH_AT_LEAST } bench_bound;

/* First of all: remembers which cores the process may use. */
void bench_start(void);

void bench_row(const char *name, double value, const char *unit, bench_bound bound, double limit);

/* Our time for one operation in units of one P-256 verification: median over pairs, on one core. */
double bench_ratio(const bench_operation *ours);

/* The same in units of one operation of another yardstick. */
double bench_ratio_to(const bench_operation *ours, const bench_operation *yardstick);

/* What two threads bring over one, divided by what they bring to plain P-256 verification: median
 * over rounds, each thread on a core of its own. */
double bench_scaling(const bench_operation *ours);

/* Ends the process with a message; for what can't go wrong in a measurement. */
_Noreturn void bench_die(const char *what);

#endif
