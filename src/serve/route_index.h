/* route_index.h: from a path to the rows of the tables. */
#ifndef ASSAY_SERVE_ROUTE_INDEX_H
#define ASSAY_SERVE_ROUTE_INDEX_H

#include "serve/route.h"

enum { ROUTE_METHODS = HTTP_OPTIONS + 1, ROUTE_ALLOW_SIZE = 64 };

/* All rows of one path. */
typedef struct route_group {
    const char *path;
    const route *rows[ROUTE_METHODS]; /* by method; NULL: not allowed */
    char allow[ROUTE_ALLOW_SIZE];     /* "GET, HEAD, OPTIONS" */
} route_group;

typedef struct route_index route_index;

/* USAGE when two rows claim one path and method. */
assay_status route_index_new(const route_table *tables, size_t count, route_index **out,
                             assay_error *err);
void route_index_free(route_index *index);

/* NULL when nobody answers there. `rest` is what stands for the "*" of the row, as received. */
const route_group *route_index_find(const route_index *index, assay_span path, assay_span *rest);

/* Of a group: HEAD is GET's row. */
const route *route_group_row(const route_group *group, http_method method);

#endif
