/* hex.c: hexadecimal text. */
#include "base/span.h"

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

assay_status assay_hex_decode(assay_span text, uint8_t *out, size_t out_size, assay_error *err)
{
    if (text.size % 2 != 0 || text.size / 2 != out_size)
        return fail(err, ASSAY_MALFORMED, "hex", ASSAY_NO_OFFSET, "%zu hex digits, want %zu",
                    text.size, out_size * 2);
    for (size_t i = 0; i < text.size; i++) {
        if (digit(text.data[i]) < 0)
            return fail(err, ASSAY_MALFORMED, "hex", (int64_t)i, "byte 0x%02x is no hex digit",
                        text.data[i]);
    }
    for (size_t i = 0; i < out_size; i++)
        out[i] = (uint8_t)(digit(text.data[2 * i]) << 4 | digit(text.data[2 * i + 1]));
    return ASSAY_OK;
}

void assay_hex_encode(assay_span bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        out[2 * i] = digits[bytes.data[i] >> 4];
        out[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    out[2 * bytes.size] = '\0';
}
