/* store_postgres_test.c: what can befall a server: restarts under load, no server, one that hangs,
 * locks, a read-only one; and how soon another replica is told (src/store/postgres*.c). Needs
 * tests/with-postgres. */
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "contract/fixture.h"
#include "contract/samples.h"

static bool control(const char *what)
{
    return run_shell("%s %s", getenv("ASSAY_POSTGRES_CONTROL"), what);
}

static assay_status put_item(store *s, unsigned number, assay_error *err)
{
    char key[64];
    const store_item item = sample_item(number, key);
    return store_items_put(s, &item, 1, err);
}

static store *open_impatient(fixture *f)
{
    const store_settings settings = { .url = f->url, .connections = 8, .wait_seconds = 1 };
    store *s = NULL;
    assert_ok(f, store_open(&settings, FIXTURE_NOW, &s, &f->error));
    return s;
}

/* ---- A restart under load ---------------------------------------------------------------------
 */

enum { WORKERS = 4 };

typedef struct load {
    store *s;
    atomic_bool stop;
    atomic_uint strange;       /* failures by another name than store_unavailable */
    atomic_llong longest;      /* milliseconds of one call */
    atomic_llong last_failure; /* when */
    atomic_uint failures;
    atomic_uint done;
} load;

typedef struct worker {
    load *in;
    unsigned number;
    unsigned acknowledged;
} worker;

static void judge(load *in, assay_status status, const assay_error *error, int64_t start)
{
    const int64_t now = milliseconds_now();
    if (now - start > in->longest)
        in->longest = now - start;
    if (status == ASSAY_OK) {
        in->done++;
        return;
    }
    in->failures++;
    in->last_failure = now;
    if (strcmp(assay_error_name(error), "store_unavailable") != 0) {
        in->strange++;
        print_error("%s: %s\n", assay_error_name(error), error->detail);
    }
}

static void *work(void *context)
{
    worker *w = context;
    for (unsigned i = 1; !w->in->stop; i++) {
        arena memory = { 0 };
        assay_error error = { 0 };
        store_item item;
        char key[64];
        bool found;
        sample_item(w->number * 1000000, key);
        int64_t start = milliseconds_now();
        assay_status status = store_item_get(w->in->s, key, &memory, &item, &found, &error);
        judge(w->in, status, &error, start);
        start = milliseconds_now();
        status = put_item(w->in->s, w->number * 1000000 + i, &error);
        judge(w->in, status, &error, start);
        w->acknowledged = status == ASSAY_OK ? i : w->acknowledged;
        if (status != ASSAY_OK)
            i--; /* the same once more: puts may be repeated */
        arena_free(&memory);
        sleep_milliseconds(status == ASSAY_OK ? 0 : 5);
    }
    return NULL;
}

