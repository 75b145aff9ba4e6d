/* routes.c: all tables of rows: what can be asked of the service. */
#include "serve/admin_tables.h"
#include "serve/platform_tables.h"
#include "serve/vendor_tables.h"

static const size_t pck_count = PCK_ROUTE_COUNT, platform_count = PLATFORM_ROUTE_COUNT,
                    import_count = IMPORT_ROUTE_COUNT, policy_count = POLICY_ROUTE_COUNT,
                    baseline_count = BASELINE_ROUTE_COUNT;

const route_table route_tables[] = {
    { vendor_routes, &vendor_route_count },     { pck_routes, &pck_count },
    { platform_routes, &platform_count },       { import_routes, &import_count },
    { policy_routes, &policy_count },           { amd_routes, &amd_route_count },
    { evidence_routes, &evidence_route_count }, { refresh_routes, &refresh_route_count },
    { baseline_routes, &baseline_count },       { admin_routes, &admin_route_count },
    { token_routes, &token_route_count },       { health_routes, &health_route_count },
    { openapi_routes, &openapi_route_count },
};
const size_t route_table_count = sizeof(route_tables) / sizeof(route_tables[0]);
