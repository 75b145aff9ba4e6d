/* contract_inventory.c: the contract of lists, counts and groups of platforms
 * (src/store/platform_lists.c). */
#include "contract/contract.h"

static void put(fixture *f, uint64_t number)
{
    sample_platform sample;
    sample_platform_make(number, &sample);
    assert_ok(f, store_platforms_put(f->s, &sample.record, 1, NULL, &f->error));
}

typedef struct groups {
    store_tcb_group rows[80];
    size_t count;
    uint64_t platforms;
} groups;

static assay_status group_add(void *context, const store_tcb_group *group, assay_error *err)
{
    groups *to = context;
    (void)err;
    assert_true(to->count < COUNT_OF(to->rows));
    to->rows[to->count++] = *group;
    to->platforms += group->count;
    return ASSAY_OK;
}

static groups groups_of(fixture *f)
{
    groups all = { 0 };
    assert_ok(f, store_platform_groups(f->s, group_add, &all, &f->error));
    return all;
}

static void lists_page_through_all(void **state)
{
    fixture *f = *state;
    const char *cursor = NULL;
    size_t seen = 0, pages = 0;
    for (uint64_t i = 0; i < 25; i++)
        put(f, i);
    do {
        store_platform *list;
        size_t count;
        const store_platform_filter filter = { .cursor = cursor, .limit = 10 };
        assert_ok(
            f, store_platforms_list(f->s, &filter, &f->memory, &list, &count, &cursor, &f->error));
        for (size_t i = 0; i < count; i++) {
            sample_platform sample;
            sample_platform_make(seen++, &sample);
            assert_true(span_equal(list[i].qe_id, SPAN(sample.qe_id)));
        }
        pages++;
    } while (cursor != NULL);
    assert_int_equal(seen, 25);
    assert_int_equal(pages, 3);
}

static void lists_end_with_a_full_page(void **state)
{
    fixture *f = *state;
    store_platform *list;
    size_t count;
    const char *next = "";
    const store_platform_filter filter = { .limit = 5 };
    for (uint64_t i = 0; i < 5; i++)
        put(f, i);
    assert_ok(f, store_platforms_list(f->s, &filter, &f->memory, &list, &count, &next, &f->error));
    assert_int_equal(count, 5);
    assert_null(next);
}

static void lists_filter_by_fmspc_and_state(void **state)
{
    static const uint8_t first[6] = { 0x00, 0x80, 0x6f, 1, 0, 0 }, none[6] = { 9 };
    static const struct {
        const char *what;
        const uint8_t *fmspc;
        store_platform_state state;
        size_t count;
    } rows[] = {
        { "all", NULL, 0, 60 },
        { "one FMSPC", first, 0, 3 },
        { "no such FMSPC", none, 0, 0 },
        { "queued", NULL, STORE_PLATFORM_QUEUED, 20 },
        { "registered", NULL, STORE_PLATFORM_REGISTERED, 40 },
        { "both", first, STORE_PLATFORM_QUEUED, 1 },
        { "both, none", first, STORE_PLATFORM_UNAVAILABLE, 0 },
    };
    fixture *f = *state;
    for (uint64_t i = 0; i < 60; i++) {
        sample_platform sample;
        sample_platform_make(i, &sample);
        if (i % 3 == 0)
            sample.record.platform.state = STORE_PLATFORM_QUEUED;
        assert_ok(f, store_platforms_put(f->s, &sample.record, 1, NULL, &f->error));
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        store_platform *list;
        size_t count;
        const char *next;
        const store_platform_filter filter = { .fmspc = rows[i].fmspc, .state = rows[i].state };
        assert_ok(f,
                  store_platforms_list(f->s, &filter, &f->memory, &list, &count, &next, &f->error));
        assert_row(rows[i].what, count, rows[i].count);
    }
}

static void lists_refuse_foreign_cursors(void **state)
{
    static const char *const cursors[] = { "", "x", "1x", "-1", " 1", "9999999999999999999" };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cursors); i++) {
        store_platform *list;
        size_t count;
        const char *next;
        const store_platform_filter filter = { .cursor = cursors[i] };
        assert_row(cursors[i],
                   store_platforms_list(f->s, &filter, &f->memory, &list, &count, &next, NULL),
                   ASSAY_MALFORMED);
    }
}

static void platforms_are_counted_and_limited(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    uint64_t count;
    store_settings settings = fixture_settings(f);
    settings.platform_max = 3;
    store_close(f->s);
    assert_ok(f, store_open(&settings, FIXTURE_NOW, &f->s, &f->error));
    for (uint64_t i = 0; i < 3; i++)
        put(f, i);
    sample_platform_make(3, &sample);
    assert_failure(f, store_platforms_put(f->s, &sample.record, 1, NULL, &f->error), "store_limit");
    sample_platform_make(1, &sample);
    sample.record.platform.state = STORE_PLATFORM_QUEUED;
    assert_ok(f, store_platforms_put(f->s, &sample.record, 1, NULL, &f->error));
    assert_ok(f, store_platform_count(f->s, STORE_PLATFORM_QUEUED, &count, &f->error));
    assert_int_equal(count, 1);
    assert_ok(f, store_platform_count(f->s, 0, &count, &f->error));
    assert_int_equal(count, 3);
    assert_ok(f, store_platform_delete(f->s, SPAN(sample.qe_id), 0, NULL, &f->error));
    put(f, 3);
    assert_ok(f, store_platform_count(f->s, 0, &count, &f->error));
    assert_int_equal(count, 3);
}

