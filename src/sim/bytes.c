/* bytes.c: growing buffers of the simulator. */
#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "sim/bytes.h"

const char hex_upper[] = "0123456789ABCDEF";
const char hex_lower[] = "0123456789abcdef";

void bytes_free(sim_bytes *bytes)
{
    memory_free(bytes->data);
    *bytes = (sim_bytes) { 0 };
}

/* True when `more` bytes fit behind. */
static bool reserve(sim_bytes *bytes, size_t more)
{
    if (bytes->failed || more <= bytes->capacity - bytes->size)
        return !bytes->failed;
    size_t capacity = (bytes->size + more) * 2;
    uint8_t *data = more > SIZE_MAX / 4 - bytes->size ? NULL : memory_new(capacity);
    if (data == NULL) {
        bytes->failed = true;
        return false;
    }
    if (bytes->size > 0)
        memcpy(data, bytes->data, bytes->size);
    memory_free(bytes->data);
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

void bytes_replace(sim_bytes *bytes, size_t at, size_t size, assay_span in)
{
    at = at < bytes->size ? at : bytes->size;
    size = size < bytes->size - at ? size : bytes->size - at;
    if (!reserve(bytes, in.size) || bytes->data == NULL)
        return;
    memmove(bytes->data + at + in.size, bytes->data + at + size, bytes->size - at - size);
    if (in.size > 0)
        memcpy(bytes->data + at, in.data, in.size);
    bytes->size = bytes->size - size + in.size;
}

void bytes_add(sim_bytes *bytes, assay_span in)
{
    if (in.size == 0 || !reserve(bytes, in.size))
        return;
    memcpy(bytes->data + bytes->size, in.data, in.size);
    bytes->size += in.size;
}

void bytes_add_text(sim_bytes *bytes, const char *text)
{
    bytes_add(bytes, SPAN_TEXT(text));
}

void bytes_add_format(sim_bytes *bytes, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof(text))
        bytes->failed = true;
    else
        bytes_add(bytes, span_of(text, (size_t)size));
}

void bytes_add_u8(sim_bytes *bytes, uint8_t value)
{
    bytes_add(bytes, span_of(&value, 1));
}

void bytes_add_u16le(sim_bytes *bytes, uint16_t value)
{
    uint8_t octets[2];
    store_u16le(octets, value);
    bytes_add(bytes, SPAN(octets));
}

void bytes_add_u32le(sim_bytes *bytes, uint32_t value)
{
    uint8_t octets[4];
    store_u32le(octets, value);
    bytes_add(bytes, SPAN(octets));
}

void bytes_add_repeated(sim_bytes *bytes, uint8_t value, size_t count)
{
    if (count == 0 || !reserve(bytes, count))
        return;
    memset(bytes->data + bytes->size, value, count);
    bytes->size += count;
}

void bytes_add_hex(sim_bytes *bytes, assay_span in, const char *digits)
{
    if (in.size == 0 || in.size > SIZE_MAX / 2 || !reserve(bytes, 2 * in.size))
        return;
    uint8_t *end = bytes->data + bytes->size;
    for (size_t i = 0; i < in.size; i++) {
        *end++ = (uint8_t)digits[in.data[i] >> 4];
        *end++ = (uint8_t)digits[in.data[i] & 15];
    }
    bytes->size += 2 * in.size;
}

size_t bytes_find(const sim_bytes *bytes, const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i + size <= bytes->size; i++) {
        if (memcmp(bytes->data + i, text, size) == 0)
            return i;
    }
    return SIZE_MAX;
}

void store_u16le(uint8_t *p, uint16_t value)
{
    for (size_t i = 0; i < 2; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

void store_u32le(uint8_t *p, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

void store_u64le(uint8_t *p, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

void bytes_add_percent_encoded(sim_bytes *bytes, assay_span in)
{
    for (size_t i = 0; i < in.size; i++) {
        uint8_t c = in.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~')
            bytes_add_u8(bytes, c);
        else
            bytes_add_format(bytes, "%%%02X", c);
    }
}
