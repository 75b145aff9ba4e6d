/* contract_items.c: the contract of items (src/store/items.c). */
#include "contract/contract.h"

static store_item get(fixture *f, const char *key, bool *found)
{
    store_item item = { 0 };
    assert_ok(f, store_item_get(f->s, key, &f->memory, &item, found, &f->error));
    return item;
}

static void put(fixture *f, unsigned number)
{
    char key[64];
    const store_item item = sample_item(number, key);
    assert_ok(f, store_items_put(f->s, &item, 1, &f->error));
}

static void item_comes_back_as_it_was_put(void **state)
{
    fixture *f = *state;
    char key[64];
    bool found;
    const store_item in = sample_item(1, key);
    put(f, 1);
    const store_item out = get(f, key, &found);
    assert_true(found);
    assert_string_equal(out.key, in.key);
    assert_true(span_equal(out.body, in.body));
    assert_string_equal(out.chain, in.chain);
    assert_string_equal(out.source, in.source);
    assert_int_equal(out.issue_date, in.issue_date);
    assert_int_equal(out.next_update, in.next_update);
    assert_int_equal(out.evaluation_number, in.evaluation_number);
    assert_int_equal(out.fetched, in.fetched);
    assert_int_equal(out.version, 1);
    get(f, "tcb/sgx/none", &found);
    assert_false(found);
}

static void item_body_may_be_anything(void **state)
{
    fixture *f = *state;
    bool found;
    uint8_t *large = memory_new(1 << 20);
    const store_item items[] = {
        { .key = "a", .chain = "", .source = "", .body = { NULL, 0 } },
        { .key = "b", .chain = "", .source = "", .body = { (const uint8_t *)"\0\xff'\\", 4 } },
        { .key = "c", .chain = "", .source = "", .body = { large, 1 << 20 } },
    };
    memset(large, 0xa5, 1 << 20);
    assert_ok(f, store_items_put(f->s, items, 3, &f->error));
    for (size_t i = 0; i < COUNT_OF(items); i++)
        assert_true(span_equal(get(f, items[i].key, &found).body, items[i].body));
    memory_free(large);
}

static void item_is_replaced_whole(void **state)
{
    fixture *f = *state;
    char key[64];
    bool found;
    store_item item = sample_item(1, key);
    put(f, 1);
    item.body = SPAN_TEXT("new");
    item.evaluation_number = 18;
    assert_ok(f, store_items_put(f->s, &item, 1, &f->error));
    const store_item out = get(f, key, &found);
    assert_true(span_is(out.body, "new"));
    assert_int_equal(out.evaluation_number, 18);
    assert_int_equal(out.version, 2);
}

static void item_that_fails_takes_the_others_along(void **state)
{
    fixture *f = *state;
    char key[64];
    bool found;
    store_item items[2] = { sample_item(1, key) };
    items[1] = items[0];
    items[1].key = "not\nascii";
    assert_failure(f, store_items_put(f->s, items, 2, &f->error), "malformed");
    get(f, key, &found);
    assert_false(found);
    uint64_t version;
    assert_ok(f, store_version(f->s, &version, &f->error));
    assert_int_equal(version, 0);
}

static void item_keys_have_a_form(void **state)
{
    static char longest[514];
    static const struct {
        const char *what;
        const char *key;
        assay_status status;
    } rows[] = {
        { "empty", "", ASSAY_MALFORMED },
        { "a control character", "a\tb", ASSAY_MALFORMED },
        { "beyond ASCII", "caf\xc3\xa9", ASSAY_MALFORMED },
        { "513 bytes", longest, ASSAY_MALFORMED },
        { "512 bytes", longest + 1, ASSAY_OK },
        { "quotes and wildcards", "a'b\"%_;--", ASSAY_OK },
    };
    fixture *f = *state;
    memset(longest, 'k', 513);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char key[64];
        bool found;
        store_item item = sample_item(1, key);
        item.key = rows[i].key;
        assert_row(rows[i].what, store_items_put(f->s, &item, 1, &f->error), rows[i].status);
        assert_row(rows[i].what, store_item_get(f->s, item.key, &f->memory, &item, &found, NULL),
                   rows[i].status);
        assert_row(rows[i].what, store_item_touch(f->s, rows[i].key, 1, NULL), rows[i].status);
        assert_row(rows[i].what, store_item_delete(f->s, rows[i].key, NULL), rows[i].status);
    }
}

static void item_touch_changes_only_the_time(void **state)
{
    fixture *f = *state;
    char key[64];
    bool found;
    const store_item in = sample_item(1, key);
    put(f, 1);
    assert_ok(f, store_item_touch(f->s, key, 1999999999, &f->error));
    const store_item out = get(f, key, &found);
    assert_int_equal(out.fetched, 1999999999);
    assert_true(span_equal(out.body, in.body));
    assert_int_equal(out.version, 2);
    assert_ok(f, store_item_touch(f->s, "not/there", 1, &f->error));
    get(f, "not/there", &found);
    assert_false(found);
}

static void item_can_be_deleted_and_put_again(void **state)
{
    fixture *f = *state;
    char key[64];
    bool found;
    sample_item(1, key);
    put(f, 1);
    assert_ok(f, store_item_delete(f->s, key, &f->error));
    assert_ok(f, store_item_delete(f->s, key, &f->error));
    get(f, key, &found);
    assert_false(found);
    put(f, 1);
    get(f, key, &found);
    assert_true(found);
}

