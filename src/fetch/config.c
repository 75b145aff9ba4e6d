/* config.c: where a configuration comes from when nobody says: the usual services, the user's
 * folder, Intel's file. collateral-service.md 6, 8. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/fetch.h"
#include "base/memory.h"
#include "base/span.h"

enum { CACHE_HOURS = 168, RETRIES = 3, CONFIG_SIZE_MAX = 64 * 1024 };

static const char pcs_url[] = "https://api.trustedservices.intel.com/sgx/certification/v4/";
static const char kds_url[] = "https://kdsintf.amd.com/";
static const char usual_file[] = "/etc/sgx_default_qcnl.conf";

/* As Intel's and Azure's clients choose theirs, but never a folder that all users share. */
static void cache_folder_find(char out[ASSAY_FETCH_URL_SIZE])
{
    static const char *const names[] = { "AZDCAP_CACHE", "XDG_CACHE_HOME", "HOME" };
    out[0] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *folder = getenv(names[i]);
        if (folder == NULL || folder[0] != '/' || strlen(folder) >= ASSAY_FETCH_URL_SIZE)
            continue;
        snprintf(out, ASSAY_FETCH_URL_SIZE, "%s", folder);
        return;
    }
}

void assay_fetch_config_default(assay_fetch_config *out)
{
    *out = (assay_fetch_config) { .pck_count = 1,
                                  .collateral_count = 1,
                                  .use_secure_cert = true,
                                  .retry_times = RETRIES,
                                  .pck_cache_hours = CACHE_HOURS,
                                  .collateral_cache_hours = CACHE_HOURS };
    out->pck[0].service = ASSAY_SERVICE_PCS;
    snprintf(out->pck[0].url, sizeof(out->pck[0].url), "%s", pcs_url);
    out->collateral[0] = out->pck[0];
    snprintf(out->kds_url, sizeof(out->kds_url), "%s", kds_url);
    cache_folder_find(out->cache_folder);
}

static assay_status parse_open(FILE *file, const char *path, assay_fetch_config *config,
                               assay_error *err)
{
    uint8_t *text = memory_new(CONFIG_SIZE_MAX + 1);
    if (text == NULL)
        return fail(err, ASSAY_NO_MEMORY, path, ASSAY_NO_OFFSET, "no memory");
    const size_t size = fread(text, 1, CONFIG_SIZE_MAX + 1, file);
    assay_status status = ASSAY_OK;
    if (ferror(file))
        status = fail(err, ASSAY_ENVIRONMENT, path, ASSAY_NO_OFFSET, "can't be read");
    else
        status = assay_fetch_config_parse(span_of(text, size), path, config, err);
    memory_free(text);
    return status;
}

assay_status assay_fetch_config_load(assay_fetch_config *config, bool *found, assay_error *error)
{
    const char *named = getenv("QCNL_CONF_PATH");
    const bool is_named = named != NULL && named[0] != '\0';
    const char *path = is_named ? named : usual_file;
    FILE *file = fopen(path, "rbe");
    if (file == NULL && errno == ENOENT) {
        *found = false;
        return ASSAY_OK;
    }
    if (file == NULL)
        return fail(error, ASSAY_ENVIRONMENT, path, ASSAY_NO_OFFSET, "%s", strerror(errno));
    assay_status status = parse_open(file, path, config, error);
    fclose(file);
    if (status == ASSAY_OK)
        *found = true;
    return status;
}
