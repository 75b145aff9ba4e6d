/* error.c: fills error records; names of statuses. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

const char *assay_version(void)
{
    return "0.1.0";
}

const char *assay_status_name(assay_status status)
{
    switch (status) {
    case ASSAY_OK:
        return "ok";
    case ASSAY_TRUNCATED:
        return "truncated";
    case ASSAY_MALFORMED:
        return "malformed";
    case ASSAY_UNSUPPORTED:
        return "unsupported";
    case ASSAY_UNTRUSTED:
        return "untrusted";
    case ASSAY_MISMATCH:
        return "mismatch";
    case ASSAY_REVOKED:
        return "revoked";
    case ASSAY_USAGE:
        return "usage";
    case ASSAY_NO_MEMORY:
        return "no-memory";
    case ASSAY_ENVIRONMENT:
        return "environment";
    }
    return "unknown";
}

const char *assay_tee_name(assay_tee tee)
{
    switch (tee) {
    case ASSAY_TEE_NONE:
        return "none";
    case ASSAY_TEE_SGX:
        return "sgx";
    case ASSAY_TEE_TDX:
        return "tdx";
    }
    return "none";
}

/* Texts of the input end up in errors, and errors on terminals and in JSON: printable ASCII only.
 */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
    }
}

assay_status fail(assay_error *err, assay_status status, const char *where, int64_t offset,
                  const char *format, ...)
{
    if (err == NULL)
        return status;
    *err = (assay_error) { .status = status, .offset = offset };
    snprintf(err->where, sizeof(err->where), "%s", where);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->detail, sizeof(err->detail), format, arguments);
    va_end(arguments);
    make_printable(err->where);
    make_printable(err->detail);
    return status;
}

assay_status fail_named(assay_error *err, assay_status status, const char *name,
                        const char *suggestion, const char *where, const char *format, ...)
{
    if (err == NULL)
        return status;
    *err = (assay_error) { .status = status, .offset = ASSAY_NO_OFFSET, .name = name };
    snprintf(err->where, sizeof(err->where), "%s", where);
    snprintf(err->suggestion, sizeof(err->suggestion), "%s", suggestion != NULL ? suggestion : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->detail, sizeof(err->detail), format, arguments);
    va_end(arguments);
    make_printable(err->where);
    make_printable(err->detail);
    make_printable(err->suggestion);
    return status;
}

assay_status error_as(assay_error *err, assay_status status, unsigned qvl, unsigned code)
{
    if (err != NULL && err->qvl == 0 && status != ASSAY_NO_MEMORY) {
        err->qvl = (uint16_t)qvl;
        err->code = (uint16_t)(code != 0 ? code : qvl_return(qvl));
    }
    return status;
}

assay_status error_inside(assay_error *err, assay_status status, const char *prefix)
{
    if (err == NULL)
        return status;
    char path[ASSAY_WHERE_SIZE * 2];
    const char *dot = err->where[0] == '\0' || err->where[0] == '[' ? "" : ".";
    snprintf(path, sizeof(path), "%s%s%s", prefix, dot, err->where);
    path[ASSAY_WHERE_SIZE - 1] = '\0';
    memcpy(err->where, path, ASSAY_WHERE_SIZE);
    return status;
}
