/* When an item is renewed. */
#include "serve/refresh_work.h"
#include "support.h"

enum { NOW = 1800000000, HOUR = 3600, DAY = 24 * HOUR };

typedef struct due_row {
    const char *what;
    item_kind kind;
    int64_t age;  /* seconds since it was confirmed */
    int64_t left; /* seconds until it ends; 0: it never does */
    bool due;
} due_row;

static const due_row rows[] = {
    { "new", ITEM_TCB_INFO, 0, 30 * DAY, false },
    { "half a day old", ITEM_TCB_INFO, DAY / 2, 29 * DAY, false },
    { "not looked at for long", ITEM_TCB_INFO, DAY + DAY / 5, 29 * DAY, true },
    { "ends within a day", ITEM_TCB_INFO, 2 * HOUR, DAY - HOUR, true },
    { "ends within a day, but was asked for just now", ITEM_TCB_INFO, 60, DAY - HOUR, false },
    { "ends within a day, asked for ten minutes ago", ITEM_TCB_INFO, 600, DAY - HOUR, false },
    { "ends in twenty minutes, asked for ten minutes ago", ITEM_TCB_INFO, 600, 1200, true },
    { "stale, asked for ten minutes ago", ITEM_PCK_CRL, 600, -DAY, true },
    { "stale, asked for a minute ago", ITEM_PCK_CRL, 60, -DAY, false },
    { "ends in three days", ITEM_ROOT_CRL, 2 * HOUR, 3 * DAY, false },
    { "has no end, and is old", ITEM_AMD_CHAIN, 2 * DAY, 0, true },
    { "a VCEK is for ever", ITEM_VCEK, 1000 * DAY, 0, false },
};

static void items_are_renewed_in_time(void **state)
{
    (void)state;
    serve_config config = {
        .cache = { .refresh_hours = 24, .refresh_before_hours = 24, .jitter_percent = 10 }
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const item_name name = { .kind = rows[i].kind };
        const store_item item = { .key = "tcb/sgx/00906ED50000/standard",
                                  .fetched = NOW - rows[i].age,
                                  .next_update = rows[i].left != 0 ? NOW + rows[i].left : 0 };
        assert_row(rows[i].what, refresh_due(&config, &item, &name, NOW), rows[i].due);
    }
}

static void items_that_came_together_are_not_renewed_together(void **state)
{
    (void)state;
    serve_config config = { .cache = { .refresh_hours = 100, .jitter_percent = 50 } };
    const item_name name = { .kind = ITEM_TCB_INFO };
    static const char *const keys[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" };
    size_t due = 0;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const store_item item = { .key = keys[i], .fetched = NOW - 125 * HOUR };
        due += refresh_due(&config, &item, &name, NOW);
    }
    assert_true(due > 0 && due < COUNT_OF(keys));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_renewed_in_time),
        cmocka_unit_test(items_that_came_together_are_not_renewed_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
