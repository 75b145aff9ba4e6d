/* fetch_library.h: libassay-fetch, loaded when something is to be fetched and not before: libcurl
 * and what it brings would double what every other command takes to start.
 * docs/decisions/0008-fetch-library.md */
#ifndef ASSAY_CMD_FETCH_LIBRARY_H
#define ASSAY_CMD_FETCH_LIBRARY_H

#include "assay/call.h"

/* The functions of assay/fetch.h and assay/call.h, under their names without "assay_". */
typedef struct fetch_library {
    void (*config_default)(assay_fetch_config *out);
    assay_status (*config_parse)(assay_span text, const char *name, assay_fetch_config *config,
                                 assay_error *error);
    assay_status (*config_load)(assay_fetch_config *config, bool *found, assay_error *error);
    assay_service (*service_of_url)(const char *url);
    assay_status (*fetcher_new)(const assay_fetch_config *config, assay_fetcher **out,
                                assay_error *error);
    void (*fetcher_free)(assay_fetcher *fetcher);
    assay_status (*fetch)(assay_fetcher *fetcher, const assay_fetch_request *request,
                          assay_fetched *out, assay_error *error);
    assay_status (*issuer_keys)(assay_fetcher *fetcher, const char *issuer, assay_fetched *out,
                                assay_error *error);
    void (*fetched_free)(assay_fetched *item);
    assay_status (*order_of_quote)(assay_span quote, assay_collateral_order *out,
                                   assay_error *error);
    assay_status (*order_of_chain)(assay_span chain, assay_tee tee, assay_collateral_order *out,
                                   assay_error *error);
    assay_status (*fetch_collateral)(assay_fetcher *fetcher, const assay_collateral_order *order,
                                     const assay_roots *roots, assay_fetch_progress progress,
                                     void *context, assay_collateral **out, assay_error *error);
    assay_status (*run_call)(const assay_fetch_call *call, assay_fetch_called *out,
                             assay_error *error);
    void (*called_free)(assay_fetch_called *called);
    bool (*called_header)(const assay_fetch_called *called, const char *name, char *out,
                          size_t size);
} fetch_library;

/* Loads it for the rest of the run. ENVIRONMENT when it is not installed. */
assay_status fetch_library_load(fetch_library *out, assay_error *error);

#endif
