/* fetcher.c: the life of a fetcher: a configuration that was checked, and a connection. */
#include "base/memory.h"
#include "fetch/cache.h"
#include "fetch/fetcher_object.h"

#include <stdio.h>

static assay_status services_check(const assay_fetch_service *services, size_t count,
                                   const char *name, assay_error *err)
{
    if (count > ASSAY_FETCH_SERVICE_MAX)
        return fail(err, ASSAY_USAGE, name, ASSAY_NO_OFFSET, "%zu services, at most %d", count,
                    ASSAY_FETCH_SERVICE_MAX);
    for (size_t i = 0; i < count; i++) {
        char where[ASSAY_WHERE_SIZE];
        snprintf(where, sizeof(where), "%s[%zu]", name, i);
        if (services[i].service <= ASSAY_SERVICE_NONE || services[i].service >= ASSAY_SERVICE_COUNT)
            return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "is none of the services");
        TRY(source_url_check(services[i].url, SOURCE_QUERY_REFUSED, where, err));
    }
    return ASSAY_OK;
}

static assay_status config_check(const assay_fetch_config *config, assay_error *err)
{
    TRY(services_check(config->pck, config->pck_count, "pck", err));
    TRY(services_check(config->collateral, config->collateral_count, "collateral", err));
    if (config->kds_url[0] != '\0')
        TRY(source_url_check(config->kds_url, SOURCE_QUERY_REFUSED, "kds_url", err));
    if (config->pck_count == 0 && config->collateral_count == 0 && config->kds_url[0] == '\0')
        return fail(err, ASSAY_USAGE, "config", ASSAY_NO_OFFSET, "names no service");
    if (config->pck_header_count > ASSAY_FETCH_PAIR_MAX ||
        config->pck_parameter_count > ASSAY_FETCH_PAIR_MAX)
        return fail(err, ASSAY_USAGE, "config", ASSAY_NO_OFFSET, "more than %d pairs",
                    ASSAY_FETCH_PAIR_MAX);
    return ASSAY_OK;
}

assay_status assay_fetcher_new(const assay_fetch_config *config, assay_fetcher **out,
                               assay_error *error)
{
    TRY(config_check(config, error));
    assay_fetcher *fetcher = memory_new(sizeof(*fetcher));
    transfer *line = transfer_new();
    if (fetcher == NULL || line == NULL) {
        memory_free(fetcher);
        transfer_free(line);
        return fail(error, ASSAY_NO_MEMORY, "fetcher", ASSAY_NO_OFFSET, "no memory");
    }
    fetcher->config = *config;
    fetcher->line = line;
    (void)pthread_mutex_init(&fetcher->turn, NULL);
    *out = fetcher;
    return ASSAY_OK;
}

void assay_fetcher_free(assay_fetcher *fetcher)
{
    if (fetcher == NULL)
        return;
    transfer_free(fetcher->line);
    (void)pthread_mutex_destroy(&fetcher->turn);
    memory_free(fetcher);
}

void assay_fetched_free(assay_fetched *item)
{
    memory_free(item->body);
    memory_free(item->issuer_chain);
    memory_free(item->warning);
    memory_free(item->url);
    *item = (assay_fetched) { 0 };
}

assay_status assay_fetch_cache_clear(assay_fetcher *fetcher, unsigned which, assay_error *error)
{
    const char *folder = fetcher->config.cache_folder;
    if (folder[0] == '\0' || cache_forget(folder, which))
        return ASSAY_OK;
    return fail(error, ASSAY_ENVIRONMENT, folder, ASSAY_NO_OFFSET,
                "a file of the cache can't be removed");
}
