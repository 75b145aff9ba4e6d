/* platform_tables.h: the route tables of platforms, imports, policies and baselines, for routes.c.
 */
#ifndef ASSAY_SERVE_PLATFORM_TABLES_H
#define ASSAY_SERVE_PLATFORM_TABLES_H

#include "serve/route.h"

enum {
    PCK_ROUTE_COUNT = 4,
    PLATFORM_ROUTE_COUNT = 7,
    IMPORT_ROUTE_COUNT = 4,
    POLICY_ROUTE_COUNT = 4,
    BASELINE_ROUTE_COUNT = 4
};

extern const route pck_routes[PCK_ROUTE_COUNT];
extern const route platform_routes[PLATFORM_ROUTE_COUNT];
extern const route import_routes[IMPORT_ROUTE_COUNT];
extern const route policy_routes[POLICY_ROUTE_COUNT];
extern const route baseline_routes[BASELINE_ROUTE_COUNT];

#endif
