/* store_kill_test.c: kill -9 while transactions are written, then open again: nothing that was
 * acknowledged is lost, nothing is there by half. On the engine that ASSAY_STORE_URL names.
 *
 * ASSAY_KILL_ROUNDS: how often (10; the soak takes 200). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/fixture.h"
#include "contract/samples.h"

enum { SET_SIZE = 3, PLATFORMS_AT_ONCE = 10 };

/* Transaction `number` writes a set of items that carry it, ten platforms, and a record with its
 * audit entry: three commits, acknowledged one by one. */
static assay_status write_items(store *s, unsigned number)
{
    char keys[SET_SIZE][64];
    store_item items[SET_SIZE];
    for (unsigned i = 0; i < SET_SIZE; i++) {
        items[i] = sample_item(i, keys[i]);
        items[i].evaluation_number = number;
    }
    return store_items_put(s, items, SET_SIZE, NULL);
}

static assay_status write_platforms(store *s, unsigned number)
{
    sample_platform samples[PLATFORMS_AT_ONCE];
    store_platform_record records[PLATFORMS_AT_ONCE];
    for (unsigned i = 0; i < PLATFORMS_AT_ONCE; i++) {
        sample_platform_make((uint64_t)number * PLATFORMS_AT_ONCE + i, &samples[i]);
        records[i] = samples[i].record;
    }
    return store_platforms_put(s, records, PLATFORMS_AT_ONCE, NULL, NULL);
}

static assay_status write_record(store *s, unsigned number)
{
    uint8_t body[4];
    const store_audit_entry entry = { .time = number, .actor = "test", .action = "count" };
    memcpy(body, &number, sizeof(body));
    const store_record record = { "setting", "count", SPAN(body), FIXTURE_NOW, 0 };
    return store_record_put(s, &record, STORE_ANY_VERSION, &entry, NULL);
}

/* Writes from `number` on until killed; tells each acknowledged transaction. */
static void write_until_killed(fixture *f, unsigned number, int tell)
{
    static assay_status (*const steps[])(
        store * s, unsigned number) = { write_items, write_platforms, write_record };
    const store_settings settings = fixture_settings(f);
    store *s;
    if (store_open(&settings, FIXTURE_NOW, &s, NULL) != ASSAY_OK)
        _exit(1);
    for (;; number++) {
        for (unsigned step = 0; step < COUNT_OF(steps); step++) {
            const unsigned done[2] = { step, number };
            if (steps[step](s, number) != ASSAY_OK ||
                write(tell, done, sizeof(done)) != sizeof(done))
                _exit(1);
        }
    }
}

/* What the store holds after each step: the number of the last transaction. */
static void numbers_found(fixture *f, unsigned out[3])
{
    static const char *const keys[SET_SIZE] = { "tcb/sgx/000000000000/standard",
                                                "tcb/sgx/000000000001/standard",
                                                "tcb/sgx/000000000002/standard" };
    store_item items[SET_SIZE] = { 0 };
    bool found[SET_SIZE];
    store_record record;
    uint64_t platforms;
    store_audit_entry *entries;
    size_t entry_count;
    assert_ok(f, store_items_get(f->s, keys, SET_SIZE, &f->memory, items, found, &f->error));
    for (unsigned i = 1; i < SET_SIZE; i++) {
        assert_int_equal(found[i], found[0]);
        assert_int_equal(items[i].evaluation_number, items[0].evaluation_number);
    }
    out[0] = items[0].evaluation_number;
    assert_ok(f, store_platform_count(f->s, 0, &platforms, &f->error));
    assert_int_equal(platforms % PLATFORMS_AT_ONCE, 0);
    out[1] = (unsigned)(platforms / PLATFORMS_AT_ONCE);
    assert_ok(
        f, store_record_get(f->s, "setting", "count", &f->memory, &record, &found[0], &f->error));
    out[2] = 0;
    if (found[0])
        memcpy(&out[2], record.body.data, sizeof(out[2]));
    assert_ok(f, store_audit_list(f->s, out[2] > 0 ? out[2] - 1 : 0, 10, &f->memory, &entries,
                                  &entry_count, &f->error));
    assert_int_equal(entry_count, out[2] > 0);
}

/* The platforms that are counted are there with their certificates. */
static void platforms_check(fixture *f, unsigned number)
{
    for (unsigned i = 0; number > 0 && i < PLATFORMS_AT_ONCE; i++) {
        sample_platform sample;
        store_answer answer;
        bool found = false;
        sample_platform_make((uint64_t)number * PLATFORMS_AT_ONCE + i, &sample);
        assert_ok(f, store_selected(f->s, SPAN(sample.qe_id), 0, sample.selection.cpu_svn, 13,
                                    &f->memory, &answer, &found, &f->error));
        assert_true(found);
    }
}

static void kill_once(fixture *f, unsigned after_milliseconds)
{
    unsigned before[3], after[3], told[3], message[2];
    int pipes[2];
    f->s = fixture_open(f);
    numbers_found(f, before);
    store_close(f->s); /* SQLite's connections do not survive a fork */
    f->s = NULL;
    memcpy(told, before, sizeof(told));
    assert_int_equal(pipe(pipes), 0);
    unsigned next = before[0];
    for (size_t i = 1; i < COUNT_OF(before); i++)
        next = before[i] < next ? before[i] : next;
    const pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        write_until_killed(f, next + 1, pipes[1]);
    }
    close(pipes[1]);
    sleep_milliseconds(after_milliseconds);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while (read(pipes[0], message, sizeof(message)) == sizeof(message))
        told[message[0]] = message[1];
    close(pipes[0]);
    f->s = fixture_open(f);
    numbers_found(f, after);
    for (size_t i = 0; i < COUNT_OF(after); i++) {
        if (after[i] < told[i] || after[i] > told[i] + 1)
            test_fail("step %zu: %u acknowledged, %u found", i, told[i], after[i]);
    }
    platforms_check(f, after[1]);
    assert_ok(f, store_check(f->s, &f->error));
    store_close(f->s);
    f->s = NULL;
    arena_free(&f->memory);
}

static void killed_writer_loses_nothing(void **state)
{
    fixture *f = *state;
    const char *rounds = getenv("ASSAY_KILL_ROUNDS");
    const unsigned count = rounds != NULL ? (unsigned)strtoul(rounds, NULL, 10) : 10;
    for (unsigned i = 0; i < count; i++)
        kill_once(f, 15 + i * 37 % 120);
    unsigned numbers[3];
    f->s = fixture_open(f);
    numbers_found(f, numbers);
    print_message("# %u rounds, %u transactions acknowledged\n", count, 3 * numbers[0]);
    assert_true(numbers[0] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_writer_loses_nothing, fixture_place, fixture_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
