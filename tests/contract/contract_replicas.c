/* contract_replicas.c: the contract of versions, changes, waiting and leases, and of upkeep
 * (src/store/replicas.c, store.c). */
#include <pthread.h>

#include "contract/contract.h"

static void put_item(fixture *f, store *s, unsigned number)
{
    char key[64];
    const store_item item = sample_item(number, key);
    assert_ok(f, store_items_put(s, &item, 1, &f->error));
}

static uint64_t version_of(fixture *f)
{
    uint64_t version;
    assert_ok(f, store_version(f->s, &version, &f->error));
    return version;
}

typedef struct changes {
    const char **what;
    size_t count;
    uint64_t newest;
} changes;

static changes changes_after(fixture *f, uint64_t version, size_t limit)
{
    changes c;
    assert_ok(f, store_changes(f->s, version, limit, &f->memory, &c.what, &c.count, &c.newest,
                               &f->error));
    return c;
}

static void changes_name_what_changed(void **state)
{
    static const uint8_t fmspc[6] = { 0x00, 0x80, 0x6f, 0x05, 0, 0 };
    static const char *const wanted[] = {
        "item:tcb/sgx/000000000001/standard", "platform:AB01_3412",
        "record:baseline/standard",           "fmspc:00806f050000",
        "item:tcb/sgx/000000000001/standard", "platform:AB01_3412"
    };
    fixture *f = *state;
    char key[64];
    sample_item(1, key);
    const store_platform platform = { .qe_id = { (const uint8_t *)"\xab\x01", 2 },
                                      .pce_id = 0x1234,
                                      .state = STORE_PLATFORM_QUEUED };
    const store_record record = { "baseline", "standard", SPAN_TEXT("{}"), 1, 0 };
    put_item(f, f->s, 1);
    assert_ok(f,
              store_platform_put(f->s, &platform, STORE_KEEP, NULL, 0, NULL, 0, NULL, &f->error));
    assert_ok(f, store_record_put(f->s, &record, 0, NULL, &f->error));
    assert_ok(f, store_selections_forget(f->s, fmspc, &f->error));
    assert_ok(f, store_item_delete(f->s, key, &f->error));
    assert_ok(f, store_platform_delete(f->s, platform.qe_id, platform.pce_id, NULL, &f->error));
    const changes c = changes_after(f, 0, 100);
    assert_int_equal(c.count, COUNT_OF(wanted));
    for (size_t i = 0; i < c.count; i++)
        assert_string_equal(c.what[i], wanted[i]);
    assert_int_equal(c.newest, version_of(f));
    assert_int_equal(changes_after(f, c.newest, 100).count, 0);
}

static void changes_come_by_pages(void **state)
{
    fixture *f = *state;
    uint64_t version = 0;
    size_t seen = 0;
    for (unsigned i = 0; i < 7; i++)
        put_item(f, f->s, i);
    for (;;) {
        const changes c = changes_after(f, version, 3);
        if (c.count == 0)
            break;
        seen += c.count;
        version = c.newest;
    }
    assert_int_equal(seen, 7);
    assert_int_equal(version, version_of(f));
}

static void changes_beyond_the_log_are_everything(void **state)
{
    fixture *f = *state;
    enum { MANY = 6000 };
    store_item *items = memory_new(MANY * sizeof(*items));
    char(*keys)[64] = memory_new(MANY * sizeof(*keys));
    for (unsigned i = 0; i < MANY; i++)
        items[i] = sample_item(i, keys[i]);
    put_item(f, f->s, 0);
    assert_ok(f, store_items_put(f->s, items, MANY, &f->error));
    changes c = changes_after(f, 1, 1000);
    assert_true(c.count > 1);
    assert_string_equal(c.what[c.count - 1], "*");
    assert_int_equal(c.newest, version_of(f));
    assert_ok(f, store_items_put(f->s, items, MANY, &f->error));
    c = changes_after(f, 0, 1000);
    assert_int_equal(c.count, 1);
    assert_string_equal(c.what[0], "*");
    assert_int_equal(c.newest, version_of(f));
    c = changes_after(f, version_of(f) + 5, 1000);
    assert_string_equal(c.what[0], "*"); /* this database is an older one than the caller knew */
    memory_free(items);
    memory_free(keys);
}

static void wait_ends_with_the_time(void **state)
{
    fixture *f = *state;
    bool changed = true;
    const int64_t start = milliseconds_now();
    assert_ok(f, store_wait(f->s, 0, 120, &changed, &f->error));
    assert_false(changed);
    assert_true(milliseconds_now() - start >= 120);
    put_item(f, f->s, 1);
    assert_ok(f, store_wait(f->s, 0, 60000, &changed, &f->error));
    assert_true(changed);
}

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