static void restart_under_load_is_survived(void **state)
{
    fixture *f = *state;
    load in = { .s = f->s };
    pthread_t threads[WORKERS];
    worker workers[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (worker) { &in, i, 0 };
        pthread_create(&threads[i], NULL, work, &workers[i]);
    }
    sleep_milliseconds(300);
    assert_true(control("restart"));
    const int64_t back = milliseconds_now();
    const unsigned before = in.done;
    while (in.done < before + 200 && milliseconds_now() - back < 20000)
        sleep_milliseconds(20);
    in.stop = true;
    for (unsigned i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    print_message(
        "# %u done, %u failed, the last %lld ms after the restart, longest call %lld ms\n", in.done,
        in.failures, (long long)in.last_failure - (long long)back, (long long)in.longest);
    assert_int_equal(in.strange, 0);
    assert_true(in.done >= before + 200);
    assert_true(in.last_failure - back < 4000);
    assert_true(in.longest < 10000);
    for (unsigned i = 0; i < WORKERS; i++) {
        for (unsigned j = 1; j <= workers[i].acknowledged; j++) {
            char key[64];
            store_item item;
            bool found = false;
            sample_item(i * 1000000 + j, key);
            assert_ok(f, store_item_get(f->s, key, &f->memory, &item, &found, &f->error));
            assert_true(found);
        }
    }
}

static void restart_is_not_seen_by_an_idle_store(void **state)
{
    fixture *f = *state;
    char key[64];
    store_item item;
    bool found = false, held = false;
    assert_ok(f, put_item(f->s, 1, &f->error));
    sample_item(1, key);
    assert_true(control("restart"));
    assert_ok(f, store_item_get(f->s, key, &f->memory, &item, &found, &f->error));
    assert_true(found);
    assert_true(control("restart"));
    assert_ok(f, put_item(f->s, 2, &f->error));
    assert_true(control("restart"));
    assert_ok(f, store_lease(f->s, "refresh", "a", 1, 1, &held, &f->error));
}

/* ---- No answer --------------------------------------------------------------------------------
 */

static void no_server_is_told_at_once(void **state)
{
    fixture *f = *state;
    store *s = open_impatient(f), *second = NULL;
    const store_settings settings = { .url = f->url, .wait_seconds = 1 };
    bool changed;
    assert_true(control("stop"));
    const int64_t start = milliseconds_now();
    for (unsigned i = 0; i < 50; i++)
        assert_failure(f, put_item(s, i, &f->error), "store_unavailable");
    assert_failure(f, store_ping(s, &f->error), "store_unavailable");
    assert_failure(f, store_wait(s, 0, 60000, &changed, &f->error), "store_unavailable");
    assert_failure(f, store_open(&settings, FIXTURE_NOW, &second, &f->error), "store_unavailable");
    assert_true(milliseconds_now() - start < 5000);
    assert_true(control("start"));
    const int64_t back = milliseconds_now();
    while (put_item(s, 1, &f->error) != ASSAY_OK && milliseconds_now() - back < 10000)
        sleep_milliseconds(20);
    assert_ok(f, store_ping(s, &f->error));
    store_close(s);
}

/* Stops or continues the server's processes for our connections. */
static void signal_backends(const fixture *f, int number)
{
    PGconn *connection = PQconnectdb(getenv("ASSAY_STORE_URL"));
    PGresult *rows = PQexec(connection, "SELECT pid FROM pg_stat_activity "
                                        "WHERE application_name = 'assayd'");
    (void)f;
    assert_true(PQntuples(rows) > 0);
    for (int i = 0; i < PQntuples(rows); i++)
        kill((pid_t)strtol(PQgetvalue(rows, i, 0), NULL, 10), number);
    PQclear(rows);
    PQfinish(connection);
}

static void server_that_hangs_is_given_up(void **state)
{
    fixture *f = *state;
    store *s = open_impatient(f);
    assert_ok(f, put_item(s, 1, &f->error));
    signal_backends(f, SIGSTOP);
    const int64_t start = milliseconds_now();
    const assay_status status = put_item(s, 2, &f->error); /* may get through on a new connection */
    const int64_t took = milliseconds_now() - start;
    signal_backends(f, SIGCONT);
    assert_true(took < 9000);
    if (status != ASSAY_OK)
        assert_string_equal(assay_error_name(&f->error), "store_unavailable");
    store_close(s);
}

static void lock_of_another_makes_it_busy(void **state)
{
    fixture *f = *state;
    store *s = open_impatient(f);
    PGconn *connection = PQconnectdb(f->url);
    uint64_t version;
    PQclear(PQexec(connection, "BEGIN"));
    PQclear(PQexec(connection, "SELECT * FROM totals FOR UPDATE"));
    const int64_t start = milliseconds_now();
    assert_failure(f, put_item(s, 1, &f->error), "store_busy");
    assert_true(milliseconds_now() - start < 5000);
    assert_ok(f, store_version(s, &version, &f->error)); /* readers do not wait */
    PQfinish(connection);
    assert_ok(f, put_item(s, 1, &f->error));
    store_close(s);
}

static void *list_all(void *context)
{
    store *s = context;
    arena memory = { 0 };
    store_item *list;
    size_t count;
    store_items_list(s, "", NULL, 10, STORE_HEADS, &memory, &list, &count, NULL);
    arena_free(&memory);
    return NULL;
}

/* Its one connection waits for a lock that is held until that wait ends. */
static void pool_that_is_used_up_makes_it_busy(void **state)
{
    fixture *f = *state;
    const store_settings settings = { .url = f->url, .connections = 1, .wait_seconds = 1 };
    store *s = NULL;
    pthread_t thread;
    PGconn *connection = PQconnectdb(f->url);
    assert_ok(f, store_open(&settings, FIXTURE_NOW, &s, &f->error));
    PQclear(PQexec(connection, "BEGIN"));
    PQclear(PQexec(connection, "LOCK TABLE items"));
    pthread_create(&thread, NULL, list_all, s);
    sleep_milliseconds(100);
    const int64_t start = milliseconds_now();
    assay_error error = { 0 };
    const assay_status status = store_ping(s, &error);
    PQfinish(connection);
    pthread_join(thread, NULL);
    assert_true(milliseconds_now() - start < 5000);
    assert_true(status == ASSAY_OK || strcmp(assay_error_name(&error), "store_busy") == 0);
    assert_ok(f, store_ping(s, &f->error));
    store_close(s);
}

static void read_only_server_is_named(void **state)
{
    fixture *f = *state;
    char url[600];
    store *s = NULL;
    store_item item;
    char key[64];
    bool found = false;
    assert_ok(f, put_item(f->s, 1, &f->error));
    sample_item(1, key);
    snprintf(url, sizeof(url), "%s%%20-cdefault_transaction_read_only%%3Don", f->url);
    const store_settings settings = { .url = url };
    assert_ok(f, store_open(&settings, FIXTURE_NOW, &s, &f->error));
    assert_ok(f, store_item_get(s, key, &f->memory, &item, &found, &f->error));
    assert_true(found);
    assert_failure(f, put_item(s, 2, &f->error), "store_read_only");
    store_close(s);
}

static void text_that_is_no_text_is_malformed(void **state)
{
    fixture *f = *state;
    const store_audit_entry entry = { .actor = "\xff\xfe", .action = "x" };
    assert_failure(f, store_audit_append(f->s, &entry, &f->error), "malformed");
    assert_ok(f, store_ping(f->s, &f->error));
}

/* ---- Notices ----------------------------------------------------------------------------------
 */

typedef struct waiter {
    store *s;
    uint64_t version;
    bool changed;
    int64_t ended;
} waiter;

static void *wait_long(void *context)
{
    waiter *w = context;
    store_wait(w->s, w->version, 60000, &w->changed, NULL);
    w->ended = milliseconds_now();
    return NULL;
}

static void notices_arrive_within_a_second(void **state)
{
    fixture *f = *state;
    store *other = open_impatient(f);
    int64_t longest = 0, sum = 0;
    enum { NOTICES = 10 };
    for (unsigned i = 0; i < NOTICES; i++) {
        pthread_t thread;
        waiter w = { .s = f->s };
        assert_ok(f, store_version(f->s, &w.version, &f->error));
        pthread_create(&thread, NULL, wait_long, &w);
        sleep_milliseconds(60);
        assert_ok(f, put_item(other, i, &f->error));
        const int64_t start = milliseconds_now();
        pthread_join(thread, NULL);
        assert_true(w.changed);
        const int64_t took = w.ended - start > 0 ? w.ended - start : 0;
        longest = took > longest ? took : longest;
        sum += took;
    }
    print_message("# notices: %lld ms on average, %lld ms at most\n", (long long)sum / NOTICES,
                  (long long)longest);
    assert_true(longest < 1000);
    store_close(other);
}

static void notices_go_on_after_a_restart(void **state)
{
    fixture *f = *state;
    store *other = open_impatient(f);
    bool changed;
    uint64_t version;
    assert_ok(f, store_version(f->s, &version, &f->error));
    assert_ok(f, store_wait(f->s, version, 300, &changed, &f->error));
    assert_false(changed);
    assert_true(control("restart"));
    for (unsigned i = 0; i < 3; i++) {
        pthread_t thread;
        waiter w = { .s = f->s };
        assert_ok(f, store_version(f->s, &w.version, &f->error));
        pthread_create(&thread, NULL, wait_long, &w);
        sleep_milliseconds(100);
        assert_ok(f, put_item(other, i, &f->error));
        const int64_t start = milliseconds_now();
        pthread_join(thread, NULL);
        assert_true(w.changed);
        assert_true(w.ended - start < 1000);
    }
    store_close(other);
}

/* Only one waiter listens; the others look again every quarter of a second. */
static void notices_reach_every_waiter(void **state)
{
    fixture *f = *state;
    pthread_t threads[3];
    waiter waiters[3];
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        waiters[i] = (waiter) { .s = f->s };
        pthread_create(&threads[i], NULL, wait_long, &waiters[i]);
    }
    sleep_milliseconds(100);
    assert_ok(f, put_item(f->s, 1, &f->error));
    const int64_t start = milliseconds_now();
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_true(waiters[i].changed);
        assert_true(waiters[i].ended - start < 1000);
    }
}

static void backup_is_left_to_postgres(void **state)
{
    fixture *f = *state;
    assert_int_equal(store_backup(f->s, "/tmp/copy", &f->error), ASSAY_UNSUPPORTED);
}

#define POSTGRES_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_new, fixture_free)

int main(void)
{
    if (!fixture_is_postgres()) {
        print_message("1..0 # SKIP ASSAY_STORE_URL names no PostgreSQL (tests/with-postgres)\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        POSTGRES_TEST(restart_under_load_is_survived),
        POSTGRES_TEST(restart_is_not_seen_by_an_idle_store),
        POSTGRES_TEST(no_server_is_told_at_once),
        POSTGRES_TEST(server_that_hangs_is_given_up),
        POSTGRES_TEST(lock_of_another_makes_it_busy),
        POSTGRES_TEST(pool_that_is_used_up_makes_it_busy),
        POSTGRES_TEST(read_only_server_is_named),
        POSTGRES_TEST(text_that_is_no_text_is_malformed),
        POSTGRES_TEST(notices_arrive_within_a_second),
        POSTGRES_TEST(notices_go_on_after_a_restart),
        POSTGRES_TEST(notices_reach_every_waiter),
        POSTGRES_TEST(backup_is_left_to_postgres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
