/* items.c: whatever a vendor publishes. */
#include "store/write.h"

static assay_status key_check(const char *key, assay_error *err)
{
    return name_check(key, "store.item.key", err);
}

/* ---- Reading ----------------------------------------------------------------------------------
 */

static assay_status head_of_row(const store_value *columns, arena *memory, store_item *out,
                                assay_error *err)
{
    *out = (store_item) {
        .chain = "",
        .issue_date = columns[2].number,
        .next_update = columns[3].number,
        .evaluation_number = (uint32_t)columns[4].number,
        .fetched = columns[5].number,
        .version = (uint64_t)columns[6].number,
    };
    TRY(column_text(&columns[0], memory, &out->key, err));
    return column_text(&columns[1], memory, &out->source, err);
}

static assay_status item_of_row(const store_value *columns, arena *memory, store_item *out,
                                assay_error *err)
{
    TRY(head_of_row(columns, memory, out, err));
    TRY(column_text(&columns[8], memory, &out->chain, err));
    TRY(column_copy(&columns[9], memory, &out->body, err));
    return checksum_check(&columns[7], item_checksum(out), out->key, err);
}

assay_status item_reader(void *context, const store_value *columns, assay_error *err)
{
    item_row *row = context;
    store_item item;
    TRY(item_of_row(columns, row->memory, &item, err));
    *row->out = item;
    *row->found = true;
    return ASSAY_OK;
}

assay_status store_item_get(store *s, const char *key, arena *memory, store_item *out, bool *found,
                            assay_error *err)
{
    const store_value parameters[] = { text_value(key) };
    bool seen = false;
    item_row row = { memory, out, &seen };
    TRY(key_check(key, err));
    TRY(ask(s, ITEM_GET, parameters, PARAMETER_COUNT(parameters), item_reader, &row, err));
    *found = seen;
    return ASSAY_OK;
}

static assay_status get_each(store *s, store_session *session, const char *const *keys,
                             size_t count, arena *memory, store_item *out, bool *found,
                             assay_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const store_value parameters[] = { text_value(keys[i]) };
        item_row row = { memory, &out[i], &found[i] };
        found[i] = false;
        TRY(key_check(keys[i], err));
        TRY(s->operations->run(session, ITEM_GET, parameters, PARAMETER_COUNT(parameters),
                               item_reader, &row, err));
    }
    return ASSAY_OK;
}

assay_status store_items_get(store *s, const char *const *keys, size_t count, arena *memory,
                             store_item *out, bool *found, assay_error *err)
{
    store_session *session;
    TRY(s->operations->take(s->database, ACCESS_SNAPSHOT, &session, err));
    return session_end(s, session, get_each(s, session, keys, count, memory, out, found, err), err);
}

typedef struct item_list {
    row_list rows;
    store_depth depth;
} item_list;

static assay_status list_reader(void *context, const store_value *columns, assay_error *err)
{
    item_list *list = context;
    store_item *item = row_list_add(&list->rows);
    if (item == NULL)
        return no_memory(err, "store.items");
    return list->depth == STORE_WHOLE ? item_of_row(columns, list->rows.memory, item, err)
                                      : head_of_row(columns, list->rows.memory, item, err);
}

assay_status store_items_list(store *s, const char *prefix, const char *after, size_t limit,
                              store_depth depth, arena *memory, store_item **out, size_t *count,
                              assay_error *err)
{
    item_list list = { { .memory = memory, .size = sizeof(store_item) }, depth };
    /* Above every key with the prefix: keys are ASCII, 0x7f is none of theirs. */
    char *end = arena_new(memory, strlen(prefix) + 2, 1);
    if (end == NULL)
        return no_memory(err, "store.items");
    memcpy(end, prefix, strlen(prefix));
    end[strlen(prefix)] = '\x7f';
    const store_value parameters[] = { text_value(prefix), text_value(end),
                                       text_value(after != NULL ? after : ""),
                                       number_value((int64_t)limit) };
    TRY(ask(s, depth == STORE_WHOLE ? ITEM_LIST : ITEM_HEADS, parameters,
            PARAMETER_COUNT(parameters), list_reader, &list, err));
    *out = list.rows.elements;
    *count = list.rows.count;
    return ASSAY_OK;
}

