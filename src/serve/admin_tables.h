/* admin_tables.h: the route tables of administration and health, for routes.c. */
#ifndef ASSAY_SERVE_ADMIN_TABLES_H
#define ASSAY_SERVE_ADMIN_TABLES_H

#include "serve/route.h"

extern const route admin_routes[];
extern const size_t admin_route_count;
extern const route token_routes[];
extern const size_t token_route_count;
extern const route health_routes[];
extern const size_t health_route_count;

#endif
