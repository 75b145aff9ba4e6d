/* collateral.c: the collateral of a quote as one structure. collateral-service.md 6. */
#include <stdlib.h>
#include <string.h>

#include "glue.h"

static const collateral_abi_row rows[] = { COLLATERAL_ABI_ROWS };
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

/* What is asked for. */
typedef struct order {
    assay_collateral_order items;
    assay_span custom; /* empty: none */
} order;

static quote3_error_t order_take(assay_tee tee, const uint8_t *fmspc, uint16_t fmspc_size,
                                 const char *pck_ca, assay_span custom, order *out)
{
    if (fmspc == NULL || fmspc_size != FMSPC_SIZE || pck_ca == NULL ||
        (custom.data == NULL) != (custom.size == 0))
        return SGX_QL_ERROR_INVALID_PARAMETER;
    *out = (order) { .items = { .tee = tee, .ca = ca_of_word(pck_ca) }, .custom = custom };
    memcpy(out->items.fmspc, fmspc, FMSPC_SIZE);
    if (out->items.ca != ASSAY_CA_NONE)
        return SGX_QL_SUCCESS;
    trace(TRACE_ERROR, "collateral: no CA \"%s\", want processor or platform", pck_ca);
    return SGX_QL_ERROR_INVALID_PARAMETER;
}

/* Custom parameters travel in base64; they make a fetcher of their own for the one call. */
static quote3_error_t custom_fetcher(const session *taken, const order *o, assay_fetcher **out)
{
    assay_error error = { 0 };
    assay_fetch_config config = session_settings(taken, o->items.tee)->fetch;
    if (BASE64_SIZE(o->custom.size) > sizeof(config.custom_parameter)) {
        trace(TRACE_ERROR, "collateral: custom parameters of %zu bytes are too long",
              o->custom.size);
        return SGX_QL_ERROR_INVALID_PARAMETER;
    }
    if (config.collateral_count > 0 && config.collateral[0].service == ASSAY_SERVICE_PCS) {
        trace(TRACE_ERROR, "collateral: Intel's own service takes no custom parameters");
        return SGX_QL_ERROR_INVALID_PARAMETER;
    }
    base64_write(o->custom, config.custom_parameter);
    const assay_status status = assay_fetcher_new(&config, out, &error);
    return status == ASSAY_OK
               ? SGX_QL_SUCCESS
               : failure_of("configuration", status, &error, SGX_QL_ERROR_UNEXPECTED);
}

static quote3_error_t fetch_with(assay_fetcher *fetcher, const order *o, assay_collateral **out)
{
    assay_error error = { 0 };
    const assay_status status =
        assay_fetch_collateral(fetcher, &o->items, NULL, NULL, NULL, out, &error);
    return status == ASSAY_OK
               ? SGX_QL_SUCCESS
               : failure_of("collateral", status, &error, SGX_QL_NO_QUOTE_COLLATERAL_DATA);
}

static quote3_error_t fetch(const session *taken, const order *o, assay_collateral **out)
{
    assay_fetcher *own = NULL;
    if (o->custom.size == 0)
        return fetch_with(session_fetcher(taken, o->items.tee), o, out);
    quote3_error_t code = custom_fetcher(taken, o, &own);
    if (code == SGX_QL_SUCCESS)
        code = fetch_with(own, o, out);
    assay_fetcher_free(own);
    return code;
}

static bool item_fill(const assay_collateral_items *items, size_t row, crl_form form,
                      sgx_ql_qve_collateral_t *out)
{
    assay_span item;
    char *text = NULL;
    uint32_t size = 0;
    memcpy(&item, (const uint8_t *)items + rows[row].item, sizeof(item));
    if (!(rows[row].form == FORM_CRL ? crl_encode(item, form, &text, &size)
                                     : text_copy(item, &text, &size)))
        return false;
    memcpy((uint8_t *)out + rows[row].data, &text, sizeof(text));
    memcpy((uint8_t *)out + rows[row].size, &size, sizeof(size));
    return true;
}

