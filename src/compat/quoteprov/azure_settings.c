/* azure_settings.c: the variables of Azure's client over the settings of the file: they win.
 * collateral-service.md 5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glue.h"

enum { SECONDS_MAX = 86400, HOUR = 3600, VERSION_SIZE = 8 };

static const char global_base[] = "https://global.acccache.azure.net/sgx/certification";
static const char guest_base[] = "http://169.254.169.254/metadata/THIM/sgx/certification";
static const char usual_client[] = "production_client";
static const char usual_version[] = "v4";

static quote3_error_t unusable(const char *name, const char *value, const char *wanted)
{
    trace(TRACE_ERROR, "%s: \"%s\", want %s", name, value, wanted);
    return SGX_QL_ERROR_INVALID_PARAMETER;
}

/* ---- Addresses ---- */

static quote3_error_t version_of(const char *name, char out[VERSION_SIZE])
{
    const char *value = environment(name);
    if (value == NULL)
        value = usual_version;
    if (strcmp(value, "v3") != 0 && strcmp(value, "v4") != 0)
        return unusable(name, value, "v3 or v4: older forms are retired");
    snprintf(out, VERSION_SIZE, "%s", value);
    return SGX_QL_SUCCESS;
}

static bool ends_with(const char *text, size_t size, const char *end)
{
    const size_t end_size = strlen(end);
    return size >= end_size && memcmp(text + size - end_size, end, end_size) == 0;
}

/* Azure's variables hold what stands before the version; people put slashes behind, regions have
 * no path at all, and a base for TDX has "tdx" where all services here begin with "sgx". */
static quote3_error_t service_add(const char *name, const char *base, const char *version,
                                  assay_fetch_service *services, size_t *count)
{
    assay_fetch_service *service = &services[*count];
    size_t size = strlen(base);
    while (size > 0 && base[size - 1] == '/')
        size--;
    const char *path = strstr(base, "/certificat") != NULL ? "" : "/sgx/certification";
    const bool has_version = ends_with(base, size, "/v3") || ends_with(base, size, "/v4");
    const int written = snprintf(service->url, sizeof(service->url), "%.*s%s%s%s/", (int)size, base,
                                 path, has_version ? "" : "/", has_version ? "" : version);
    if (written < 0 || (size_t)written >= sizeof(service->url))
        return unusable(name, base, "a shorter address");
    char *tee = strstr(service->url, "/tdx/");
    if (tee != NULL)
        memcpy(tee, "/sgx/", strlen("/sgx/"));
    service->service = assay_service_of_url(service->url);
    (*count)++;
    return SGX_QL_SUCCESS;
}

static quote3_error_t service_of_variable(const char *name, const char *version,
                                          assay_fetch_service *services, size_t *count)
{
    const char *base = environment(name);
    return base != NULL ? service_add(name, base, version, services, count) : SGX_QL_SUCCESS;
}

/* ---- Collateral ---- */

/* The first variable that is set, in the order given, comes first; the others stand behind. */
static quote3_error_t collateral_apply(const char *const *names, size_t name_count,
                                       const char *version_name, assay_fetch_config *config,
                                       bool *changed)
{
    assay_fetch_service services[ASSAY_FETCH_SERVICE_MAX];
    char version[VERSION_SIZE];
    size_t count = 0;
    quote3_error_t code = version_of(version_name, version);
    for (size_t i = 0; code == SGX_QL_SUCCESS && i < name_count; i++)
        code = service_of_variable(names[i], version, services, &count);
    if (code == SGX_QL_SUCCESS && count > 0) {
        memcpy(config->collateral, services, count * sizeof(services[0]));
        config->collateral_count = count;
        *changed = true;
    }
    return code;
}

/* ---- PCK certificates ---- */

static quote3_error_t bypass_of(bool *out)
{
    static const char name[] = "AZDCAP_BYPASS_BASE_URL";
    const char *value = environment(name);
    *out = value != NULL && strcasecmp(value, "true") == 0;
    if (value != NULL && !*out && strcasecmp(value, "false") != 0)
        return unusable(name, value, "true or false");
    return SGX_QL_SUCCESS;
}

