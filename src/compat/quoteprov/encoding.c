/* encoding.c: the memory of what is handed out, and the forms in which CRLs travel.
 * collateral-service.md 6, "sgx_ql_qve_collateral_t". */
#include <stdlib.h>
#include <string.h>

#include "glue.h"

enum { PEM_GROUP = 48, PEM_LINE = 64 };

static const char pem_begin[] = "-----BEGIN X509 CRL-----\n";
static const char pem_end[] = "-----END X509 CRL-----\n";

bool text_copy(assay_span in, char **out, uint32_t *size)
{
    char *text = in.size < UINT32_MAX ? malloc(in.size + 1) : NULL;
    if (text == NULL)
        return false;
    if (in.size > 0)
        memcpy(text, in.data, in.size);
    text[in.size] = '\0';
    *out = text;
    *size = (uint32_t)in.size + 1;
    return true;
}

void base64_write(assay_span in, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < in.size; i += 3) {
        const size_t left = in.size - i;
        const uint32_t group = (uint32_t)in.data[i] << 16 |
                               (left > 1 ? (uint32_t)in.data[i + 1] << 8 : 0) |
                               (left > 2 ? in.data[i + 2] : 0);
        *out++ = digits[group >> 18];
        *out++ = digits[group >> 12 & 63];
        *out++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[group & 63] : '=';
    }
    *out = '\0';
}

static bool pem_encode(assay_span der, char **out, uint32_t *size)
{
    const size_t lines = (der.size + PEM_GROUP - 1) / PEM_GROUP;
    const size_t capacity = sizeof(pem_begin) + sizeof(pem_end) + lines * (PEM_LINE + 1);
    char *text = capacity < UINT32_MAX ? malloc(capacity) : NULL;
    if (text == NULL)
        return false;
    char *at = text + strlen(pem_begin);
    memcpy(text, pem_begin, sizeof(pem_begin));
    for (size_t i = 0; i < der.size; i += PEM_GROUP) {
        const size_t left = der.size - i;
        base64_write((assay_span) { der.data + i, left < PEM_GROUP ? left : PEM_GROUP }, at);
        at += strlen(at);
        *at++ = '\n';
    }
    memcpy(at, pem_end, sizeof(pem_end));
    *out = text;
    *size = (uint32_t)(at - text) + sizeof(pem_end);
    return true;
}

static bool hex_encode(assay_span der, char **out, uint32_t *size)
{
    char *text = der.size < UINT32_MAX / 2 ? malloc(2 * der.size + 1) : NULL;
    if (text == NULL)
        return false;
    assay_hex_encode(der, text);
    *out = text;
    *size = 2 * (uint32_t)der.size + 1;
    return true;
}

bool crl_encode(assay_span der, crl_form form, char **out, uint32_t *size)
{
    switch (form) {
    case CRL_FORM_PEM:
        return pem_encode(der, out, size);
    case CRL_FORM_HEX:
        return hex_encode(der, out, size);
    case CRL_FORM_DER:
        return text_copy(der, out, size);
    }
    return false;
}
