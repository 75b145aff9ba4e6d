/* store_sqlite_test.c: what can befall a file: foreign, damaged, read-only, a full disk, and a copy
 * while others write (src/store/sqlite*.c). */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/fixture.h"
#include "contract/samples.h"

enum { NOBODY = 65534 };

/* ---- What the tests do ------------------------------------------------------------------------
 */

static void fill(fixture *f, size_t count)
{
    sample_platform *samples = memory_new(count * sizeof(*samples));
    store_platform_record *records = memory_new(count * sizeof(*records));
    for (size_t i = 0; i < count; i++) {
        sample_platform_make(i, &samples[i]);
        records[i] = samples[i].record;
    }
    assert_ok(f, store_platforms_put(f->s, records, count, NULL, &f->error));
    memory_free(records);
    memory_free(samples);
}

static void close_store(fixture *f)
{
    store_close(f->s);
    f->s = NULL;
}

static void file_remove(fixture *f)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    close_store(f);
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s%s", f->path, suffixes[i]);
        unlink(path);
    }
}

static assay_status open_store(fixture *f)
{
    const store_settings settings = { .url = f->url, .wait_seconds = 1 };
    return store_open(&settings, FIXTURE_NOW, &f->s, &f->error);
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void run_sql(const char *path, const char *text)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

/* In a process of its own (as nobody, when we are root): its limits and rights are not ours. The
 * function returns NULL or what went wrong. */
static void in_a_child(fixture *f, const char *(*function)(fixture *f))
{
    close_store(f);
    const pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(2);
        const char *wrong = function(f);
        if (wrong != NULL)
            print_error("%s: %s: %s\n", wrong, assay_error_name(&f->error), f->error.detail);
        store_close(f->s);
        _exit(wrong != NULL);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static bool failed_as(const fixture *f, const char *name)
{
    return strcmp(assay_error_name(&f->error), name) == 0;
}

/* ---- Which file -------------------------------------------------------------------------------
 */

static void file_belongs_to_its_owner_alone(void **state)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    fixture *f = *state;
    const mode_t mask = umask(0);
    file_remove(f);
    assert_ok(f, open_store(f));
    umask(mask);
    fill(f, 1);
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        char path[128];
        struct stat about;
        snprintf(path, sizeof(path), "%s%s", f->path, suffixes[i]);
        assert_int_equal(stat(path, &about), 0);
        assert_row(path, about.st_mode & 07777, 0600);
    }
}

static void file_of_another_kind_is_refused(void **state)
{
    static const struct {
        const char *what;
        const char *sql; /* NULL: the text below stands in the file */
        const char *name;
    } rows[] = {
        { "another program's database", "CREATE TABLE platforms (qe_id)", "store_schema" },
        { "another program's mark", "PRAGMA application_id = 7", "store_schema" },
        { "a text", NULL, "store_corrupt" },
    };
    static char text[4096];
    fixture *f = *state;
    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        file_remove(f);
        if (rows[i].sql != NULL)
            run_sql(f->path, rows[i].sql);
        else
            write_file(f->path, text, sizeof(text));
        assert_failure(f, open_store(f), rows[i].name);
        assert_null(f->s);
    }
}

static void file_that_cannot_be_is_unavailable(void **state)
{
    fixture *f = *state;
    close_store(f);
    snprintf(f->url, sizeof(f->url), "sqlite:%s/no/such/folder.db", f->folder);
    assert_failure(f, open_store(f), "store_unavailable");
}

/* ---- Damage -----------------------------------------------------------------------------------
 */

enum { DAMAGED_PLATFORMS = 300 };

/* Answers that are not what was put: there may be none of them, whatever happened to the file. */
static size_t invented(fixture *f, size_t *refused)
{
    size_t wrong = 0;
    for (uint64_t i = 0; i < DAMAGED_PLATFORMS; i++) {
        arena memory = { 0 };
        sample_platform sample;
        store_answer answer = { 0 };
        bool found = false;
        sample_platform_make(i, &sample);
        const assay_status status =
            store_selected(f->s, SPAN(sample.qe_id), 0, sample.selection.cpu_svn, 13, &memory,
                           &answer, &found, &f->error);
        *refused += status != ASSAY_OK;
        if (status != ASSAY_OK && !failed_as(f, "store_corrupt"))
            wrong++;
        if (status == ASSAY_OK && found && !span_equal(answer.certificate, sample.pck.certificate))
            wrong++;
        arena_free(&memory);
    }
    return wrong;
}