static void items_are_limited(void **state)
{
    fixture *f = *state;
    char key[64];
    bool found;
    store_settings settings = fixture_settings(f);
    settings.item_max = 3;
    store_close(f->s);
    assert_ok(f, store_open(&settings, FIXTURE_NOW, &f->s, &f->error));
    for (unsigned i = 0; i < 3; i++)
        put(f, i);
    const store_item fourth = sample_item(3, key);
    assert_failure(f, store_items_put(f->s, &fourth, 1, &f->error), "store_limit");
    get(f, key, &found);
    assert_false(found);
    put(f, 2); /* what is there can be replaced */
    sample_item(0, key);
    assert_ok(f, store_item_delete(f->s, key, &f->error));
    put(f, 3);
}

/* Rule 7.6: whoever asks for invented chips fills only what is theirs. */
static void rule_6_items_that_never_end_leave_room_for_the_others(void **state)
{
    fixture *f = *state;
    char key[64];
    store_settings settings = fixture_settings(f);
    settings.item_max = 8;
    store_close(f->s);
    assert_ok(f, store_open(&settings, FIXTURE_NOW, &f->s, &f->error));
    for (unsigned i = 0; i < 8; i++) {
        store_item item = sample_item(i, key);
        item.next_update = 0;
        if (i < 6)
            assert_ok(f, store_items_put(f->s, &item, 1, &f->error));
        else
            assert_failure(f, store_items_put(f->s, &item, 1, &f->error), "store_limit");
    }
    put(f, 6);
    put(f, 7);
    const store_item ninth = sample_item(8, key);
    assert_failure(f, store_items_put(f->s, &ninth, 1, &f->error), "store_limit");
}

static void items_list_in_order_and_by_pages(void **state)
{
    static const char *const keys[] = { "b/2", "a/1", "b/10", "b", "b/~", "c/1", "B/2", "b/1" };
    static const char *const sorted[] = { "b/1", "b/10", "b/2", "b/~" };
    fixture *f = *state;
    size_t seen = 0;
    const char *after = NULL;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        char key[64];
        store_item item = sample_item((unsigned)i, key);
        item.key = keys[i];
        assert_ok(f, store_items_put(f->s, &item, 1, &f->error));
    }
    for (;;) {
        store_item *page;
        size_t count;
        assert_ok(f, store_items_list(f->s, "b/", after, 3, STORE_HEADS, &f->memory, &page, &count,
                                      &f->error));
        for (size_t i = 0; i < count; i++)
            assert_string_equal(page[i].key, sorted[seen++]);
        if (count < 3)
            break;
        after = page[count - 1].key;
    }
    assert_int_equal(seen, COUNT_OF(sorted));
}

static void items_list_with_and_without_bodies(void **state)
{
    fixture *f = *state;
    store_item *list;
    size_t count;
    put(f, 1);
    put(f, 2);
    assert_ok(
        f, store_items_list(f->s, "", NULL, 10, STORE_HEADS, &f->memory, &list, &count, &f->error));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].body.size, 0);
    assert_string_equal(list[0].chain, "");
    assert_int_equal(list[0].evaluation_number, 17);
    assert_ok(f, store_items_list(f->s, "tcb/", NULL, 10, STORE_WHOLE, &f->memory, &list, &count,
                                  &f->error));
    assert_int_equal(count, 2);
    assert_true(list[1].body.size > 0);
    assert_int_equal(strncmp(list[1].chain, "-----BEGIN", 10), 0);
    assert_ok(f, store_items_list(f->s, "x", NULL, 10, STORE_WHOLE, &f->memory, &list, &count,
                                  &f->error));
    assert_int_equal(count, 0);
}

static void items_get_a_set_at_once(void **state)
{
    static const char *const keys[] = { "tcb/sgx/000000000002/standard", "not/there",
                                        "tcb/sgx/000000000001/standard" };
    fixture *f = *state;
    store_item out[3];
    bool found[3];
    put(f, 1);
    put(f, 2);
    assert_ok(f, store_items_get(f->s, keys, 3, &f->memory, out, found, &f->error));
    assert_true(found[0] && !found[1] && found[2]);
    assert_string_equal(out[0].key, keys[0]);
    assert_string_equal(out[2].key, keys[2]);
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(item_comes_back_as_it_was_put),
    CONTRACT_TEST(item_body_may_be_anything),
    CONTRACT_TEST(item_is_replaced_whole),
    CONTRACT_TEST(item_that_fails_takes_the_others_along),
    CONTRACT_TEST(item_keys_have_a_form),
    CONTRACT_TEST(item_touch_changes_only_the_time),
    CONTRACT_TEST(item_can_be_deleted_and_put_again),
    CONTRACT_TEST(items_are_limited),
    CONTRACT_TEST(rule_6_items_that_never_end_leave_room_for_the_others),
    CONTRACT_TEST(items_list_in_order_and_by_pages),
    CONTRACT_TEST(items_list_with_and_without_bodies),
    CONTRACT_TEST(items_get_a_set_at_once),
};

const contract_part item_contract = CONTRACT_PART(tests);
