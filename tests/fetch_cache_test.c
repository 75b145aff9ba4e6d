/* fetch_cache_test.c: replies on disk: ours, Intel's and Azure's, and what others may have done to
 * them (src/fetch/cache*.c). */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "fetch/cache.h"
#include "fetch/cache_folder.h"
#include "support.h"

enum { NOW = 1800000000, DAY = 86400, PATH_SIZE = 512 };

#define URL     "https://pccs:8081/tdx/certification/v4/tcb?fmspc=00806F050000&update=standard"
#define CHAIN   "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----%0A"
#define HEADERS "tcb-info-issuer-chain: " CHAIN "\r\n"
#define BODY    "{\"tcbInfo\":{}}"

/* ---- A folder for each test ---- */

static char base[64];

static int folder_begin(void **state)
{
    (void)state;
    snprintf(base, sizeof(base), "/tmp/assay-cache-XXXXXX");
    return mkdtemp(base) == NULL ? -1 : 0;
}

static int folder_end(void **state)
{
    char command[PATH_SIZE];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", base);
    return system(command);
}

static const char *path_of(const char *folder, const char *name)
{
    static char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s/%s", base, folder, name);
    return path;
}

static const char *name_of(const char *url)
{
    static char name[65];
    const sha256_digest digest = sha256(SPAN_TEXT(url));
    assay_hex_encode(SPAN(digest.bytes), name);
    return name;
}

