/* items.c: the caller's collateral structure as items of libassay. verification.md 4.1 steps 2 and
 * 3, 7.2. */
#include <stddef.h>
#include <string.h>

#include "glue.h"

static const collateral_abi_row rows[] = { COLLATERAL_ABI_ROWS };
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static bool version_known(uint32_t version)
{
    static const uint32_t known[] = { 1, 3, 4, 0x00010003 };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (version == known[i])
            return true;
    }
    return false;
}

static quote3_error_t item_take(const uint8_t *structure, size_t row, assay_span *out)
{
    const uint8_t *data;
    uint32_t size;
    memcpy(&data, structure + rows[row].data, sizeof(data));
    memcpy(&size, structure + rows[row].size, sizeof(size));
    if (data == NULL || size == 0)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    if (rows[row].form == FORM_TEXT) {
        if (memchr(data, '\0', size) != data + size - 1)
            return SGX_QL_ERROR_INVALID_PARAMETER;
        size--;
    }
    *out = (assay_span) { data, size };
    return size > 0 ? SGX_QL_SUCCESS : SGX_QL_ERROR_INVALID_PARAMETER;
}

quote3_error_t items_of_collateral(const void *collateral, assay_collateral_items *out)
{
    uint32_t version;
    *out = (assay_collateral_items) { 0 };
    for (size_t i = 0; i < ROW_COUNT; i++) {
        assay_span item;
        const quote3_error_t code = item_take(collateral, i, &item);
        if (code != SGX_QL_SUCCESS)
            return code;
        memcpy((uint8_t *)out + rows[i].item, &item, sizeof(item));
    }
    memcpy(&version, collateral, sizeof(version));
    return version_known(version) ? SGX_QL_SUCCESS : SGX_QL_COLLATERAL_VERSION_NOT_SUPPORTED;
}

uint32_t collateral_total_size(const sgx_ql_qve_collateral_t *collateral)
{
    uint32_t total = sizeof(*collateral);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        uint32_t size;
        memcpy(&size, (const uint8_t *)collateral + rows[i].size, sizeof(size));
        total += size;
    }
    return total;
}
