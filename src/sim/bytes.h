/* bytes.h: bytes that the simulator makes: one owner, growing, sticky.
 *
 * When memory runs out the buffer remembers it (`failed`) and takes nothing more: write everything,
 * then ask once. */
#ifndef ASSAY_SIM_BYTES_H
#define ASSAY_SIM_BYTES_H

#include "base/span.h"

typedef struct sim_bytes {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool failed;
} sim_bytes;

static inline assay_span bytes_span(const sim_bytes *bytes)
{
    return (assay_span) { bytes->data, bytes->size };
}

void bytes_free(sim_bytes *bytes); /* empty and usable again */

void bytes_add(sim_bytes *bytes, assay_span in);
void bytes_add_text(sim_bytes *bytes, const char *text);
void bytes_add_format(sim_bytes *bytes, const char *format, ...) ASSAY_PRINTF(2, 3);
void bytes_add_u8(sim_bytes *bytes, uint8_t value);
void bytes_add_u16le(sim_bytes *bytes, uint16_t value);
void bytes_add_u32le(sim_bytes *bytes, uint32_t value);
void bytes_add_repeated(sim_bytes *bytes, uint8_t value, size_t count);

/* `upper` is "0123456789ABCDEF" or its lower-case form. */
void bytes_add_hex(sim_bytes *bytes, assay_span in, const char *digits);
extern const char hex_upper[], hex_lower[];

/* Everything but the unreserved characters of RFC 3986 as %XX, as Intel does it. */
void bytes_add_percent_encoded(sim_bytes *bytes, assay_span in);

/* Puts `in` in the place of `size` bytes at `at`; both are cut to what is there. */
void bytes_replace(sim_bytes *bytes, size_t at, size_t size, assay_span in);

/* Offset of the first occurrence of `text`, or SIZE_MAX. */
size_t bytes_find(const sim_bytes *bytes, const char *text);

void store_u16le(uint8_t *p, uint16_t value);
void store_u32le(uint8_t *p, uint32_t value);
void store_u64le(uint8_t *p, uint64_t value);

#endif