/* ---- Writing ----------------------------------------------------------------------------------
 */

/* *version 0: the item is not there. */
static assay_status version_of(store_write *w, const char *key, int64_t *version, assay_error *err)
{
    const store_value parameters[] = { text_value(key) };
    *version = 0;
    return write_ask(w, ITEM_VERSION, parameters, PARAMETER_COUNT(parameters), number_reader,
                     version, err);
}

/* Of what never ends there may be one for each chip and TCB that somebody asks for: it leaves a
 * quarter to the others, of which vendors have but so many. */
static uint64_t item_ceiling(const store_write *w, const store_item *item)
{
    const uint64_t max = w->s->item_max;
    return item->next_update == 0 ? max - (max + 3) / 4 : max;
}

static assay_status item_count_add(store_write *w, const store_item *item, assay_error *err)
{
    const uint64_t most = item_ceiling(w, item);
    if (w->totals.items >= most)
        return fail_named(err, ASSAY_ENVIRONMENT, "store_limit", NULL, "store.items",
                          "%llu items are there, at most %llu", (unsigned long long)w->totals.items,
                          (unsigned long long)most);
    w->totals.items++;
    return ASSAY_OK;
}

static assay_status item_put(store_write *w, const store_item *item, assay_error *err)
{
    int64_t version;
    const row_checksum checksum = item_checksum(item);
    TRY(key_check(item->key, err));
    TRY(version_of(w, item->key, &version, err));
    if (version == 0)
        TRY(item_count_add(w, item, err));
    TRY(write_change(w, "item", item->key, err));
    const store_value row[] = {
        text_value(item->key),
        text_value(item->source),
        number_value(item->issue_date),
        number_value(item->next_update),
        number_value(item->evaluation_number),
        number_value(item->fetched),
        number_value((int64_t)w->totals.version),
        bytes_value(SPAN(checksum.bytes)),
        text_value(item->chain),
        bytes_value(item->body),
    };
    return write_run(w, version == 0 ? ITEM_INSERT : ITEM_UPDATE, row, PARAMETER_COUNT(row), err);
}

static assay_status put_each(store_write *w, const store_item *items, size_t count,
                             assay_error *err)
{
    for (size_t i = 0; i < count; i++)
        TRY(item_put(w, &items[i], err));
    return ASSAY_OK;
}

assay_status store_items_put(store *s, const store_item *items, size_t count, assay_error *err)
{
    store_write w;
    TRY(write_begin(s, &w, err));
    return write_end(&w, put_each(&w, items, count, err), err);
}

static assay_status touch(store_write *w, const char *key, int64_t fetched, assay_error *err)
{
    int64_t version;
    TRY(version_of(w, key, &version, err));
    if (version == 0)
        return ASSAY_OK;
    TRY(write_change(w, "item", key, err));
    const store_value row[] = { text_value(key), number_value(fetched),
                                number_value((int64_t)w->totals.version) };
    return write_run(w, ITEM_TOUCH, row, PARAMETER_COUNT(row), err);
}

assay_status store_item_touch(store *s, const char *key, int64_t fetched, assay_error *err)
{
    store_write w;
    TRY(key_check(key, err));
    TRY(write_begin(s, &w, err));
    return write_end(&w, touch(&w, key, fetched, err), err);
}

static assay_status item_remove(store_write *w, const char *key, assay_error *err)
{
    int64_t version;
    const store_value parameters[] = { text_value(key) };
    TRY(version_of(w, key, &version, err));
    if (version == 0)
        return ASSAY_OK;
    w->totals.items--;
    TRY(write_change(w, "item", key, err));
    return write_run(w, ITEM_DELETE, parameters, PARAMETER_COUNT(parameters), err);
}

assay_status store_item_delete(store *s, const char *key, assay_error *err)
{
    store_write w;
    TRY(key_check(key, err));
    TRY(write_begin(s, &w, err));
    return write_end(&w, item_remove(&w, key, err), err);
}
