/* cache_file.c: the forms of cache files. collateral-service.md 5, 6, 8. */
#include "fetch/cache_file.h"

#include "crypto/crypto.h"

static const char magic[] = "assayfc1";

enum { MAGIC_SIZE = sizeof(magic) - 1, HEAD_SIZE = MAGIC_SIZE + 4 + 8 + 8 + 4 + 4 + 4 };

static bool class_known(uint32_t class_)
{
    return class_ == SOURCE_CACHE_PCK || class_ == SOURCE_CACHE_COLLATERAL;
}

/* Everything but the digest behind it, when that holds. */
static bool sealed_part(assay_span file, assay_span *out)
{
    if (file.size < HEAD_SIZE + SHA256_SIZE || file.size > CACHE_FILE_MAX)
        return false;
    *out = span_slice(file, 0, file.size - SHA256_SIZE);
    const sha256_digest digest = sha256(*out);
    return span_equal(SPAN(digest.bytes), span_slice(file, out->size, SHA256_SIZE));
}

bool cache_file_read(assay_span file, cache_entry *out)
{
    assay_span sealed;
    if (!sealed_part(file, &sealed))
        return false;
    reader r = reader_of(sealed, "cache");
    const assay_span word = read_span(&r, MAGIC_SIZE);
    const uint32_t class_ = read_u32le(&r);
    const uint64_t stored = read_u64le(&r);
    const uint64_t expires = read_u64le(&r);
    const uint32_t url_size = read_u32le(&r);
    const uint32_t headers_size = read_u32le(&r);
    const uint32_t body_size = read_u32le(&r);
    const assay_span url = read_span(&r, url_size);
    const assay_span headers = read_span(&r, headers_size);
    const assay_span body = read_span(&r, body_size);
    if (reader_end(&r, NULL) != ASSAY_OK || !span_is(word, magic) || !class_known(class_) ||
        (int64_t)stored < 0 || (int64_t)expires < 0 || body.size == 0)
        return false;
    *out = (cache_entry) { .class_ = (source_cache)class_,
                           .stored = (int64_t)stored,
                           .expires = (int64_t)expires,
                           .url = url,
                           .headers = headers,
                           .body = body };
    return true;
}

static void store_little_endian(uint8_t *out, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(value >> (8 * i) & 0xff);
}

static void head_write(const cache_entry *entry, uint8_t head[HEAD_SIZE])
{
    memcpy(head, magic, MAGIC_SIZE);
    store_little_endian(head + MAGIC_SIZE, 4, (uint64_t)entry->class_);
    store_little_endian(head + MAGIC_SIZE + 4, 8, (uint64_t)entry->stored);
    store_little_endian(head + MAGIC_SIZE + 12, 8, (uint64_t)entry->expires);
    store_little_endian(head + MAGIC_SIZE + 20, 4, entry->url.size);
    store_little_endian(head + MAGIC_SIZE + 24, 4, entry->headers.size);
    store_little_endian(head + MAGIC_SIZE + 28, 4, entry->body.size);
}

bool cache_file_write(const cache_entry *entry, buffer *out)
{
    uint8_t head[HEAD_SIZE];
    head_write(entry, head);
    out->limit = CACHE_FILE_MAX - SHA256_SIZE;
    buffer_clear(out);
    if (buffer_add(out, SPAN(head)) != BUFFER_OK || buffer_add(out, entry->url) != BUFFER_OK ||
        buffer_add(out, entry->headers) != BUFFER_OK || buffer_add(out, entry->body) != BUFFER_OK)
        return false;
    const sha256_digest digest = sha256(buffer_span(out));
    out->limit = CACHE_FILE_MAX;
    return buffer_add(out, SPAN(digest.bytes)) == BUFFER_OK;
}

bool cache_file_read_intel(assay_span file, cache_entry *out)
{
    reader r = reader_of(file, "cache");
    const uint16_t version = read_u16le(&r);
    const uint32_t class_ = read_u32le(&r);
    const uint64_t expires = read_u64le(&r);
    const uint32_t headers_size = read_u32le(&r);
    const assay_span headers = read_span(&r, headers_size);
    const uint32_t body_size = read_u32le(&r);
    const assay_span body = read_span(&r, body_size);
    if (reader_end(&r, NULL) != ASSAY_OK || version != 1 || !class_known(class_) ||
        (int64_t)expires < 0 || body.size == 0)
        return false;
    *out = (cache_entry) { .class_ = (source_cache)class_,
                           .expires = (int64_t)expires,
                           .headers = headers,
                           .body = body };
    return true;
}

bool cache_file_read_azure(assay_span file, cache_entry *out)
{
    reader r = reader_of(file, "cache");
    const uint16_t version = read_u16le(&r);
    const uint64_t expires = read_u64le(&r);
    const assay_span body = read_span(&r, reader_left(&r));
    if (reader_end(&r, NULL) != ASSAY_OK || version != 1 || (int64_t)expires < 0 || body.size == 0)
        return false;
    *out = (cache_entry) { .class_ = SOURCE_CACHE_COLLATERAL,
                           .expires = (int64_t)expires,
                           .body = body };
    return true;
}
