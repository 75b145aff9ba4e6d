/* jobs.c: two pools of workers with bounded queues, and threads that do something every so often.
 * collateral-service.md 7.3. */
#define _GNU_SOURCE /* pthread_setname_np() */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/memory.h"
#include "serve/flight.h"
#include "serve/jobs.h"

enum { WORKER_MAX = 256, REGULAR_MAX = 16, THREAD_NAME_SIZE = 16 };

typedef struct job {
    job_run run;
    void *context;
} job;

typedef struct pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    job *queue; /* a ring */
    size_t capacity, first, count;
    pthread_t workers[WORKER_MAX];
    unsigned worker_count;
    uint64_t run, refused;
    bool stopping;
} pool;

typedef struct regular {
    struct jobs *of;
    pthread_t thread;
    unsigned milliseconds;
    job what;
} regular;

struct jobs {
    pool pools[POOL_COUNT];
    flights *flights;
    atomic_bool stopping;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t stopped;
    regular regulars[REGULAR_MAX];
    size_t regular_count;
    bool joined;
};

/* ---- Workers ---- */

static bool next_job(pool *p, job *out)
{
    pthread_mutex_lock(&p->lock);
    while (p->count == 0 && !p->stopping)
        pthread_cond_wait(&p->wake, &p->lock);
    const bool there = p->count > 0;
    if (there) {
        *out = p->queue[p->first];
        p->first = (p->first + 1) % p->capacity;
        p->count--;
        p->run++;
    }
    pthread_mutex_unlock(&p->lock);
    return there;
}

static void *work(void *context)
{
    pool *p = context;
    job next;
    while (next_job(p, &next))
        next.run(next.context);
    return NULL;
}

static assay_status pool_start(pool *p, const char *name, unsigned workers, size_t capacity,
                               assay_error *err)
{
    p->capacity = capacity > 0 ? capacity : 1;
    p->queue = memory_new(p->capacity * sizeof(*p->queue));
    if (p->queue == NULL)
        return fail(err, ASSAY_NO_MEMORY, "jobs", ASSAY_NO_OFFSET, "no memory for a queue");
    if (workers > WORKER_MAX)
        return fail(err, ASSAY_USAGE, "jobs", ASSAY_NO_OFFSET, "%u workers, want at most %d",
                    workers, WORKER_MAX);
    for (unsigned i = 0; i < (workers > 0 ? workers : 1); i++) {
        if (pthread_create(&p->workers[i], NULL, work, p) != 0)
            return fail(err, ASSAY_ENVIRONMENT, "jobs", ASSAY_NO_OFFSET,
                        "the system gives no thread for a worker");
        pthread_setname_np(p->workers[i], name);
        p->worker_count++;
    }
    return ASSAY_OK;
}

static void pool_stop(pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->worker_count; i++)
        pthread_join(p->workers[i], NULL);
    p->worker_count = 0;
}

static void pool_free(pool *p)
{
    memory_free(p->queue);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
}

/* ---- The whole ---- */

