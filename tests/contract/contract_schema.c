/* contract_schema.c: making the schema, migrating an older one, refusing a newer one
 * (src/store/migrate.c). Opens engines without store_open(), as an older program would. */
#include <pthread.h>
#include <stdio.h>

#include "contract/contract.h"
#include "store/room.h"

/* A store whose schema ends with `newest`. */
static void open_at(fixture *f, int64_t newest, store *out)
{
    store_settings settings = fixture_settings(f);
    settings.connections = 2;
    settings.wait_seconds = 5;
    *out =
        (store) { .operations = fixture_is_postgres() ? &postgres_operations : &sqlite_operations,
                  .wake = -1 };
    assert_ok(f, out->operations->open(&settings, &out->database, &f->error));
    assert_ok(f, schema_migrate(out, newest, FIXTURE_NOW, &f->error));
}

static void run(fixture *f, store *s, store_statement statement, const store_value *parameters,
                size_t count)
{
    store_session *session;
    assert_ok(f, s->operations->take(s->database, ACCESS_WRITE, &session, &f->error));
    assert_ok(f, s->operations->run(session, statement, parameters, count, NULL, NULL, &f->error));
    assert_ok(f, s->operations->give(session, OUTCOME_KEEP, &f->error));
}

static void schema_1_is_migrated_with_what_is_in_it(void **state)
{
    fixture *f = *state;
    char key[64];
    store old;
    store_item out;
    bool found, held;
    const store_item item = sample_item(1, key);
    const row_checksum checksum = item_checksum(&item);
    const store_value row[] = {
        text_value(item.key),
        text_value(item.source),
        number_value(item.issue_date),
        number_value(item.next_update),
        number_value(item.evaluation_number),
        number_value(item.fetched),
        number_value(1),
        bytes_value(SPAN(checksum.bytes)),
        text_value(item.chain),
        bytes_value(item.body),
    };
    open_at(f, 1, &old);
    run(f, &old, ITEM_INSERT, row, PARAMETER_COUNT(row));
    old.operations->close(old.database);
    f->s = fixture_open(f);
    assert_ok(f, store_item_get(f->s, key, &f->memory, &out, &found, &f->error));
    assert_true(found);
    assert_true(span_equal(out.body, item.body));
    assert_ok(f, store_items_put(f->s, &item, 1, &f->error)); /* needs what came with 2 */
    assert_ok(f, store_lease(f->s, "refresh", "a", FIXTURE_NOW, 30, &held, &f->error));
    assert_true(held);
}

static void schema_of_a_newer_program_is_refused(void **state)
{
    fixture *f = *state;
    store newer;
    store *s = NULL;
    const store_settings settings = fixture_settings(f);
    const store_value next[] = { number_value(schema_newest() + 1), number_value(FIXTURE_NOW) };
    open_at(f, schema_newest(), &newer);
    run(f, &newer, SCHEMA_RECORD, next, PARAMETER_COUNT(next));
    newer.operations->close(newer.database);
    assert_failure(f, store_open(&settings, FIXTURE_NOW, &s, &f->error), "store_schema");
    assert_null(s);
}

static void *open_one(void *context)
{
    const store_settings settings = { .url = context };
    store *s = NULL;
    assay_error error = { 0 };
    if (store_open(&settings, FIXTURE_NOW, &s, &error) != ASSAY_OK)
        print_error("%s: %s\n", assay_error_name(&error), error.detail);
    return s;
}

static size_t opened_at_once(char *url)
{
    pthread_t threads[6];
    size_t opened = 0;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_create(&threads[i], NULL, open_one, url);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *s;
        pthread_join(threads[i], &s);
        opened += s != NULL;
        store_close(s);
    }
    return opened;
}

static void schema_is_made_by_several_at_once(void **state)
{
    fixture *f = *state;
    const unsigned files = fixture_is_postgres() ? 0 : 15;
    for (unsigned i = 0; i < files; i++) {
        char url[128];
        snprintf(url, sizeof(url), "sqlite:%s/%u.db", f->folder, i);
        assert_int_equal(opened_at_once(url), 6);
    }
    assert_int_equal(opened_at_once(f->url), 6);
    f->s = fixture_open(f);
    assert_ok(f, store_check(f->s, &f->error));
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST_CLOSED(schema_1_is_migrated_with_what_is_in_it),
    CONTRACT_TEST_CLOSED(schema_of_a_newer_program_is_refused),
    CONTRACT_TEST_CLOSED(schema_is_made_by_several_at_once),
};

const contract_part schema_contract = CONTRACT_PART(tests);
