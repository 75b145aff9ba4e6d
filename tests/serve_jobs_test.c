/* Workers, bounded queues, and one run for equal requests. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "serve/jobs.h"
#include "support.h"

enum { WAIT_MS = 10000 };

static void rest(long milliseconds)
{
    nanosleep(&(struct timespec) { milliseconds / 1000, milliseconds % 1000 * 1000000 }, NULL);
}

static void wait_for(const char *what, atomic_int *counter, int wanted)
{
    for (int waited = 0; atomic_load(counter) < wanted; waited += 5) {
        if (waited > WAIT_MS)
            test_fail("%s: %d after %d ms, want %d", what, atomic_load(counter), WAIT_MS, wanted);
        rest(5);
    }
}

static jobs *jobs_with(unsigned workers, size_t queue)
{
    const job_settings settings = { .workers = { workers, workers },
                                    .queue_max = { queue, queue } };
    jobs *j = NULL;
    assert_int_equal(jobs_new(&settings, &j, NULL), ASSAY_OK);
    return j;
}

typedef struct gate {
    atomic_int entered, done;
    atomic_bool open;
} gate;

static void through_gate(void *context)
{
    gate *g = context;
    atomic_fetch_add(&g->entered, 1);
    while (!atomic_load(&g->open))
        rest(1);
    atomic_fetch_add(&g->done, 1);
}

static void runs_every_job(void **state)
{
    (void)state;
    gate g = { .open = true };
    jobs *j = jobs_with(3, 100);
    for (int i = 0; i < 100; i++)
        while (jobs_submit(j, (job_pool)(i % 2), through_gate, &g) == JOB_FULL)
            rest(1);
    wait_for("jobs", &g.done, 100);
    jobs_free(j);
}

static void refuses_at_once_when_the_queue_is_full(void **state)
{
    (void)state;
    gate g = { .open = false };
    jobs_statistics counts;
    jobs *j = jobs_with(1, 2);
    assert_int_equal(jobs_submit(j, POOL_STORE, through_gate, &g), JOB_QUEUED);
    wait_for("a worker", &g.entered, 1);
    assert_int_equal(jobs_submit(j, POOL_STORE, through_gate, &g), JOB_QUEUED);
    assert_int_equal(jobs_submit(j, POOL_STORE, through_gate, &g), JOB_QUEUED);
    assert_int_equal(jobs_submit(j, POOL_STORE, through_gate, &g), JOB_FULL);
    jobs_statistics_get(j, &counts);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.queued[POOL_STORE], 2);
    /* A vendor that is slow holds up nothing else. */
    gate other = { .open = true };
    assert_int_equal(jobs_submit(j, POOL_UPSTREAM, through_gate, &other), JOB_QUEUED);
    wait_for("the other pool", &other.done, 1);
    atomic_store(&g.open, true);
    wait_for("all", &g.done, 3);
    jobs_free(j);
}

static void runs_what_waits_when_it_stops(void **state)
{
    (void)state;
    gate g = { .open = false };
    jobs *j = jobs_with(1, 10);
    for (int i = 0; i < 5; i++)
        assert_int_equal(jobs_submit(j, POOL_STORE, through_gate, &g), JOB_QUEUED);
    assert_false(jobs_stopping(j));
    atomic_store(&g.open, true);
    jobs_stop(j);
    assert_true(jobs_stopping(j));
    assert_int_equal(atomic_load(&g.done), 5);
    assert_int_equal(jobs_submit(j, POOL_STORE, through_gate, &g), JOB_FULL);
    jobs_free(j);
}

static void the_first_leads_and_the_others_follow(void **state)
{
    (void)state;
    int names[3] = { 0, 1, 2 };
    flight_waiter waiters[3] = { { .context = &names[0] },
                                 { .context = &names[1] },
                                 { .context = &names[2] } };
    flight_waiter other = { .context = NULL };
    jobs_statistics counts;
    jobs *j = jobs_with(1, 1);
    assert_int_equal(flight_join(j, "key", &waiters[0]), FLIGHT_LEADER);
    assert_int_equal(flight_join(j, "key", &waiters[1]), FLIGHT_FOLLOWER);
    assert_int_equal(flight_join(j, "other", &other), FLIGHT_LEADER);
    assert_int_equal(flight_join(j, "key", &waiters[2]), FLIGHT_FOLLOWER);
    flight_waiter *landed = flight_land(j, "key");
    for (int i = 0; i < 3; i++, landed = landed->next)
        assert_ptr_equal(landed->context, &names[i]);
    assert_null(landed);
    assert_null(flight_land(j, "key"));
    assert_int_equal(flight_join(j, "key", &waiters[0]), FLIGHT_LEADER);
    assert_ptr_equal(flight_land(j, "key"), &waiters[0]);
    assert_ptr_equal(flight_land(j, "other"), &other);
    jobs_statistics_get(j, &counts);
    assert_int_equal(counts.coalesced, 2);
    jobs_free(j);
}

static void count(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

static void does_something_every_so_often_until_it_stops(void **state)
{
    (void)state;
    atomic_int times = 0;
    jobs *j = jobs_with(1, 1);
    assert_int_equal(jobs_every(j, "test", 5, count, &times, NULL), ASSAY_OK);
    wait_for("times", &times, 3);
    jobs_stop(j);
    const int then = atomic_load(&times);
    rest(30);
    assert_int_equal(atomic_load(&times), then);
    assert_int_not_equal(jobs_every(j, "late", 5, count, &times, NULL), ASSAY_OK);
    jobs_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_every_job),
        cmocka_unit_test(refuses_at_once_when_the_queue_is_full),
        cmocka_unit_test(runs_what_waits_when_it_stops),
        cmocka_unit_test(the_first_leads_and_the_others_follow),
        cmocka_unit_test(does_something_every_so_often_until_it_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