static void condition_init(pthread_cond_t *out)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(out, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static assay_status jobs_start(jobs *j, const job_settings *settings, assay_error *err)
{
    static const char *const names[POOL_COUNT] = {
        [POOL_STORE] = "assayd-store", [POOL_UPSTREAM] = "assayd-vendor"
    };
    j->flights = flights_new();
    if (j->flights == NULL)
        return fail(err, ASSAY_NO_MEMORY, "jobs", ASSAY_NO_OFFSET, "no memory");
    for (size_t i = 0; i < POOL_COUNT; i++)
        TRY(pool_start(&j->pools[i], names[i], settings->workers[i], settings->queue_max[i], err));
    return ASSAY_OK;
}

assay_status jobs_new(const job_settings *settings, jobs **out, assay_error *err)
{
    jobs *j = memory_new(sizeof(*j));
    if (j == NULL)
        return fail(err, ASSAY_NO_MEMORY, "jobs", ASSAY_NO_OFFSET, "no memory");
    pthread_mutex_init(&j->lock, NULL);
    condition_init(&j->stopped);
    for (size_t i = 0; i < POOL_COUNT; i++) {
        pthread_mutex_init(&j->pools[i].lock, NULL);
        pthread_cond_init(&j->pools[i].wake, NULL);
    }
    const assay_status status = jobs_start(j, settings, err);
    if (status != ASSAY_OK) {
        jobs_free(j);
        return status;
    }
    *out = j;
    return ASSAY_OK;
}

void jobs_stop(jobs *j)
{
    pthread_mutex_lock(&j->lock);
    const bool first = !j->joined;
    j->joined = true;
    atomic_store(&j->stopping, true);
    pthread_cond_broadcast(&j->stopped);
    pthread_mutex_unlock(&j->lock);
    if (!first)
        return;
    for (size_t i = 0; i < j->regular_count; i++)
        pthread_join(j->regulars[i].thread, NULL);
    for (size_t i = 0; i < POOL_COUNT; i++)
        pool_stop(&j->pools[i]);
}

bool jobs_stopping(const jobs *j)
{
    return atomic_load(&j->stopping);
}

void jobs_free(jobs *j)
{
    if (j == NULL)
        return;
    jobs_stop(j);
    for (size_t i = 0; i < POOL_COUNT; i++)
        pool_free(&j->pools[i]);
    flights_free(j->flights);
    pthread_cond_destroy(&j->stopped);
    pthread_mutex_destroy(&j->lock);
    memory_free(j);
}

job_submitted jobs_submit(jobs *j, job_pool which, job_run run, void *context)
{
    pool *p = &j->pools[which];
    pthread_mutex_lock(&p->lock);
    const bool room = p->count < p->capacity && !p->stopping;
    if (room) {
        p->queue[(p->first + p->count) % p->capacity] = (job) { run, context };
        p->count++;
        pthread_cond_signal(&p->wake);
    } else {
        p->refused++;
    }
    pthread_mutex_unlock(&p->lock);
    return room ? JOB_QUEUED : JOB_FULL;
}

/* ---- Flights ---- */

flight_role flight_join(jobs *j, const char *key, flight_waiter *waiter)
{
    return flights_join(j->flights, key, waiter);
}

flight_waiter *flight_land(jobs *j, const char *key)
{
    return flights_land(j->flights, key);
}

/* ---- Every so often ---- */

static struct timespec after(unsigned milliseconds)
{
    struct timespec when;
    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += milliseconds / 1000;
    when.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000;
    }
    return when;
}

/* False when everything stops. */
static bool rest(jobs *j, unsigned milliseconds)
{
    const struct timespec until = after(milliseconds);
    pthread_mutex_lock(&j->lock);
    while (!j->stopping && pthread_cond_timedwait(&j->stopped, &j->lock, &until) == 0)
        ;
    const bool go_on = !j->stopping;
    pthread_mutex_unlock(&j->lock);
    return go_on;
}

static void *run_regularly(void *context)
{
    const regular *r = context;
    while (rest(r->of, r->milliseconds))
        r->what.run(r->what.context);
    return NULL;
}

assay_status jobs_every(jobs *j, const char *name, unsigned milliseconds, job_run run,
                        void *context, assay_error *err)
{
    char short_name[THREAD_NAME_SIZE] = "";
    strncat(short_name, name, sizeof(short_name) - 1);
    pthread_mutex_lock(&j->lock);
    regular *r = j->regular_count < REGULAR_MAX ? &j->regulars[j->regular_count] : NULL;
    if (r != NULL)
        *r = (regular) { .of = j, .milliseconds = milliseconds, .what = { run, context } };
    const bool started =
        r != NULL && !j->joined && pthread_create(&r->thread, NULL, run_regularly, r) == 0;
    if (started) {
        pthread_setname_np(r->thread, short_name);
        j->regular_count++;
    }
    pthread_mutex_unlock(&j->lock);
    if (started)
        return ASSAY_OK;
    return fail(err, ASSAY_ENVIRONMENT, name, ASSAY_NO_OFFSET,
                "the system gives no thread for this");
}

void jobs_statistics_get(jobs *j, jobs_statistics *out)
{
    *out = (jobs_statistics) { .coalesced = flights_coalesced(j->flights) };
    for (size_t i = 0; i < POOL_COUNT; i++) {
        pool *p = &j->pools[i];
        pthread_mutex_lock(&p->lock);
        out->run += p->run;
        out->refused += p->refused;
        out->queued[i] = p->count;
        pthread_mutex_unlock(&p->lock);
    }
}
