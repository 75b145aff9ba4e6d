/* jobs.h: workers, and one run for any number of equal requests. collateral-service.md 7.3.
 *
 * Two pools: those who ask the store, and those who may wait for a vendor, so that a slow vendor
 * never holds up what is known. Queues are bounded: a full one is refused at once. */
#ifndef ASSAY_SERVE_JOBS_H
#define ASSAY_SERVE_JOBS_H

#include "serve/service.h"

typedef enum job_pool { POOL_STORE, POOL_UPSTREAM, POOL_COUNT } job_pool;

typedef struct job_settings {
    unsigned workers[POOL_COUNT];
    size_t queue_max[POOL_COUNT];
} job_settings;

assay_status jobs_new(const job_settings *settings, jobs **out, assay_error *err);
/* From now on jobs_stopping() is true: jobs that wait are run all the same, and are brief. Ends
 * jobs_every() and waits for all of them. Later submissions are refused as JOB_FULL. */
void jobs_stop(jobs *j);
bool jobs_stopping(const jobs *j);
void jobs_free(jobs *j); /* stops first; NULL is fine */

/* Runs on a worker. */
typedef void (*job_run)(void *context);

typedef enum job_submitted { JOB_QUEUED, JOB_FULL } job_submitted;
job_submitted jobs_submit(jobs *j, job_pool pool, job_run run, void *context);

/* Requests that wait for one key: the first becomes the leader (its job runs), the others are
 * called with the leader's result. Waiters are intrusive, owned by the caller. */
typedef struct flight_waiter {
    struct flight_waiter *next;
    void *context;
} flight_waiter;
typedef enum flight_role { FLIGHT_LEADER, FLIGHT_FOLLOWER } flight_role;
flight_role flight_join(jobs *j, const char *key, flight_waiter *waiter);
/* Ends the flight and hands out every waiter, the leader's too, in order of arrival. NULL when
 * there was no memory to remember the flight: then the leader waits alone. */
flight_waiter *flight_land(jobs *j, const char *key);

/* Calls `run` about every `milliseconds`, on a thread of its own until jobs_free(). */
assay_status jobs_every(jobs *j, const char *name, unsigned milliseconds, job_run run,
                        void *context, assay_error *err);

typedef struct jobs_statistics {
    uint64_t run, coalesced, refused, queued[POOL_COUNT];
} jobs_statistics;
void jobs_statistics_get(jobs *j, jobs_statistics *out);

#endif