/* As of NOW: files of others tell their age by when they were changed. */
static void file_write(const char *path, assay_span bytes)
{
    const struct timespec times[] = { { .tv_sec = NOW - 10 }, { .tv_sec = NOW - 10 } };
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static buffer file_bytes(const char *path)
{
    uint8_t bytes[8192];
    buffer out = { .limit = CACHE_FILE_MAX };
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    assert_int_equal(buffer_add(&out, span_of(bytes, size)), BUFFER_OK);
    return out;
}

/* ---- Questions ---- */

static cache_question question(void)
{
    return (cache_question) { .base = base,
                              .kind = source_kind_of(ASSAY_FETCH_TCB_INFO),
                              .url = URL,
                              .now = NOW,
                              .longest = 7 * DAY };
}

static cache_entry entry_of(const char *body)
{
    return (cache_entry) { .class_ = SOURCE_CACHE_COLLATERAL,
                           .stored = NOW - 10,
                           .expires = NOW + DAY,
                           .url = SPAN_TEXT(URL),
                           .headers = SPAN_TEXT(HEADERS),
                           .body = SPAN_TEXT(body) };
}

static cache_answer answer_to(const cache_question *q)
{
    cache_item item;
    const cache_answer answer = cache_find(q, &item);
    if (answer == CACHE_FOUND && !span_is(item.entry.body, BODY))
        test_fail("found another body");
    cache_item_free(&item);
    return answer;
}

static void keep(void)
{
    const cache_entry entry = entry_of(BODY);
    assert_true(cache_keep(base, &entry));
}

/* ---- Ours ---- */

static void what_was_kept_is_found(void **state)
{
    (void)state;
    struct stat found;
    const cache_question q = question();
    assert_int_equal(answer_to(&q), CACHE_MISSING);
    keep();
    assert_int_equal(answer_to(&q), CACHE_FOUND);
    assert_int_equal(stat(path_of(".assay-fetch", ""), &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    assert_int_equal(stat(path_of(".assay-fetch", name_of(URL)), &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

static void a_copy_has_its_time(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int64_t now, longest;
        cache_answer answer;
    } rows[] = {
        { "fresh", NOW, 7 * DAY, CACHE_FOUND },
        { "its last second", NOW + DAY - 1, 7 * DAY, CACHE_FOUND },
        { "ended", NOW + DAY, 7 * DAY, CACHE_EXPIRED },
        { "older than it may now be", NOW, 10, CACHE_EXPIRED },
        { "from a clock that was wrong", NOW - 3600, 7 * DAY, CACHE_EXPIRED },
        { "of a clock that differs a little", NOW - 60, 7 * DAY, CACHE_FOUND },
    };
    keep();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cache_question q = question();
        q.now = rows[i].now;
        q.longest = rows[i].longest;
        assert_row(rows[i].what, answer_to(&q), rows[i].answer);
    }
}

/* Every byte counts, and so does the length. */
static void a_changed_file_counts_as_none(void **state)
{
    (void)state;
    char path[PATH_SIZE];
    const cache_question q = question();
    keep();
    snprintf(path, sizeof(path), "%s", path_of(".assay-fetch", name_of(URL)));
    buffer file = file_bytes(path);
    for (size_t i = 0; i < file.size; i++) {
        file.data[i] ^= 0x40;
        file_write(path, buffer_span(&file));
        file.data[i] ^= 0x40;
        if (answer_to(&q) != CACHE_MISSING)
            test_fail("byte %zu may be changed", i);
    }
    for (size_t size = 0; size < file.size; size += 7) {
        file_write(path, span_of(file.data, size));
        if (answer_to(&q) != CACHE_MISSING)
            test_fail("cut to %zu bytes it still counts", size);
    }
    file_write(path, buffer_span(&file));
    assert_int_equal(answer_to(&q), CACHE_FOUND);
    buffer_free(&file);
}

static void a_file_under_another_name_counts_as_none(void **state)
{
    (void)state;
    char from[PATH_SIZE];
    cache_question q = question();
    keep();
    snprintf(from, sizeof(from), "%s", path_of(".assay-fetch", name_of(URL)));
    assert_int_equal(rename(from, path_of(".assay-fetch", name_of("https://other/"))), 0);
    q.url = "https://other/";
    assert_int_equal(answer_to(&q), CACHE_MISSING);
}

static void the_encrypted_ppid_is_no_part_of_the_name(void **state)
{
    (void)state;
    cache_question q = question();
    cache_entry entry = entry_of(BODY);
    q.kind = source_kind_of(ASSAY_FETCH_PCK_CERTIFICATE);
    entry.class_ = SOURCE_CACHE_PCK;
    entry.url = SPAN_TEXT("https://pccs/pckcert?qeid=AB&encrypted_ppid=0011&cpusvn=01");
    assert_true(cache_keep(base, &entry));
    q.url = "https://pccs/pckcert?qeid=AB&encrypted_ppid=2233&cpusvn=01";
    assert_int_equal(answer_to(&q), CACHE_FOUND);
    q.url = "https://pccs/pckcert?qeid=AC&encrypted_ppid=0011&cpusvn=01";
    assert_int_equal(answer_to(&q), CACHE_MISSING);
}

/* ---- Other users ---- */

static void change_file(const char *command)
{
    char script[2 * PATH_SIZE];
    snprintf(script, sizeof(script), "cd '%s/.assay-fetch' && f=%s && { %s; }", base, name_of(URL),
             command);
    assert_int_equal(system(script), 0);
}

static void what_others_may_change_counts_as_none(void **state)
{
    (void)state;
    static const struct {
        const char *what, *command;
    } rows[] = {
        { "a link in its place", "mv $f other && ln -s other $f" },
        { "a FIFO in its place", "rm $f && mkfifo $f" },
        { "a folder in its place", "rm $f && mkdir $f" },
        { "writable for the group", "chmod 660 $f" },
        { "writable for all", "chmod 602 $f" },
        { "a folder writable for all", "chmod 702 ." },
        { "a link in place of the folder", "cd .. && mv .assay-fetch x && ln -s x .assay-fetch" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const cache_question q = question();
        keep();
        assert_row(rows[i].what, answer_to(&q), CACHE_FOUND);
        change_file(rows[i].command);
        assert_row(rows[i].what, answer_to(&q), CACHE_MISSING);
        assert_int_equal(folder_end(NULL), 0);
        assert_int_equal(mkdir(base, 0700), 0);
    }
}

static void nothing_is_written_where_others_rule(void **state)
{
    (void)state;
    char elsewhere[PATH_SIZE];
    const cache_entry entry = entry_of(BODY);
    snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", base);
    assert_int_equal(mkdir(elsewhere, 0700), 0);
    assert_int_equal(symlink("elsewhere", path_of("", ".assay-fetch")), 0);
    assert_false(cache_keep(base, &entry));
    assert_int_not_equal(access(path_of("elsewhere", name_of(URL)), F_OK), 0);
    assert_int_equal(unlink(path_of("", ".assay-fetch")), 0);
    assert_int_equal(mkdir(path_of("", ".assay-fetch"), 0700), 0);
    assert_int_equal(chmod(path_of("", ".assay-fetch"), 0770), 0);
    assert_false(cache_keep(base, &entry));
    assert_false(cache_keep("", &entry));
}

static void another_users_files_count_as_none(void **state)
{
    (void)state;
    const cache_question q = question();
    keep();
    if (chown(path_of(".assay-fetch", name_of(URL)), 12345, 12345) != 0)
        skip(); /* only root may give files away */
    assert_int_equal(answer_to(&q), CACHE_MISSING);
    keep();
    assert_int_equal(answer_to(&q), CACHE_FOUND);
    assert_int_equal(chown(path_of("", ".assay-fetch"), 12345, 12345), 0);
    assert_int_equal(answer_to(&q), CACHE_MISSING);
}

/* ---- Threads and processes ---- */

static void *write_and_read(void *context)
{
    const cache_entry entry = entry_of(BODY);
    const cache_question q = question();
    intptr_t broken = 0;
    (void)context;
    for (int i = 0; i < 60; i++) {
        cache_item item;
        broken += !cache_keep(base, &entry);
        broken += cache_find(&q, &item) != CACHE_FOUND || !span_is(item.entry.body, BODY);
        cache_item_free(&item);
    }
    return (void *)broken;
}

static void readers_see_whole_files_alone(void **state)
{
    (void)state;
    char listing[PATH_SIZE];
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_and_read, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *broken = NULL;
        pthread_join(threads[i], &broken);
        assert_int_equal((intptr_t)broken, 0);
    }
    snprintf(listing, sizeof(listing), "test $(ls -A '%s/.assay-fetch' | wc -l) = 2", base);
    assert_int_equal(system(listing), 0); /* the file and the lock: nothing temporary */
}

/* ---- Intel's ---- */

static void put_little_endian(buffer *out, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = (uint8_t)(value >> (8 * i));
        assert_int_equal(buffer_add(out, span_of(&byte, 1)), BUFFER_OK);
    }
}

static void intel_write(const char *name, uint32_t class_, int64_t expires, const char *body)
{
    buffer file = { .limit = CACHE_FILE_MAX };
    put_little_endian(&file, 2, 1);
    put_little_endian(&file, 4, class_);
    put_little_endian(&file, 8, (uint64_t)expires);
    put_little_endian(&file, 4, strlen(HEADERS));
    buffer_add(&file, SPAN_TEXT(HEADERS));
    put_little_endian(&file, 4, strlen(body));
    buffer_add(&file, SPAN_TEXT(body));
    (void)mkdir(path_of("", ".dcap-qcnl"), 0700);
    file_write(path_of(".dcap-qcnl", name), buffer_span(&file));
    buffer_free(&file);
}

static void intels_files_are_read(void **state)
{
    (void)state;
    cache_question q = question();
    intel_write(name_of(URL), ASSAY_CACHE_COLLATERAL, NOW + DAY, BODY);
    assert_int_equal(answer_to(&q), CACHE_FOUND);
    q.now = NOW + DAY;
    assert_int_equal(answer_to(&q), CACHE_EXPIRED);
    q = question();
    intel_write(name_of(URL), ASSAY_CACHE_PCK, NOW + DAY, BODY);
    assert_int_equal(answer_to(&q), CACHE_MISSING); /* of another kind */
    file_write(path_of(".dcap-qcnl", name_of(URL)), SPAN_TEXT("\x01"));
    assert_int_equal(answer_to(&q), CACHE_MISSING);
}

static void intels_files_for_one_platform(void **state)
{
    (void)state;
    cache_question q = question();
    q.kind = source_kind_of(ASSAY_FETCH_PCK_CERTIFICATE);
    intel_write("ab01_0000", ASSAY_CACHE_PCK, NOW + DAY, BODY);
    assert_int_equal(answer_to(&q), CACHE_MISSING);
    q.platform = "ab01_0000";
    assert_int_equal(answer_to(&q), CACHE_FOUND);
    q.platform = "ab02_0000";
    assert_int_equal(answer_to(&q), CACHE_MISSING);
    intel_write("0000000000000000_0000", ASSAY_CACHE_PCK, NOW + DAY, BODY);
    assert_int_equal(answer_to(&q), CACHE_FOUND);
}

/* ---- Azure's ---- */

static void azure_write(const char *id, int64_t expires, const char *data)
{
    buffer file = { .limit = CACHE_FILE_MAX };
    put_little_endian(&file, 2, 1);
    put_little_endian(&file, 8, (uint64_t)expires);
    buffer_add(&file, SPAN_TEXT(data));
    (void)mkdir(path_of("", ".az-dcap-client"), 0700);
    file_write(path_of(".az-dcap-client", name_of(id)), buffer_span(&file));
    buffer_free(&file);
}

static void azures_files_are_read(void **state)
{
    (void)state;
    cache_question q = question();
    cache_item item;
    azure_write(URL, NOW + DAY, BODY);
    assert_int_equal(answer_to(&q), CACHE_MISSING); /* the chain is in a file of its own */
    azure_write(URL "IssuerChain", NOW + DAY, "-----BEGIN CERTIFICATE-----\nAAAA\n");
    assert_int_equal(cache_find(&q, &item), CACHE_FOUND);
    assert_true(span_is(item.entry.body, BODY));
    assert_true(span_is(item.entry.headers,
                        "tcb-info-issuer-chain: -----BEGIN CERTIFICATE-----%0AAAAA%0A\r\n"));
    cache_item_free(&item);
    azure_write(URL "IssuerChain", NOW, "-----BEGIN CERTIFICATE-----\nAAAA\n");
    assert_int_equal(answer_to(&q), CACHE_EXPIRED);
    q.kind = source_kind_of(ASSAY_FETCH_PCK_CERTIFICATE);
    assert_int_equal(answer_to(&q), CACHE_MISSING); /* it keeps those in a form of its own */
}

/* ---- Forgetting ---- */

static void forgetting_is_by_kind(void **state)
{
    (void)state;
    cache_question pck = question();
    const cache_question tcb = question();
    cache_entry entry = entry_of(BODY);
    pck.kind = source_kind_of(ASSAY_FETCH_PCK_CERTIFICATE);
    pck.url = "https://pccs/pckcert?qeid=AB";
    entry.class_ = SOURCE_CACHE_PCK;
    entry.url = SPAN_TEXT(pck.url);
    assert_true(cache_keep(base, &entry));
    keep();
    intel_write(name_of(pck.url), ASSAY_CACHE_PCK, NOW + DAY, BODY);
    file_write(path_of(".assay-fetch", "broken"), SPAN_TEXT("x"));
    file_write(path_of(".dcap-qcnl", "no-cache-file"), SPAN_TEXT("x"));
    assert_true(cache_forget(base, ASSAY_CACHE_PCK));
    assert_int_equal(answer_to(&pck), CACHE_MISSING);
    assert_int_equal(answer_to(&tcb), CACHE_FOUND);
    assert_int_not_equal(access(path_of(".assay-fetch", "broken"), F_OK), 0);
    assert_int_equal(access(path_of(".dcap-qcnl", "no-cache-file"), F_OK), 0);
    assert_true(cache_forget(base, ASSAY_CACHE_PCK | ASSAY_CACHE_COLLATERAL));
    assert_int_equal(answer_to(&tcb), CACHE_MISSING);
    assert_true(cache_forget("/nonexistent", ASSAY_CACHE_PCK));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_kept_is_found),
        TEST(a_copy_has_its_time),
        TEST(a_changed_file_counts_as_none),
        TEST(a_file_under_another_name_counts_as_none),
        TEST(the_encrypted_ppid_is_no_part_of_the_name),
        TEST(what_others_may_change_counts_as_none),
        TEST(nothing_is_written_where_others_rule),
        TEST(another_users_files_count_as_none),
        TEST(readers_see_whole_files_alone),
        TEST(intels_files_are_read),
        TEST(intels_files_for_one_platform),
        TEST(azures_files_are_read),
        TEST(forgetting_is_by_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
