/* platform_tables.h: the route tables of platforms, imports, policies and baselines, for routes.c.
 */
#ifndef ASSAY_SERVE_PLATFORM_TABLES_H
#define ASSAY_SERVE_PLATFORM_TABLES_H

#include "serve/route.h"

extern const route pck_routes[];
extern const size_t pck_route_count;
extern const route platform_routes[];
extern const size_t platform_route_count;
extern const route import_routes[];
extern const size_t import_route_count;
extern const route policy_routes[];
extern const size_t policy_route_count;
extern const route baseline_routes[];
extern const size_t baseline_route_count;

#endif
