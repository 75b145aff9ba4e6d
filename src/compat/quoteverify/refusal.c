/* refusal.c: named errors of appraisal in the codes of the C interface (appraisal.md 6.5), and the
 * system's randomness for tokens. */
#include <string.h>
#include <sys/random.h>

#include "glue.h"

quote3_error_t code_of_refusal(assay_status status, const assay_error *error)
{
    static const struct {
        const char *name;
        quote3_error_t code;
    } rows[] = { { "quote_hash_missing", TEE_RESULT_QUOTE_HASH_MISMATCH },
                 { "quote_hash_mismatch", TEE_RESULT_QUOTE_HASH_MISMATCH },
                 { "user_data_mismatch", TEE_RESULT_REPORT_DATA_MISMATCH } };
    if (error->name == NULL)
        return code_of_failure(status, error);
    trace(SE_TRACE_ERROR, "%s: %s: %s", error->name, error->where, error->detail);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(error->name, rows[i].name) == 0)
            return rows[i].code;
    }
    return status == ASSAY_NO_MEMORY ? SGX_QL_ERROR_OUT_OF_MEMORY : SGX_QL_ERROR_INVALID_PARAMETER;
}

quote3_error_t random_fill(uint8_t *out, size_t size)
{
    /* Up to 256 bytes come whole, or not at all. */
    const ssize_t got = getrandom(out, size, 0);
    return got >= 0 && (size_t)got == size ? SGX_QL_SUCCESS : SGX_QL_ERROR_UNEXPECTED;
}
