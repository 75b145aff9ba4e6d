/* fuzz_cache_file.c: any bytes as a cache file in each of the three forms: what is read lies inside
 * the file, and what ours says is written again to the same bytes. */
#include <stdlib.h>

#include "fetch/cache_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void inside(assay_span part, assay_span file)
{
    hold(part.size == 0 ||
         (part.data >= file.data && part.data + part.size <= file.data + file.size));
}

static void whole(const cache_entry *entry, assay_span file)
{
    inside(entry->url, file);
    inside(entry->headers, file);
    inside(entry->body, file);
    hold(entry->body.size > 0 && entry->expires >= 0);
}

/* The digest makes sound files of ours rare: the bytes as a body make one. */
static void comes_back(assay_span bytes)
{
    const cache_entry entry = { .class_ = SOURCE_CACHE_PCK,
                                .stored = 1,
                                .expires = 2,
                                .url = SPAN_TEXT("u"),
                                .headers = bytes,
                                .body = bytes };
    buffer file = { .limit = CACHE_FILE_MAX };
    cache_entry read;
    hold(cache_file_write(&entry, &file));
    hold(cache_file_read(buffer_span(&file), &read) == (bytes.size > 0));
    if (bytes.size > 0) {
        hold(span_equal(read.body, bytes) && span_equal(read.headers, bytes));
        file.data[bytes.data[0] % file.size] ^= 1;
        hold(!cache_file_read(buffer_span(&file), &read));
    }
    buffer_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span file = { data, size };
    cache_entry entry;
    if (cache_file_read(file, &entry)) {
        buffer again = { .limit = CACHE_FILE_MAX };
        whole(&entry, file);
        hold(cache_file_write(&entry, &again) && span_equal(buffer_span(&again), file));
        buffer_free(&again);
    }
    if (cache_file_read_intel(file, &entry))
        whole(&entry, file);
    if (cache_file_read_azure(file, &entry))
        whole(&entry, file);
    comes_back(file);
    return 0;
}
