/* fetch_library.c: libassay-fetch, loaded when something is to be fetched. */
#include "fetch_library.h"

#include <dlfcn.h>
#include <string.h>

#include "failure.h"

static const char library_name[] = "libassay-fetch.so.0";

#define ROW(member, symbol)                                                                        \
    {                                                                                              \
        symbol, offsetof(fetch_library, member)                                                    \
    }

static const struct {
    const char *symbol;
    size_t member;
} functions[] = {
    ROW(config_default, "assay_fetch_config_default"),
    ROW(config_parse, "assay_fetch_config_parse"),
    ROW(config_load, "assay_fetch_config_load"),
    ROW(service_of_url, "assay_service_of_url"),
    ROW(fetcher_new, "assay_fetcher_new"),
    ROW(fetcher_free, "assay_fetcher_free"),
    ROW(fetch, "assay_fetch"),
    ROW(issuer_keys, "assay_fetch_issuer_keys"),
    ROW(fetched_free, "assay_fetched_free"),
    ROW(order_of_quote, "assay_collateral_order_of_quote"),
    ROW(order_of_chain, "assay_collateral_order_of_chain"),
    ROW(fetch_collateral, "assay_fetch_collateral"),
    ROW(run_call, "assay_fetch_run_call"),
    ROW(called_free, "assay_fetch_called_free"),
    ROW(called_header, "assay_fetch_called_header"),
};

assay_status fetch_library_load(fetch_library *out, assay_error *error)
{
    void *library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return failed(error, ASSAY_ENVIRONMENT, "fetch",
                      "%s can't be loaded: install it, or give --collateral (%s)", library_name,
                      dlerror());
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        void *function = dlsym(library, functions[i].symbol);
        if (function == NULL)
            return failed(error, ASSAY_ENVIRONMENT, "fetch",
                          "%s lacks %s: it is of another version", library_name,
                          functions[i].symbol);
        memcpy((char *)out + functions[i].member, &function, sizeof(function));
    }
    return ASSAY_OK;
}
