/* verify_memo_test.c: the memory of a verifier (src/verify/memo.c): finds only what was kept under
 * the same digest, forgets the least recently used, and is safe for many threads. */
#include <pthread.h>

#include "support.h"
#include "verify/memo.h"

/* G, the base point of P-256: any valid point serves as a key here. */
static const uint8_t some_point[64] = {
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
    0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
};

static p256_key *some_key(void)
{
    p256_key *key = NULL;
    assert_int_equal(p256_key_new(some_point, &key, NULL), ASSAY_OK);
    return key;
}

/* Digests of one shard (the last byte) that differ in their number. */
static sha256_digest digest_of(unsigned number)
{
    sha256_digest digest = { { (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16) } };
    return digest;
}

static bool knows_pair(memo *m, unsigned number)
{
    sha256_digest digest = digest_of(number);
    p256_key *key = NULL;
    bool found = memo_find_pair(m, &digest, &key);
    p256_key_free(key);
    return found;
}

static void finds_only_what_was_kept(void **state)
{
    (void)state;
    memo *m = memo_new(64);
    p256_key *key = some_key(), *found = NULL;
    sha256_digest digest = digest_of(1), other_tail = digest_of(1);
    other_tail.bytes[30] = 1;
    pck_facts facts = { .ca = PCK_CA_PLATFORM }, seen = { 0 };
    memo_keep_chain(m, &digest, &facts, key);
    assert_true(memo_find_chain(m, &digest, &seen, &found));
    assert_int_equal(seen.ca, PCK_CA_PLATFORM);
    p256_key_free(found);
    assert_false(memo_find_chain(m, &other_tail, &seen, &found));
    assert_false(knows_pair(m, 1)); /* a chain is no pair */
    p256_key_free(key);
    memo_free(m);
}

static void forgets_the_least_recently_used(void **state)
{
    (void)state;
    memo *m = memo_new(3 * 32); /* three places per shard */
    p256_key *key = some_key();
    for (unsigned i = 1; i <= 3; i++) {
        sha256_digest digest = digest_of(i);
        memo_keep_pair(m, &digest, key);
    }
    assert_true(knows_pair(m, 1));
    sha256_digest fourth = digest_of(4);
    memo_keep_pair(m, &fourth, key);
    assert_true(knows_pair(m, 1));
    assert_false(knows_pair(m, 2));
    assert_true(knows_pair(m, 3));
    assert_true(knows_pair(m, 4));
    assay_verifier_statistics statistics;
    memo_statistics(m, &statistics);
    assert_int_equal(statistics.entries, 3);
    assert_int_equal(statistics.evictions, 1);
    p256_key_free(key);
    memo_free(m);
}

static void is_bounded(void **state)
{
    (void)state;
    memo *m = memo_new(32);
    p256_key *key = some_key();
    for (unsigned i = 0; i < 10000; i++) {
        sha256_digest digest = digest_of(i);
        digest.bytes[31] = (uint8_t)i;
        memo_keep_pair(m, &digest, key);
        memo_keep_pair(m, &digest, key); /* twice is once */
    }
    assay_verifier_statistics statistics;
    memo_statistics(m, &statistics);
    assert_int_equal(statistics.entries, 32);
    p256_key_free(key);
    memo_free(m);
}

static void *hammer(void *argument)
{
    memo *m = argument;
    p256_key *key = some_key();
    for (unsigned i = 0; i < 20000; i++) {
        sha256_digest digest = digest_of(i % 64);
        p256_key *found = NULL;
        if (memo_find_pair(m, &digest, &found))
            p256_key_free(found);
        else
            memo_keep_pair(m, &digest, key);
    }
    p256_key_free(key);
    return NULL;
}

static void many_threads_share_it(void **state)
{
    (void)state;
    memo *m = memo_new(32 * 16); /* fewer places than digests: keeps evicting */
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, m), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    assay_verifier_statistics statistics;
    memo_statistics(m, &statistics);
    assert_true(statistics.entries <= 16);
    assert_int_equal(statistics.hits + statistics.misses, 4 * 20000);
    memo_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_only_what_was_kept),
        cmocka_unit_test(forgets_the_least_recently_used),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(many_threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