static void groups_count_by_the_certificate_that_was_selected(void **state)
{
    fixture *f = *state;
    for (uint64_t i = 0; i < 130; i++)
        put(f, i);
    groups all = groups_of(f);
    assert_int_equal(all.count, 60);
    assert_int_equal(all.platforms, 130);
    sample_platform sample;
    sample_platform_make(0, &sample);
    assert_memory_equal(all.rows[0].fmspc, sample.record.platform.fmspc, 6);
    assert_memory_equal(all.rows[0].tcbm, sample.pck.tcbm, STORE_TCBM_SIZE);
    assert_int_equal(all.rows[0].ca, 2);
    assert_int_equal(all.rows[0].count, 3); /* 0, 60, 120 */
}

static void groups_follow_raw_tcb_and_selection(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    sample_platform_make(0, &sample);
    store_platform platform = sample.record.platform;
    store_selection newer = sample.selection;
    assert_ok(f,
              store_platform_put(f->s, &platform, STORE_KEEP, NULL, 0, NULL, 0, NULL, &f->error));
    assert_int_equal(groups_of(f).rows[0].tcbm[0], 7); /* raw: nothing is selected */
    assert_int_equal(groups_of(f).rows[0].tcbm[16], 13);
    assert_ok(f, store_selection_put(f->s, SPAN(sample.qe_id), 0, &newer, &f->error));
    assert_int_equal(groups_of(f).rows[0].tcbm[0], 3);
    newer.cpu_svn[0] = 50; /* for another raw TCB */
    newer.tcbm[0] = 40;
    assert_ok(f, store_selection_put(f->s, SPAN(sample.qe_id), 0, &newer, &f->error));
    assert_int_equal(groups_of(f).rows[0].tcbm[0], 3);
    platform.cpu_svn[0] = 50; /* which the platform reports now */
    assert_ok(f,
              store_platform_put(f->s, &platform, STORE_KEEP, NULL, 0, NULL, 0, NULL, &f->error));
    assert_int_equal(groups_of(f).rows[0].tcbm[0], 40);
    assert_ok(
        f, store_platform_put(f->s, &platform, STORE_REPLACE, NULL, 0, NULL, 0, NULL, &f->error));
    assert_int_equal(groups_of(f).rows[0].tcbm[0], 50);
}

static void groups_name_their_platforms(void **state)
{
    fixture *f = *state;
    const char *cursor = NULL;
    size_t seen = 0;
    for (uint64_t i = 0; i < 130; i++)
        put(f, i);
    const store_tcb_group group = groups_of(f).rows[0];
    do {
        store_platform *list;
        size_t count;
        assert_ok(f, store_group_platforms(f->s, &group, cursor, 2, &f->memory, &list, &count,
                                           &cursor, &f->error));
        for (size_t i = 0; i < count; i++) {
            sample_platform sample;
            sample_platform_make(60 * seen++, &sample);
            assert_true(span_equal(list[i].qe_id, SPAN(sample.qe_id)));
        }
    } while (cursor != NULL);
    assert_int_equal(seen, 3);
}

static assay_status group_refuse(void *context, const store_tcb_group *group, assay_error *err)
{
    ++*(size_t *)context;
    (void)group;
    return fail(err, ASSAY_REVOKED, "test", ASSAY_NO_OFFSET, "enough");
}

static void groups_stop_when_told(void **state)
{
    fixture *f = *state;
    size_t calls = 0;
    put(f, 1);
    put(f, 2);
    assert_failure(f, store_platform_groups(f->s, group_refuse, &calls, &f->error), "revoked");
    assert_int_equal(calls, 1);
    assert_int_equal(groups_of(f).count, 2);
}

static void fmspcs_are_listed_once(void **state)
{
    fixture *f = *state;
    uint8_t(*list)[6];
    size_t count;
    for (uint64_t i = 0; i < 50; i++)
        put(f, i);
    const store_platform unknown = { .qe_id = SPAN_TEXT("q"), .state = STORE_PLATFORM_QUEUED };
    assert_ok(f, store_platform_put(f->s, &unknown, STORE_KEEP, NULL, 0, NULL, 0, NULL, &f->error));
    assert_ok(f, store_fmspcs(f->s, &f->memory, &list, &count, &f->error));
    assert_int_equal(count, 20);
    assert_int_equal(list[0][3], 1);
    assert_int_equal(list[19][3], 20);
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(lists_page_through_all),
    CONTRACT_TEST(lists_end_with_a_full_page),
    CONTRACT_TEST(lists_filter_by_fmspc_and_state),
    CONTRACT_TEST(lists_refuse_foreign_cursors),
    CONTRACT_TEST(platforms_are_counted_and_limited),
    CONTRACT_TEST(groups_count_by_the_certificate_that_was_selected),
    CONTRACT_TEST(groups_follow_raw_tcb_and_selection),
    CONTRACT_TEST(groups_name_their_platforms),
    CONTRACT_TEST(groups_stop_when_told),
    CONTRACT_TEST(fmspcs_are_listed_once),
};

const contract_part inventory_contract = CONTRACT_PART(tests);
