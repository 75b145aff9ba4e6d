/* fetching.c: from where collateral is fetched, by the command line. */
#include "fetching.h"

#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "input.h"
#include "request.h"

enum { CONFIG_FILE_MAX = 64 * 1024 };

static const struct {
    option_id id;
    const char *name;
} fetch_options[] = {
    { OPTION_PCCS, "--pccs" },
    { OPTION_PCS, "--pcs" },
    { OPTION_QCNL_CONFIG, "--qcnl-config" },
    { OPTION_OFFLINE, "--offline" },
    { OPTION_TLS_CA, "--tls-ca" },
    { OPTION_INSECURE, "--insecure" },
};

const char *fetching_option_given(const arguments *given)
{
    for (size_t i = 0; i < sizeof(fetch_options) / sizeof(fetch_options[0]); i++) {
        if (option_given(given, fetch_options[i].id))
            return fetch_options[i].name;
    }
    return NULL;
}

static assay_status text_keep(const char *option, const char *text, char *out, size_t size,
                              assay_error *error)
{
    if (strlen(text) >= size)
        return failed(error, ASSAY_USAGE, option, "--%s: longer than %zu characters", option,
                      size - 1);
    memcpy(out, text, strlen(text) + 1);
    return ASSAY_OK;
}

static assay_status service_add(fetching *f, assay_service service, const char *option,
                                const char *url, assay_error *error)
{
    assay_fetch_service *next = &f->config.collateral[f->config.collateral_count];
    if (f->config.collateral_count == ASSAY_FETCH_SERVICE_MAX)
        return failed(error, ASSAY_USAGE, option, "more than %d services", ASSAY_FETCH_SERVICE_MAX);
    next->service = service;
    TRY(text_keep(option, url, next->url, sizeof(next->url), error));
    f->config.pck[f->config.collateral_count] = *next;
    f->config.pck_count = ++f->config.collateral_count;
    return ASSAY_OK;
}

/* Services that the command line names are the only ones that count. */
static assay_status services_read(const arguments *given, fetching *f, assay_error *error)
{
    size_t position = 0;
    const char *url;
    f->config.pck_count = f->config.collateral_count = 0;
    while ((url = option_next(given, OPTION_PCCS, &position)) != NULL)
        TRY(service_add(f, f->library.service_of_url(url), "pccs", url, error));
    url = option_argument(given, OPTION_PCS);
    return url != NULL ? service_add(f, ASSAY_SERVICE_PCS, "pcs", url, error) : ASSAY_OK;
}

static assay_status file_read(const char *path, fetching *f, assay_error *error)
{
    input file = { 0 };
    TRY(input_read(path, CONFIG_FILE_MAX, "qcnl-config", &file, error));
    assay_status status = f->library.config_parse(input_span(&file), path, &f->config, error);
    input_free(&file);
    return status;
}

static assay_status baseline_read(const arguments *given, fetching *f, assay_error *error)
{
    const char *number = option_argument(given, OPTION_TCB_EVALUATION_DATA_NUMBER);
    const bool early = option_given(given, OPTION_EARLY);
    if (early && number != NULL)
        return failed(error, ASSAY_USAGE, "early",
                      "--early and --tcb-evaluation-data-number both choose the set: give one");
    if (early)
        f->config.channel = ASSAY_TCB_EARLY;
    return number == NULL ? ASSAY_OK
                          : number_read("tcb-evaluation-data-number", number, 1, UINT32_MAX,
                                        &f->config.evaluation_number, error);
}

static assay_status config_read(const arguments *given, fetching *f, assay_error *error)
{
    const char *path = option_argument(given, OPTION_QCNL_CONFIG);
    const char *ca = option_argument(given, OPTION_TLS_CA);
    const bool named = option_given(given, OPTION_PCCS) || option_given(given, OPTION_PCS);
    bool found = false;
    f->library.config_default(&f->config);
    if (named && path != NULL)
        return failed(error, ASSAY_USAGE, "qcnl-config",
                      "--pccs and --pcs name the services, and so does --qcnl-config: give one");
    if (named)
        TRY(services_read(given, f, error));
    else if (path != NULL)
        TRY(file_read(path, f, error));
    else
        TRY(f->library.config_load(&f->config, &found, error));
    if (ca != NULL)
        TRY(text_keep("tls-ca", ca, f->config.ca_file, sizeof(f->config.ca_file), error));
    if (option_given(given, OPTION_INSECURE))
        f->config.use_secure_cert = false;
    if (option_given(given, OPTION_OFFLINE))
        f->config.cache_only = true;
    return baseline_read(given, f, error);
}

assay_status fetching_begin(const arguments *given, fetching *out, assay_error *error)
{
    TRY(fetch_library_load(&out->library, error));
    TRY(config_read(given, out, error));
    return out->library.fetcher_new(&out->config, &out->fetcher, error);
}

void fetching_free(fetching *f)
{
    if (f->fetcher != NULL)
        f->library.fetcher_free(f->fetcher);
    *f = (fetching) { 0 };
}
