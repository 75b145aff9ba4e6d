/* contract_concurrency.c: writers and readers at once: nobody sees half a transaction, nothing gets
 * lost, and versions come in the order of commits. */
#include <pthread.h>
#include <stdatomic.h>

#include "contract/contract.h"

enum { WRITERS = 3, READERS = 3, ROUNDS = 60, SET_SIZE = 5 };

typedef struct crowd {
    store *stores[2];
    atomic_uint finished;
    atomic_uint failures;
    unsigned next;
} crowd;

typedef struct member {
    crowd *in;
    store *s;
    unsigned number;
} member;

/* Every item of the set carries the same number in each transaction. */
static void *write_sets(void *context)
{
    member *m = context;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char keys[SET_SIZE][64];
        store_item items[SET_SIZE];
        for (unsigned i = 0; i < SET_SIZE; i++) {
            items[i] = sample_item(i, keys[i]);
            items[i].evaluation_number = m->number * ROUNDS + round + 1;
        }
        if (store_items_put(m->s, items, SET_SIZE, NULL) != ASSAY_OK)
            m->in->failures++;
    }
    m->in->finished++;
    return NULL;
}

static bool set_is_whole(store *s, arena *memory)
{
    static const char *const keys[SET_SIZE] = { "tcb/sgx/000000000000/standard",
                                                "tcb/sgx/000000000001/standard",
                                                "tcb/sgx/000000000002/standard",
                                                "tcb/sgx/000000000003/standard",
                                                "tcb/sgx/000000000004/standard" };
    store_item items[SET_SIZE];
    bool found[SET_SIZE];
    if (store_items_get(s, keys, SET_SIZE, memory, items, found, NULL) != ASSAY_OK)
        return false;
    for (unsigned i = 1; i < SET_SIZE; i++) {
        if (found[i] != found[0])
            return false;
        if (found[0] && items[i].evaluation_number != items[0].evaluation_number)
            return false;
    }
    return true;
}

static void *read_sets(void *context)
{
    member *m = context;
    while (m->in->finished < WRITERS) {
        arena memory = { 0 };
        if (!set_is_whole(m->s, &memory))
            m->in->failures++;
        arena_free(&memory);
    }
    return NULL;
}

/* What was logged has no gap and no repetition: a reader that follows misses nothing. */
static void *follow_changes(void *context)
{
    member *m = context;
    uint64_t version = 0;
    while (version < WRITERS * ROUNDS * SET_SIZE && m->in->failures == 0) {
        arena memory = { 0 };
        const char **what;
        size_t count = 0;
        uint64_t newest = version;
        bool changed;
        if (store_wait(m->s, version, 1000, &changed, NULL) != ASSAY_OK ||
            store_changes(m->s, version, 100, &memory, &what, &count, &newest, NULL) != ASSAY_OK)
            m->in->failures++;
        else if (newest != version + count)
            m->in->failures++;
        version = newest;
        arena_free(&memory);
    }
    return NULL;
}

static void writers_and_readers_get_along(void **state)
{
    fixture *f = *state;
    crowd in = { .stores = { f->s, fixture_open(f) } };
    pthread_t threads[WRITERS + READERS + 1];
    member members[WRITERS + READERS + 1];
    for (unsigned i = 0; i < COUNT_OF(threads); i++) {
        members[i] = (member) { &in, in.stores[i % 2], i };
        pthread_create(&threads[i], NULL,
                       i < WRITERS             ? write_sets
                       : i < WRITERS + READERS ? read_sets
                                               : follow_changes,
                       &members[i]);
    }
    for (unsigned i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    store_close(in.stores[1]);
    assert_int_equal(in.failures, 0);
    uint64_t version;
    assert_ok(f, store_version(f->s, &version, &f->error));
    assert_int_equal(version, WRITERS * ROUNDS * SET_SIZE);
    assert_ok(f, store_check(f->s, &f->error));
}

/* Many try to change one record at the version they saw: each version is changed by one of them. */
static void *count_up(void *context)
{
    member *m = context;
    for (unsigned done = 0; done < 20 && m->in->failures == 0;) {
        arena memory = { 0 };
        char text[16];
        store_record record = { 0 };
        bool found = false;
        assay_status status =
            store_record_get(m->s, "setting", "count", &memory, &record, &found, NULL);
        const unsigned count =
            found ? (unsigned)(record.body.data[0] << 8 | record.body.data[1]) : 0;
        text[0] = (char)((count + 1) >> 8);
        text[1] = (char)((count + 1) & 0xff);
        const store_record next = { "setting", "count", span_of(text, 2), FIXTURE_NOW, 0 };
        if (status == ASSAY_OK)
            status = store_record_put(m->s, &next, found ? record.version : 0, NULL, NULL);
        if (status == ASSAY_OK)
            done++;
        else if (status != ASSAY_MISMATCH)
            m->in->failures++;
        arena_free(&memory);
    }
    return NULL;
}

static void records_count_up_without_loss(void **state)
{
    fixture *f = *state;
    crowd in = { .stores = { f->s, fixture_open(f) } };
    pthread_t threads[4];
    member members[4];
    store_record record;
    bool found;
    for (unsigned i = 0; i < COUNT_OF(threads); i++) {
        members[i] = (member) { &in, in.stores[i % 2], i };
        pthread_create(&threads[i], NULL, count_up, &members[i]);
    }
    for (unsigned i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    store_close(in.stores[1]);
    assert_int_equal(in.failures, 0);
    assert_ok(f,
              store_record_get(f->s, "setting", "count", &f->memory, &record, &found, &f->error));
    assert_int_equal(record.body.data[1], 80);
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(writers_and_readers_get_along),
    CONTRACT_TEST(records_count_up_without_loss),
};

const contract_part concurrency_contract = CONTRACT_PART(tests);