static quote3_error_t structure_make(const assay_collateral_items *items, assay_tee tee,
                                     const tee_settings *with, sgx_ql_qve_collateral_t **out)
{
    sgx_ql_qve_collateral_t *made = calloc(1, sizeof(*made));
    bool complete = made != NULL;
    for (size_t i = 0; complete && i < ROW_COUNT; i++)
        complete = item_fill(items, i, with->form, made);
    if (!complete) {
        sgx_ql_free_quote_verification_collateral(made);
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    }
    made->version = with->version;
    made->tee_type = tee == ASSAY_TEE_TDX ? TEE_TYPE_TDX : TEE_TYPE_SGX;
    *out = made;
    return SGX_QL_SUCCESS;
}

static quote3_error_t collateral_get(const order *o, sgx_ql_qve_collateral_t **out)
{
    AUTO_SESSION *taken = NULL;
    assay_collateral *fetched = NULL;
    quote3_error_t code = session_take(&taken);
    if (code == SGX_QL_SUCCESS)
        code = fetch(taken, o, &fetched);
    if (code == SGX_QL_SUCCESS)
        code = structure_make(assay_collateral_items_of(fetched), o->items.tee,
                              session_settings(taken, o->items.tee), out);
    assay_collateral_unref(fetched);
    return code;
}

static quote3_error_t get(assay_tee tee, const uint8_t *fmspc, uint16_t fmspc_size,
                          const char *pck_ca, assay_span custom, sgx_ql_qve_collateral_t **out)
{
    order o;
    if (out == NULL)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    const quote3_error_t code = order_take(tee, fmspc, fmspc_size, pck_ca, custom, &o);
    return code == SGX_QL_SUCCESS ? collateral_get(&o, out) : code;
}

static assay_span custom_span(const void *data, uint16_t size)
{
    return (assay_span) { data, size };
}

static const assay_span no_custom = { NULL, 0 };

/* ---- Exports ---- */

EXPORTED quote3_error_t
sgx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t fmspc_size,
                                         const char *pck_ca, sgx_ql_qve_collateral_t **collateral)
{
    return get(ASSAY_TEE_SGX, fmspc, fmspc_size, pck_ca, no_custom, collateral);
}

EXPORTED quote3_error_t sgx_ql_get_quote_verification_collateral_with_params(
    const uint8_t *fmspc, uint16_t fmspc_size, const char *pck_ca, const void *custom_param,
    uint16_t custom_param_size, sgx_ql_qve_collateral_t **collateral)
{
    return get(ASSAY_TEE_SGX, fmspc, fmspc_size, pck_ca,
               custom_span(custom_param, custom_param_size), collateral);
}

EXPORTED quote3_error_t
tdx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t fmspc_size,
                                         const char *pck_ca, tdx_ql_qv_collateral_t **collateral)
{
    return get(ASSAY_TEE_TDX, fmspc, fmspc_size, pck_ca, no_custom, collateral);
}

EXPORTED quote3_error_t tdx_ql_get_quote_verification_collateral_with_params(
    const uint8_t *fmspc, uint16_t fmspc_size, const char *pck_ca, const void *custom_param,
    uint16_t custom_param_size, tdx_ql_qv_collateral_t **collateral)
{
    return get(ASSAY_TEE_TDX, fmspc, fmspc_size, pck_ca,
               custom_span(custom_param, custom_param_size), collateral);
}

EXPORTED quote3_error_t
sgx_ql_free_quote_verification_collateral(sgx_ql_qve_collateral_t *collateral)
{
    for (size_t i = 0; collateral != NULL && i < ROW_COUNT; i++) {
        char *text;
        memcpy(&text, (const uint8_t *)collateral + rows[i].data, sizeof(text));
        free(text);
    }
    free(collateral);
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t
tdx_ql_free_quote_verification_collateral(tdx_ql_qv_collateral_t *collateral)
{
    return sgx_ql_free_quote_verification_collateral(collateral);
}