static quote3_error_t client_add(assay_fetch_config *config)
{
    const char *client = environment("AZDCAP_CLIENT_ID");
    if (client == NULL)
        client = usual_client;
    if (config->pck_parameter_count >= ASSAY_FETCH_PAIR_MAX)
        return SGX_QL_SUCCESS;
    assay_fetch_pair *pair = &config->pck_parameters[config->pck_parameter_count];
    snprintf(pair->name, sizeof(pair->name), "clientid");
    if ((size_t)snprintf(pair->value, sizeof(pair->value), "%s", client) >= sizeof(pair->value))
        return unusable("AZDCAP_CLIENT_ID", client, "fewer characters");
    config->pck_parameter_count++;
    return SGX_QL_SUCCESS;
}

/* The guest's own endpoint first, unless it is bypassed; then the global cache. */
static quote3_error_t pck_apply(assay_fetch_config *config)
{
    static const char primary_name[] = "AZDCAP_PRIMARY_BASE_CERT_URL";
    static const char secondary_name[] = "AZDCAP_SECONDARY_BASE_CERT_URL";
    const char *primary = environment(primary_name);
    const char *secondary = environment(secondary_name);
    char version[VERSION_SIZE];
    bool bypass = false;
    quote3_error_t code = bypass_of(&bypass);
    if (code != SGX_QL_SUCCESS)
        return code;
    if (primary == NULL && secondary == NULL && environment("AZDCAP_BYPASS_BASE_URL") == NULL)
        return SGX_QL_SUCCESS;
    config->pck_count = 0;
    code = version_of("AZDCAP_COLLATERAL_VERSION", version);
    if (code == SGX_QL_SUCCESS && !bypass)
        code = service_add(primary_name, primary != NULL ? primary : guest_base, version,
                           config->pck, &config->pck_count);
    if (code == SGX_QL_SUCCESS)
        code = service_add(secondary_name, secondary != NULL ? secondary : global_base, version,
                           config->pck, &config->pck_count);
    return code == SGX_QL_SUCCESS ? client_add(config) : code;
}

/* ---- The cache ---- */

/* Less than an hour is not kept at all: hours are what the cache counts. */
static quote3_error_t cache_apply(assay_fetch_config *config)
{
    static const char name[] = "AZDCAP_CACHE_EXPIRY_IN_SECONDS";
    const char *value = environment(name);
    char *end;
    if (value == NULL)
        return SGX_QL_SUCCESS;
    const unsigned long seconds = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || seconds > SECONDS_MAX)
        return unusable(name, value, "0 to 86400");
    config->pck_cache_hours = (unsigned)(seconds / HOUR);
    config->collateral_cache_hours = (unsigned)(seconds / HOUR);
    return SGX_QL_SUCCESS;
}

/* ---- All together ---- */

/* Azure's client hands out 1.0 with CRLs in PEM, and 4.0 for TDX. */
static void version_set(tee_settings *tee, uint32_t version, crl_form form)
{
    tee->version = version;
    tee->form = form;
}

quote3_error_t azure_settings_apply(settings *out)
{
    static const char *const sgx_names[] = { "AZDCAP_BASE_CERT_URL", "AZDCAP_REGION_URL" };
    static const char *const tdx_names[] = { "AZDCAP_BASE_CERT_URL_TDX", "AZDCAP_REGION_URL",
                                             "AZDCAP_BASE_CERT_URL" };
    bool sgx_changed = false, tdx_changed = false;
    quote3_error_t code =
        collateral_apply(sgx_names, 2, "AZDCAP_COLLATERAL_VERSION", &out->sgx.fetch, &sgx_changed);
    if (code == SGX_QL_SUCCESS)
        code = collateral_apply(tdx_names, 3, "AZDCAP_COLLATERAL_VERSION_TDX", &out->tdx.fetch,
                                &tdx_changed);
    if (code == SGX_QL_SUCCESS)
        code = pck_apply(&out->sgx.fetch);
    if (code == SGX_QL_SUCCESS)
        code = cache_apply(&out->sgx.fetch);
    if (code == SGX_QL_SUCCESS)
        code = cache_apply(&out->tdx.fetch);
    if (sgx_changed)
        version_set(&out->sgx, 0x00000001, CRL_FORM_PEM);
    if (tdx_changed)
        version_set(&out->tdx, 0x00000004, CRL_FORM_HEX);
    return code;
}