static void flip_bytes(const char *path, size_t step, size_t start)
{
    struct stat about;
    const int file = open(path, O_RDWR | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(fstat(file, &about), 0);
    for (off_t at = (off_t)start; at < about.st_size; at += (off_t)step) {
        uint8_t byte;
        assert_int_equal(pread(file, &byte, 1, at), 1);
        byte ^= 0x55;
        assert_int_equal(pwrite(file, &byte, 1, at), 1);
    }
    close(file);
}

static void damage_is_found_and_nothing_invented(void **state)
{
    static const struct {
        const char *what;
        size_t step, start;
    } rows[] = {
        { "a byte in the middle of every tenth page", 40960, 2048 },
        { "a byte in every page", 4096, 4096 + 1500 },
        { "the head of every third page", 12288, 4096 },
        { "cell pointers", 8192, 4096 + 9 },
        { "many bytes everywhere", 97, 4096 },
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t refused = 0;
        file_remove(f);
        assert_ok(f, open_store(f));
        fill(f, DAMAGED_PLATFORMS);
        assert_row(rows[i].what, invented(f, &refused), 0);
        assert_row(rows[i].what, refused, 0);
        close_store(f);
        flip_bytes(f->path, rows[i].step, rows[i].start);
        if (open_store(f) != ASSAY_OK) {
            assert_true(failed_as(f, "store_corrupt"));
            continue;
        }
        assert_row(rows[i].what, invented(f, &refused), 0);
        assert_failure(f, store_check(f->s, &f->error), "store_corrupt");
    }
}

static void truncated_file_is_corrupt(void **state)
{
    fixture *f = *state;
    size_t refused = 0;
    fill(f, DAMAGED_PLATFORMS);
    close_store(f);
    assert_int_equal(truncate(f->path, 40 * 4096), 0);
    if (open_store(f) != ASSAY_OK) {
        assert_true(failed_as(f, "store_corrupt"));
        return;
    }
    assert_int_equal(invented(f, &refused), 0);
    assert_true(refused > 0);
    assert_failure(f, store_check(f->s, &f->error), "store_corrupt");
}

static void flipped_item_is_refused_by_its_checksum(void **state)
{
    fixture *f = *state;
    char key[64];
    bool found = false;
    store_item out;
    const store_item item = sample_item(1, key);
    assert_ok(f, store_items_put(f->s, &item, 1, &f->error));
    close_store(f);
    run_sql(f->path, "UPDATE items SET next_update = next_update + 1");
    assert_ok(f, open_store(f));
    assert_failure(f, store_item_get(f->s, key, &f->memory, &out, &found, &f->error),
                   "store_corrupt");
    assert_failure(f, store_check(f->s, &f->error), "store_corrupt");
}

/* ---- A file that may not be written -----------------------------------------------------------
 */

static const char *reads_and_refuses_to_write(fixture *f)
{
    char key[64];
    store_item out;
    bool found = false;
    const store_item item = sample_item(1, key);
    if (open_store(f) != ASSAY_OK)
        return "did not open";
    if (store_item_get(f->s, key, &f->memory, &out, &found, &f->error) != ASSAY_OK || !found)
        return "did not read";
    if (store_items_put(f->s, &item, 1, &f->error) == ASSAY_OK || !failed_as(f, "store_read_only"))
        return "want store_read_only";
    return NULL;
}

static void read_only_file_is_read(void **state)
{
    fixture *f = *state;
    char key[64];
    const store_item item = sample_item(1, key);
    assert_ok(f, store_items_put(f->s, &item, 1, &f->error));
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(f->folder, 0777), 0);
    in_a_child(f, reads_and_refuses_to_write);
}

static const char *says_read_only(fixture *f)
{
    return open_store(f) == ASSAY_OK || !failed_as(f, "store_read_only") ? "want store_read_only"
                                                                         : NULL;
}

static void read_only_folder_is_named(void **state)
{
    fixture *f = *state;
    fill(f, 1);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(f->folder, 0555), 0);
    in_a_child(f, says_read_only);
    assert_int_equal(chmod(f->folder, 0700), 0);
}

/* ---- A full disk ------------------------------------------------------------------------------
 */

static assay_status put_large(fixture *f, unsigned number)
{
    static uint8_t body[100000];
    char key[64];
    store_item item = sample_item(number, key);
    memset(body, (int)number, sizeof(body));
    item.body = SPAN(body);
    return store_items_put(f->s, &item, 1, &f->error);
}

