/* fuzz_qcnl.c: any bytes as sgx_default_qcnl.conf: refused with line and column, or a configuration
 * from which a fetcher can be made and asked for its addresses. */
#include <stdlib.h>
#include <string.h>

#include "fetch/sources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void use(const assay_fetch_config *config)
{
    static const uint8_t qe_id[] = { 1 };
    char url[SOURCE_URL_SIZE];
    assay_fetch_request request = { .kind = ASSAY_FETCH_PCK_CERTIFICATE,
                                    .tee = ASSAY_TEE_TDX,
                                    .qe_id = SPAN(qe_id) };
    for (size_t i = 0; i < config->pck_count; i++) {
        const assay_status status =
            assay_fetch_url(&config->pck[i], config, &request, url, sizeof(url), NULL);
        hold(status == ASSAY_OK || status == ASSAY_USAGE);
    }
    request.kind = ASSAY_FETCH_TCB_INFO;
    for (size_t i = 0; i < config->collateral_count; i++)
        hold(assay_fetch_url(&config->collateral[i], config, &request, url, sizeof(url), NULL) ==
             ASSAY_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_fetch_config config = { .retry_times = 7 };
    assay_error error = { 0 };
    const assay_span text = { data, size };
    const assay_status status = assay_fetch_config_parse(text, "f", &config, &error);
    if (status == ASSAY_OK) {
        hold(config.pck_count <= ASSAY_FETCH_SERVICE_MAX);
        hold(config.collateral_count <= ASSAY_FETCH_SERVICE_MAX);
        hold(config.pck_header_count <= ASSAY_FETCH_PAIR_MAX);
        use(&config);
    } else {
        hold(status == ASSAY_MALFORMED && error.detail[0] != '\0');
        hold(strncmp(error.where, "f:", 2) == 0);
        hold(config.retry_times == 7 && config.pck_count == 0);
    }
    return 0;
}
