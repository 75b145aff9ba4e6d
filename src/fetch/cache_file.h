/* cache_file.h: the forms of cache files: ours, and those of Intel's and Azure's clients.
 * collateral-service.md 5, 6, 8. Bytes in, values out: no files here. */
#ifndef ASSAY_FETCH_CACHE_FILE_H
#define ASSAY_FETCH_CACHE_FILE_H

#include "fetch/buffer.h"
#include "fetch/sources.h"

enum { CACHE_FILE_MAX = 4 * 1024 * 1024 };

/* One reply as it is kept: views. */
typedef struct cache_entry {
    source_cache class_;
    int64_t stored;  /* when it came; 0: the file does not say */
    int64_t expires; /* the first second at which it is stale */
    assay_span url;  /* as asked, without encrypted_ppid; empty: the file does not say */
    assay_span headers;
    assay_span body;
} cache_entry;

/* Ours: "assayfc1", class, times and sizes, little-endian; url, headers, body; SHA-256 of all
 * before it. False when anything does not hold. */
bool cache_file_read(assay_span file, cache_entry *out);

/* False when it would be too large, or memory is short. */
bool cache_file_write(const cache_entry *entry, buffer *out);

/* Intel's: u16 1, u32 class, i64 expiry; u32 size and headers, u32 size and body. */
bool cache_file_read_intel(assay_span file, cache_entry *out);

/* Azure's: u16 1, i64 expiry, and then the body: or, in a file of its own, the issuer chain. */
bool cache_file_read_azure(assay_span file, cache_entry *out);

#endif
