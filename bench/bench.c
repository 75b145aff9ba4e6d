/* bench.c: pairs, rounds, medians. */
#include "bench.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "reference.h"

enum { PAIRS = 301, ROUNDS = 101, WARM_UP = 10, REFERENCE_BATCH = 12 };

_Noreturn void bench_die(const char *what)
{
    fprintf(stderr, "bench: %s failed\n", what);
    exit(4);
}

void bench_row(const char *name, double value, const char *unit, bench_bound bound, double limit)
{
    printf("%s\t%.4g\t%s\t%s\t%.6g\n", name, value, unit,
           bound == BENCH_AT_MOST ? "<=" : ">=", limit);
    fflush(stdout);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), ascending);
    return values[count / 2];
}

static cpu_set_t allowed; /* the cores that this process was given */

void bench_start(void)
{
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
        bench_die("sched_getaffinity");
}

/* Puts the calling thread on the nth core of the process. */
static void pin(unsigned nth)
{
    unsigned wanted = nth % (unsigned)CPU_COUNT(&allowed);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed) || wanted-- > 0)
            continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (pthread_setaffinity_np(pthread_self(), sizeof(one), &one) != 0)
            bench_die("pthread_setaffinity_np");
        return;
    }
}

/* ---- The yardstick as an operation ---------------------------------------------------------- */

static void run_reference(void *context, size_t index, unsigned thread)
{
    (void)index;
    reference **of_thread = context;
    reference_verify(of_thread[thread]);
}

static bench_operation reference_operation(reference *of_thread[BENCH_THREADS])
{
    for (unsigned i = 0; i < BENCH_THREADS; i++)
        of_thread[i] = reference_new();
    return (bench_operation) { run_reference, NULL, of_thread, REFERENCE_BATCH };
}

static void reference_done(reference *of_thread[BENCH_THREADS])
{
    for (unsigned i = 0; i < BENCH_THREADS; i++)
        reference_free(of_thread[i]);
}

/* ---- One core ------------------------------------------------------------------------------- */

/* Seconds for one operation. */
static double time_batch(const bench_operation *o)
{
    if (o->prepare != NULL)
        o->prepare(o->context);
    double begin = now();
    for (size_t i = 0; i < o->batch; i++)
        o->run(o->context, i, 0);
    return (now() - begin) / (double)o->batch;
}

double bench_ratio_to(const bench_operation *ours, const bench_operation *yardstick)
{
    static double ratios[PAIRS];
    pin(0);
    for (int i = -WARM_UP; i < PAIRS; i++) {
        /* Each goes first in every other pair. */
        double first = time_batch(i % 2 == 0 ? ours : yardstick);
        double second = time_batch(i % 2 == 0 ? yardstick : ours);
        double ratio = i % 2 == 0 ? first / second : second / first;
        if (i >= 0)
            ratios[i] = ratio;
    }
    return median(ratios, PAIRS);
}

double bench_ratio(const bench_operation *ours)
{
    reference *of_thread[BENCH_THREADS];
    bench_operation plain = reference_operation(of_thread);
    double ratio = bench_ratio_to(ours, &plain);
    reference_done(of_thread);
    return ratio;
}

/* ---- Two cores ------------------------------------------------------------------------------ */

typedef struct worker {
    const bench_operation *operation;
    pthread_barrier_t *start;
    unsigned thread;
    double rate; /* operations per second */
} worker;

static void *work(void *argument)
{
    worker *w = argument;
    const bench_operation *o = w->operation;
    pin(w->thread);
    pthread_barrier_wait(w->start);
    double begin = now();
    for (size_t i = 0; i < o->batch; i++)
        o->run(o->context, w->thread * o->batch + i, w->thread);
    w->rate = (double)o->batch / (now() - begin);
    return NULL;
}

/* Operations per second of `threads` threads together, each doing one batch. */
static double throughput(const bench_operation *o, unsigned threads)
{
    pthread_t handles[BENCH_THREADS];
    worker workers[BENCH_THREADS];
    pthread_barrier_t start;
    if (o->prepare != NULL)
        o->prepare(o->context);
    if (pthread_barrier_init(&start, NULL, threads) != 0)
        bench_die("pthread_barrier_init");
    for (unsigned i = 0; i < threads; i++) {
        workers[i] = (worker) { o, &start, i, 0 };
        if (pthread_create(&handles[i], NULL, work, &workers[i]) != 0)
            bench_die("pthread_create");
    }
    double rate = 0;
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(handles[i], NULL);
        rate += workers[i].rate;
    }
    pthread_barrier_destroy(&start);
    return rate;
}

double bench_scaling(const bench_operation *ours)
{
    static double ratios[ROUNDS];
    reference *of_thread[BENCH_THREADS];
    bench_operation plain = reference_operation(of_thread);
    bench_operation mine = *ours;
    mine.batch *= 4; /* about four milliseconds: longer than the threads' starts differ */
    plain.batch *= 4;
    for (int i = -WARM_UP; i < ROUNDS; i++) {
        double ours_one = throughput(&mine, 1), plain_one = throughput(&plain, 1);
        double ours_two = throughput(&mine, 2), plain_two = throughput(&plain, 2);
        if (i >= 0)
            ratios[i] = (ours_two / ours_one) / (plain_two / plain_one);
    }
    reference_done(of_thread);
    return median(ratios, ROUNDS);
}
