/* route_index.c: the rows of all tables by path. Exact paths are looked up in a table with open
 * places; paths that end with "*" are few, and tried in the order of the tables. */
#include "serve/route_index.h"

#include "serve/hash.h"
#include <stdio.h>

enum { SLOTS = 1024, GROUP_MAX = SLOTS / 2 };

struct route_index {
    route_group groups[GROUP_MAX];
    size_t group_count;
    uint16_t slots[SLOTS];    /* number of a group + 1; 0: free */
    uint16_t open[GROUP_MAX]; /* groups whose path ends with "*" */
    size_t open_count;
};

static uint16_t *slot_of(route_index *index, assay_span path)
{
    size_t at = hash_bytes(0, path) % SLOTS;
    while (index->slots[at] != 0 && !span_is(path, index->groups[index->slots[at] - 1].path))
        at = (at + 1) % SLOTS;
    return &index->slots[at];
}

static route_group *group_for(route_index *index, const char *path)
{
    uint16_t *slot = slot_of(index, SPAN_TEXT(path));
    if (*slot != 0)
        return &index->groups[*slot - 1];
    if (index->group_count == GROUP_MAX)
        return NULL;
    route_group *group = &index->groups[index->group_count];
    group->path = path;
    if (path[strlen(path) - 1] == '*')
        index->open[index->open_count++] = (uint16_t)index->group_count;
    *slot = (uint16_t)++index->group_count;
    return group;
}

static assay_status row_add(route_index *index, const route *row, assay_error *err)
{
    route_group *group = group_for(index, row->path);
    if (group == NULL)
        return fail(err, ASSAY_USAGE, row->path, ASSAY_NO_OFFSET, "more than %d paths", GROUP_MAX);
    if (group->rows[row->method] != NULL)
        return fail(err, ASSAY_USAGE, row->path, ASSAY_NO_OFFSET, "two rows for %s",
                    http_method_name(row->method));
    group->rows[row->method] = row;
    return ASSAY_OK;
}

static void allow_write(route_group *group)
{
    size_t used = 0;
    for (http_method method = HTTP_GET; method <= HTTP_OPTIONS; method++) {
        if (method != HTTP_OPTIONS && route_group_row(group, method) == NULL)
            continue;
        used += (size_t)snprintf(group->allow + used, sizeof(group->allow) - used, "%s%s",
                                 used > 0 ? ", " : "", http_method_name(method));
    }
}

assay_status route_index_new(const route_table *tables, size_t count, route_index **out,
                             assay_error *err)
{
    route_index *index = memory_new(sizeof(*index));
    if (index == NULL)
        return fail(err, ASSAY_NO_MEMORY, "routes", ASSAY_NO_OFFSET, "no memory");
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < count && status == ASSAY_OK; i++)
        for (size_t j = 0; j < *tables[i].count && status == ASSAY_OK; j++)
            status = row_add(index, &tables[i].rows[j], err);
    if (status != ASSAY_OK) {
        memory_free(index);
        return status;
    }
    for (size_t i = 0; i < index->group_count; i++)
        allow_write(&index->groups[i]);
    *out = index;
    return ASSAY_OK;
}

void route_index_free(route_index *index)
{
    memory_free(index);
}

const route_group *route_index_find(const route_index *index, assay_span path, assay_span *rest)
{
    *rest = span_of(NULL, 0);
    for (size_t at = hash_bytes(0, path) % SLOTS; index->slots[at] != 0; at = (at + 1) % SLOTS)
        if (span_is(path, index->groups[index->slots[at] - 1].path))
            return &index->groups[index->slots[at] - 1];
    for (size_t i = 0; i < index->open_count; i++) {
        const route_group *group = &index->groups[index->open[i]];
        const size_t size = strlen(group->path) - 1;
        if (path.size <= size || memcmp(path.data, group->path, size) != 0)
            continue;
        *rest = span_of(path.data + size, path.size - size);
        return group;
    }
    return NULL;
}

const route *route_group_row(const route_group *group, http_method method)
{
    return group->rows[method == HTTP_HEAD ? HTTP_GET : method];
}
