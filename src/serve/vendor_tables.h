/* vendor_tables.h: the route tables of what vendors publish, for routes.c. */
#ifndef ASSAY_SERVE_VENDOR_TABLES_H
#define ASSAY_SERVE_VENDOR_TABLES_H

#include "serve/route.h"

/* What replies of version 3 carry. */
#define VERSION_3_WARNING                                                                          \
    "299 - \"API version 3 is no longer available from the vendor; use version 4\""

extern const route vendor_routes[]; /* Intel's, in the forms of PCS, PCCS and THIM */
extern const size_t vendor_route_count;
extern const route amd_routes[];
extern const size_t amd_route_count;
extern const route evidence_routes[];
extern const size_t evidence_route_count;
extern const route refresh_routes[];
extern const size_t refresh_route_count;
extern const route openapi_routes[]; /* the API itself */
extern const size_t openapi_route_count;

#endif
