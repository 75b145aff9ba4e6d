/* Replies kept in memory: found while fresh, dropped by tag, bounded in bytes. */
#include <stdio.h>

#include "serve/answers.h"
#include "serve/route.h"
#include "support.h"

enum { NOW = 1000, LATER = 2000, MEMORY = 1024 * 1024 };

static kept_answer answer_of(const char *body, int64_t expires)
{
    const kept_answer made = { .reply = http_reply_new(200, "", SPAN_TEXT(body)),
                               .expires = expires,
                               .code = 200 };
    assert_non_null(made.reply);
    return made;
}

static void put(answers *a, const char *key, const char *body, const char *tag)
{
    const kept_answer made = answer_of(body, LATER);
    const uint64_t tags[] = { answers_tag(tag) };
    answers_put(a, key, &made, tags, 1, answers_generation(a));
    http_reply_unref(made.reply);
}

static bool there(answers *a, const char *key, int64_t now, const char *body)
{
    kept_answer found;
    if (!answers_find(a, key, now, &found))
        return false;
    const bool same = span_is(http_reply_body(found.reply), body);
    http_reply_unref(found.reply);
    return same;
}

static void finds_what_was_put_until_it_ends(void **state)
{
    (void)state;
    answers *a = answers_new(MEMORY);
    put(a, "one", "1", "tag");
    assert_true(there(a, "one", NOW, "1"));
    assert_true(there(a, "one", LATER - 1, "1"));
    assert_false(there(a, "one", LATER, "1"));
    assert_false(there(a, "one", NOW, "1"));
    assert_false(there(a, "two", NOW, "1"));
    answers_free(a);
}

static void keeps_an_answer_for_its_grace(void **state)
{
    (void)state;
    kept_answer made = answer_of("1", LATER), found;
    const uint64_t tags[] = { answers_tag("tag") };
    answers *a = answers_new(MEMORY);
    made.grace = LATER + 100;
    answers_put(a, "one", &made, tags, 1, answers_generation(a));
    assert_false(there(a, "one", LATER + 1, "1"));
    assert_true(answers_find_late(a, "one", LATER + 99, &found));
    assert_true(found.late);
    http_reply_unref(found.reply);
    assert_false(answers_find_late(a, "one", LATER + 100, &found));
    /* What was dropped is wrong, not late. */
    answers_drop(a, tags[0]);
    assert_false(answers_find_late(a, "one", LATER + 1, &found));
    http_reply_unref(made.reply);
    answers_free(a);
}

static void replaces_an_answer(void **state)
{
    (void)state;
    answers_statistics counts;
    answers *a = answers_new(MEMORY);
    put(a, "one", "1", "tag");
    put(a, "one", "2", "tag");
    assert_true(there(a, "one", NOW, "2"));
    answers_statistics_get(a, &counts);
    assert_int_equal(counts.entries, 1);
    answers_free(a);
}

static void drops_by_tag(void **state)
{
    (void)state;
    answers *a = answers_new(MEMORY);
    put(a, "info", "1", "tcb/sgx/00906ED50000/standard");
    put(a, "other", "2", "crl/root");
    answers_drop(a, answers_tag("tcb/sgx/00906ED50000/standard"));
    assert_false(there(a, "info", NOW, "1"));
    assert_true(there(a, "other", NOW, "2"));
    put(a, "info", "3", "tcb/sgx/00906ED50000/standard");
    assert_true(there(a, "info", NOW, "3"));
    answers_free(a);
}

/* Whoever read the store before a change must not put back what the change has dropped. */
static void keeps_nothing_read_before_a_drop(void **state)
{
    (void)state;
    const uint64_t tags[] = { answers_tag("a"), answers_tag("b") };
    answers *a = answers_new(MEMORY);
    const uint64_t before = answers_generation(a);
    answers_drop(a, tags[1]);
    const kept_answer made = answer_of("old", LATER);
    answers_put(a, "key", &made, tags, 2, before);
    assert_false(there(a, "key", NOW, "old"));
    answers_put(a, "key", &made, tags, 2, answers_generation(a));
    assert_true(there(a, "key", NOW, "old"));
    answers_clear(a);
    assert_false(there(a, "key", NOW, "old"));
    http_reply_unref(made.reply);
    answers_free(a);
}

static void stays_within_its_memory(void **state)
{
    (void)state;
    enum { BODY = 1000, COUNT = 5000 };
    char body[BODY + 1], key[16];
    answers_statistics counts;
    answers *a = answers_new(MEMORY);
    memset(body, 'x', BODY);
    body[BODY] = '\0';
    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        put(a, key, body, key);
        assert_true(there(a, "key-0", NOW, body)); /* in use: never the least recently used */
    }
    answers_statistics_get(a, &counts);
    assert_true(counts.memory <= MEMORY);
    assert_true(counts.entries > 500 && counts.entries < COUNT);
    assert_int_equal(counts.entries + counts.evictions, COUNT);
    assert_false(there(a, "key-1", NOW, body));
    answers_free(a);
}

static void keeps_no_answer_that_is_larger_than_its_share(void **state)
{
    (void)state;
    enum { LARGE = 200 * 1024 };
    char *body = memory_new(LARGE + 1);
    memset(body, 'x', LARGE);
    answers *a = answers_new(MEMORY);
    put(a, "small", "1", "tag");
    put(a, "large", body, "tag");
    assert_false(there(a, "large", NOW, body));
    assert_true(there(a, "small", NOW, "1"));
    memory_free(body);
    answers_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put_until_it_ends),
        cmocka_unit_test(keeps_an_answer_for_its_grace),
        cmocka_unit_test(replaces_an_answer),
        cmocka_unit_test(drops_by_tag),
        cmocka_unit_test(keeps_nothing_read_before_a_drop),
        cmocka_unit_test(stays_within_its_memory),
        cmocka_unit_test(keeps_no_answer_that_is_larger_than_its_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
