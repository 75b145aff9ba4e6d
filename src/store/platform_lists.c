/* platform_lists.c: the inventory: pages of platforms, how many there are, and groups of equal TCB
 * for plans. */
#include <stdio.h>
#include <stdlib.h>

#include "store/room.h"

enum { PAGE_DEFAULT = 1000, PAGE_MAX = 10000 };

typedef struct page {
    row_list rows;
    size_t limit;
    int64_t last; /* number of the last platform on the page */
    bool more;
} page;

static assay_status page_reader(void *context, const store_value *columns, assay_error *err)
{
    page *p = context;
    if (p->rows.count == p->limit) {
        p->more = true;
        return ASSAY_OK;
    }
    store_platform *platform = row_list_add(&p->rows);
    if (platform == NULL)
        return no_memory(err, "store.platforms");
    p->last = columns[0].number;
    return platform_of_row(columns, p->rows.memory, platform, err);
}

/* A cursor is the number of the last platform that was listed. */
static assay_status cursor_read(const char *cursor, int64_t *after, assay_error *err)
{
    char *end = NULL;
    *after = 0;
    if (cursor == NULL)
        return ASSAY_OK;
    const bool digits = cursor[0] >= '0' && cursor[0] <= '9' && strlen(cursor) <= 18;
    const long long number = digits ? strtoll(cursor, &end, 10) : -1;
    if (!digits || *end != 0)
        return fail(err, ASSAY_MALFORMED, "store.cursor", ASSAY_NO_OFFSET,
                    "not a cursor of an earlier page");
    *after = number;
    return ASSAY_OK;
}

static assay_status cursor_write(const page *p, arena *memory, const char **next, assay_error *err)
{
    enum { CURSOR_SIZE = 24 };
    if (!p->more) {
        *next = NULL;
        return ASSAY_OK;
    }
    char *text = arena_new(memory, CURSOR_SIZE, 1);
    if (text == NULL)
        return no_memory(err, "store.platforms");
    snprintf(text, CURSOR_SIZE, "%lld", (long long)p->last);
    *next = text;
    return ASSAY_OK;
}

/* `parameters` has room for cursor and limit in front of what the statement asks for. */
static assay_status page_get(store *s, store_statement statement, store_value *parameters,
                             size_t parameter_count, const char *cursor, size_t limit,
                             arena *memory, store_platform **out, size_t *count, const char **next,
                             assay_error *err)
{
    page p = { .rows = { .memory = memory, .size = sizeof(store_platform) } };
    int64_t after;
    TRY(cursor_read(cursor, &after, err));
    p.limit = limit == 0 ? PAGE_DEFAULT : limit < PAGE_MAX ? limit : PAGE_MAX;
    parameters[0] = number_value(after);
    parameters[1] = number_value((int64_t)p.limit + 1);
    TRY(ask(s, statement, parameters, parameter_count, page_reader, &p, err));
    TRY(cursor_write(&p, memory, next, err));
    *out = p.rows.elements;
    *count = p.rows.count;
    return ASSAY_OK;
}

assay_status store_platforms_list(store *s, const store_platform_filter *filter, arena *memory,
                                  store_platform **out, size_t *count, const char **next,
                                  assay_error *err)
{
    static const store_statement statements[2][2] = {
        { PLATFORM_LIST, PLATFORM_LIST_STATE }, { PLATFORM_LIST_FMSPC, PLATFORM_LIST_FMSPC_STATE }
    };
    const bool by_fmspc = filter->fmspc != NULL, by_state = filter->state != 0;
    store_value parameters[4];
    size_t used = 2;
    if (by_fmspc)
        parameters[used++] = bytes_value(span_of(filter->fmspc, 6));
    if (by_state)
        parameters[used++] = number_value(filter->state);
    return page_get(s, statements[by_fmspc][by_state], parameters, used, filter->cursor,
                    filter->limit, memory, out, count, next, err);
}

