/* contract_records.c: the contract of records and the audit log (src/store/records.c). */
#include "contract/contract.h"

static const store_audit_entry promoted = {
    .time = FIXTURE_NOW,
    .actor = "token:ops",
    .action = "baseline.promote",
    .subject = "pinned-19",
    .detail = "{\"number\":19}",
    .request_id = "0123",
};

static store_record record_of(const char *name, const char *body)
{
    return (store_record) { "baseline", name, SPAN_TEXT(body), FIXTURE_NOW, 0 };
}

static store_record get(fixture *f, const char *name, bool *found)
{
    store_record record = { 0 };
    assert_ok(f, store_record_get(f->s, "baseline", name, &f->memory, &record, found, &f->error));
    return record;
}

static size_t audit_count(fixture *f)
{
    store_audit_entry *list;
    size_t count;
    assert_ok(f, store_audit_list(f->s, 0, 100, &f->memory, &list, &count, &f->error));
    return count;
}

static void record_comes_back_as_it_was_put(void **state)
{
    fixture *f = *state;
    bool found;
    const store_record in = record_of("standard", "{\"number\":18}");
    get(f, "standard", &found);
    assert_false(found);
    assert_ok(f, store_record_put(f->s, &in, STORE_ANY_VERSION, NULL, &f->error));
    const store_record out = get(f, "standard", &found);
    assert_true(found);
    assert_string_equal(out.kind, "baseline");
    assert_string_equal(out.name, "standard");
    assert_true(span_equal(out.body, in.body));
    assert_int_equal(out.updated, FIXTURE_NOW);
    assert_true(out.version > 0);
}

static void record_is_changed_only_at_the_expected_version(void **state)
{
    fixture *f = *state;
    bool found;
    const store_record first = record_of("standard", "1"), second = record_of("standard", "2");
    assert_ok(f, store_record_put(f->s, &first, 0, NULL, &f->error));
    const uint64_t version = get(f, "standard", &found).version;
    assert_failure(f, store_record_put(f->s, &second, 0, &promoted, &f->error), "mismatch");
    assert_failure(f, store_record_put(f->s, &second, version + 1, &promoted, &f->error),
                   "mismatch");
    assert_true(span_is(get(f, "standard", &found).body, "1"));
    assert_int_equal(audit_count(f), 0);
    assert_ok(f, store_record_put(f->s, &second, version, &promoted, &f->error));
    assert_true(get(f, "standard", &found).version > version);
    assert_true(span_is(get(f, "standard", &found).body, "2"));
    assert_int_equal(audit_count(f), 1);
    const store_record absent = record_of("other", "x");
    assert_failure(f, store_record_put(f->s, &absent, 7, NULL, &f->error), "mismatch");
}

static void record_can_be_deleted(void **state)
{
    fixture *f = *state;
    bool found;
    const store_record in = record_of("standard", "1");
    assert_ok(f, store_record_put(f->s, &in, 0, NULL, &f->error));
    assert_ok(f, store_record_delete(f->s, "baseline", "standard", &promoted, &f->error));
    get(f, "standard", &found);
    assert_false(found);
    assert_ok(f, store_record_delete(f->s, "baseline", "standard", &promoted, &f->error));
    assert_int_equal(audit_count(f), 1);
}

static void records_list_by_kind_in_order(void **state)
{
    static const char *const names[] = { "standard", "early", "b", "Pinned-19" };
    static const char *const sorted[] = { "Pinned-19", "b", "early", "standard" };
    fixture *f = *state;
    store_record *list;
    size_t count;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const store_record in = record_of(names[i], "{}");
        assert_ok(f, store_record_put(f->s, &in, 0, NULL, &f->error));
    }
    const store_record other = { "token", "ops", SPAN_TEXT("{}"), 1, 0 };
    assert_ok(f, store_record_put(f->s, &other, 0, NULL, &f->error));
    assert_ok(f, store_records_list(f->s, "baseline", &f->memory, &list, &count, &f->error));
    assert_int_equal(count, COUNT_OF(sorted));
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list[i].name, sorted[i]);
}

static void audit_is_numbered_and_paged(void **state)
{
    fixture *f = *state;
    store_audit_entry *list;
    size_t count;
    for (int i = 0; i < 7; i++)
        assert_ok(f, store_audit_append(f->s, &promoted, &f->error));
    assert_ok(f, store_audit_list(f->s, 0, 5, &f->memory, &list, &count, &f->error));
    assert_int_equal(count, 5);
    assert_int_equal(list[0].number, 1);
    assert_int_equal(list[0].time, FIXTURE_NOW);
    assert_string_equal(list[0].actor, promoted.actor);
    assert_string_equal(list[0].action, promoted.action);
    assert_string_equal(list[0].subject, promoted.subject);
    assert_string_equal(list[0].detail, promoted.detail);
    assert_string_equal(list[0].request_id, promoted.request_id);
    assert_ok(f, store_audit_list(f->s, list[4].number, 5, &f->memory, &list, &count, &f->error));
    assert_int_equal(count, 2);
    assert_int_equal(list[1].number, 7);
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(record_comes_back_as_it_was_put),
    CONTRACT_TEST(record_is_changed_only_at_the_expected_version),
    CONTRACT_TEST(record_can_be_deleted),
    CONTRACT_TEST(records_list_by_kind_in_order),
    CONTRACT_TEST(audit_is_numbered_and_paged),
};

const contract_part record_contract = CONTRACT_PART(tests);