static const char *fills_up_and_goes_on(fixture *f)
{
    struct rlimit limit;
    unsigned number = 0;
    uint64_t before, after;
    signal(SIGXFSZ, SIG_IGN);
    if (open_store(f) != ASSAY_OK)
        return "did not open";
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t whole = limit.rlim_cur;
    limit.rlim_cur = 2000000;
    setrlimit(RLIMIT_FSIZE, &limit);
    while (number < 100 && put_large(f, number) == ASSAY_OK)
        number++;
    if (number == 0 || number == 100 || !failed_as(f, "store_full"))
        return "want store_full";
    if (store_version(f->s, &before, &f->error) != ASSAY_OK || before != number)
        return "lost or invented an item";
    if (put_large(f, number) == ASSAY_OK || !failed_as(f, "store_full"))
        return "want store_full again";
    limit.rlim_cur = whole;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (put_large(f, number) != ASSAY_OK)
        return "does not go on when there is room again";
    if (store_version(f->s, &after, &f->error) != ASSAY_OK || after != before + 1)
        return "is not where it was";
    return store_check(f->s, &f->error) == ASSAY_OK ? NULL : "is damaged";
}

static void full_disk_is_named_and_survived(void **state)
{
    fixture *f = *state;
    file_remove(f);
    assert_int_equal(chmod(f->folder, 0777), 0);
    in_a_child(f, fills_up_and_goes_on);
}

/* ---- Others at the file -----------------------------------------------------------------------
 */

static void foreign_writer_makes_it_busy(void **state)
{
    fixture *f = *state;
    char key[64];
    sqlite3 *other;
    store_item out;
    bool found;
    const store_item item = sample_item(1, key);
    close_store(f);
    assert_ok(f, open_store(f));
    assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    const int64_t start = milliseconds_now();
    assert_failure(f, store_items_put(f->s, &item, 1, &f->error), "store_busy");
    assert_true(milliseconds_now() - start < 4000);
    assert_ok(f, store_item_get(f->s, key, &f->memory, &out, &found, &f->error));
    sqlite3_close(other);
    assert_ok(f, store_items_put(f->s, &item, 1, &f->error));
}

typedef struct writer {
    store *s;
    atomic_bool stop;
    atomic_uint failures;
} writer;

/* Two items that always carry the same number. */
static void *write_pairs(void *context)
{
    writer *w = context;
    for (unsigned i = 1; !w->stop; i++) {
        char keys[2][64];
        store_item items[2] = { sample_item(1, keys[0]), sample_item(2, keys[1]) };
        items[0].evaluation_number = items[1].evaluation_number = i;
        if (store_items_put(w->s, items, 2, NULL) != ASSAY_OK)
            w->failures++;
    }
    return NULL;
}

static void backup_is_whole_while_others_write(void **state)
{
    static const char *const keys[] = { "tcb/sgx/000000000001/standard",
                                        "tcb/sgx/000000000002/standard" };
    fixture *f = *state;
    pthread_t thread;
    writer w = { .s = f->s };
    char path[128];
    struct stat about;
    snprintf(path, sizeof(path), "%s/copy.db", f->folder);
    fill(f, 200);
    pthread_create(&thread, NULL, write_pairs, &w);
    for (unsigned i = 0; i < 5; i++) {
        store *copy = NULL;
        store_item items[2];
        bool found[2];
        uint64_t platforms;
        char url[160];
        sleep_milliseconds(30);
        assert_ok(f, store_backup(f->s, path, &f->error));
        snprintf(url, sizeof(url), "sqlite:%s", path);
        const store_settings settings = { .url = url };
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 07777, 0600);
        assert_ok(f, store_open(&settings, FIXTURE_NOW, &copy, &f->error));
        assert_ok(f, store_check(copy, &f->error));
        assert_ok(f, store_platform_count(copy, 0, &platforms, &f->error));
        assert_int_equal(platforms, 200);
        assert_ok(f, store_items_get(copy, keys, 2, &f->memory, items, found, &f->error));
        assert_true(found[0] == found[1]);
        if (found[0])
            assert_int_equal(items[0].evaluation_number, items[1].evaluation_number);
        store_close(copy);
    }
    w.stop = true;
    pthread_join(thread, NULL);
    assert_int_equal(w.failures, 0);
    assert_failure(f, store_backup(f->s, "/no/such/folder/copy.db", &f->error),
                   "store_unavailable");
}

#define SQLITE_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_new, fixture_free)

int main(void)
{
    unsetenv("ASSAY_STORE_URL");
    const struct CMUnitTest tests[] = {
        SQLITE_TEST(file_belongs_to_its_owner_alone),
        SQLITE_TEST(file_of_another_kind_is_refused),
        SQLITE_TEST(file_that_cannot_be_is_unavailable),
        SQLITE_TEST(damage_is_found_and_nothing_invented),
        SQLITE_TEST(truncated_file_is_corrupt),
        SQLITE_TEST(flipped_item_is_refused_by_its_checksum),
        SQLITE_TEST(read_only_file_is_read),
        SQLITE_TEST(read_only_folder_is_named),
        SQLITE_TEST(full_disk_is_named_and_survived),
        SQLITE_TEST(foreign_writer_makes_it_busy),
        SQLITE_TEST(backup_is_whole_while_others_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