assay_status store_group_platforms(store *s, const store_tcb_group *group, const char *cursor,
                                   size_t limit, arena *memory, store_platform **out, size_t *count,
                                   const char **next, assay_error *err)
{
    store_value parameters[] = { number_value(0), number_value(0), bytes_value(SPAN(group->fmspc)),
                                 number_value(group->ca), bytes_value(SPAN(group->tcbm)) };
    return page_get(s, PLATFORM_LIST_GROUP, parameters, PARAMETER_COUNT(parameters), cursor, limit,
                    memory, out, count, next, err);
}

/* ---- Counting ---------------------------------------------------------------------------------
 */

static assay_status totals_reader(void *context, const store_value *columns, assay_error *err)
{
    uint64_t *by_state = context;
    (void)err;
    by_state[0] = 0;
    for (int state = STORE_PLATFORM_REGISTERED; state <= STORE_PLATFORM_UNAVAILABLE; state++) {
        by_state[state] = (uint64_t)columns[state].number;
        by_state[0] += by_state[state];
    }
    return ASSAY_OK;
}

assay_status store_platform_count(store *s, store_platform_state state, uint64_t *out,
                                  assay_error *err)
{
    uint64_t by_state[STORE_PLATFORM_UNAVAILABLE + 1] = { 0 }; /* [0]: all */
    TRY(ask(s, TOTALS_GET, NULL, 0, totals_reader, by_state, err));
    *out = state <= STORE_PLATFORM_UNAVAILABLE ? by_state[state] : 0;
    return ASSAY_OK;
}

typedef struct group_context {
    store_each_group each;
    void *context;
} group_context;

static assay_status group_reader(void *context, const store_value *columns, assay_error *err)
{
    const group_context *to = context;
    store_tcb_group group = { .ca = (uint8_t)columns[1].number,
                              .count = (uint64_t)columns[3].number };
    TRY(column_bytes(&columns[0], group.fmspc, 6, "store.platforms.fmspc", err));
    TRY(column_bytes(&columns[2], group.tcbm, STORE_TCBM_SIZE, "store.platforms.tcbm", err));
    return to->each(to->context, &group, err);
}

assay_status store_platform_groups(store *s, store_each_group each, void *context, assay_error *err)
{
    store_session *session;
    group_context to = { each, context };
    TRY(s->operations->take(s->database, ACCESS_LONG, &session, err));
    return session_end(
        s, session, s->operations->run(session, PLATFORM_GROUPS, NULL, 0, group_reader, &to, err),
        err);
}

/* ---- FMSPCs -----------------------------------------------------------------------------------
 */

typedef struct fmspc_row {
    uint8_t fmspc[6];
    bool found;
} fmspc_row;

static assay_status fmspc_reader(void *context, const store_value *columns, assay_error *err)
{
    fmspc_row *row = context;
    row->found = true;
    return column_bytes(&columns[0], row->fmspc, 6, "store.platforms.fmspc", err);
}

/* From one to the next by the index: a million platforms have few. Zeros mean none yet. */
static assay_status each_fmspc(store *s, store_session *session, row_list *list, assay_error *err)
{
    fmspc_row row = { .found = true };
    while (row.found) {
        uint8_t after[6];
        memcpy(after, row.fmspc, sizeof(after));
        const store_value parameters[] = { bytes_value(SPAN(after)) };
        row.found = false;
        TRY(s->operations->run(session, FMSPC_NEXT, parameters, PARAMETER_COUNT(parameters),
                               fmspc_reader, &row, err));
        void *element = row.found ? row_list_add(list) : NULL;
        if (row.found && element == NULL)
            return no_memory(err, "store.fmspcs");
        if (row.found)
            memcpy(element, row.fmspc, sizeof(row.fmspc));
    }
    return ASSAY_OK;
}

assay_status store_fmspcs(store *s, arena *memory, uint8_t (**out)[6], size_t *count,
                          assay_error *err)
{
    row_list list = { .memory = memory, .size = 6 };
    store_session *session;
    TRY(s->operations->take(s->database, ACCESS_SNAPSHOT, &session, err));
    TRY(session_end(s, session, each_fmspc(s, session, &list, err), err));
    *out = list.elements;
    *count = list.count;
    return ASSAY_OK;
}
