/* settings.c: where the settings of this drop-in come from: QCNL's file, then Azure's variables.
 * collateral-service.md 5, 6. */
#include <stdlib.h>
#include <string.h>

#include "glue.h"

const char *environment(const char *name)
{
    const char *value = secure_getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static quote3_error_t file_load(assay_fetch_config *config)
{
    bool found = false;
    assay_error error = { 0 };
    const assay_status status = assay_fetch_config_load(config, &found, &error);
    if (status == ASSAY_OK)
        return SGX_QL_SUCCESS;
    trace(TRACE_ERROR, "configuration: %s: %s", error.where, error.detail);
    if (status == ASSAY_NO_MEMORY)
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    return status == ASSAY_ENVIRONMENT ? SGX_QL_FILE_ACCESS_ERROR : SGX_QL_CONFIG_INVALID_JSON;
}

/* A PCS at another address than Intel's can't be told from a PCCS: the variable says so. */
static quote3_error_t service_override(assay_fetch_config *config)
{
    const char *word = environment("ASSAY_QUOTEPROV_SERVICE");
    assay_service service = ASSAY_SERVICE_NONE;
    if (word == NULL)
        return SGX_QL_SUCCESS;
    for (int i = ASSAY_SERVICE_PCS; i < ASSAY_SERVICE_COUNT; i++) {
        if (strcmp(word, assay_service_name((assay_service)i)) == 0)
            service = (assay_service)i;
    }
    if (service == ASSAY_SERVICE_NONE) {
        trace(TRACE_ERROR, "ASSAY_QUOTEPROV_SERVICE: \"%s\", want pcs, pccs, thim-global, ...",
              word);
        return SGX_QL_ERROR_INVALID_PARAMETER;
    }
    for (size_t i = 0; i < config->collateral_count; i++)
        config->collateral[i].service = service;
    for (size_t i = 0; i < config->pck_count; i++)
        config->pck[i].service = service;
    return SGX_QL_SUCCESS;
}

/* pccs_api_version: 3.0 is hex, 3.1 raw DER. */
static void version_of_file(tee_settings *tee)
{
    tee->version = tee->fetch.api_minor == 0 ? 0x00000003 : 0x00010003;
    tee->form = tee->fetch.api_minor == 0 ? CRL_FORM_HEX : CRL_FORM_DER;
}

quote3_error_t settings_load(settings *out)
{
    assay_fetch_config_default(&out->sgx.fetch);
    quote3_error_t code = file_load(&out->sgx.fetch);
    if (code != SGX_QL_SUCCESS)
        return code;
    version_of_file(&out->sgx);
    out->tdx = out->sgx;
    code = azure_settings_apply(out);
    if (code == SGX_QL_SUCCESS)
        code = service_override(&out->sgx.fetch);
    if (code == SGX_QL_SUCCESS)
        code = service_override(&out->tdx.fetch);
    return code;
}
