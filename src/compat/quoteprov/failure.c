/* failure.c: what fetching says as QCNL's numbers and as the codes of this interface.
 * collateral-service.md 6; the names are those of assay/fetch.h. */
#include <string.h>

#include "glue.h"

enum {
    QCNL_UNEXPECTED = 0xB001,
    QCNL_PARAMETER = 0xB002,
    QCNL_NETWORK = 0xB003,
    QCNL_HOST = 0xB005,
    QCNL_CONNECT = 0xB006,
    QCNL_TIMEOUT = 0xB009,
    QCNL_MESSAGE = 0xB00D,
    QCNL_MEMORY = 0xB00E,
    QCNL_NO_DATA = 0xB00F,
    QCNL_PLATFORM_UNKNOWN = 0xB010,
    QCNL_UNEXPECTED_STATUS = 0xB011,
    QCNL_CERTIFICATES_UNAVAILABLE = 0xB012,
    QCNL_SERVICE_UNAVAILABLE = 0xB013,
    QCNL_CACHE_MISSING = 0xB031,
    QCNL_CACHE_EXPIRED = 0xB032,
    QCNL_ROOT_UNTRUSTED = 0xB033
};

/* SGX_QL_SUCCESS: the code of a call that finds no data. */
typedef struct failure_row {
    const char *name;
    unsigned qcnl;
    quote3_error_t code;
} failure_row;

static const failure_row by_name[] = {
    { "fetch_not_found", QCNL_NO_DATA, SGX_QL_SUCCESS },
    { "fetch_retired", QCNL_NO_DATA, SGX_QL_SUCCESS },
    { "fetch_not_offered", QCNL_NO_DATA, SGX_QL_SUCCESS },
    { "fetch_cache_missing", QCNL_CACHE_MISSING, SGX_QL_SUCCESS },
    { "fetch_cache_expired", QCNL_CACHE_EXPIRED, SGX_QL_SUCCESS },
    { "fetch_platform_unknown", QCNL_PLATFORM_UNKNOWN, SGX_QL_PLATFORM_UNKNOWN },
    { "fetch_certificates_unavailable", QCNL_CERTIFICATES_UNAVAILABLE, SGX_QL_CERTS_UNAVAILABLE },
    { "fetch_refused", QCNL_NETWORK, SGX_QL_NETWORK_ERROR },
    { "fetch_unavailable", QCNL_SERVICE_UNAVAILABLE, SGX_QL_SERVICE_UNAVAILABLE },
    { "fetch_server_error", QCNL_UNEXPECTED_STATUS, SGX_QL_UNKNOWN_MESSAGE_RESPONSE },
    { "fetch_timeout", QCNL_TIMEOUT, SGX_QL_NETWORK_ERROR },
    { "fetch_resolve", QCNL_HOST, SGX_QL_NETWORK_ERROR },
    { "fetch_connect", QCNL_CONNECT, SGX_QL_NETWORK_ERROR },
    { "fetch_tls", QCNL_ROOT_UNTRUSTED, SGX_QL_ROOT_CA_UNTRUSTED },
    { "fetch_bad_reply", QCNL_MESSAGE, SGX_QL_ERROR_MESSAGE_PARSING_ERROR },
};

static failure_row row_of_status(assay_status status)
{
    if (status == ASSAY_NO_MEMORY)
        return (failure_row) { NULL, QCNL_MEMORY, SGX_QL_ERROR_OUT_OF_MEMORY };
    if (status == ASSAY_USAGE)
        return (failure_row) { NULL, QCNL_PARAMETER, SGX_QL_ERROR_INVALID_PARAMETER };
    if (status == ASSAY_ENVIRONMENT)
        return (failure_row) { NULL, QCNL_UNEXPECTED, SGX_QL_ERROR_UNEXPECTED };
    return (failure_row) { NULL, QCNL_MESSAGE, SGX_QL_ERROR_MESSAGE_PARSING_ERROR };
}

static failure_row row_of(assay_status status, const assay_error *error)
{
    for (size_t i = 0; error->name != NULL && i < sizeof(by_name) / sizeof(by_name[0]); i++) {
        if (strcmp(error->name, by_name[i].name) == 0)
            return by_name[i];
    }
    return row_of_status(status);
}

quote3_error_t failure_of(const char *what, assay_status status, const assay_error *error,
                          quote3_error_t no_data)
{
    const failure_row row = row_of(status, error);
    trace(TRACE_ERROR, "%s: 0x%04X %s: %s", what, row.qcnl, error->where, error->detail);
    return row.code == SGX_QL_SUCCESS ? no_data : row.code;
}

sgx_plat_error_t plat_error_of(quote3_error_t code)
{
    static const struct {
        quote3_error_t code;
        sgx_plat_error_t plat;
    } rows[] = {
        { SGX_QL_SUCCESS, SGX_PLAT_ERROR_OK },
        { SGX_QL_ERROR_OUT_OF_MEMORY, SGX_PLAT_ERROR_OUT_OF_MEMORY },
        { SGX_QL_ERROR_INVALID_PARAMETER, SGX_PLAT_ERROR_INVALID_PARAMETER },
        { SGX_QL_NO_QUOTE_COLLATERAL_DATA, SGX_PLAT_NO_DATA_FOUND },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].code == code)
            return rows[i].plat;
    }
    return SGX_PLAT_ERROR_UNEXPECTED_SERVER_RESPONSE;
}
