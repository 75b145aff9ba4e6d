/* upper_hex.c: hex and PEM as Intel's services write them. collateral-service.md 1. */
#include "serve/upper_hex.h"

#include "wire/base64.h"

size_t upper_hex(assay_span bytes, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.size; i++) {
        out[2 * i] = digits[bytes.data[i] >> 4];
        out[2 * i + 1] = digits[bytes.data[i] & 0xf];
    }
    out[2 * bytes.size] = '\0';
    return 2 * bytes.size;
}

void json_put_upper_hex(json_writer *w, const char *member, assay_span bytes, arena *memory)
{
    char *text = arena_new(memory, 2 * bytes.size + 1, 1);
    if (text == NULL) {
        w->failed = true;
        return;
    }
    upper_hex(bytes, text);
    json_put_text(w, member, text);
}

assay_span pem_certificate(assay_span der, arena *memory)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
    static const char end[] = "-----END CERTIFICATE-----\n";
    enum { LINE = 64 };
    size_t size = base64_encoded_size(der.size, BASE64_STANDARD);
    char *text = arena_new(memory, size + 1, 1);
    char *out = arena_new(memory, size + size / LINE + sizeof(begin) + sizeof(end), 1);
    if (text == NULL || out == NULL)
        return (assay_span) { NULL, 0 };
    base64_encode(der, BASE64_STANDARD, text);
    char *at = out;
    memcpy(at, begin, sizeof(begin) - 1);
    at += sizeof(begin) - 1;
    for (size_t i = 0; i < size; i += LINE) {
        size_t part = size - i < LINE ? size - i : LINE;
        memcpy(at, text + i, part);
        at += part;
        *at++ = '\n';
    }
    memcpy(at, end, sizeof(end));
    return span_of(out, (size_t)(at - out) + sizeof(end) - 1);
}