static void wait_sees_another_store_within_a_second(void **state)
{
    fixture *f = *state;
    store *other = fixture_open(f);
    for (unsigned i = 0; i < 5; i++) {
        pthread_t thread;
        waiter w = { .s = f->s, .version = version_of(f) };
        pthread_create(&thread, NULL, wait_long, &w);
        sleep_milliseconds(50);
        put_item(f, other, i);
        const int64_t start = milliseconds_now();
        pthread_join(thread, NULL);
        assert_true(w.changed);
        assert_true(w.ended - start < 1000);
    }
    store_close(other);
}

static void wake_ends_every_wait_for_good(void **state)
{
    fixture *f = *state;
    pthread_t threads[3];
    waiter waiters[3];
    bool changed;
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        waiters[i] = (waiter) { .s = f->s };
        pthread_create(&threads[i], NULL, wait_long, &waiters[i]);
    }
    sleep_milliseconds(50);
    const int64_t start = milliseconds_now();
    store_wake(f->s);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_false(waiters[i].changed);
    }
    assert_ok(f, store_wait(f->s, 0, 60000, &changed, &f->error));
    assert_true(milliseconds_now() - start < 5000);
}

static void lease_has_one_holder(void **state)
{
    static const struct {
        const char *what, *name, *holder;
        int64_t now;
        unsigned seconds;
        bool held;
    } rows[] = {
        { "taken", "refresh", "a", 1000, 30, true },
        { "held by another", "refresh", "b", 1010, 30, false },
        { "renewed", "refresh", "a", 1020, 30, true },
        { "held by another until the renewed end", "refresh", "b", 1049, 30, false },
        { "ended", "refresh", "b", 1050, 30, true },
        { "lost", "refresh", "a", 1051, 30, false },
        { "of another name", "keys", "a", 1051, 30, true },
        { "given up", "refresh", "b", 1052, 0, true },
        { "free at once", "refresh", "a", 1052, 30, true },
    };
    fixture *f = *state;
    store *other = fixture_open(f);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool held = !rows[i].held;
        assert_ok(f, store_lease(i % 2 == 0 ? f->s : other, rows[i].name, rows[i].holder,
                                 rows[i].now, rows[i].seconds, &held, &f->error));
        assert_row(rows[i].what, held, rows[i].held);
    }
    store_close(other);
}

static void store_keeps_what_it_has_when_opened_again(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    store_answer answer;
    bool found;
    sample_platform_make(1, &sample);
    put_item(f, f->s, 1);
    assert_ok(f, store_platforms_put(f->s, &sample.record, 1, NULL, &f->error));
    store_close(f->s);
    f->s = fixture_open(f);
    assert_int_equal(version_of(f), 2);
    assert_ok(f, store_selected(f->s, SPAN(sample.qe_id), 0, sample.selection.cpu_svn, 13,
                                &f->memory, &answer, &found, &f->error));
    assert_true(found);
}

static void store_checks_and_answers_a_ping(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    sample_platform_make(1, &sample);
    put_item(f, f->s, 1);
    assert_ok(f, store_platforms_put(f->s, &sample.record, 1, NULL, &f->error));
    assert_ok(f, store_check(f->s, &f->error));
    assert_ok(f, store_ping(f->s, &f->error));
    assert_string_equal(store_engine(f->s), fixture_is_postgres() ? "postgresql" : "sqlite");
}

static void store_refuses_addresses_it_does_not_know(void **state)
{
    static const char *const urls[] = { "", "mysql://localhost/x",
                                        "sqlite:", "sqlite::memory:", "/var/lib/assayd.db" };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        const store_settings settings = { .url = urls[i] };
        store *s = NULL;
        assert_row(urls[i], store_open(&settings, 0, &s, &f->error), ASSAY_USAGE);
    }
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(changes_name_what_changed),
    CONTRACT_TEST(changes_come_by_pages),
    CONTRACT_TEST(changes_beyond_the_log_are_everything),
    CONTRACT_TEST(wait_ends_with_the_time),
    CONTRACT_TEST(wait_sees_another_store_within_a_second),
    CONTRACT_TEST(wake_ends_every_wait_for_good),
    CONTRACT_TEST(lease_has_one_holder),
    CONTRACT_TEST(store_keeps_what_it_has_when_opened_again),
    CONTRACT_TEST(store_checks_and_answers_a_ping),
    CONTRACT_TEST(store_refuses_addresses_it_does_not_know),
};

const contract_part replica_contract = CONTRACT_PART(tests);
